// How long it still takes, in words that do not pretend to know the second.
import { counted, word } from "./words.js";

const MINUTE = 60;
const HOUR = 3600;

/** @param {number | null | undefined} seconds */
export function left(seconds) {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return "";
  if (seconds < 8) return word("left.soon");
  if (seconds < 55) return counted("left.seconds", 5 * Math.round(seconds / 5));
  if (seconds < 55 * MINUTE) return counted("left.minutes", Math.round(seconds / MINUTE));
  return counted("left.hours", Math.round(seconds / HOUR));
}

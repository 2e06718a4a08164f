// How the lab writes numbers.
import { number, word } from "../words.js";

const TINY = 1e-4; // what is smaller is easier to read as a power of ten
const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

/** A large number as people write it: 1.107 × 10¹³. @param {number} value */
export function power(value, digits = 3) {
  if (!Number.isFinite(value)) return "∞";
  return Math.abs(value) < 10_000 ? figures(value, digits + 1) : raised(value, digits);
}

function raised(value, digits) {
  const [front, behind] = value.toExponential(digits).split("e");
  const small = [...String(Number(behind))].map((sign) => RAISED[sign]).join("");
  return word("times_ten", { n: fixed(Number(front), digits), power: small });
}

/** With so many decimals, always. @param {number} value */
export const fixed = (value, digits) =>
  minus(value.toLocaleString(document.documentElement.lang, { minimumFractionDigits: digits, maximumFractionDigits: digits }));

/** With so many digits that say something. @param {number} value */
export function figures(value, digits = 3) {
  if (value !== 0 && Math.abs(value) < TINY) return raised(value, digits - 1);
  return minus(value.toLocaleString(document.documentElement.lang, { maximumSignificantDigits: digits }));
}

/** @param {number} value */
export const whole = (value) => minus(number(Math.round(value) + 0));

/** A share of all as a percentage. @param {number} value from 0 to 1 */
export const share = (value) => word("site.percent", { n: whole(100 * value) });

/** In millions, as the axes show prices. @param {number} kroner */
export const millions = (kroner) => number(kroner / 1e6, 1);

const minus = (text) => text.replace("-", "−");

// Numbers beside the labels, counted up wherever the page shows them.
import { counted } from "./words.js";

const attribute = (name) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());

/**
 * @param {"images-of" | "holds-of"} kind elements with data-KIND="label" and data-n
 * @param {string} label @param {string} key the words of the number @param {number} more
 * @returns {number} how many there are now, as far as the page knows
 */
export function tally(kind, label, key, more) {
  let now = more;
  for (const place of document.querySelectorAll(`[data-${kind}]`)) {
    if (place.dataset[attribute(kind)] !== label) continue;
    now = Number(place.dataset.n) + more;
    place.dataset.n = String(now);
    place.textContent = counted(key, now);
  }
  return now;
}

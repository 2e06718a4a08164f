// The sentences of the page, in its language. They live in the <template id="words"> of the HTML.
const words = new Map();
for (const item of document.querySelector("#words").content.querySelectorAll("[data-word]")) {
  words.set(item.dataset.word, item.textContent);
}

export const lang = document.documentElement.lang;

/**
 * One sentence with its {gaps} filled.
 * @param {string} key @param {Record<string, unknown>} [values]
 */
export function word(key, values = {}) {
  const sentence = words.get(key);
  if (sentence === undefined) throw new Error(`no word ${key}`);
  return sentence.replace(/\{(\w+)\}/g, (gap, name) => String(values[name] ?? gap));
}

/** The sentence for `n` things: `one` for exactly one, else `other`. @param {string} key @param {number} n */
export function counted(key, n, values = {}) {
  return word(`${key}.${n === 1 ? "one" : "other"}`, { n: number(n), ...values });
}

/** @param {number} score from 0 to 1 */
export function percent(score) {
  if (score < 0.01) return word("site.percent_small");
  return word("site.percent", { n: Math.round(score * 100) });
}

/** @param {number} n @param {number} [digits] */
export function number(n, digits = 0) {
  return n.toLocaleString(lang, { maximumFractionDigits: digits });
}

const live = document.querySelector("[data-live]");

/** Says something to those who cannot see it happen. @param {string} sentence */
export function announce(sentence) {
  live.textContent = sentence;
}

// When a model answers: sliders over what each choice does. What moves them is chosen on validation; the exam shows it.
//
//   script[type="application/json"][data-slider-curves]   {thresholds, coverages}: each {at, chosen, exam}
//   form[data-slider="thresholds"]                        input[type=range], [data-slider-value],
//                                                         [data-slider-chosen], [data-slider-exam]
//   words: trust.answering.*, site.percent
import { number, word } from "./words.js";

/** The last place of a rising list that is not above `value`. @param {number[]} places @param {number} value */
export function placeOf(places, value) {
  return Math.max(0, places.findLastIndex((place) => place <= value + 1e-9));
}

/** @param {{of: number, answered: number[], right: number[]}} curve @param {"chosen" | "exam"} kind */
function sentence(curve, at, kind) {
  if (!curve.of) return "";
  const answered = curve.answered[at];
  if (!answered) return word(`trust.answering.${kind}_none`);
  const share = (part) => word("site.percent", { n: Math.round(100 * part) });
  return word(`trust.answering.${kind}`, { answered: share(answered / curve.of), right: share(curve.right[at] / answered) });
}

class Slider {
  /** @param {HTMLFormElement} form */
  constructor(form, curve) {
    this.part = (name) => form.querySelector(`[data-slider-${name}]`);
    this.input = form.querySelector("input[type=range]");
    this.curve = curve;
    this.input.addEventListener("input", () => this.show());
  }

  show() {
    const at = placeOf(this.curve.at, this.input.valueAsNumber);
    this.part("value").textContent = word("site.percent", { n: number(100 * this.curve.at[at], 1) });
    this.input.setAttribute("aria-valuetext", this.part("value").textContent);
    for (const kind of ["chosen", "exam"]) this.part(kind).textContent = sentence(this.curve[kind], at, kind);
  }
}

/** The sliders in this part of the page. @param {ParentNode} [root] */
export function attach(root = document) {
  const given = root.querySelector("[data-slider-curves]");
  const curves = given ? JSON.parse(given.textContent) : {};
  return [...root.querySelectorAll("form[data-slider]")].map((form) => new Slider(form, curves[form.dataset.slider]));
}

// Any 3 x 3 pattern over the reader's photo, as fast as it is typed.
import { place } from "../geometry.js";
import { number, word } from "../words.js";
import { all, find, settled } from "./draw.js";
import { paint } from "./paint.js";
import { pixels } from "./photo.js";
import { extremes, lightness, slide } from "./planes.js";

const READY = {
  vertical: [-1, 0, 1, -2, 0, 2, -1, 0, 1],
  horizontal: [-1, -2, -1, 0, 0, 0, 1, 2, 1],
  diagonal: [2, -1, -1, -1, 2, -1, -1, -1, 2],
  other: [-1, -1, 2, -1, 2, -1, 2, -1, -1],
  outline: [-1, -1, -1, -1, 8, -1, -1, -1, -1],
  blur: Array(9).fill(0.11),
  same: [0, 0, 0, 0, 1, 0, 0, 0, 0],
};

export class Sieve {
  constructor() {
    const home = find(".lab-weights");
    this.inputs = READY.vertical.map((weight, at) => input(weight, at));
    home.append(...this.inputs);
    home.addEventListener("input", () => this.draw());
    for (const button of all("[data-preset]")) {
      button.addEventListener("click", () => {
        READY[button.dataset.preset].forEach((weight, at) => { this.inputs[at].value = weight; });
        this.draw();
      });
    }
    this.positive = find("[data-positive]");
    this.positive.addEventListener("change", () => this.draw());
    this.tell = settled((sentence) => { find("[data-told]").textContent = sentence; }, 300);
  }

  get pattern() {
    return this.inputs.map(({ valueAsNumber }) => (Number.isFinite(valueAsNumber) ? valueAsNumber : 0));
  }

  /** @param {import("./photo.js").Photo} photo */
  use({ canvas }) {
    this.light = lightness(pixels(canvas), canvas.width, canvas.height);
    const grey = find("[data-grey]");
    paint(grey, this.light, { low: 0, high: 255, grey: true });
    grey.setAttribute("aria-label", word("photo_of"));
    this.draw();
  }

  draw() {
    if (!this.light) return;
    const found = slide(this.light, this.pattern);
    const { low, high, row, column } = extremes(found);
    const canvas = find("[data-found]");
    paint(canvas, found, { low: this.positive.checked ? Math.min(0, high) : low, high, grey: true });
    const where = word(`place.${place((column + 0.5) / found.width, (row + 0.5) / found.height)}`);
    canvas.setAttribute("aria-label", word("map_of", { place: where }));
    const told = { low: number(low, 1), high: number(high, 1), place: where, row: number(row + 1), column: number(column + 1) };
    this.tell(high - low < 1e-3 ? word("flat") : word("best", told));
  }
}

function input(weight, at) {
  const element = Object.assign(document.createElement("input"), { type: "number", step: "any", value: weight });
  element.setAttribute("aria-label", word("weight", { row: Math.floor(at / 3) + 1, column: (at % 3) + 1 }));
  return element;
}

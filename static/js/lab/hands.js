// The numbers of one neuron, to be set by hand.
import { word } from "../words.js";
import { fixed } from "./say.js";

const REACH = 4; // weights and biases can be drawn so far from 0; training may go further

export class Hands {
  /** @param {HTMLElement} title @param {HTMLElement} box @param {() => void} onChange */
  constructor(title, box, onChange) {
    Object.assign(this, { title, box, onChange, rows: [], shape: "" });
  }

  /** @param {import("./net.js").Net} net @param {[number, number]} chosen */
  show(net, [at, to]) {
    Object.assign(this, { net, at, to });
    const { w, b } = net[at];
    const shape = [net.length, at, to, w[to].length].join();
    if (shape !== this.shape) this.draw(shape, net, w[to].length);
    this.rows.forEach((row, i) => this.fill(row, i < w[to].length ? w[to][i] : b[to]));
  }

  draw(shape, net, inputs) {
    this.shape = shape;
    const last = this.at === net.length - 1;
    this.title.textContent = last ? word("output") : word("neuron", { layer: this.at + 1, n: this.to + 1 });
    this.rows = Array.from({ length: inputs + 1 }, (_, at) => this.row(at, inputs));
    this.box.replaceChildren(...this.rows.map(({ row }) => row));
  }

  row(at, inputs) {
    const row = document.createElement("label");
    const name = document.createElement("span");
    const bias = at === inputs;
    name.className = bias ? "math-b" : "math-w";
    name.textContent = bias ? "b" : inputs > 1 ? `w${[..."₀₁₂₃₄₅₆₇"][at]}` : "w";
    const slider = Object.assign(document.createElement("input"), { type: "range", min: -REACH, max: REACH, step: 0.05 });
    const shown = document.createElement("output");
    slider.addEventListener("input", () => {
      const { w, b } = this.net[this.at];
      if (bias) b[this.to] = slider.valueAsNumber;
      else w[this.to][at] = slider.valueAsNumber;
      this.onChange();
    });
    row.append(name, slider, shown);
    return { row, slider, shown };
  }

  fill({ slider, shown }, value) {
    if (document.activeElement !== slider) slider.value = String(value);
    shown.textContent = fixed(value, 2);
  }
}

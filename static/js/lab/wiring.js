// The network as circles and lines: a line is as thick as its weight, and a circle can be chosen.
import { word } from "../words.js";
import { find, label, set, svg, whenSized } from "./draw.js";
import { sizesOf } from "./net.js";

const RADIUS = 13;

export class Wiring {
  /** @param {HTMLElement} figure @param {{height: (width: number) => number, onChoose: (at: number, to: number) => void}} options */
  constructor(figure, { height, onChoose }) {
    Object.assign(this, { figure, height, onChoose, width: 0, net: null, shape: "", chosen: [0, 0] });
    whenSized(figure, (width) => {
      this.width = width;
      this.shape = "";
      if (this.net) this.show(this.net, this.chosen);
    });
  }

  /** @param {import("./net.js").Net} net @param {[number, number]} chosen  layer and neuron */
  show(net, chosen) {
    Object.assign(this, { net, chosen });
    if (!this.width) return;
    const shape = sizesOf(net).join();
    if (shape !== this.shape) this.draw(shape);
    this.place();
  }

  draw(shape) {
    this.shape = shape;
    const sizes = sizesOf(this.net);
    const [width, height] = [this.width, this.height(this.width)];
    const x = (layer) => 20 + (layer * (width - 40)) / (sizes.length - 1);
    const y = (at, of) => (height * (at + 0.5)) / of;
    this.lines = this.net.map(({ w }, at) =>
      w.map((row, to) =>
        row.map((_, from) => svg("path", { d: `M${x(at)} ${y(from, sizes[at])}L${x(at + 1)} ${y(to, sizes[at + 1])}` }))));
    const held = document.activeElement?.dataset?.neuron;
    this.neurons = this.net.map(({ b }, at) => b.map((_, to) => this.neuron(at, to, x(at + 1), y(to, b.length))));
    this.figure.replaceChildren(
      svg("svg", { class: "lab-plot wiring", width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": word("wiring") },
        svg("g", { class: "wiring-lines", "aria-hidden": "true" }, ...this.lines.flat(2)),
        ...Array.from({ length: sizes[0] }, (_, at) => input(x(0), y(at, sizes[0]), sizes[0] > 1 ? `x${at ? "₁" : "₀"}` : "x")),
        ...this.neurons.flat()));
    if (held) find(`[data-neuron="${held}"]`, this.figure)?.focus({ preventScroll: true });
  }

  neuron(at, to, x, y) {
    const last = at === this.net.length - 1;
    const hinge = last ? label("ŷ", { x, y: y + 5 }) : svg("path", { d: `M${x - 7} ${y + 3}H${x - 1}L${x + 6} ${y - 5}` });
    const name = last ? word("output") : word("neuron", { layer: at + 1, n: to + 1 });
    const group = svg("g", { class: "wiring-neuron", tabindex: 0, role: "button", "aria-label": name, "data-neuron": `${at},${to}` },
      svg("circle", { cx: x, cy: y, r: RADIUS }), hinge);
    const choose = () => this.onChoose(at, to);
    group.addEventListener("click", choose);
    group.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose();
    });
    return group;
  }

  place() {
    this.net.forEach(({ w }, at) =>
      w.forEach((row, to) =>
        row.forEach((weight, from) =>
          set(this.lines[at][to][from], {
            "stroke-width": Math.min(0.6 + 2.2 * Math.abs(weight), 8).toFixed(2),
            class: weight < 0 ? "wiring-less" : "wiring-more",
          }))));
    const [layer, neuron] = this.chosen;
    this.neurons.forEach((each, at) =>
      each.forEach((group, to) => group.setAttribute("aria-pressed", String(at === layer && to === neuron))));
  }
}

function input(x, y, name) {
  return svg("g", { class: "wiring-input" }, svg("circle", { cx: x, cy: y, r: RADIUS }), label(name, { x, y: y + 5 }));
}

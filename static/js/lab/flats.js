// The ten flats and a line through them that can be taken hold of: at its bias and at its far end.
import { word } from "../words.js";
import { axes, find, follow, label, set, steer, svg, tall, under, whenSized } from "./draw.js";
import { millions, whole } from "./say.js";

export const BIAS = [0, 10e6];
export const WEIGHT = [-50_000, 150_000];
const SIZES = [0, 90];
const PRICES = [0, 10e6];
const FAR = 86; // square metres where the line is turned
const STEP = { b: 50_000, w: 500 };

const between = (value, [low, high]) => Math.min(Math.max(value, low), high);

/** @typedef {import("./maths.js").Line} Line */

export class Flats {
  /**
   * @param {HTMLElement} figure
   * @param {{flats: [number, number][], line: Line, onMove?: (line: Line) => void, back?: (plot: object) => SVGElement,
   *   height?: number}} options  `back` makes what lies behind the points; without `onMove` nothing can be moved
   */
  constructor(figure, { flats, line, onMove, back = () => svg("g"), height }) {
    Object.assign(this, { figure, flats, line, onMove, back, height });
    this.drawings = [];
    whenSized(figure, (width) => this.draw(width));
  }

  /** Another line. What was typed may lie outside what can be dragged. @param {Line} line */
  show(line) {
    this.line = line;
    if (this.plot) this.place();
  }

  /** Also draws with every line. @param {(plot: object, line: Line) => void} drawing */
  also(drawing) {
    this.drawings.push(drawing);
    if (this.plot) drawing(this.plot, this.line);
  }

  draw(width) {
    const held = document.activeElement?.dataset?.handle;
    this.plot = axes({
      width, height: this.height?.(width) ?? tall(width), x: SIZES, y: PRICES, says: word("plot"),
      margins: [26, 12, 40, 30], tickY: millions, ys: 5, xs: width < 420 ? 5 : 9,
      nameX: word("size_axis"), nameY: word("price_axis"),
    });
    this.stroke = svg("path", { class: "flats-line", "clip-path": "url(#flats-clip)" });
    const { box } = this.plot;
    this.plot.front.append(
      svg("clipPath", { id: "flats-clip" },
        svg("rect", { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top })),
      this.back(this.plot), this.stroke, this.points(),
    );
    if (this.onMove) this.plot.front.append(...this.handles());
    this.figure.replaceChildren(this.plot.element);
    this.place();
    if (held) find(`[data-handle="${held}"]`, this.figure)?.focus({ preventScroll: true });
  }

  points() {
    const { x, y } = this.plot;
    return svg("g", { class: "flats-points" },
      ...this.flats.map(([size, price]) => svg("circle", { cx: x(size), cy: y(price), r: 5 })));
  }

  handles() {
    const handle = (name, said) =>
      svg("circle", {
        class: `lab-handle flats-handle-${name}`, r: 10, tabindex: 0, role: "slider", "aria-label": said,
        "aria-orientation": "vertical", "data-handle": name,
      });
    this.bias = handle("b", word("bias_handle"));
    this.weight = handle("w", word("weight_handle"));
    this.names = { b: label("b", { class: "flats-name flats-name-b" }), w: label("w", { class: "flats-name flats-name-w" }) };
    follow(this.bias, (event) => this.move({ b: under(event, this.plot)[1] }));
    follow(this.weight, (event) => {
      const [size, price] = under(event, this.plot);
      this.move({ w: (price - this.line.b) / Math.max(size, 20) });
    });
    steer(this.bias, (across, up) => this.move({ b: this.line.b + (across + up) * STEP.b }));
    steer(this.weight, (across, up) => this.move({ w: this.line.w + (across + up) * STEP.w }));
    return [this.names.b, this.names.w, this.bias, this.weight];
  }

  move(change) {
    const { b, w } = { ...this.line, ...change };
    this.line = { b: Math.round(between(b, BIAS)), w: Math.round(between(w, WEIGHT)) };
    this.place();
    this.onMove(this.line);
  }

  place() {
    const { x, y } = this.plot;
    const { b, w } = this.line;
    this.stroke.setAttribute("d", `M${x(SIZES[0])} ${y(b)}L${x(SIZES[1])} ${y(b + w * SIZES[1])}`);
    if (this.onMove) {
      this.hold(this.bias, "b", 0, b, BIAS);
      const far = w > 0 ? Math.min(FAR, Math.max((PRICES[1] - b) / w, 10)) : FAR;
      this.hold(this.weight, "w", far, b + w * far, WEIGHT);
    }
    for (const drawing of this.drawings) drawing(this.plot, this.line);
  }

  hold(handle, name, size, price, [least, most]) {
    const { x, y } = this.plot;
    const [cx, cy] = [x(size), y(between(price, PRICES))];
    const value = Math.round(this.line[name]);
    set(handle, {
      cx, cy, "aria-valuenow": value, "aria-valuemin": least, "aria-valuemax": most,
      "aria-valuetext": word(`${name === "b" ? "bias" : "weight"}_value`, { n: whole(value) }),
    });
    set(this.names[name], { x: cx + (name === "b" ? 14 : -5), y: cy - 14 });
  }
}

/** Number fields for bias and weight that go with a line. @param {(line: Line) => void} onType */
export function fields(onType) {
  const inputs = { b: find("[data-bias]"), w: find("[data-weight]") };
  for (const input of Object.values(inputs)) {
    input.addEventListener("input", () => {
      const line = { b: inputs.b.valueAsNumber, w: inputs.w.valueAsNumber };
      if (Number.isFinite(line.b) && Number.isFinite(line.w)) onType(line);
    });
  }
  return ({ b, w }) => {
    for (const [name, value] of [["b", b], ["w", w]]) {
      if (document.activeElement !== inputs[name]) inputs[name].value = String(Number(value.toFixed(2)));
    }
  };
}

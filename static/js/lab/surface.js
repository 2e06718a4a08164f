// The cost over every bias and weight, as a map with contour lines, and the path that training takes over it.
import { word } from "../words.js";
import { axes, follow, set, steer, svg, under, whenSized } from "./draw.js";
import { bowl, contour, mean } from "./maths.js";
import { figures } from "./say.js";

const LEVELS = [0.15, 0.6, 1.35, 2.4, 3.75, 5.4, 7.35, 9.6, 15, 21.6, 29.4];
const DOTS = 400; // more steps than that are a line

export class Surface {
  /** @param {HTMLElement} figure @param {{height: (width: number) => number, onMove: (line: object) => void}} options */
  constructor(figure, { height, onMove }) {
    Object.assign(this, { figure, height, onMove, state: null, width: 0, way: null });
    whenSized(figure, (width) => {
      this.width = width;
      this.way = null;
      if (this.state) this.show(this.state);
    });
  }

  /** @param {{line: object, path: object[], way: object, slope: object | null, rate: number}} state */
  show(state) {
    this.state = state;
    if (!this.width) return;
    if (this.way !== state.way) this.draw(state.way);
    this.place(state);
  }

  draw(way) {
    this.way = way;
    const shape = bowl(way.points);
    // The range that shows the start and the lowest point with room around them.
    this.range = way.range ??= span(shape);
    this.plot = axes({
      width: this.width, height: this.height(this.width), x: this.range.w, y: this.range.b, says: word("surface"),
      margins: [26, 12, 40, 34], xs: 5, ys: 5, tickX: figures, tickY: figures,
      nameX: word("surface_weight"), nameY: word("surface_bias"),
    });
    const { x, y, box, element, front } = this.plot;
    const frame = { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top };
    const ellipse = (height) => contour(shape, height).map(([b, w]) => `${x(w).toFixed(1)} ${y(b).toFixed(1)}`).join("L");
    this.path = svg("path", { class: "surface-path" });
    this.dots = svg("g", { class: "surface-dots" });
    this.arrow = svg("path", { class: "surface-arrow" });
    this.here = svg("circle", { class: "surface-here", r: 9, tabindex: 0, role: "button", "aria-roledescription": word("surface_role"), "aria-label": word("surface_here"), "data-here": "" });
    const [bx, by] = [x(shape.lowest.w), y(shape.lowest.b)];
    front.append(
      svg("clipPath", { id: "surface-clip" }, svg("rect", frame)),
      svg("rect", { class: "surface-frame", ...frame }),
      svg("g", { "clip-path": "url(#surface-clip)" },
        ...LEVELS.toReversed().map((height) => svg("path", { class: "surface-level", d: `M${ellipse(height)}Z` })),
        svg("path", { class: "surface-lowest", d: `M${bx - 6} ${by - 6}l12 12m0 -12l-12 12` }),
        this.path, this.dots, this.arrow),
      this.here,
    );
    follow(this.here, (event) => {
      const [w, b] = under(event, this.plot);
      this.put({ b, w });
    });
    const step = (range) => (range[1] - range[0]) / 100;
    steer(this.here, (across, up) =>
      this.put({ b: this.state.line.b + up * step(this.range.b), w: this.state.line.w + across * step(this.range.w) }));
    for (const text of element.querySelectorAll(".lab-axis")) {
      text.classList.add(text.textContent === word("surface_bias") ? "surface-name-b" : "surface-name-w");
    }
    const held = document.activeElement?.matches("[data-here]");
    this.figure.replaceChildren(element);
    if (held) this.here.focus({ preventScroll: true });
  }

  put({ b, w }) {
    const inside = (value, [low, high]) => Math.min(Math.max(value, low), high);
    this.onMove({ b: inside(b, this.range.b), w: inside(w, this.range.w) });
  }

  place({ line, path, slope, rate }) {
    const { x, y, box } = this.plot;
    const far = (value) => Math.max(Math.min(value, 1e5), -1e5).toFixed(1);
    const points = path.map(({ b, w }) => [far(x(w)), far(y(b))]);
    this.path.setAttribute("d", `M${points.map((each) => each.join(" ")).join("L")}`);
    const dots = points.slice(0, DOTS);
    while (this.dots.childElementCount > dots.length) this.dots.lastChild.remove();
    while (this.dots.childElementCount < dots.length) this.dots.append(svg("circle", { r: 2.5 }));
    dots.forEach(([cx, cy], at) => set(this.dots.children[at], { cx, cy }));
    const [cx, cy] = [Math.min(Math.max(x(line.w), box.left), box.right), Math.min(Math.max(y(line.b), box.top), box.bottom)];
    set(this.here, {
      cx, cy,
      "aria-label": word("surface_at", { b: figures(line.b), w: figures(line.w), cost: figures(mean(this.way.points, line)) }),
    });
    this.arrow.setAttribute("d", slope ? arrow([cx, cy], [x(line.w - rate * slope.w), y(line.b - rate * slope.b)]) : "");
  }
}

/** Where the map ends. */
function span({ lowest, bb, bw, ww }) {
  const height = 12;
  const free = bb * ww - bw * bw;
  const [b, w] = [Math.sqrt((height * ww) / free), Math.sqrt((height * bb) / free)];
  return { b: [lowest.b - b, lowest.b + b], w: [lowest.w - w, lowest.w + w] };
}

/** A line with a head, at least as long as its head. */
function arrow([x, y], [toX, toY]) {
  const long = Math.max(Math.hypot(toX - x, toY - y), 1e-9);
  const [u, v] = [(toX - x) / long, (toY - y) / long];
  const [endX, endY] = [x + u * Math.max(long, 14), y + v * Math.max(long, 14)];
  const wing = (side) => `${endX - 9 * u + side * 5 * v} ${endY - 9 * v - side * 5 * u}`;
  return `M${x} ${y}L${endX} ${endY}M${wing(1)}L${endX} ${endY}L${wing(-1)}`;
}

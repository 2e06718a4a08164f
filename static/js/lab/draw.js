// What the chapters draw with: SVG elements, axes, canvases, things to drag by pointer and by keys.
import { scale, ticks } from "../plot.js";
import { number } from "../words.js";

/** What the server told this chapter. */
export const facts = JSON.parse(document.querySelector("[data-facts]")?.textContent ?? "{}");

/** @param {string} selector @param {ParentNode} [within] */
export const find = (selector, within = document) => within.querySelector(selector);
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];

/**
 * An SVG element with its attributes and children.
 * @param {string} kind @param {Record<string, string | number>} [attributes] @param {Node[]} children
 */
export function svg(kind, attributes = {}, ...children) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", kind);
  set(element, attributes);
  element.append(...children);
  return element;
}

/** @param {Element} element @param {Record<string, string | number>} attributes */
export function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}

/** A text in a drawing. @param {string} words */
export function label(words, attributes = {}) {
  const element = svg("text", attributes);
  element.textContent = words;
  return element;
}

/** The value of a named colour, for canvases. @param {string} name */
export function colour(name) {
  const probe = find("main");
  const before = probe.style.color;
  probe.style.color = `var(${name})`;
  const value = getComputedStyle(probe).color;
  probe.style.color = before;
  return value;
}

/** How high a picture is best: a share of its width, of what the screen has. @param {number} width */
export const tall = (width, share = 0.6, screen = 0.52) =>
  Math.round(Math.max(Math.min(width * share, innerHeight * screen), 230));

/** Calls `draw` now and whenever the width of `figure` or the page's colours change. */
export function whenSized(figure, draw) {
  let width = 0;
  new ResizeObserver(([{ contentRect }]) => {
    if (contentRect.width < 1 || Math.abs(contentRect.width - width) < 1) return; // hidden, or the same
    width = contentRect.width;
    draw(width);
  }).observe(figure);
  const again = () => width && draw(width);
  new MutationObserver(again).observe(document.documentElement, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", again);
}

/**
 * Axes with round numbers: two scales, and the drawing to draw into, `back` under `front`.
 * @param {{width: number, height: number, x: [number, number], y: [number, number], says: string,
 *   margins?: [number, number, number, number], tickX?: (n: number) => string, tickY?: (n: number) => string,
 *   nameX?: string, nameY?: string, xs?: number, ys?: number}} options  margins: top, right, bottom, left
 */
export function axes({
  width, height, x: across, y: up, says, margins: [top, right, bottom, left] = [24, 16, 40, 52],
  tickX = signed, tickY = signed, nameX = "", nameY = "", xs = 8, ys = 6,
}) {
  const x = scale(across, [left, width - right]);
  const y = scale(up, [height - bottom, top]);
  const floor = height - bottom;
  const grid = svg("g", { "aria-hidden": "true" });
  for (const at of ticks(...up, ys)) {
    grid.append(
      svg("path", { class: "lab-grid", d: `M${left} ${y(at).toFixed(1)}H${width - right}` }),
      label(tickY(at), { class: "lab-tick-y", x: left - 6, y: (y(at) + 4).toFixed(1) }),
    );
  }
  for (const at of ticks(...across, xs)) {
    grid.append(label(tickX(at), { class: "lab-tick-x", x: x(at).toFixed(1), y: floor + 18 }));
  }
  grid.append(
    svg("path", { class: "lab-floor", d: `M${left} ${floor}H${width - right}` }),
    label(nameX, { class: "lab-axis", x: width - right, y: floor + 34, "text-anchor": "end" }),
    label(nameY, { class: "lab-axis", x: 0, y: 12 }),
  );
  const front = svg("g");
  const element = svg(
    "svg",
    { class: "lab-plot", width, height, viewBox: `0 0 ${width} ${height}`, role: "group", "aria-label": says },
    grid, front,
  );
  return { element, front, x, y, box: { left, top, right: width - right, bottom: floor } };
}

const signed = (value) => number(value, 3).replace("-", "−");

/** Where a pointer is, in the plot's own units. @returns {[number, number]} */
export function under(event, { element, x, y }) {
  const { left, top } = element.getBoundingClientRect();
  const back = (at, to) => (at - to(0)) / (to(1) - to(0));
  return [back(event.clientX - left, x), back(event.clientY - top, y)];
}

/**
 * Follows a pointer from press to release. @param {Element} element
 * @param {(event: PointerEvent) => void} move @param {() => void} [end]
 */
export function follow(element, move, end = () => {}) {
  element.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    element.setPointerCapture(event.pointerId);
    element.focus?.({ preventScroll: true });
    move(event);
  });
  element.addEventListener("pointermove", (event) => {
    if (element.hasPointerCapture(event.pointerId)) move(event);
  });
  element.addEventListener("lostpointercapture", end);
}

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** Arrow keys as steps, ten at once with Shift. @param {(across: number, up: number) => void} move */
export function steer(element, move) {
  element.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (!arrow || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const times = event.shiftKey ? 10 : 1;
    move(arrow[0] * times, arrow[1] * times);
  });
}

/** A canvas as sharp as the screen, `width` by `height` CSS pixels. @param {HTMLCanvasElement} canvas */
export function sharp(canvas, width, height) {
  const ratio = devicePixelRatio || 1;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  return pen;
}

/** Something that goes on at every frame until it is stopped or `step` says false. */
export class Loop {
  /** @param {(time: number) => boolean | void} step @param {(running: boolean) => void} [tell] */
  constructor(step, tell = () => {}) {
    Object.assign(this, { step, tell, running: false });
  }

  start() {
    if (this.running) return;
    this.running = true;
    this.tell(true);
    const frame = (time) => {
      if (!this.running) return;
      if (this.step(time) === false) this.stop();
      else requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  stop() {
    if (!this.running) return;
    this.running = false;
    this.tell(false);
  }
}

/** Says it at once, then at most every `wait` ms, and the last of it always: nobody hears more. */
export function settled(say, wait = 400) {
  let timer = 0;
  let next = 0;
  return (...given) => {
    clearTimeout(timer);
    const speak = () => {
      next = performance.now() + wait;
      say(...given);
    };
    if (performance.now() >= next) speak();
    else timer = setTimeout(speak, next - performance.now());
  };
}

// One chart: lines over the epochs, named at their ends, and the epoch that was kept. Drawn once; afterwards
// only what changed is moved.
import { apart, horizon, last, line, scale, ticks } from "./plot.js";
import { word } from "./words.js";

const HEIGHT = 264;
const TOP = 44; // two rows of words above the lines: what was kept, and where it stopped
const UNMARKED = 10; // without them
const BOTTOM = 30;
const LEFT = 44;
const NAMES = 96;
const LINE = 17; // from one line of text to the next
const LINES = ["training", "validation"];

/** @param {string} kind @param {Record<string, string | number>} [attributes] */
function drawn(kind, attributes = {}) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", kind);
  set(element, attributes);
  return element;
}

function set(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}

/** A mark over one epoch: a vertical line with a word above it. */
class Mark {
  constructor(kind, row) {
    this.y = 12 + row * LINE;
    this.group = drawn("g", { class: `chart-mark chart-${kind}` });
    this.stroke = drawn("path");
    this.text = drawn("text", { y: this.y });
    this.group.append(this.stroke, this.text);
  }

  show(epoch, sentence, { x, floor, left, right }) {
    this.group.setAttribute("visibility", epoch ? "visible" : "hidden");
    if (!epoch) return;
    const at = x(epoch);
    this.stroke.setAttribute("d", `M${at.toFixed(1)} ${this.y + 5}V${floor}`);
    this.text.textContent = sentence;
    const half = this.text.getComputedTextLength() / 2;
    set(this.text, { x: Math.max(Math.min(at, right - half), left + half).toFixed(1) });
  }
}

/** One of the lines, with its dot, its name and its newest value. */
class Line {
  constructor(kind) {
    this.name = kind;
    this.group = drawn("g", { class: `chart-line chart-${kind}` });
    this.path = drawn("path");
    this.dot = drawn("circle", { r: 4 });
    this.label = drawn("text");
    this.title = drawn("tspan", { class: "chart-name" });
    this.value = drawn("tspan", { class: "chart-value", dy: LINE });
    this.title.textContent = word(`curves.${kind}`);
    this.label.append(this.title, this.value);
    this.group.append(this.path, this.dot, this.label);
  }

  show(values, { x, y, said }) {
    const end = last(values);
    this.group.setAttribute("visibility", end ? "visible" : "hidden");
    this.path.setAttribute("d", line(values, x, y));
    if (!end) return null;
    set(this.dot, { cx: x(end.epoch).toFixed(1), cy: y(end.value).toFixed(1) });
    for (const part of [this.title, this.value]) set(part, { x: (x(end.epoch) + 14).toFixed(1) });
    this.value.textContent = said(end.value);
    return y(end.value);
  }

  place(at) {
    this.label.setAttribute("y", at.toFixed(1));
  }
}

export class Chart {
  /**
   * @param {HTMLElement} figure @param {{range: (values: (number | null)[]) => [number, number],
   *   said: (value: number) => string, tick: (value: number) => string, lines?: string[], height?: number, marked?: boolean}} options
   *   `lines` are named by the words `curves.<line>`; only where it is `marked` is there room for words above them
   */
  constructor(figure, { range, said, tick, lines = LINES, height = HEIGHT, marked = true }) {
    Object.assign(this, { range, said, tick, height, top: marked ? TOP : UNMARKED, width: 0, told: null });
    this.svg = drawn("svg", { class: "chart", role: "img", focusable: "false", height });
    this.axes = drawn("g", { class: "chart-axes" });
    this.kept = new Mark("kept", 0);
    this.stopped = new Mark("stopped", 1);
    this.lines = lines.map((kind) => new Line(kind));
    this.svg.append(this.axes, this.kept.group, this.stopped.group, ...this.lines.map(({ group }) => group));
    this.title = figure.querySelector("figcaption").firstChild.textContent.trim();
    figure.append(this.svg);
    new ResizeObserver(([{ contentRect }]) => this.resize(contentRect.width)).observe(figure);
  }

  resize(width) {
    if (Math.abs(width - this.width) < 1) return;
    this.width = width;
    set(this.svg, { width, viewBox: `0 0 ${width} ${this.height}` });
    this.draw();
  }

  /** @param {{best: number | null, epochs: number, stopped: boolean, over: boolean}} told besides, by the name of
   *   each line, its value of every epoch (`(number | null)[]`) */
  show(told) {
    this.told = told;
    this.draw();
  }

  draw() {
    if (!this.told || this.width < 120) return;
    const { best, epochs, stopped, over } = this.told;
    const values = this.lines.map(({ name }) => this.told[name]);
    const count = Math.max(...values.map(({ length }) => length));
    const place = this.room(values.flat(), horizon(count, epochs, over));
    this.axis(place);
    const places = this.lines.map((one) => one.show(this.told[one.name], place));
    this.name(places, place);
    this.kept.show(best, this.best(), place);
    this.stopped.show(stopped ? count : null, word("curves.stopped", { epoch: count }), place);
    this.svg.setAttribute("aria-label", this.summary());
  }

  room(values, epochs) {
    const right = this.width - NAMES;
    const floor = this.height - BOTTOM;
    const [low, high] = this.range(values);
    const x = scale([1, epochs], [LEFT, right - 6]);
    const y = scale([low, high], [floor, this.top]);
    return { x, y, low, high, epochs, left: LEFT, right, floor, said: this.said };
  }

  axis(place) {
    const { x, y, low, high, epochs, left: start, right, floor } = place;
    const marks = [drawn("path", { class: "chart-floor", d: `M${start} ${floor}H${right}` })];
    for (const value of ticks(low, high, 4)) {
      const at = y(value).toFixed(1);
      if (value > low) marks.push(drawn("path", { class: "chart-grid", d: `M${start} ${at}H${right}` }));
      marks.push(text(this.tick(value), { x: start - 8, y: Number(at) + 4, class: "chart-tick chart-tick-y" }));
    }
    const most = Math.max(2, Math.floor((right - start) / 36));
    for (const value of ticks(1, epochs, most, 1)) {
      marks.push(text(String(value), { x: x(value).toFixed(1), y: floor + 18, class: "chart-tick" }));
    }
    marks.push(text(word("curves.epoch"), { x: right + 12, y: floor + 18, class: "chart-unit" }));
    const wanted = `${low} ${high} ${epochs} ${this.width}`;
    if (wanted !== this.shown) this.axes.replaceChildren(...marks);
    this.shown = wanted;
  }

  /** Names stand where their lines end, moved apart where the lines nearly meet. */
  name(places, { floor }) {
    const height = 2 * LINE + 4;
    const room = [this.top + 2, floor - LINE - 4];
    const named = this.lines.filter((_, at) => places[at] !== null);
    const moved = apart(places.filter((at) => at !== null), height, room);
    named.forEach((one, at) => one.place(moved[at]));
  }

  best() {
    return word(this.told.over ? "curves.kept" : "curves.best", { epoch: this.told.best });
  }

  summary() {
    const ends = this.lines.map(({ name }) => [name, last(this.told[name])]).filter(([, end]) => end);
    const said = ends.map(([kind, end]) => `${word(`curves.${kind}`)} ${this.said(end.value)}`);
    const kept = this.told.best ? [this.best()] : [];
    return `${this.title}: ${[...said, ...kept].join(", ")}`;
  }
}

function text(content, attributes) {
  const element = drawn("text", attributes);
  element.textContent = content;
  return element;
}

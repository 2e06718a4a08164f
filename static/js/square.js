// The square that the network looks at: dragged, resized by its corners, moved by keys or by a click.
import { centred, moved, pixels, pulled, scaled, whereabouts } from "./geometry.js";
import { announce, percent, word } from "./words.js";

const STEP = 0.02;
const STRIDE = 0.1;
const GROWTH = 1.08;
const PATIENCE = 700; // ms after the last key, so that ten presses are one question
const KEYS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

let squares = 0;

export class Square {
  /**
   * @param {HTMLElement} element the answer
   * @param {{onMove: (box: object) => void, onDone: (box: object | null) => void}} options
   */
  constructor(element, { onMove, onDone }) {
    this.stage = element.querySelector("[data-stage]");
    this.frame = element.querySelector("[data-square]");
    this.resetButton = element.querySelector("[data-reset]");
    Object.assign(this, { onMove, onDone, box: null, size: null, drag: null });
    const help = element.querySelector("[data-square-help]");
    squares += 1;
    help.id = `square-help-${squares}`;
    this.frame.setAttribute("aria-describedby", help.id);
    this.stage.addEventListener("pointerdown", (event) => this.grab(event));
    this.stage.addEventListener("pointermove", (event) => this.pull(event));
    this.stage.addEventListener("pointerup", () => this.release());
    this.stage.addEventListener("pointercancel", () => this.release());
    this.stage.addEventListener("click", (event) => this.jump(event));
    this.frame.addEventListener("keydown", (event) => this.key(event));
    element.querySelector("[data-smaller]").addEventListener("click", () => this.resize(1 / GROWTH ** 2));
    element.querySelector("[data-larger]").addEventListener("click", () => this.resize(GROWTH ** 2));
    this.resetButton.addEventListener("click", () => this.reset());
  }

  /** @param {object} box @param {object} size @param {boolean} own chosen by the reader */
  show(box, size, own) {
    if (this.drag || this.timer) return;
    Object.assign(this, { box, size });
    this.frame.hidden = false;
    this.resetButton.hidden = !own;
    this.draw();
  }

  draw() {
    const { left, top, side } = pixels(this.box, this.size);
    const style = this.frame.style;
    style.left = `${(100 * left) / this.size.width}%`;
    style.top = `${(100 * top) / this.size.height}%`;
    style.width = `${(100 * side) / this.size.width}%`;
    style.height = `${(100 * side) / this.size.height}%`;
  }

  change(box) {
    this.box = box;
    this.resetButton.hidden = false;
    this.draw();
    this.onMove(box);
  }

  /** Where the pointer is, in the photo's own pixels. */
  point(event) {
    const seen = this.stage.getBoundingClientRect();
    return [
      ((event.clientX - seen.left) / seen.width) * this.size.width,
      ((event.clientY - seen.top) / seen.height) * this.size.height,
    ];
  }

  grab(event) {
    this.dragged = false;
    if (!this.box || event.button !== 0 || !this.frame.contains(event.target)) return;
    const corner = event.target.dataset.corner ?? null;
    // A finger on the photo scrolls the page: it moves the square by the grip or by a tap.
    if (event.pointerType === "touch" && !corner && !("grip" in event.target.dataset)) return;
    this.stage.setPointerCapture(event.pointerId);
    this.drag = { corner, from: this.point(event), box: this.box };
    this.stage.classList.add("dragging");
  }

  pull(event) {
    if (!this.drag) return;
    const [x, y] = this.point(event);
    const { corner, from, box } = this.drag;
    const small = (this.size.width + this.size.height) / 600;
    if (!this.dragged && Math.hypot(x - from[0], y - from[1]) < small) return;
    this.dragged = true;
    this.change(corner ? pulled(box, corner, x, y, this.size) : moved(box, x - from[0], y - from[1], this.size));
  }

  release() {
    if (!this.drag) return;
    this.drag = null;
    this.stage.classList.remove("dragging");
    if (this.dragged) this.onDone(this.box);
  }

  /** A click outside brings the square there: nobody has to drag. */
  jump(event) {
    if (!this.box || this.dragged || this.frame.contains(event.target)) return;
    this.change(centred(this.box, ...this.point(event), this.size));
    this.onDone(this.box);
  }

  key(event) {
    const shorter = Math.min(this.size.width, this.size.height);
    const step = shorter * (event.shiftKey ? STRIDE : STEP);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in KEYS) {
      const [right, down] = KEYS[event.key];
      this.change(moved(this.box, right * step, down * step, this.size));
      this.soon();
    } else if (event.key === "+" || event.key === "=") this.resize(GROWTH);
    else if (event.key === "-") this.resize(1 / GROWTH);
    else if (event.key === "Home") this.reset();
    else if (event.key === "Enter") this.now();
    else return;
    event.preventDefault();
  }

  resize(factor) {
    this.change(scaled(this.box, factor, this.size));
    this.soon();
  }

  reset() {
    this.wait();
    if (document.activeElement === this.resetButton) this.frame.focus();
    this.onDone(null);
  }

  soon() {
    const at = word(`square.${whereabouts(this.box, this.size)}`);
    announce(word("square.at", { place: at, percent: percent(this.box.side) }));
    this.wait();
    this.timer = setTimeout(() => this.now(), PATIENCE);
  }

  now() {
    this.wait();
    this.onDone(this.box);
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = null;
  }
}

// Trainings side by side, live: a worker trains them, and the page asks it for as much as it can show.
import { Loop } from "./draw.js";

/** @typedef {{loss: number, accuracy: number, validation_loss: number, validation_accuracy: number}} Epoch as the API has it */

export class Runs {
  /**
   * @param {{show: (histories: Epoch[][]) => void, over: (rights: Uint8Array[]) => void, tell: (running: boolean) => void}} page
   *   `show` is called with what is new, at most once a frame; `rights` says of each training which of the photos
   *   to choose by it has right in the end
   */
  constructor({ show, over, tell }) {
    this.worker = new Worker(new URL("./trainer.js", import.meta.url), { type: "module" });
    this.worker.addEventListener("message", ({ data }) => this.hear(data));
    Object.assign(this, { show, over, choices: [], histories: [], turn: 0, asked: false, news: null, ended: false });
    this.loop = new Loop(() => this.frame(), tell);
  }

  /** Other photos. @param {import("./material.js").Material} material */
  use({ columns }) {
    this.worker.postMessage({ columns });
  }

  /** Other trainings, not begun yet. @param {import("./course.js").Choice[]} choices */
  set(choices) {
    this.loop.stop();
    this.turn += 1; // what was asked for before counts no more
    Object.assign(this, { choices, asked: false, news: null, ended: false });
    this.histories = choices.map(() => []);
    this.worker.postMessage({ begin: choices });
    this.show(this.histories);
  }

  /** Begins, goes on, or pauses; from the start again when it is over. */
  toggle() {
    if (this.loop.running) return this.loop.stop();
    if (this.ended) this.set(this.choices);
    return this.loop.start();
  }

  frame() {
    if (this.news) {
      this.news.figures.forEach((epochs, at) => this.histories[at].push(...epochs));
      const { over, right } = this.news;
      this.news = null;
      this.show(this.histories);
      if (over) {
        this.ended = true;
        this.over(right);
        return false;
      }
    }
    if (!this.asked) {
      this.asked = true;
      this.worker.postMessage({ epochs: 1, turn: this.turn });
    }
    return true;
  }

  hear(data) {
    if (data.turn !== this.turn) return;
    Object.assign(this, { news: data, asked: false });
  }
}

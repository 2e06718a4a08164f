// A stream of pictures for as long as something is held.
import { identity } from "./identity.js";
import { frame } from "./stream.js";

const A_SECOND = 6;
export const MOST = 150; // 25 seconds of one moment show all that there is to see
const LONGEST = 1280;

export class Recorder {
  /** @param {HTMLVideoElement} video @param {{onFrame: (blob: Blob, count: number) => void, onFull: () => void}} options */
  constructor(video, { onFrame, onFull }) {
    Object.assign(this, { video, onFrame, onFull, on: false });
  }

  start() {
    this.on = true;
    this.hold = identity();
    this.frames = [];
    this.drawing = Promise.resolve();
    this.timer = setInterval(() => this.take(), 1000 / A_SECOND);
    this.take();
  }

  /** A picture that is still being packed when the next is due is waited for: slow devices take fewer. */
  take() {
    if (this.busy) return;
    this.busy = true;
    this.drawing = this.draw().finally(() => {
      this.busy = false;
    });
  }

  async draw() {
    const blob = await frame(this.video, LONGEST);
    if (!blob || this.frames.length >= MOST) return;
    this.frames.push(blob);
    this.onFrame(blob, this.frames.length);
    if (this.frames.length === MOST) this.onFull();
  }

  /** @returns {Promise<{hold: string, frames: Blob[]}>} what this hold brought */
  async stop() {
    this.on = false;
    clearInterval(this.timer);
    const { hold, frames } = this;
    await this.drawing;
    return { hold, frames };
  }
}

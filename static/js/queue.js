// Photos wait in line: at most two are on their way at a time.
const AT_ONCE = 2;

export class Queue {
  /** @param {{onChange: (done: number, all: number, running: boolean) => void}} options */
  constructor({ onChange }) {
    this.onChange = onChange;
    this.waiting = [];
    this.running = 0;
    this.done = 0;
    this.all = 0;
    this.stopper = new AbortController();
  }

  /** @param {(signal: AbortSignal) => Promise<void>} job must not throw; true when it was answered */
  add(job) {
    if (this.running === 0 && this.waiting.length === 0) this.start();
    this.waiting.push(job);
    this.all += 1;
    this.next();
    this.tell();
  }

  /** Ends what is on its way. What waits is run too, with a signal that is already aborted. */
  cancel() {
    this.stopper.abort();
  }

  start() {
    this.done = 0;
    this.all = 0;
    this.stopper = new AbortController();
  }

  async next() {
    if (this.running === AT_ONCE || this.waiting.length === 0) return;
    const job = this.waiting.shift();
    this.running += 1;
    const answered = await job(this.stopper.signal);
    this.running -= 1;
    if (answered) this.done += 1;
    this.next();
    this.tell();
  }

  tell() {
    this.onChange(this.done, this.all, this.running > 0);
  }
}

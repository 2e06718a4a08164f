// Carries many photos to the server: a few dozen a request, two requests at a time, again where the
// journey failed. Photos to learn from travel as they are.
import { address, call } from "./api.js";
import { Failure } from "./failure.js";
import { pause } from "./pause.js";
import { number } from "./words.js";

const MB = 1_000_000; // as the server counts
const MOST_FILES = 50;
const MOST_BYTES = 40 * MB;
const AT_ONCE = 2;
const TRIES = 8; // in a row, about two minutes
const LONGEST = 30_000;
const PASSING = new Set([0, 429, 502, 503, 504]);
const STOPPING = new Set([401, 403, 404, 409]);

/** @typedef {import("./gather.js").Found} Found */
/** @typedef {{label: string | null, photos: Found[], hold?: string}} Group a label, except on the way to the inbox */
/** @typedef {{name: string, file: File}} Opened @typedef {{label: string, hold?: string, files: Opened[]}} Batch */

export class Sending {
  /**
   * @param {string} model
   * @param {{mostMb: number, to?: "images" | "inbox", onChange: (sending: Sending) => void,
   *   onTrouble: (failure: Failure | null, seconds: number) => void}} options
   */
  constructor(model, { mostMb, to = "images", onChange, onTrouble }) {
    Object.assign(this, { mostMb, onChange, onTrouble });
    this.address = address("models", model, to);
    this.stopper = new AbortController();
    Object.assign(this, { added: new Map(), there: 0, aside: 0, refused: [], done: 0, all: 0 });
  }

  cancel() {
    this.stopper.abort();
  }

  get cancelled() {
    return this.stopper.signal.aborted;
  }

  get addedInAll() {
    return [...this.added.values()].reduce((sum, count) => sum + count, 0);
  }

  /** Seconds, or null while nobody can tell. */
  get secondsLeft() {
    const passed = (performance.now() - this.started) / 1000;
    return this.done > 0 && passed > 2 ? (passed / this.done) * (this.all - this.done) : null;
  }

  /**
   * Resolves when all is sent or it was cancelled.
   * @param {Group[]} groups @throws {Failure} that nothing can get past
   */
  async send(groups) {
    this.started = performance.now();
    this.all = groups.reduce((sum, { photos }) => sum + photos.length, 0);
    this.onChange(this);
    const batches = this.batches(groups);
    try {
      await Promise.all(Array.from({ length: AT_ONCE }, () => this.carry(batches)));
    } catch (failure) {
      if (this.cancelled) return;
      this.cancel(); // the other request need not go on
      throw failure;
    }
  }

  async carry(batches) {
    // Not "for await": its end in one of the two would end the batches of both.
    for (;;) {
      const { value, done } = await batches.next();
      if (done || this.cancelled) return;
      await this.deliver(value);
    }
  }

  /** @param {Group[]} groups @returns {AsyncGenerator<Batch>} */
  async *batches(groups) {
    for (const { label, hold, photos } of groups) {
      let files = [];
      let bytes = 0;
      for (const photo of photos) {
        const opened = await this.open(photo);
        if (!opened) continue;
        if (files.length === MOST_FILES || (files.length > 0 && bytes + opened.file.size > MOST_BYTES)) {
          yield { label, hold, files };
          files = [];
          bytes = 0;
        }
        files.push(opened);
        bytes += opened.file.size;
      }
      if (files.length > 0) yield { label, hold, files };
    }
  }

  /** Null where it cannot travel, which is written down. @param {Found} photo @returns {Promise<Opened | null>} */
  async open({ path, open }) {
    let file;
    try {
      file = await open();
    } catch {
      this.refuse(path, Failure.of("unreadable").sentence);
      return null;
    }
    if (file.size <= this.mostMb * MB) return { name: path, file };
    const mb = number(Math.ceil((10 * file.size) / MB) / 10, 1);
    this.refuse(path, Failure.of("large", { mb, most: this.mostMb }).sentence);
    return null;
  }

  /** @param {Batch} batch */
  async deliver(batch) {
    for (let turn = 0; batch.files.length > 0; turn += 1) {
      try {
        const answer = await this.post(batch);
        if (turn > 0) this.onTrouble(null, 0);
        this.note(batch, answer.results);
        return;
      } catch (failure) {
        if (this.cancelled || !(failure instanceof Failure)) throw failure;
        if (!PASSING.has(failure.status)) return this.settle(batch, failure);
        if (failure.status === 0 && (await this.weeded(batch))) continue;
        if (turn === TRIES) throw failure;
        const wait = failure.wait || Math.min(1000 * 2 ** turn, LONGEST);
        this.onTrouble(failure, Math.round(wait / 1000));
        await pause(wait, this.stopper.signal);
      }
    }
  }

  post({ label, hold, files }) {
    const body = new FormData();
    if (label) body.append("label", label);
    if (hold) body.append("hold", hold);
    for (const { file } of files) body.append("images", file, file.name);
    return call(this.address, { method: "POST", body, signal: this.stopper.signal });
  }

  /** @param {Batch} batch @param {object[]} results one a file, in their order */
  note({ label, files }, results) {
    results.forEach((result, at) => {
      if (result.error) return this.refuse(files[at].name, result.error.detail ?? result.error.title);
      if (result.status === "in-dataset") return this.refuse(files[at].name, result.sentence);
      if (result.status === "added") this.added.set(label, (this.added.get(label) ?? 0) + 1);
      else this.there += 1;
      if (result.image?.split === "aside") this.aside += 1;
      this.done += 1;
    });
    this.onChange(this);
  }

  /** A request that was refused as a whole. What is wrong with one file is no reason against the others. */
  async settle(batch, failure) {
    const { files } = batch;
    const each = new Map(failure.errors.map(({ pointer, detail }) => [pointer, detail]));
    if (STOPPING.has(failure.status)) throw failure;
    if (files.length === 1 || files.every((_, at) => each.has(`images/${at}`))) {
      files.forEach(({ name }, at) => this.refuse(name, each.get(`images/${at}`) ?? failure.sentence));
      return;
    }
    const half = Math.ceil(files.length / 2);
    await this.deliver({ ...batch, files: files.slice(0, half) });
    await this.deliver({ ...batch, files: files.slice(half) });
  }

  /** A file that was moved away fails exactly like a missing server. Whether there were such: they are taken out. */
  async weeded(batch) {
    const read = ({ file }) => file.slice(0, 1).arrayBuffer().then(() => true, () => false);
    const readable = await Promise.all(batch.files.map(read));
    const gone = batch.files.filter((_, at) => !readable[at]);
    for (const { name } of gone) this.refuse(name, Failure.of("unreadable").sentence);
    batch.files = batch.files.filter((_, at) => readable[at]);
    return gone.length > 0;
  }

  refuse(name, reason) {
    this.refused.push({ name, reason });
    this.done += 1;
    this.onChange(this);
  }
}

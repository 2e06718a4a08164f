// One photo from its arrival to its answer. The element is a clone of templates/_answer.html.
import { ask } from "./ask.js";
import { Copy } from "./copy.js";
import { Failure } from "./failure.js";
import { Look } from "./look.js";
import { Marks } from "./marks.js";
import { Reading } from "./reading.js";
import { Reasons } from "./reasons.js";
import { shrunk } from "./shrink.js";
import { Square } from "./square.js";
import { Teach } from "./teach.js";
import { caption, sentence } from "./verdict.js";
import { announce, number, word } from "./words.js";

const template = document.querySelector("[data-answer-template]");
let cards = 0;

export class Card {
  /**
   * @param {File} file
   * @param {Record<"onState" | "onRemove" | "onRetry", (card: Card) => void>} options
   */
  constructor(file, { onState, onRemove, onRetry }) {
    cards += 1;
    Object.assign(this, { file, onState, box: null, sent: null });
    this.url = URL.createObjectURL(file);
    this.element = template.content.firstElementChild.cloneNode(true);
    this.element.id = `photo-${cards}`;
    this.part = (name) => this.element.querySelector(`[data-${name}]`);
    this.part("file").textContent = file.name;
    this.part("photo").src = this.url;
    this.part("photo").alt = word("answer.photo", { name: file.name });
    const remove = this.part("remove");
    remove.setAttribute("aria-label", word("answer.remove", { name: file.name }));
    remove.addEventListener("click", () => onRemove(this));
    this.part("retry").addEventListener("click", () => onRetry(this));
    this.look = new Look(this.element);
    this.copy = new Copy(this.element);
    new Teach(this.element, file);
    this.marks = new Marks(this.element, file);
    this.reasons = new Reasons(this.element, {
      onOther: (prediction) => this.reading.see(prediction),
      question: () => ({ photo: this.sent.blob, name: this.file.name, box: this.box }),
    });
    this.reading = new Reading(this.element, {
      onMap: (url, label) => this.map(url, label),
      onChoose: (...chosen) => this.reasons.show(...chosen),
    });
    this.square = new Square(this.element, {
      onMove: (box) => {
        this.look.frame(box, this.size);
        this.look.fade();
      },
      onDone: (box) => this.lookElsewhere(box),
    });
    this.state("waiting", word("answer.waiting"));
  }

  state(name, status = "") {
    this.element.dataset.state = name;
    this.part("status").textContent = status;
    this.part("retry").hidden = name !== "cancelled";
    this.part("problem-sign-in").hidden = true;
    if (name !== "failed") this.problem("", "", "");
    this.onState(this);
  }

  get answered() {
    return this.element.dataset.state === "done";
  }

  get failed() {
    return this.element.dataset.state === "failed";
  }

  /** What was said, in one sentence, for those who listen. */
  get said() {
    return this.answered ? sentence(this.result.models) : this.part("problem-title").textContent;
  }

  /** The same in a word or two. */
  get caption() {
    return this.answered ? caption(this.result.models) : this.said;
  }

  /** Whether the same photo may do better another time. */
  get again() {
    return !this.part("retry").hidden;
  }

  /** Never throws. @param {AbortSignal} signal @returns {Promise<boolean>} whether this photo is finished */
  async ask(signal) {
    if (this.removed) return false;
    this.stopper?.abort();
    this.stopper = new AbortController();
    const both = AbortSignal.any([signal, this.stopper.signal]);
    try {
      both.throwIfAborted();
      this.sent ??= await this.prepare();
      both.throwIfAborted();
      this.state("asking", word(this.result ? "answer.again" : "answer.asking"));
      const onWait = (status) => this.state("asking", status);
      this.fill(await ask(this.sent.blob, this.file.name, { box: this.box, signal: both, onWait }));
    } catch (error) {
      if (!both.aborted) this.fail(error);
      else if (signal.aborted) this.state("cancelled", word("answer.cancelled"));
      return !both.aborted;
    }
    return true;
  }

  prepare() {
    this.state("asking", word("answer.shrinking"));
    return shrunk(this.file);
  }

  async lookElsewhere(box) {
    this.box = box;
    await this.ask(new AbortController().signal);
    if (this.answered) announce([this.said, this.part("sure").textContent].join(". "));
  }

  fill({ answer, trip }) {
    const result = answer.results[0];
    if (result.error) throw new Failure(result.error.title, result.error.detail, result.error.advice, false);
    this.result = result;
    this.size = { width: result.width, height: result.height };
    this.look.shape(result.width, result.height);
    this.look.frame(result.box, this.size);
    this.reading.fill(result);
    this.marks.fill(result);
    this.square.show(result.box, this.size, this.box !== null);
    this.copy.fill(this.file.name, this.box, answer);
    const times = word("answer.time", { server: number(result.timing_ms), trip: number(trip) });
    const small = this.sent.size ? word("answer.shrunk", this.sent.size) : "";
    this.part("time").textContent = `${times} ${small}`.trim();
    this.state("done");
  }

  map(url, label) {
    this.look.show(url);
    this.part("photo").alt = url
      ? word("answer.photo_map", { name: this.file.name, label })
      : word("answer.photo", { name: this.file.name });
  }

  fail(error) {
    const known = error instanceof Failure;
    if (!known) console.error(error);
    const shown = known ? error : Failure.of("strange", { status: "?" });
    this.state("failed");
    this.look.check();
    this.part("retry").hidden = !shown.passing;
    this.part("problem-sign-in").hidden = !shown.signedOut;
    this.problem(shown.message, shown.detail, shown.advice ?? "");
    this.onState(this);
  }

  problem(title, detail, advice) {
    for (const [name, text] of Object.entries({ title, detail, advice })) {
      this.part(`problem-${name}`).textContent = text;
    }
  }

  remove() {
    this.removed = true;
    this.stopper?.abort();
    this.reasons.stop();
    URL.revokeObjectURL(this.url);
    this.element.remove();
  }
}

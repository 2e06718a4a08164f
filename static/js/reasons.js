// Why the answer is what it is: the photos it learned from that are most like it, a close call with what
// to do about it, and what becomes of a score when the part that spoke for it is covered.
//
//   section[data-because] in templates/_because.html, [data-neighbour-template] with templates/_neighbour.html
//   words: because.*
import { address, call } from "./api.js";
import { Failure } from "./failure.js";
import { parameter } from "./geometry.js";
import { lang, percent, word } from "./words.js";

const neighbourTemplate = document.querySelector("[data-neighbour-template]");
const many = document.querySelector("[data-form]").dataset.many.split(" "); // models with labels beyond the best

/** @param {{name: string, likeness: string, thumbnail: string | null, content: string | null, credit: {by: string | null, link: string} | null}} one */
function neighbour({ name, likeness, thumbnail, content, credit }) {
  const item = neighbourTemplate.content.firstElementChild.cloneNode(true);
  const part = (which) => item.querySelector(`[data-neighbour-${which}]`);
  const to = content ?? credit?.link;
  if (to) part("link").href = to;
  if (thumbnail) {
    part("photo").src = thumbnail;
    part("photo").hidden = false;
    item.querySelector(".absent").remove();
  }
  part("name").textContent = name;
  part("likeness").textContent = likeness;
  part("credit").textContent = credit ? word("because.credit", { by: credit.by ?? credit.link }) : "";
  return item;
}

export class Reasons {
  /**
   * @param {HTMLElement} element the answer
   * @param {{onOther: (prediction: object) => void, question: () => {photo: Blob, name: string, box: object | null}}} options
   *   `onOther` hears of a label that is not among the best, with its heat map
   */
  constructor(element, { onOther, question }) {
    this.part = (name) => element.querySelector(`[data-${name}]`);
    this.parts = (name) => [...element.querySelectorAll(`[data-${name}]`)];
    Object.assign(this, { onOther, question });
    this.part("check-go").addEventListener("click", () => this.check(this.prediction));
    this.part("other").addEventListener("toggle", () => this.part("other").open && this.others());
    this.part("other-go").addEventListener("click", () => this.other());
    this.part("close-go").addEventListener("click", () => this.teach());
  }

  /** @param {object} speaker whose answer is explained @param {object} model of the label that is looked at */
  show(speaker, model, prediction) {
    this.stop();
    this.nearest(speaker);
    this.closeCall(speaker);
    if (model.model !== this.model?.model) this.forgetOthers(model);
    this.model = model;
    this.look(prediction);
    this.say("");
    this.part("covered").hidden = true;
  }

  look(prediction) {
    this.prediction = prediction;
    this.part("check-go").textContent = word("because.check", { label: prediction.name });
  }

  nearest({ neighbours, because }) {
    this.part("because-said").textContent = because ?? "";
    const list = this.part("nearest");
    list.replaceChildren(...(neighbours ?? []).map(neighbour));
    list.hidden = !neighbours?.length;
  }

  closeCall({ model, hesitated, decision, predictions }) {
    const close = Boolean(hesitated?.close) && decision !== null;
    this.part("close").hidden = !close;
    if (!close) return;
    const [first, second] = predictions;
    const teachable = this.choices(model) !== null;
    this.part("close-said").textContent = word("because.close", { first: first.name, second: second.name });
    this.part("close-teach").hidden = this.part("close-actions").hidden = !teachable;
    this.part("close-move").hidden = teachable;
    this.parts("close-photos").forEach((link, at) => {
      const { label, name } = predictions[at];
      link.href = `/models/${encodeURIComponent(model)}/photos?label=${encodeURIComponent(label)}`;
      link.firstElementChild.textContent = word("because.photos_of", { name });
    });
  }

  /** The labels under "Wrong? Teach it", where the model can be taught. */
  choices(model) {
    return this.part("teach")?.querySelector(`[data-model="${CSS.escape(model)}"]`) ?? null;
  }

  teach() {
    this.part("teach").open = true;
    this.part("teach-label").focus();
  }

  /** What becomes of a label's score without its hot part. @param {{label: string}} prediction */
  async check({ label }) {
    this.stop();
    this.stopper = new AbortController();
    const { signal } = this.stopper;
    const { photo, name, box } = this.question();
    const body = new FormData();
    body.append("images", photo, name);
    const query = new URLSearchParams({ label, lang, ...(box && { box: parameter(box) }) });
    this.say(word("because.checking"));
    this.part("covered").hidden = true;
    try {
      const told = await call(`${address("models", this.model.model)}:occlude?${query}`, { method: "POST", body, signal });
      this.covered(told);
    } catch (failure) {
      if (signal.aborted) return;
      if (!(failure instanceof Failure)) throw failure;
      this.say(failure.sentence);
    }
  }

  covered({ says, hot, cold, prediction }) {
    this.say(says);
    if (prediction.label !== this.prediction.label) {
      this.look(prediction);
      this.onOther(prediction);
    }
    this.part("covered").hidden = !hot;
    if (!hot) return;
    for (const [kind, { picture, score }] of Object.entries({ hot, cold })) {
      this.part(`covered-${kind}`).src = picture;
      this.part(`covered-${kind}`).alt = word(`because.${kind}_alt`);
      this.part(`score-${kind}`).textContent = word(`because.${kind}`, { percent: percent(score) });
    }
  }

  /** Labels that are not among the best are listed once someone asks for them. */
  async others() {
    const { model, name, predictions } = this.model;
    if (this.part("other-label").options.length > 0) return;
    this.part("other-name").textContent = word("because.other_label", { model: name });
    try {
      const { items } = await call(`${address("models", model)}/labels?${new URLSearchParams({ lang })}`);
      const shown = new Set(predictions.map(({ label }) => label));
      const rest = items.filter(({ label }) => !shown.has(label));
      rest.sort((one, next) => one.name.localeCompare(next.name, lang));
      if (model !== this.model.model) return;
      this.part("other-label").replaceChildren(...rest.map(({ label, name: shownAs }) => new Option(shownAs, label)));
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      this.say(failure.sentence);
    }
  }

  other() {
    const [chosen] = this.part("other-label").selectedOptions;
    if (chosen) this.check({ label: chosen.value });
  }

  forgetOthers({ model }) {
    this.part("other").open = false;
    this.part("other").hidden = !many.includes(model);
    this.part("other-label").replaceChildren();
  }

  say(sentence) {
    this.part("check-said").textContent = sentence;
  }

  stop() {
    this.stopper?.abort();
  }
}

// Photos to decide on, one large and the others small: by one key each, and undone. Each is a form that
// works without this. What the decisions are and how the server is asked, is told by those built on it.
//
//   [data-model]                       with NAME that of the deck:
//     [data-NAME-list] > li[data-suggested]
//       [data-NAME-photo] > img        a link to the photo in full
//       [data-NAME-labels]             gets a button for each of the first nine labels
//     [data-NAME-options] > option[data-label]   all labels of the model
//     [data-NAME-start] [data-NAME-undo] [data-NAME-said] [data-NAME-done]
//     a[data-NAME-next]                where further ones are
//   words: errors.*
import { address, call } from "./api.js";
import { Failure } from "./failure.js";
import { announce, word } from "./words.js";

const FEW = 6; // left, and further ones are fetched
const STEP = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** @typedef {{item: HTMLElement, mark: Comment, refused?: boolean, undone?: boolean}} Entry */

export class Deck {
  /**
   * @param {HTMLElement} section @param {string} name
   * @param {{id: string, keys: Record<string, string>, words: string, finder?: string}} options which `data-` of an
   *   item names its photo, which key decides what, where its words stand, and how the deck is found in another page
   */
  constructor(section, name, { id, keys, words, finder = `[data-${name}-list]` }) {
    Object.assign(this, { section, name, id, keys, words, finder });
    this.part = (part) => section.querySelector(`[data-${name}-${part}]`);
    this.list = this.part("list");
    this.address = address("models", section.dataset.model);
    this.labels = [...this.part("options").children];
    this.done = []; // what can be undone, the newest last
    this.line = Promise.resolve(); // one request after the other
    this.list.addEventListener("click", (event) => this.click(event));
    this.list.addEventListener("submit", (event) => this.submit(event));
    section.addEventListener("keydown", (event) => this.key(event));
    this.part("undo").addEventListener("click", () => this.undo());
    this.part("start").addEventListener("click", () => this.current?.focus());
    this.choose(this.items()[0]);
  }

  items() {
    return [...this.list.children];
  }

  get current() {
    return this.list.querySelector("[aria-current]");
  }

  in(item, part) {
    return item.querySelector(`[data-${this.name}-${part}]`);
  }

  /** Makes it the large one. @param {HTMLElement | undefined} item */
  choose(item) {
    const before = this.current;
    if (before && before !== item) {
      before.removeAttribute("aria-current");
      this.in(before, "labels").replaceChildren();
    }
    this.settle();
    if (!item) return;
    item.setAttribute("aria-current", "true");
    const photo = item.querySelector("img");
    if (photo) photo.src = this.in(item, "photo").href;
    this.in(item, "labels").replaceChildren(...this.labels.slice(0, 9).map(numbered));
  }

  go(item) {
    this.choose(item);
    if (item) item.focus({ preventScroll: true });
    else this.part("undo").focus();
    item?.scrollIntoView({ block: "nearest" });
  }

  click(event) {
    const item = event.target.closest("li");
    const chip = event.target.closest("[data-as]");
    if (chip) this.decide(item, "relabel", chip.dataset.as);
    else if (event.target.closest(`[data-${this.name}-photo]`) && item !== this.current) {
      event.preventDefault();
      this.go(item);
    }
  }

  submit(event) {
    event.preventDefault();
    const item = event.target.closest("li");
    const action = event.submitter?.value ?? "relabel";
    const typed = event.target.elements.label.value.trim();
    if (Object.values(this.keys).includes(action)) this.decide(item, action);
    else if (typed) this.decide(item, "relabel", this.slugOf(typed));
  }

  key(event) {
    const { key, ctrlKey, metaKey, altKey, target } = event;
    if (target.matches("input")) return;
    if ((ctrlKey || metaKey) && key.toLowerCase() === "z" && !event.shiftKey) {
      event.preventDefault();
      this.undo();
      return;
    }
    const item = target.closest("li");
    if (!item || ctrlKey || metaKey || altKey) return;
    const decision = this.keys[key.toLowerCase()];
    if (decision === "suggested" && target !== item) return; // Enter presses what has the focus
    if (decision) this.decide(item, decision);
    else if (/^[1-9]$/.test(key) && this.labels[key - 1]) this.decide(item, "relabel", this.labels[key - 1].dataset.label);
    else if (key in STEP) this.step(item, STEP[key]);
    else return;
    event.preventDefault();
  }

  step(item, by) {
    const next = this.items()[this.items().indexOf(item) + by];
    if (next) this.go(next);
  }

  /** Shown at once; put back when the server refuses. @param {string} sentence what is told meanwhile */
  settleOn(entry, sentence) {
    entry.mark = this.leave(entry.item);
    this.done.push(entry);
    this.tell(sentence);
    this.run(
      () => this.ask(entry),
      () => {
        entry.refused = true;
        if (entry.undone) return;
        this.done.splice(this.done.indexOf(entry), 1);
        this.back(entry);
      },
    );
  }

  undo() {
    const entry = this.done.pop();
    if (!entry) return this.tell(word(`${this.words}.nothing_to_undo`));
    entry.undone = true;
    this.back(entry);
    this.tell(word(`${this.words}.undone`));
    this.run(
      () => entry.refused || this.askBack(entry),
      () => {
        entry.undone = false;
        entry.mark = this.leave(entry.item);
        this.done.push(entry);
      },
    );
  }

  /** @returns {Comment} where it stood */
  leave(item) {
    const next = item.nextElementSibling ?? item.previousElementSibling;
    const mark = document.createComment("");
    item.replaceWith(mark);
    item.removeAttribute("aria-current");
    this.go(next);
    if (this.items().length < FEW) this.more();
    return mark;
  }

  back({ item, mark }) {
    mark.replaceWith(item);
    this.go(item);
  }

  post(verb, json) {
    return call(`${this.address}/${verb}`, { method: "POST", json });
  }

  /** One request after another, so that undoing never overtakes what it undoes. */
  run(work, onRefused) {
    this.line = this.line.then(async () => {
      try {
        await work();
      } catch (failure) {
        onRefused();
        const reason = failure instanceof Failure ? failure.sentence : String(failure);
        this.tell(word(`${this.words}.refused`, { reason }));
      }
      this.settle();
    });
    this.settle();
  }

  /** The next page's, below those that are here. What is not fetched now is one press away. */
  async more() {
    const link = this.part("next");
    if (link.hidden || this.fetching) return;
    this.fetching = true;
    const text = await fetch(link.href).then((response) => (response.ok ? response.text() : ""), () => "");
    this.fetching = false;
    const page = new DOMParser().parseFromString(text, "text/html");
    const further = page.querySelector(this.finder)?.closest("section");
    if (!further) return;
    const known = new Set([...this.items(), ...this.done.map(({ item }) => item)].map((item) => item.dataset[this.id]));
    const items = [...further.querySelector(`[data-${this.name}-list]`).children].filter((item) => !known.has(item.dataset[this.id]));
    this.list.append(...items);
    const next = further.querySelector(`[data-${this.name}-next]`);
    link.hidden = next.hidden;
    if (!next.hidden) link.href = next.href;
    if (!this.current) this.choose(items[0]);
  }

  settle() {
    this.part("undo").disabled = this.done.length === 0;
    this.part("start").disabled = this.items().length === 0;
    this.part("done").hidden = this.items().length > 0;
  }

  slugOf(typed) {
    const same = this.labels.find(({ value }) => value.toLowerCase() === typed.toLowerCase());
    return same?.dataset.label ?? typed;
  }

  nameOf(label) {
    return this.labels.find(({ dataset }) => dataset.label === label)?.value ?? label;
  }

  tell(sentence) {
    this.part("said").textContent = sentence;
    announce(sentence);
  }
}

function numbered(option, at) {
  const button = document.createElement("button");
  Object.assign(button, { type: "button", className: "quiet outlined", textContent: `${at + 1} ${option.value}` });
  button.dataset.as = option.dataset.label;
  return button;
}

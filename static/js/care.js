// Labels in doubt, one large and the others small: kept, relabelled or removed with one key, and undone.
// Each is a form that works without this.
//
//   [data-doubts][data-model]          templates/_care_doubts.html
//     [data-doubt-list] > li[data-doubt="SHA256"][data-label][data-suggested]
//       [data-doubt-photo] > img       a link to the photo in full
//       [data-doubt-labels]            gets a button for each of the first nine labels
//     #care-labels option[data-label]  all labels of the model
//     [data-doubt-start] [data-doubt-undo] [data-doubt-said] [data-doubt-done]
//     a[data-doubt-next]               where further ones are
//   words: care.*, errors.*
import { address, call } from "./api.js";
import { Failure } from "./failure.js";
import { announce, word } from "./words.js";

const FEW = 6; // left, and further ones are fetched
const STEP = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const DECISIONS = { k: "keep", enter: "suggested", delete: "remove", backspace: "remove" };

class Doubts {
  constructor(section) {
    this.section = section;
    this.part = (name) => section.querySelector(`[data-doubt-${name}]`);
    this.list = this.part("list");
    this.address = address("models", section.dataset.model);
    this.labels = [...section.querySelectorAll("#care-labels option")];
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

  /** Makes it the large one. @param {HTMLElement | undefined} item */
  choose(item) {
    const before = this.current;
    if (before && before !== item) {
      before.removeAttribute("aria-current");
      before.querySelector("[data-doubt-labels]").replaceChildren();
    }
    this.settle();
    if (!item) return;
    item.setAttribute("aria-current", "true");
    const photo = item.querySelector("img");
    if (photo) photo.src = item.querySelector("[data-doubt-photo]").href;
    item.querySelector("[data-doubt-labels]").replaceChildren(...this.labels.slice(0, 9).map(numbered));
  }

  go(item) {
    this.choose(item);
    if (item) item.focus({ preventScroll: true });
    else this.part("undo").focus();
    item?.scrollIntoView({ block: "nearest" });
  }

  click(event) {
    const item = event.target.closest("[data-doubt]");
    const chip = event.target.closest("[data-as]");
    if (chip) this.decide(item, "relabel", chip.dataset.as);
    else if (event.target.closest("[data-doubt-photo]") && item !== this.current) {
      event.preventDefault();
      this.go(item);
    }
  }

  submit(event) {
    event.preventDefault();
    const item = event.target.closest("[data-doubt]");
    const action = event.submitter?.value ?? "relabel";
    const typed = event.target.elements.label.value.trim();
    if (action !== "relabel") this.decide(item, action);
    else if (typed) this.decide(item, action, this.slugOf(typed));
  }

  key(event) {
    const { key, ctrlKey, metaKey, altKey, target } = event;
    if (target.matches("input")) return;
    if ((ctrlKey || metaKey) && key.toLowerCase() === "z" && !event.shiftKey) {
      event.preventDefault();
      this.undo();
      return;
    }
    const item = target.closest("[data-doubt]");
    if (!item || ctrlKey || metaKey || altKey) return;
    const decision = DECISIONS[key.toLowerCase()];
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

  /** Shown at once; put back when the server refuses. */
  decide(item, action, label) {
    const { label: before, suggested } = item.dataset;
    const to = { keep: before, suggested, relabel: label }[action];
    const kind = action === "remove" ? "remove" : to === before ? "keep" : "relabel";
    const entry = { item, kind, before, to, mark: this.leave(item) };
    this.done.push(entry);
    this.tell(word({ keep: "care.kept", relabel: "care.relabelled", remove: "care.removed" }[kind], { name: this.nameOf(to) }));
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
    if (!entry) return this.tell(word("care.nothing_to_undo"));
    entry.undone = true;
    this.back(entry);
    this.tell(word("care.undone"));
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

  async ask({ item, kind, to }) {
    const images = [item.dataset.doubt];
    const post = (verb, json) => call(`${this.address}/${verb}`, { method: "POST", json });
    if (kind === "remove") return post("images:remove", { images });
    if (kind === "relabel") await post("images:relabel", { images, label: to });
    return post("care:keep", { images }); // who has decided is not asked again
  }

  async askBack({ item, kind, before }) {
    const images = [item.dataset.doubt];
    const post = (verb, json) => call(`${this.address}/${verb}`, { method: "POST", json });
    if (kind === "remove") return post("images:restore", { images });
    if (kind === "relabel") await post("images:relabel", { images, label: before });
    return post("care:reconsider", { images });
  }

  /** One request after another, so that undoing never overtakes what it undoes. */
  run(work, onRefused) {
    this.line = this.line.then(async () => {
      try {
        await work();
      } catch (failure) {
        onRefused();
        const reason = failure instanceof Failure ? failure.sentence : String(failure);
        this.tell(word("care.refused", { reason }));
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
    const further = page.querySelector("[data-doubt-next]");
    if (!further) return;
    const here = new Set(this.items().map((item) => item.dataset.doubt));
    const decided = new Set(this.done.map(({ item }) => item.dataset.doubt));
    const items = [...page.querySelectorAll("[data-doubt-list] > li")].filter(({ dataset: { doubt } }) => !here.has(doubt) && !decided.has(doubt));
    this.list.append(...items);
    link.hidden = further.hidden;
    if (!further.hidden) link.href = further.href;
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

for (const section of document.querySelectorAll("[data-doubts]")) new Doubts(section);

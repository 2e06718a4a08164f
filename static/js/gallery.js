// The photos of a label in a grid: select many, relabel, remove, undo; by mouse, finger or keyboard.
// The form around them works without this, with checkboxes and buttons.
//
//   form[data-gallery][data-model]     templates/_gallery.html
//     data-label="SLUG"                where the grid shows one label only: a relabelled photo leaves it
//     ul[data-grid] > li[data-photo]   each with input[type=checkbox][name=images][value=SHA256]
//                                      and, optionally, [data-photo-label] that names its label
//     [data-gallery-bar]               select[name=label][data-gallery-label],
//                                      button[name=action][value=relabel], button[name=action][value=remove],
//                                      button[type=button][data-gallery-undo], [data-selected],
//                                      button[data-gallery-all], button[data-gallery-none]
//     [data-gallery-said]              what was done, or why not
//     [data-gallery-empty]             shown when no photo is left
//   [data-images-of="SLUG"][data-n]    anywhere: counted up and down
//   words: gallery.*, upload.photos, errors.*
import { address, call } from "./api.js";
import { Failure } from "./failure.js";
import { Selection } from "./selection.js";
import { tally } from "./tally.js";
import { announce, counted, word } from "./words.js";

const MOST = 1000; // photos a request

/** @typedef {{item: HTMLElement, label: string}[]} Before which photos, and what each was called */

class Gallery {
  constructor(form) {
    this.form = form;
    this.part = (name) => form.querySelector(`[data-${name}]`);
    this.address = `${address("models", form.dataset.model)}/images`;
    this.select = this.part("gallery-label");
    this.done = []; // what can be undone, the newest last
    this.line = Promise.resolve(); // one change after the other
    this.selection = new Selection(this.part("grid"), { onChange: (count) => this.count(count) });
    form.addEventListener("submit", (event) => this.submit(event));
    form.addEventListener("keydown", (event) => this.key(event));
    this.part("gallery-undo").addEventListener("click", () => this.undo());
    this.part("gallery-all").addEventListener("click", () => this.selection.all());
    this.part("gallery-none").addEventListener("click", () => {
      this.selection.none();
      this.part("gallery-all").focus();
    });
    this.settle();
  }

  submit(event) {
    event.preventDefault();
    if (event.submitter?.value === "remove") this.remove();
    else this.relabel(this.select.value);
  }

  key(event) {
    const { key, ctrlKey, metaKey, altKey, target } = event;
    const command = ctrlKey || metaKey;
    const inGrid = this.part("grid").contains(target);
    if (command && key.toLowerCase() === "z" && !event.shiftKey) this.undo();
    else if (!inGrid || altKey) return;
    else if (command && key.toLowerCase() === "a") this.selection.all();
    else if (command) return;
    else if (key === "Delete" || key === "Backspace") this.remove();
    else if (/^[1-9]$/.test(key)) this.relabelTo(Number(key));
    else return;
    event.preventDefault();
  }

  /** The n-th label of the list; the first entry of the list asks to choose one. */
  relabelTo(n) {
    const option = [...this.select.options].filter(({ value }) => value)[n - 1];
    if (option) this.relabel(option.value);
  }

  relabel(label) {
    if (!label) return this.say(word("gallery.choose_label"));
    const items = this.selection.chosen().filter((item) => this.labelOf(item) !== label);
    if (items.length === 0) return this.say(word(this.selection.count ? "gallery.there_already" : "gallery.none"));
    this.change({ kind: "relabel", label, items });
  }

  remove() {
    const items = this.selection.chosen();
    if (items.length === 0) return this.say(word("gallery.none"));
    this.change({ kind: "remove", label: null, items });
  }

  labelOf(item) {
    return item.dataset.label ?? this.form.dataset.label;
  }

  /** Shown at once; put back when the server refuses. */
  change({ kind, label, items }) {
    const before = items.map((item) => ({ item, label: this.labelOf(item) }));
    const marked = this.leave(items, kind, label);
    this.tally(before, label, 1);
    this.tell(counted(`gallery.${kind}`, items.length, { label: label ? this.nameOf(label) : "" }));
    const entry = { kind, before, marked, label };
    this.done.push(entry);
    this.run(
      () => this.ask(kind, items, label && { label }),
      () => {
        entry.refused = true;
        if (entry.undone) return;
        this.done.splice(this.done.indexOf(entry), 1);
        this.back(before, marked, label);
      },
    );
  }

  undo() {
    const entry = this.done.pop();
    if (!entry) return this.say(word("gallery.nothing_to_undo"));
    const { kind, before, marked, label } = entry;
    entry.undone = true;
    this.back(before, marked, label);
    this.selection.focus(before[0].item);
    this.tell(counted("gallery.undone", before.length));
    this.run(
      () => !entry.refused && this.askBack(kind, before),
      () => {
        entry.undone = false;
        entry.marked = this.leave(before.map(({ item }) => item), kind, label);
        this.tally(before, label, 1);
        this.done.push(entry);
      },
    );
  }

  /** One request after another, so that undoing never overtakes what it undoes. */
  run(work, onRefused) {
    this.line = this.line.then(async () => {
      try {
        await work();
      } catch (failure) {
        onRefused();
        const reason = failure instanceof Failure ? failure.sentence : String(failure);
        this.tell(word("gallery.refused", { reason }));
      }
      this.settle();
    });
    this.settle();
  }

  /** @returns {Map<HTMLElement, Comment>} where each of them stood */
  leave(items, kind, label) {
    const leaves = kind === "remove" || this.form.dataset.label !== undefined;
    const marked = new Map();
    const next = leaves ? this.selection.after(items) : null;
    for (const item of items) {
      if (label) this.name(item, label);
      if (!leaves) continue;
      const mark = document.createComment("");
      marked.set(item, mark);
      item.replaceWith(mark);
    }
    this.selection.none();
    if (next) this.selection.focus(next);
    else if (leaves) this.part("gallery-undo").focus();
    return marked;
  }

  /** @param {Before} before */
  back(before, marked, label) {
    for (const { item, label: old } of before) {
      marked.get(item)?.replaceWith(item);
      if (label) this.name(item, old);
    }
    this.tally(before, label, -1);
    this.selection.only(before.map(({ item }) => item));
    this.settle();
  }

  name(item, label) {
    item.dataset.label = label;
    const place = item.querySelector("[data-photo-label]");
    if (place) place.textContent = this.nameOf(label);
  }

  nameOf(label) {
    const option = [...this.select.options].find(({ value }) => value === label);
    return option?.dataset.name ?? option?.text ?? label;
  }

  tally(before, label, sign) {
    for (const { label: old } of before) {
      tally("images-of", old, "upload.photos", -sign);
      if (label) tally("images-of", label, "upload.photos", sign);
    }
  }

  async ask(verb, items, more) {
    const images = items.map((item) => item.dataset.photo);
    for (let at = 0; at < images.length; at += MOST) {
      const json = { images: images.slice(at, at + MOST), ...more };
      await call(`${this.address}:${verb}`, { method: "POST", json });
    }
  }

  async askBack(kind, before) {
    if (kind === "remove") return this.ask("restore", before.map(({ item }) => item));
    const byLabel = new Map();
    for (const { item, label } of before) byLabel.set(label, [...(byLabel.get(label) ?? []), item]);
    for (const [label, items] of byLabel) await this.ask("relabel", items, { label });
  }

  count(selected) {
    this.part("selected").textContent = selected > 0 ? counted("gallery.selected", selected) : word("gallery.select");
    this.part("gallery-none").hidden = selected === 0;
    this.form.toggleAttribute("data-selecting", selected > 0);
  }

  settle() {
    this.part("gallery-undo").disabled = this.done.length === 0;
    const none = this.part("grid").querySelector("[data-photo]") === null;
    this.part("gallery-empty").hidden = !none;
  }

  tell(sentence) {
    this.say(sentence);
    announce(sentence);
  }

  say(sentence) {
    this.part("gallery-said").textContent = sentence;
  }
}

for (const form of document.querySelectorAll("form[data-gallery]")) new Gallery(form);

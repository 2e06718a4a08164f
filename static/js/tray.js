// The line of photos above the answers: a small picture of each, how far we are, and a way to stop.
import { word } from "./words.js";

const template = document.querySelector("[data-thumb-template]");

export class Tray {
  /** @param {{onCancel: () => void, onClear: () => void}} options */
  constructor({ onCancel, onClear }) {
    this.element = document.querySelector("[data-tray]");
    this.part = (name) => this.element.querySelector(`[data-${name}]`);
    this.thumbs = new Map();
    this.part("cancel").addEventListener("click", onCancel);
    this.part("clear").addEventListener("click", onClear);
  }

  add(card) {
    const item = template.content.firstElementChild.cloneNode(true);
    item.querySelector("a").href = `#${card.element.id}`;
    const image = item.querySelector("[data-thumb]");
    image.addEventListener("error", () => image.remove());
    image.src = card.url;
    this.thumbs.set(card, item);
    this.part("strip").append(item);
    this.update(card);
  }

  update(card) {
    const item = this.thumbs.get(card);
    if (!item) return;
    item.querySelector("a").dataset.state = card.element.dataset.state;
    const said = card.answered || card.failed ? card.said : "";
    item.querySelector("[data-thumb-name]").textContent = said || card.file.name;
    item.querySelector("a").title = said ? `${card.file.name}: ${said}` : card.file.name;
  }

  remove(card) {
    this.thumbs.get(card)?.remove();
    this.thumbs.delete(card);
    this.settle();
  }

  progress(done, all, running) {
    this.running = running;
    this.part("progress").max = Math.max(all, 1);
    this.part("progress").value = done;
    this.part("count").textContent = word("tray.progress", { done, all });
    this.settle();
  }

  say(sentence) {
    this.part("said").textContent = sentence;
    this.settle();
  }

  settle() {
    const several = this.thumbs.size > 1;
    this.element.hidden = !several && !this.running && !this.part("said").textContent;
    this.part("strip").hidden = !several;
    this.part("run").hidden = !this.running;
    this.part("clear").hidden = this.running || !several;
  }
}

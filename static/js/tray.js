// The line of photos above the answers: a small picture of each, how far we are, and a way to stop.
import { unseen } from "./unseen.js";
import { word } from "./words.js";

const template = document.querySelector("[data-thumb-template]");

export class Tray {
  /** @param {Record<"onCancel" | "onClear" | "onAgain", () => void>} options */
  constructor({ onCancel, onClear, onAgain }) {
    this.element = document.querySelector("[data-tray]");
    this.part = (name) => this.element.querySelector(`[data-${name}]`);
    this.thumbs = new Map();
    this.part("cancel").addEventListener("click", onCancel);
    this.part("clear").addEventListener("click", onClear);
    this.part("again").addEventListener("click", onAgain);
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
    const link = item.querySelector("a");
    link.dataset.state = card.element.dataset.state;
    const said = card.answered || card.failed ? card.said : "";
    item.querySelector("[data-thumb-name]").textContent = said ? card.caption : card.file.name;
    link.title = said ? `${card.file.name}: ${said}` : card.file.name;
    link.setAttribute("aria-label", link.title);
    if (card.failed) this.check(item.querySelector("[data-thumb]"));
    this.settle();
  }

  async check(image) {
    if (image && (await unseen(image))) image.remove();
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
    const held = this.element.contains(document.activeElement) ? document.activeElement : null;
    const several = this.thumbs.size > 1;
    const again = [...this.thumbs.keys()].filter((card) => card.again).length;
    this.element.hidden = !several && !this.running && !this.part("said").textContent;
    this.part("strip").hidden = !several;
    this.part("run").hidden = !this.running;
    this.part("clear").hidden = this.running || !several;
    this.part("again").hidden = this.running || again < 2;
    if (held?.checkVisibility() === false) this.hold();
  }

  /** What had the focus is hidden now: the next thing to press gets it. */
  hold() {
    const shown = [this.part("cancel"), this.part("again")].find((button) => button.checkVisibility());
    const place = this.element.checkVisibility() ? this.part("tray-title") : document.querySelector("#content");
    (shown ?? place).focus({ preventScroll: true });
  }
}

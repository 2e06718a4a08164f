// Photos that wait for a label: given one or removed with one key (see deck.js), in templates/_waiting.html.
//   [data-waiting="KIND"][data-model]  li[data-photo="SHA256"][data-suggested][data-file]
//     [data-waiting-count][data-n]     how many wait
//     [data-waiting-remarks]           what became of photos that are not simply learned from
//   words: next.waiting.*
import { call } from "./api.js";
import { Deck } from "./deck.js";
import { counted, word } from "./words.js";

const KEYS = { enter: "suggested", delete: "remove", backspace: "remove" };

class Waiting extends Deck {
  constructor(section) {
    const finder = `[data-waiting="${section.dataset.waiting}"] [data-waiting-list]`;
    super(section, "waiting", { id: "photo", keys: KEYS, words: "next.waiting", finder });
  }

  decide(item, action, label) {
    const to = action === "suggested" ? item.dataset.suggested : label;
    if (action === "suggested" && !to) return;
    const kind = action === "remove" ? "remove" : "teach";
    const name = this.nameOf(to);
    this.settleOn({ item, kind, to }, word(`next.waiting.${kind === "remove" ? "removed" : "taught"}`, { name }));
  }

  async ask(entry) {
    const { item, kind, to } = entry;
    const photo = `inbox/${item.dataset.photo}`;
    if (kind === "remove") await call(`${this.address}/${photo}`, { method: "DELETE" });
    else {
      const { image, status, sentence } = await this.post(`${photo}:teach`, { label: to });
      if (status !== "added" || image.split !== "train") entry.remark = this.remark(item, sentence);
    }
    this.count(-1);
  }

  async askBack({ item, remark }) {
    await this.post(`inbox/${item.dataset.photo}:restore`);
    remark?.remove();
    this.count(1);
  }

  remark(item, sentence) {
    const line = document.createElement("li");
    line.textContent = word("next.waiting.about", { file: item.dataset.file, sentence });
    this.part("remarks").append(line);
    this.tell(line.textContent);
    return line;
  }

  count(more) {
    const place = this.part("count");
    place.dataset.n = String(Number(place.dataset.n) + more);
    place.textContent = counted("next.waiting.count", Number(place.dataset.n));
  }
}

const begun = new WeakSet();

function begin() {
  for (const section of document.querySelectorAll("[data-waiting]:has([data-waiting-list])")) {
    if (!begun.has(section)) new Waiting(section);
    begun.add(section);
  }
}

begin();
document.addEventListener("fresh", begin);

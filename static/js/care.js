// Labels in doubt: kept, relabelled or removed with one key (see deck.js), in templates/_care_doubts.html.
//   [data-doubts][data-model]  li[data-doubt="SHA256"][data-label][data-suggested]
//   words: care.*
import { Deck } from "./deck.js";
import { word } from "./words.js";

const KEYS = { k: "keep", enter: "suggested", delete: "remove", backspace: "remove" };
const SAID = { keep: "care.kept", relabel: "care.relabelled", remove: "care.removed" };

class Doubts extends Deck {
  constructor(section) {
    super(section, "doubt", { id: "doubt", keys: KEYS, words: "care" });
  }

  decide(item, action, label) {
    const { label: before, suggested } = item.dataset;
    const to = { keep: before, suggested, relabel: label }[action];
    const kind = action === "remove" ? "remove" : to === before ? "keep" : "relabel";
    this.settleOn({ item, kind, before, to }, word(SAID[kind], { name: this.nameOf(to) }));
  }

  async ask({ item, kind, to }) {
    const images = [item.dataset.doubt];
    if (kind === "remove") return this.post("images:remove", { images });
    if (kind === "relabel") await this.post("images:relabel", { images, label: to });
    return this.post("care:keep", { images }); // who has decided is not asked again
  }

  async askBack({ item, kind, before }) {
    const images = [item.dataset.doubt];
    if (kind === "remove") return this.post("images:restore", { images });
    if (kind === "relabel") await this.post("images:relabel", { images, label: before });
    return this.post("care:reconsider", { images });
  }
}

for (const section of document.querySelectorAll("[data-doubts]")) new Doubts(section);

// "Wrong? Teach it": a photo goes among those a model learns from, with its right label and as it is.
//
//   details[data-teach]  in templates/_answer.html
//     select[data-teach-label] with an optgroup[data-model] for each model that can be taught
//     button[data-teach-send]  [data-teach-said]  a[data-teach-train]
//   words: teach.done, teach.aside, teach.there, teach.choose_first
import { address, call } from "./api.js";
import { announce, word } from "./words.js";

export class Teach {
  /** @param {HTMLElement} element the answer @param {File} file the photo as it was chosen, never a smaller copy */
  constructor(element, file) {
    this.file = file;
    this.part = (name) => element.querySelector(`[data-${name}]`);
    this.part("teach-send")?.addEventListener("click", () => this.send());
  }

  async send() {
    const [chosen] = this.part("teach-label").selectedOptions;
    if (!chosen?.value) return this.say(word("teach.choose_first"));
    const model = chosen.parentElement;
    const body = new FormData();
    body.append("images", this.file, this.file.name);
    body.append("label", chosen.value);
    body.append("split", "train");
    this.part("teach-send").disabled = true;
    try {
      const told = await call(`${address("models", model.dataset.model)}/images`, { method: "POST", body });
      this.tell(told.results[0], model, chosen.textContent);
    } catch (failure) {
      this.say(failure.sentence);
    } finally {
      this.part("teach-send").disabled = false;
    }
  }

  tell({ status, image }, model, label) {
    const there = [...model.children].find(({ value }) => value === image.label)?.textContent ?? image.label;
    const kind = status === "already-there" ? "there" : image.split === "aside" ? "aside" : "done";
    this.say(word(`teach.${kind}`, { label: kind === "there" ? there : label, model: model.label }));
    const link = this.part("teach-train");
    link.hidden = kind !== "done";
    link.href = `/models/${encodeURIComponent(model.dataset.model)}#train`;
  }

  say(sentence) {
    this.part("teach-said").textContent = sentence;
    announce(sentence);
  }
}

// "Was it right?": an answer that is marked has its photo kept for a while, as it is. Only then is it sent.
//
//   [data-marks][data-models]          in templates/_marks.html: the models that can be taught
//     [data-marks-list] > [data-mark]  one answer: [data-mark-said] [data-mark-buttons] button[data-verdict]
//       [data-mark-kept]               [data-mark-told] [data-mark-back] a[data-mark-look]
//   words: marks.*
import { address, call } from "./api.js";
import { announce, lang, word } from "./words.js";

function kept({ expires }) {
  if (!expires) return word("marks.kept_on");
  return word("marks.kept", { date: new Date(expires).toLocaleDateString(lang, { dateStyle: "long" }) });
}

export class Marks {
  /** @param {HTMLElement} element the answer @param {File} file the photo as it was chosen, never a smaller copy */
  constructor(element, file) {
    this.element = element.querySelector("[data-marks]");
    if (!this.element) return;
    this.file = file;
    this.models = new Set(this.element.dataset.models.split(" "));
    this.list = this.element.querySelector("[data-marks-list]");
    this.model = this.list.firstElementChild;
  }

  /** @param {{models: object[]}} result what the models say now */
  fill({ models }) {
    if (!this.element) return;
    const unanswered = ({ decision }) => Number(decision === null);
    const marked = models.filter(({ model }) => this.models.has(model)).sort((one, other) => unanswered(one) - unanswered(other));
    this.list.replaceChildren(...marked.map((answer) => this.line(answer)));
    this.element.hidden = marked.length === 0;
  }

  line({ model, name, version, decision, predictions }) {
    const line = this.model.cloneNode(true);
    const part = (of) => line.querySelector(`[data-mark-${of}]`);
    const best = predictions.find(({ label }) => label === decision);
    const said = word(best ? "marks.said" : "marks.said_none", { model: name, name: best?.name });
    part("said").textContent = said;
    for (const button of line.querySelectorAll("[data-verdict]")) {
      const { verdict } = button.dataset;
      button.setAttribute("aria-label", word(`marks.${verdict}_name`, { said }));
      button.hidden = !best && verdict === "right"; // that nothing was known teaches nothing
      button.addEventListener("click", () => this.mark(part, model, { verdict, version, answer: decision }));
    }
    part("look").href = `/models/${encodeURIComponent(model)}/next#marked`;
    part("back").addEventListener("click", () => this.takeBack(part, model));
    return line;
  }

  async mark(part, model, said) {
    const body = new FormData();
    body.append("images", this.file, this.file.name);
    for (const [name, value] of Object.entries(said)) if (value !== null) body.append(name, String(value));
    await this.try(part, async () => {
      const { results } = await call(`${address("models", model)}/inbox`, { method: "POST", body });
      const { photo, sentence, sha256 } = results[0];
      this.sha256 = sha256;
      this.told(part, sentence ?? kept(photo), Boolean(photo));
      part("back").hidden = !photo?.expires; // else it was given before, by someone else perhaps
      part(photo?.expires ? "back" : "look").focus();
    });
  }

  async takeBack(part, model) {
    await this.try(part, async () => {
      await call(`${address("models", model, "inbox", this.sha256)}`, { method: "DELETE" });
      part("buttons").hidden = false;
      part("buttons").querySelector("button:not([hidden])").focus();
      this.told(part, word("marks.taken_back"), false);
    });
  }

  told(part, sentence, kept) {
    part("buttons").hidden = kept;
    part("kept").hidden = false;
    part("told").textContent = sentence;
    for (const of of ["back", "look"]) part(of).hidden = !kept;
    announce(sentence);
  }

  async try(part, work) {
    const buttons = [...this.list.querySelectorAll("button")];
    for (const button of buttons) button.disabled = true;
    try {
      await work();
    } catch (failure) {
      this.told(part, failure.sentence, false);
    } finally {
      for (const button of buttons) button.disabled = false;
    }
  }
}

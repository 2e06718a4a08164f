// What the models say, in words and bars. Fills the right-hand half of templates/_answer.html.
import { inWords } from "./heat.js";
import { spokesman, verdict } from "./verdict.js";
import { percent, word } from "./words.js";

const modelTemplate = document.querySelector("[data-model-template]");
const labelTemplate = document.querySelector("[data-label-template]");
const clone = (template) => template.content.firstElementChild.cloneNode(true);

/** The label that an unknown photo looks like has its map on another model's list. */
function looksLike([first, ...others]) {
  const like = first.looks_like?.label;
  const other = others.find(({ predictions }) => predictions.some(({ label }) => label === like));
  return other ? `${other.model}/${like}` : null;
}

export class Reading {
  /**
   * @param {HTMLElement} element
   * @param {{onMap: (url: string | null, label: string) => void, onChoose: (speaker: object, model: object, prediction: object) => void}} options
   *   `onChoose` hears whose word the reader looks at, and which label of which model
   */
  constructor(element, { onMap, onChoose }) {
    this.part = (name) => element.querySelector(`[data-${name}]`);
    Object.assign(this, { onMap, onChoose });
    this.chosen = null; // which label the reader wants to see; kept when the square moves
  }

  fill({ models }) {
    const first = (this.first = spokesman(models));
    const inOrder = [first, ...models.filter((model) => model !== first)];
    this.headline(models);
    this.labels = [];
    this.part("models").replaceChildren(...inOrder.map((model) => this.model(model)));
    const called = (wanted) => this.labels.find(({ key }) => key === wanted);
    const like = first.unknown ? called(looksLike(inOrder)) : null;
    const wanted = called(this.chosen) ?? like ?? this.labels[0];
    this.part("map-hint").hidden = !this.labels.some(({ prediction }) => prediction.heatmap);
    if (wanted) this.choose(wanted);
  }

  headline(models) {
    const { before, name, sure } = verdict(models);
    const parts = [["said-before", before], ["said-name", name]].filter(([, text]) => text);
    const headline = this.part("headline");
    headline.replaceChildren();
    for (const [kind, text] of parts) {
      const span = document.createElement("span");
      span.className = name || kind === "said-name" ? kind : "said-only";
      span.textContent = text;
      headline.append(span, " ");
    }
    this.part("sure").textContent = sure;
  }

  model(model) {
    const element = clone(modelTemplate);
    element.toggleAttribute("data-unknown", model.unknown === true);
    element.querySelector("[data-model-name]").textContent = model.name;
    element.querySelector("[data-unknown-mark]").textContent = model.unknown ? word("answer.unknown_short") : "";
    element.querySelector("[data-reason]").textContent = model.reason ?? "";
    const list = element.querySelector("[data-labels]");
    list.setAttribute("aria-label", word("answer.best", { model: model.name }));
    for (const prediction of model.predictions) list.append(this.label(model, prediction));
    return element;
  }

  label(model, prediction) {
    const item = clone(labelTemplate);
    const button = item.querySelector("[data-label]");
    button.querySelector("[data-name]").textContent = prediction.name;
    button.querySelector("[data-score]").textContent = percent(prediction.score);
    button.querySelector("[data-bar]").setAttribute("width", String(prediction.score * 100));
    const label = { key: `${model.model}/${prediction.label}`, model, prediction, button };
    this.labels.push(label);
    button.addEventListener("click", () => {
      this.chosen = label.key;
      this.choose(label);
    });
    return item;
  }

  choose({ key, model, prediction, button }) {
    this.see(prediction, button);
    this.onChoose(key === this.chosen ? model : this.first, model, prediction);
  }

  /** The map of a label, and in words where that is. @param {HTMLElement | null} pressed null for one that is not listed */
  async see(prediction, pressed = null) {
    for (const { button } of this.labels) button.setAttribute("aria-pressed", String(button === pressed));
    const { heatmap, name } = prediction;
    this.onMap(heatmap ?? null, name);
    this.current = prediction;
    const where = heatmap ? await inWords(heatmap, name).catch(() => "") : "";
    if (this.current === prediction) this.part("where").textContent = where;
  }
}

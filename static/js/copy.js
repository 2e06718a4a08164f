// The same question for a terminal, and the answer to take along.
import { address } from "./ask.js";
import { announce, word } from "./words.js";

const allowed = window.isSecureContext && Boolean(navigator.clipboard);

/** A shell word that means exactly `text`. */
const quoted = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** curl's own quoting, since commas and semicolons in a file name mean something to it. */
const file = (name) => `"${name.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;

/** @param {string} name @param {object | null} box */
export function curl(name, box) {
  const key = "key" in document.documentElement.dataset ? '-H "Authorization: Bearer $KEY" ' : "";
  return `curl ${key}-F ${quoted(`images=@${file(name)}`)} ${quoted(location.origin + address({ box }))}`;
}

const EXPLAINING = new Set(["heatmap", "neighbours", "because"]);

/** Without what explains it, as the curl line would get it. */
export function plain(answer) {
  return JSON.stringify(answer, (key, value) => (EXPLAINING.has(key) ? undefined : value), 2);
}

export class Copy {
  /** @param {HTMLElement} element the answer */
  constructor(element) {
    this.part = (name) => element.querySelector(`[data-${name}]`);
    this.part("copy-buttons").hidden = !allowed;
    this.part("copy-none").hidden = allowed;
    this.part("copy-curl").addEventListener("click", (event) => this.copy(event.currentTarget, this.line));
    this.part("copy-json").addEventListener("click", (event) => this.copy(event.currentTarget, this.json));
  }

  fill(name, box, answer) {
    this.line = curl(name, box);
    this.json = plain(answer);
    this.part("curl").textContent = this.line;
    if (!allowed) this.part("json").value = this.json;
  }

  async copy(button, text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // The browser refused after all: show what can be selected.
      this.part("json").value = this.json;
      this.part("copy-none").hidden = false;
      return;
    }
    button.dataset.label ??= button.textContent;
    button.textContent = word("answer.copied");
    announce(word("answer.copied"));
    setTimeout(() => {
      button.textContent = button.dataset.label;
    }, 2000);
  }
}

// What came of many photos: how many are new, which were refused and why.
import { counted, word } from "./words.js";

const MOST = 200; // lines of a list; who refuses more has one reason for all of them

export class Report {
  /** @param {HTMLElement} element [data-report] */
  constructor(element) {
    this.element = element;
    this.part = (name) => element.querySelector(`[data-${name}]`);
  }

  /**
   * @param {{title: string, advice: string, added: number, there: number, aside: number,
   *   refused: {name: string, reason: string}[], refusedInAll?: number,
   *   ignored: string[], ignoredInAll?: number}} told where the lists are only the first of many, with their numbers
   */
  show(told) {
    const { refused, ignored, refusedInAll = refused.length, ignoredInAll = ignored.length } = told;
    this.part("report-title").textContent = told.title;
    this.part("report-advice").textContent = told.advice;
    // The title of an upload that went well says how many are new.
    const kinds = ["added", "there", "aside"].filter((kind) => told[kind] > 0 && (kind !== "added" || told.advice));
    const lines = kinds.map((kind) => item(counted(`upload.report_${kind}`, told[kind])));
    this.part("report-lines").replaceChildren(...lines);
    this.list("refused", refused.map(({ name, reason }) => [name, reason]), refusedInAll);
    this.list("ignored", ignored.map((name) => [name, ""]), ignoredInAll);
    this.element.hidden = false;
    this.part("report-title").focus();
    this.element.scrollIntoView({ block: "nearest" });
  }

  list(kind, entries, all) {
    const place = this.part(`report-${kind}`);
    place.hidden = all === 0;
    place.querySelector("summary").textContent = counted(`upload.report_${kind}`, all);
    const lines = entries.slice(0, MOST).map(([name, reason]) => item(name, reason));
    if (all > lines.length) lines.push(item(counted("upload.report_more", all - lines.length)));
    place.querySelector("ul").replaceChildren(...lines);
    place.open = kind === "refused" && all > 0;
  }

  hide() {
    this.element.hidden = true;
  }
}

function item(name, reason = "") {
  const line = document.createElement("li");
  for (const [kind, text] of [["name", name], ["reason", reason]]) {
    if (text) line.append(Object.assign(document.createElement("span"), { className: `report-${kind}`, textContent: text }), " ");
  }
  return line;
}

/** How a whole upload is told in its title. */
export function ending({ cancelled, added }) {
  if (cancelled) return word("upload.cancelled");
  return added > 0 ? counted("upload.finished", added) : word("upload.none_new");
}

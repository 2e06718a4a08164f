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
   * @param {{title: string, added: number, there: number, aside: number, refused: {name: string, reason: string}[], ignored: string[],
   *   refusedInAll?: number, ignoredInAll?: number, advice?: string}} told
   */
  show({ title, added, there, aside, refused, ignored, refusedInAll = refused.length, ignoredInAll = ignored.length, advice = "" }) {
    this.part("report-title").textContent = title;
    this.part("report-advice").textContent = advice;
    const counts = [["added", added], ["there", there], ["aside", aside]].filter(([kind, count]) => count > 0 || kind === "added");
    const lines = counts.map(([kind, count]) => item(counted(`upload.report_${kind}`, count)));
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
  line.append(Object.assign(document.createElement("span"), { className: "report-name", textContent: name }));
  if (reason) line.append(" ", Object.assign(document.createElement("span"), { className: "report-reason", textContent: reason }));
  return line;
}

/** How a whole upload is told in its title. */
export function ending({ cancelled, added }) {
  return cancelled ? word("upload.cancelled") : counted("upload.finished", added);
}

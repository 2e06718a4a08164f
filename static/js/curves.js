// Training curves, drawn while a run goes on and again for one that is over.
//
//   [data-curves]                    around all of it (templates/_curves.html)
//     script[type="application/json"][data-history]   optional: a Run, or the part of it that curves need
//     figure[data-chart="loss"] > figcaption           the charts are put into these
//     figure[data-chart="share"] > figcaption
//     tbody[data-epochs]              one row an epoch: epoch, losses, shares right
//     [data-curves-empty]             shown until the first epoch is there
//     [data-curves-full]              shown from then on
//   words: curves.*, site.percent
import { Chart } from "./chart.js";
import { lossRange, shareRange } from "./plot.js";
import { lang, number, word } from "./words.js";

const OVER = ["succeeded", "failed", "cancelled"];
const COLUMNS = ["loss", "validation_loss", "accuracy", "validation_accuracy"];

/** With all their digits, so that columns stand below each other. */
const exact = (value, digits) =>
  value.toLocaleString(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits });
const loss = (value) => exact(value, 3);
const share = (digits) => (value) => word("site.percent", { n: exact(100 * value, digits) });
const short = (value) => number(value, 2);

/**
 * What a chart needs of a run.
 * @param {{history: object[], best_epoch: number | null, epochs: number, stopped_early: boolean | null, state?: string}} run
 */
export function told(run, column) {
  const known = run.history.some((epoch) => typeof epoch.validation_loss === "number");
  return {
    training: run.history.map((epoch) => epoch[column]),
    validation: run.history.map((epoch) => epoch[`validation_${column}`]),
    // Without validation photos the last one is kept, which needs no mark.
    best: known && run.best_epoch && run.best_epoch <= run.history.length ? run.best_epoch : null,
    epochs: run.epochs,
    stopped: run.stopped_early === true,
    over: run.state === undefined || OVER.includes(run.state),
  };
}

export class Curves {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.part = (name) => element.querySelector(`[data-${name}]`);
    const figure = (name) => element.querySelector(`[data-chart=${name}]`);
    this.charts = {
      loss: new Chart(figure("loss"), { range: lossRange, said: loss, tick: short }),
      accuracy: new Chart(figure("share"), { range: shareRange, said: share(1), tick: share(0) }),
    };
    this.body = this.part("epochs");
    const given = this.part("history");
    if (given) this.show(JSON.parse(given.textContent));
  }

  /** @param {object} run as the API tells it */
  show(run) {
    const none = run.history.length === 0;
    this.part("curves-empty").hidden = !none;
    this.part("curves-full").hidden = none;
    for (const [column, chart] of Object.entries(this.charts)) chart.show(told(run, column));
    this.fill(run);
  }

  fill({ history, best_epoch: best }) {
    while (this.body.rows.length > history.length) this.body.lastElementChild.remove();
    history.forEach((epoch, at) => this.row(at, epoch, at + 1 === best));
  }

  row(at, epoch, kept) {
    const row = this.body.rows[at] ?? this.body.insertRow();
    const name = kept ? word("curves.row_kept", { epoch: at + 1 }) : String(at + 1);
    const cells = COLUMNS.map((column) => said(column, epoch[column]));
    row.toggleAttribute("data-kept", kept);
    while (row.cells.length <= cells.length) row.append(document.createElement(row.cells.length ? "td" : "th"));
    row.cells[0].scope = "row";
    [name, ...cells].forEach((text, column) => {
      // Only what changed: a screen reader in the table is not thrown out of it.
      if (row.cells[column].textContent !== text) row.cells[column].textContent = text;
    });
  }
}

function said(column, value) {
  if (value === null || value === undefined) return "–";
  return column.endsWith("loss") ? loss(value) : share(1)(value);
}

/** The curves in this part of the page. @param {ParentNode} [root] @returns {Curves[]} */
export function attach(root = document) {
  return [...root.querySelectorAll("[data-curves]")].map((element) => new Curves(element));
}

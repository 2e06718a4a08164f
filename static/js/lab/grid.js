// Small grids of numbers that the server has drawn, and whose cells the scripts fill and mark.
import { all, find } from "./draw.js";

export class Grid {
  /** @param {string} name as in the template */
  constructor(name) {
    this.element = find(`[data-grid="${name}"]`);
    this.rows = all("tr", this.element).map((row) => all("td", row));
  }

  /** @returns {number[][]} what the cells hold as the page came */
  get numbers() {
    return this.rows.map((row) => row.map((cell) => Number(cell.textContent)));
  }

  get cells() {
    return this.rows.flat();
  }

  /** Cells whose number is not known yet stay empty. @param {(number | null)[]} values row by row */
  fill(values) {
    this.cells.forEach((cell, at) => {
      cell.textContent = values[at] ?? "";
    });
  }

  /** Marks the cells for which `which` is true. @param {string} name of a class */
  mark(name, which) {
    this.rows.forEach((row, y) => row.forEach((cell, x) => cell.classList.toggle(name, which(y, x))));
  }
}

const PACE = 650; // ms a step

/**
 * Steps on by a button, by a slider and by itself; `show` draws how it stands after so many.
 * @param {{step: HTMLButtonElement, run: HTMLButtonElement, again: HTMLButtonElement, place: HTMLInputElement}} controls
 * @param {(count: number) => void} show @returns {(count: number) => void} to go somewhere at once
 */
export function stepper({ step, run, again, place }, show) {
  const most = Number(place.max);
  const words = { go: run.textContent, stop: run.dataset.stop };
  let timer = 0;
  const go = (count) => {
    place.value = count;
    step.disabled = count >= most;
    show(count);
  };
  const stop = () => {
    clearInterval(timer);
    timer = 0;
    run.textContent = words.go;
  };
  const next = () => go(Math.min(Number(place.value) + 1, most));
  const start = () => {
    if (Number(place.value) >= most) go(0);
    run.textContent = words.stop;
    timer = setInterval(() => {
      next();
      if (Number(place.value) >= most) stop();
    }, Number(run.dataset.pace) || PACE);
  };
  step.addEventListener("click", () => { stop(); next(); });
  run.addEventListener("click", () => (timer ? stop() : start()));
  again.addEventListener("click", () => { stop(); go(0); });
  place.addEventListener("input", () => { stop(); go(Number(place.value)); });
  go(0);
  return (count) => { stop(); go(count); };
}

// Pooling: the lecture's sixteen numbers step by step, then the photo as often as it can be halved.
import { number, word } from "../words.js";
import { all, facts, find } from "./draw.js";
import { Grid, stepper } from "./grid.js";
import { paint } from "./paint.js";
import { photos, pixels } from "./photo.js";
import { extremes, lightness, plane, pool, rows, slide } from "./planes.js";

const EDGES = [-1, 0, 1, -2, 0, 2, -1, 0, 1];

const map = new Grid("map");
const pooled = new Grid("pooled");
const sums = rows(pool(plane(facts.map), "max"));

function show(count) {
  const at = count - 1;
  const [row, column] = [Math.floor(at / 2), at % 2];
  const within = (y, x) => at >= 0 && Math.floor(y / 2) === row && Math.floor(x / 2) === column;
  map.mark("within", within);
  map.mark("now", (y, x) => within(y, x) && facts.map[y][x] === sums[row][column]);
  pooled.fill(sums.flat().map((value, place) => (place < count ? value : null)));
  pooled.mark("now", (y, x) => y === row && x === column);
  find("[data-said]").textContent = told(count, row, column);
}

function told(count, row, column) {
  if (count === 0) return word("begin");
  const [a, b] = facts.map[2 * row].slice(2 * column);
  const [c, d] = facts.map[2 * row + 1].slice(2 * column);
  const sentence = word("largest", { a, b, c, d, most: sums[row][column] });
  if (count < 4) return sentence;
  return `${sentence} ${word("done", { numbers: sums.map((line) => line.join(" ")).join(" / ") })}`;
}

let light = null;
const [halvings, over, how] = ["halvings", "over", "how"].map((name) => find(`[data-${name}]`));

/** What the pattern for upright edges finds, and nothing below zero. */
function edges(from) {
  const found = slide(from, EDGES);
  found.values.forEach((value, at) => { found.values[at] = Math.max(value, 0); });
  return found;
}

function shrink() {
  if (!light) return;
  const before = over.value === "edges" ? edges(light) : light;
  let after = before;
  let times = 0;
  while (times < Number(halvings.value) && Math.min(after.width, after.height) >= 2) {
    after = pool(after, how.value);
    times += 1;
  }
  const { high } = extremes(before);
  const range = { low: 0, high: over.value === "edges" ? high : 255, grey: over.value !== "edges" };
  for (const [name, shown] of [["before", before], ["after", after]]) {
    const canvas = find(`[data-${name}]`);
    paint(canvas, shown, range);
    canvas.setAttribute("aria-label", word(name, { width: shown.width, height: shown.height }));
  }
  find("[data-told]").textContent = word("told", {
    before: number(before.values.length), after: number(after.values.length), width: number(after.width),
    height: number(after.height), block: 2 ** times, high: number(high), left: number(extremes(after).high),
  });
}

for (const choice of all('input[name="part"]')) {
  choice.addEventListener("change", () => {
    for (const part of all("[data-part]")) part.hidden = part.dataset.part !== choice.value;
  });
}
for (const control of [halvings, over, how]) control.addEventListener("input", shrink);
for (const part of all("[data-part]")) part.hidden = part.dataset.part !== find('input[name="part"]:checked').value;
stepper({
  step: find("[data-step]"), run: find("[data-run]"), again: find("[data-again]"), place: find("[data-place]"),
}, show);
photos(({ canvas }) => {
  light = lightness(pixels(canvas), canvas.width, canvas.height);
  shrink();
});

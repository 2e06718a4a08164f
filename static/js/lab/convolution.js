// Convolution: over the lecture's small picture, over the photo, and with the network's own patterns.
import { counted, word } from "../words.js";
import { all, facts, find } from "./draw.js";
import { Grid, stepper } from "./grid.js";
import { plane, products } from "./planes.js";
import { photos } from "./photo.js";
import { Learned } from "./learned.js";
import { Sieve } from "./sieve.js";

const picture = new Grid("picture");
const patterns = facts.patterns.map((rows, at) => ({
  weights: rows.flat(), grid: new Grid(`pattern-${at}`), map: new Grid(`map-${at}`),
}));
const small = plane(facts.picture);
const PLACES = 9;

/** The sums of one pattern as far as `count` steps have come. */
function sums({ weights }, count) {
  return Array.from({ length: PLACES }, (_, at) =>
    at < count ? products(small, weights, Math.floor(at / 3), at % 3).sum : null);
}

function show(count) {
  const current = Math.min(Math.max(Math.ceil(count / PLACES) - 1, 0), patterns.length - 1);
  const place = count === 0 ? -1 : (count - 1) % PLACES;
  const [row, column] = [Math.floor(place / 3), place % 3];
  patterns.forEach((pattern, at) => {
    pattern.map.fill(sums(pattern, count - at * PLACES));
    pattern.map.mark("now", (y, x) => at === current && y === row && x === column);
    pattern.grid.mark("one", (y, x) => pattern.weights[3 * y + x] !== 0);
    find(`[data-pattern="${at}"]`).classList.toggle("current", at === current && count > 0);
  });
  picture.mark("one", (y, x) => facts.picture[y][x] === 1);
  picture.mark("within", (y, x) => place >= 0 && y >= row && y < row + 3 && x >= column && x < column + 3);
  tell(count, current, row, column);
}

function tell(count, current, row, column) {
  const said = find("[data-said]");
  const shown = find("[data-products]");
  if (count === 0) {
    shown.textContent = "";
    said.textContent = word("begin");
    return;
  }
  const { weights } = patterns[current];
  const { sum } = products(small, weights, row, column);
  const pixels = weights.map((weight, at) => `${weight}·${facts.picture[row + Math.floor(at / 3)][column + (at % 3)]}`);
  shown.textContent = `${pixels.join(" + ")} = ${sum}`;
  const sentences = [counted("sum", sum, { pattern: current + 1, row: row + 1, column: column + 1 })];
  if (count % PLACES === 0) {
    const numbers = patterns[current].map.numbers.map((line) => line.join(" ")).join(" / ");
    sentences.push(word("channel", { pattern: current + 1, numbers }));
  }
  if (count === PLACES * patterns.length) sentences.push(word("done"));
  said.textContent = sentences.join(" ");
}

const sieve = new Sieve();
const learned = new Learned();
const parts = all("[data-part]");
const pick = all("[data-photo-pick], [data-photo-failed]");

function open(name) {
  for (const part of parts) part.hidden = part.dataset.part !== name;
  find("[data-formula-of]").hidden = find("[data-formula-of]").dataset.formulaOf !== name;
  const home = name === "network" ? find("[data-photo-here]") : find('[data-part="photo"]');
  home.prepend(...pick); // one picker for both
  if (name === "network") learned.open();
}

for (const choice of all('input[name="part"]')) choice.addEventListener("change", () => open(choice.value));
open(find('input[name="part"]:checked').value);
stepper({
  step: find("[data-step]"), run: find("[data-run]"), again: find("[data-again]"), place: find("[data-place]"),
}, show);
photos((photo) => {
  sieve.use(photo);
  learned.use(photo);
});

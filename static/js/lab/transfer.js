// Chapter 10: the same few photos learned from twice, as a trained network sees them and as one that knows nothing.
import { Chart } from "../chart.js";
import { word } from "../words.js";
import { all, facts, find, settled } from "./draw.js";
import { few, materials } from "./material.js";
import { Runs } from "./runs.js";
import { share, whole } from "./say.js";

const SIZES = { few: 10, some: 50, all: Infinity };
const SEEN = { trained: "rows", untrained: "untrained_rows" };
const HEIGHT = 270;

let material = null;
let draw = 1;
let shown = []; // the trainings: {seen, size, photos}

const charts = Object.fromEntries(
  Object.keys(SEEN).map((seen) => [
    seen,
    new Chart(find(`[data-chart=${seen}]`), {
      range: () => [0, 1], said: share, tick: share, lines: Object.keys(SIZES), height: HEIGHT, marked: false,
    }),
  ]),
);

const runs = new Runs({ show, over, tell: running });

/** All trainings that there can be with these photos. */
function set() {
  const { columns, truth } = material;
  const seen = Object.keys(SEEN).filter((name) => SEEN[name] in columns);
  const sizes = Object.keys(SIZES).filter((size) => SIZES[size] < truth.length || size === "all");
  shown = seen.flatMap((name) => sizes.map((size) => ({ seen: name, size, photos: few(truth, SIZES[size], draw) })));
  find("[data-no-untrained]").hidden = seen.length > 1;
  for (const row of all("[data-size]")) {
    row.hidden = !sizes.includes(row.dataset.size);
    const { photos } = shown.find(({ size }) => size === row.dataset.size) ?? {};
    find("th", row).textContent = photos ? word("photos", { n: whole(photos.length) }) : "";
  }
  find("[data-caption]").textContent = word("caption", { n: whole(material.choose), epochs: whole(facts.settings.epochs) });
  runs.set(shown.map(({ seen: name, photos }) => ({ photos, seen: SEEN[name], views: false, settings: facts.settings })));
}

function show(histories) {
  const count = Math.max(0, ...histories.map(({ length }) => length));
  find("[data-epochs]").textContent = whole(count);
  for (const [seen, chart] of Object.entries(charts)) {
    const lines = Object.keys(SIZES).map((size) => [size, rightOf(histories[placeOf(seen, size)])]);
    chart.show({
      ...Object.fromEntries(lines), best: null, epochs: facts.settings.epochs, stopped: false,
      over: count === facts.settings.epochs,
    });
  }
  for (const row of all("[data-size]")) {
    for (const cell of all("[data-seen]", row)) {
      const right = rightOf(histories[placeOf(cell.dataset.seen, row.dataset.size)]).at(-1);
      cell.textContent = right === undefined ? "–" : share(right);
    }
  }
  say(count ? word("said_on", { n: whole(count), of: whole(facts.settings.epochs) }) : word("said_start"));
}

const placeOf = (seen, size) => shown.findIndex((one) => one.seen === seen && one.size === size);
const rightOf = (history = []) => history.map((epoch) => epoch.validation_accuracy);

/** What happened, in words, from the numbers. */
function over() {
  const end = (seen, size) => rightOf(runs.histories[placeOf(seen, size)]).at(-1);
  const [{ photos: fewest, size: least }] = shown;
  const values = {
    few: whole(fewest.length), many: whole(material.truth.length), guess: share(1 / material.labels),
    least: share(end("trained", least)), full: share(end("trained", "all")),
  };
  const sentences = [word("said_trained", values)];
  const without = end("untrained", "all");
  if (without !== undefined) {
    sentences.push(word("said_untrained", { ...values, most: share(without) }));
    sentences.push(word(end("trained", least) > without ? "said_beats" : "said_beaten", values));
  }
  say(sentences.join(" "));
}

const said = find("[data-said]");
const say = settled((sentence) => (said.textContent = sentence));

function running(now) {
  const button = find("[data-run]");
  button.textContent = now ? button.dataset.pauseWord : button.dataset.runWord;
}

const ready = (now) => all("[data-run], [data-redraw]").forEach((button) => (button.disabled = !now));

find("[data-run]").addEventListener("click", () => runs.toggle());
find("[data-redraw]").addEventListener("click", () => {
  draw += 1;
  set();
});

materials(
  (chosen) => {
    material = chosen;
    runs.use(material);
    set();
    ready(true);
  },
  () => ready(false),
);

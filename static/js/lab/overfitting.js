// Chapter 11: two trainings side by side that differ in what holds overfitting back, and what their curves say.
import { Chart } from "../chart.js";
import { lossRange } from "../plot.js";
import { word } from "../words.js";
import { all, find, settled } from "./draw.js";
import { few, materials } from "./material.js";
import { Runs } from "./runs.js";
import { figures, fixed, share, whole } from "./say.js";
import { differ, lowest, verdict } from "./verdict.js";

const SIDES = ["a", "b"];
const COLUMNS = { loss: "loss", share: "accuracy" };
const HEIGHT = { loss: 145, share: 112 };
const BARE = { photos: 50, l2: 0, dropout: 0, views: false };

/** What each comparison is about: how its two sides are set. */
const PAIRS = {
  photos: [{}, { photos: Infinity }],
  l2: [{}, { l2: 0.1 }],
  views: [{ photos: 10 }, { photos: 10, views: true }], // where there is least to learn from
};

let material = null;
let draw = 1;
let pair = "photos";
let losses = []; // of both sides, so that their axes are the same

const charts = SIDES.map((side) => {
  const figure = (name) => find(`[data-side=${side}] [data-chart=${name}]`);
  return {
    loss: new Chart(figure("loss"), { range: () => lossRange(losses), said: (loss) => fixed(loss, 2), tick: (loss) => fixed(loss, 1), height: HEIGHT.loss }),
    share: new Chart(figure("share"), { range: () => [0, 1], said: share, tick: share, height: HEIGHT.share, marked: false }),
  };
});

const runs = new Runs({ show, over, tell: running });
const field = (side, name) => find(`[data-side=${side}] [data-${name}]`);

/** What a field says, within what it may say; what it said first where it is no number. */
function valueOf(input) {
  const value = Number.isFinite(input.valueAsNumber) ? input.valueAsNumber : Number(input.defaultValue);
  return Math.min(Math.max(value, Number(input.min)), Number(input.max));
}

/** What stands in the fields of a side. */
function settings(side) {
  const [photos, l2, dropout] = ["photos", "l2", "dropout"].map((name) => valueOf(field(side, name)));
  return { photos: Math.round(photos), l2, dropout, views: field(side, "views").checked };
}

/** The fields as a comparison wants them. */
function compare(name) {
  pair = name;
  PAIRS[name].forEach((change, at) => {
    const { photos, l2, dropout, views } = { ...BARE, ...change };
    const side = SIDES[at];
    field(side, "photos").value = Math.min(photos, material.truth.length);
    field(side, "l2").value = l2;
    field(side, "dropout").value = dropout;
    field(side, "views").checked = views && !field(side, "views").disabled;
  });
  set();
}

function set() {
  for (const button of all("[data-pair]")) button.setAttribute("aria-pressed", String(button.dataset.pair === pair));
  const shared = { learning_rate: valueOf(find("[data-rate]")), epochs: epochs(), seed: draw };
  const choices = SIDES.map((side) => {
    const { photos, views, l2, dropout } = settings(side);
    find(`[data-side=${side}] [data-name]`).textContent = named(side, { photos, views, l2, dropout });
    return { photos: few(material.truth, photos, draw), seen: "rows", views, settings: { ...shared, l2, dropout } };
  });
  runs.set(choices);
}

/** A side by what it is set to. */
function named(side, { photos, views, l2, dropout }) {
  const parts = [word("with_photos", { n: whole(photos) })];
  if (l2) parts.push(word("with_l2", { n: figures(l2) }));
  if (dropout) parts.push(word("with_dropout", { n: figures(dropout) }));
  if (views) parts.push(word("with_views"));
  return word("side", { side: side.toUpperCase(), parts: parts.join(", ") });
}

const epochs = () => Math.round(valueOf(find("[data-rounds]")));

function show(histories) {
  losses = histories.flat().flatMap((epoch) => [epoch.loss, epoch.validation_loss]);
  const count = Math.max(0, ...histories.map(({ length }) => length));
  const over = count === epochs();
  find("[data-epochs]").textContent = whole(count);
  histories.forEach((history, at) => {
    const low = lowest(history);
    for (const [name, chart] of Object.entries(charts[at])) {
      chart.show({
        training: history.map((epoch) => epoch[COLUMNS[name]]),
        validation: history.map((epoch) => epoch[`validation_${COLUMNS[name]}`]),
        best: name === "loss" && low ? low.epoch : null, epochs: epochs(), stopped: false, over,
      });
    }
    fill(SIDES[at], history, low);
  });
  if (!over) say(count ? word("said_on", { n: whole(count), of: whole(epochs()) }) : word("said_start"));
}

/** The column of a side in the table. */
function fill(side, history, low) {
  const last = history.at(-1);
  const cells = last
    ? { least: word("at_epoch", { loss: fixed(low.loss, 2), n: whole(low.epoch) }), last: fixed(last.validation_loss, 2),
        train: fixed(last.loss, 2), learned: share(last.accuracy), right: share(last.validation_accuracy) }
    : {};
  for (const row of all("[data-row]")) find(`[data-of=${side}]`, row).textContent = cells[row.dataset.row] ?? "–";
}

/** What happened, in words, from the numbers. */
function over(rights) {
  const verdicts = runs.histories.map(verdict);
  const sentences = verdicts.map(({ kind, values }, at) => word(kind, { side: SIDES[at].toUpperCase(), ...told(values) }));
  if (verdicts.some(({ kind }) => kind === "said_surer")) sentences.push(word("said_meaning"));
  const [a, b] = runs.histories.map((history) => share(history.at(-1).validation_accuracy));
  sentences.push(word(differ(...rights) ? "said_apart" : "said_alike", { a, b, n: whole(material.choose) }));
  say(sentences.join(" "));
}

const told = ({ least, last, epoch, before, after }) => ({
  least: fixed(least, 2), last: fixed(last, 2), n: whole(epoch), before: share(before), after: share(after),
});

const said = find("[data-said]");
const say = settled((sentence) => (said.textContent = sentence));

function running(now) {
  const button = find("[data-run]");
  button.textContent = now ? button.dataset.pauseWord : button.dataset.runWord;
}

/** Fields and buttons as these photos allow. */
function allow({ columns, truth }) {
  const views = "view_1_rows" in columns;
  for (const side of SIDES) {
    field(side, "photos").max = truth.length;
    field(side, "views").disabled = !views;
  }
  find("[data-pair=views]").disabled = !views;
  find("[data-no-views]").hidden = views;
  if (!views && pair === "views") pair = "photos";
}

const ready = (now) => {
  for (const button of all("[data-run], [data-redraw], [data-pair]")) button.disabled = !now;
};

find("[data-run]").addEventListener("click", () => runs.toggle());
find("[data-redraw]").addEventListener("click", () => {
  draw += 1;
  set();
});
for (const button of all("[data-pair]")) button.addEventListener("click", () => compare(button.dataset.pair));
for (const input of all("[data-setting]")) {
  input.addEventListener("change", () => {
    if (input.type === "number") input.value = valueOf(input);
    pair = "";
    set();
  });
}

materials(
  (chosen) => {
    material = chosen;
    runs.use(material);
    ready(true);
    allow(material);
    compare(pair || "photos");
  },
  () => ready(false),
);

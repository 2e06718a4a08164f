// Chapter 3: gradient descent for the line through the flats, part by part, step by step, or at speed.
import { word } from "../words.js";
import { all, facts, find, Loop, settled, svg, tall } from "./draw.js";
import { Flats } from "./flats.js";
import { descend, gradient, leastSquares, limit, mean, predict, scaling } from "./maths.js";
import { figures, fixed, power, whole } from "./say.js";
import { Surface } from "./surface.js";

const MILLION = 1e6;
const GONE = 1e9; // millions of kroner squared: nothing is left to see
const STAGES = ["predict", "cost", "slope", "move"];
const FIRST = { b: 9e6, w: -30_000 }; // as wrong as can be seen: larger flats cheaper
const FLAT = 1e-8; // a slope that moves nothing anyone could see
const MOST = 5000; // epochs that are run at once
const sizes = scaling(facts.flats.map(([size]) => size));

/** The two ways to give the sizes to the model; prices are in millions in both. */
const WAYS = {
  yes: {
    to: sizes.to,
    start: { b: (FIRST.b + FIRST.w * sizes.middle) / MILLION, w: (FIRST.w * sizes.spread) / MILLION },
    back: ({ b, w }) => ({ b: (b - (w * sizes.middle) / sizes.spread) * MILLION, w: (w / sizes.spread) * MILLION }),
  },
  no: {
    to: (size) => size,
    start: { b: FIRST.b / MILLION, w: FIRST.w / MILLION },
    back: ({ b, w }) => ({ b: b * MILLION, w: w * MILLION }),
  },
};
for (const way of Object.values(WAYS)) {
  way.points = facts.flats.map(([size, price]) => [way.to(size), price / MILLION]);
  way.best = leastSquares(way.points);
  way.limit = limit(way.points);
  // Too large is a tenth over the limit: it comes back a little further away each time.
  way.rates = { small: way.limit * 0.004, right: way.limit * 0.2, large: way.limit * 1.06 };
  for (const name of Object.keys(way.rates)) way.rates[name] = Number(way.rates[name].toPrecision(2));
}

let way = WAYS.yes;
let state;

function begin(line = way.start) {
  loop.stop();
  state = { line, epoch: 0, stage: -1, path: [line], costs: [mean(way.points, line)] };
  show();
}

/** One part of a step: predict, cost, slope, or the move itself. */
function part() {
  state.stage = (state.stage + 1) % STAGES.length;
  if (STAGES[state.stage] === "move") move();
  show();
}

function epoch() {
  state.stage = STAGES.length - 1;
  move();
  show();
}

function move() {
  if (gone()) return;
  state.line = descend(way.points, state.line, rate());
  state.epoch += 1;
  state.path.push(state.line);
  state.costs.push(mean(way.points, state.line));
}

const gone = () => state.costs.at(-1) > GONE;
const settledDown = () => {
  const slope = gradient(way.points, state.line);
  return Math.hypot(slope.b, slope.w) < FLAT;
};

const rateField = find("[data-rate-field]");
const rate = () => (Number.isFinite(rateField.valueAsNumber) ? rateField.valueAsNumber : way.rates.right);

/* A step can be seen while there are few; then several go into one frame. */
let last = 0;
const loop = new Loop((time) => {
  const slow = state.epoch < 30;
  if (slow && time - last < 140) return true;
  last = time;
  for (let i = 0; i < (slow ? 1 : 2); i += 1) epoch();
  return !gone() && !settledDown() && state.epoch % MOST !== 0;
}, running);

const plot = new Flats(find("[data-plot]"), { flats: facts.flats, line: FIRST, back: misses, height });
const surface = new Surface(find("[data-surface]"), { height, onMove: begin });

function height(width) {
  return tall(width, 0.82, 0.42);
}

const lines = facts.flats.map(() => svg("path", { class: "cost-miss" }));
function misses() {
  return svg("g", { "clip-path": "url(#flats-clip)" }, ...lines);
}
plot.also(({ x, y }, line) => {
  facts.flats.forEach(([size, price], at) => lines[at].setAttribute("d", `M${x(size)} ${y(price)}V${y(predict(line, size))}`));
});

function show() {
  plot.show(way.back(state.line));
  surface.show({ ...state, way, slope: STAGES[state.stage] === "slope" ? gradient(way.points, state.line) : null, rate: rate() });
  find("[data-epochs]").textContent = whole(state.epoch);
  parts();
  tell();
}

function parts() {
  const { line, stage } = state;
  const slope = gradient(way.points, line);
  const [first] = way.points;
  const said = {
    predict: word("now_predict", { size: whole(facts.flats[0][0]), price: fixed(predict(line, first[0]), 2) }),
    cost: word("now_cost", { cost: power(mean(way.points, line) * MILLION * MILLION) }),
    slope: word("now_slope", { b: figures(slope.b), w: figures(slope.w) }),
    move: word("now_move", { b: figures(line.b, 4), w: figures(line.w, 4) }),
  };
  for (const item of all("[data-stage]")) {
    find("[data-stage-said]", item).textContent = said[item.dataset.stage];
    if (STAGES[stage] === item.dataset.stage) item.setAttribute("aria-current", "step");
    else item.removeAttribute("aria-current");
  }
}

const heard = find("[data-said]");
const say = settled((sentence) => (heard.textContent = sentence), 250);

function tell() {
  const now = state.costs.at(-1);
  const before = state.costs.at(-2) ?? now;
  const { b, w } = way.back(state.line);
  const values = {
    n: whole(state.epoch), cost: power(now * MILLION * MILLION), b: whole(b), w: whole(w),
    times: fixed(now / mean(way.points, way.best), now < 10 ? 2 : 0),
  };
  if (!state.epoch) say(word("said_start", values));
  else if (gone()) say(word("said_gone", values));
  else if (now > before && !settledDown()) say(word("said_worse", values));
  else if (settledDown()) say(word("said_there", values));
  else say(word(state.epoch < MOST ? "said_better" : "said_slow", values));
}

function running(now) {
  const button = find("[data-run]");
  button.textContent = now ? button.dataset.pauseWord : button.dataset.runWord;
}

function press(name) {
  rateField.value = String(way.rates[name]);
  rated();
}

function rated() {
  for (const button of all("[data-rate]")) button.setAttribute("aria-pressed", String(way.rates[button.dataset.rate] === rate()));
}

find("[data-run]").addEventListener("click", () => {
  if (loop.running) loop.stop();
  else {
    if (gone() || settledDown()) begin();
    loop.start();
  }
});
find("[data-epoch]").addEventListener("click", () => (loop.stop(), epoch()));
find("[data-part]").addEventListener("click", () => (loop.stop(), part()));
find("[data-over]").addEventListener("click", () => begin());
rateField.addEventListener("input", rated);
for (const button of all("[data-rate]")) {
  button.addEventListener("click", () => {
    press(button.dataset.rate);
    begin();
  });
}
for (const button of all("[data-scaled]")) {
  button.addEventListener("click", () => {
    way = WAYS[button.dataset.scaled];
    for (const each of all("[data-scaled]")) each.setAttribute("aria-pressed", String(each === button));
    press("right");
    begin();
  });
}
press("right");
begin();

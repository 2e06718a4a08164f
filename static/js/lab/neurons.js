// Chapter 4: neurons and layers are added by hand or trained; the picture, the wiring and the formula follow.
import { counted, word } from "../words.js";
import { all, facts, find, Loop, settled, tall } from "./draw.js";
import { Hands } from "./hands.js";
import { answer, bends, build, chance, cost, narrow, numbersOf, sizesOf, Walk, widen } from "./net.js";
import { figures, whole } from "./say.js";
import { Picture, sampled } from "./shown.js";
import { CURVES, scaled, SIDES } from "./toys.js";
import { Wiring } from "./wiring.js";
import { length, written } from "./written.js";

const CURVE_TOYS = { ...CURVES, flats: scaled(facts.flats) };
const MOST = { neurons: 8, layers: 3 };
const RATE = 0.02;
const EPOCHS = 4; // in one frame, as long as there is time for them
const BUDGET = 7; // milliseconds, so that what is drawn afterwards still fits into the frame
const HINGE = [{ w: [[1]], b: [0] }, { w: [[1]], b: [0] }]; // one neuron, as the lecture begins

let seed = 3;
let state = { toy: "wave", net: structuredClone(HINGE), epoch: 0, chosen: [0, 0] };
let walk = new Walk(state.net);

const task = () => (state.toy in SIDES ? "side" : "line");
const examples = () => SIDES[state.toy] ?? CURVE_TOYS[state.toy];

const height = (width) => tall(width, 0.85, 0.4);
const picture = new Picture(find("[data-picture]"), { height });
const wiring = new Wiring(find("[data-wiring]"), {
  height: (width) => tall(width, 0.7, 0.26),
  onChoose: (at, to) => {
    state.chosen = [at, to];
    show();
  },
});
const hands = new Hands(find("[data-hands-title]"), find("[data-hands]"), () => {
  loop.stop();
  walk = new Walk(state.net);
  state.epoch = 0;
  show();
});

/** Another network, untrained. */
function put(net) {
  loop.stop();
  state.net = net;
  state.epoch = 0;
  const last = net.length - 1;
  const [at, to] = state.chosen;
  const layer = Math.min(at, last);
  state.chosen = [layer, Math.min(to, net[layer].b.length - 1)];
  walk = new Walk(net);
  show();
}

const loop = new Loop(() => {
  const ends = performance.now() + BUDGET;
  for (let i = 0; i < EPOCHS && (i === 0 || performance.now() < ends); i += 1) {
    walk.step(examples(), task(), RATE);
    state.epoch += 1;
  }
  show();
}, (running) => {
  const button = find("[data-train]");
  button.textContent = running ? button.dataset.pauseWord : button.dataset.trainWord;
  if (!running) write();
});

function show() {
  picture.show(state.net, examples(), task());
  wiring.show(state.net, state.chosen);
  hands.show(state.net, state.chosen);
  find("[data-epochs]").textContent = whole(state.epoch);
  layers();
  write();
  say();
}

/* The formula in letters changes only with the shape of the network; in numbers, not more often than can be read. */
let shape = "";
let wrote = 0;
const inNumbers = find("[data-in-numbers]");

function write() {
  const numbers = inNumbers.getAttribute("aria-pressed") === "true";
  const now = `${sizesOf(state.net)} ${numbers} ${task()}`;
  const soon = loop.running && performance.now() - wrote < 250;
  if (now === shape && (!numbers || soon)) return;
  [shape, wrote] = [now, performance.now()];
  const { formula, whole: all } = written(state.net, numbers, task() === "side");
  find("[data-written]").replaceChildren(formula);
  const count = numbersOf(state.net);
  find("[data-numbers]").textContent = all
    ? counted("numbers", count)
    : word("too_long", { n: whole(count), long: whole(length(state.net)) });
}

const said = find("[data-said]");
const tell = settled((sentence) => (said.textContent = sentence), 600);

function say() {
  const now = figures(cost(state.net, examples(), task()), 2);
  if (task() === "line") {
    const turns = bends(sampled(state.net).map(([, each]) => each.at(-1)[0]));
    tell(`${counted("said_curve", turns)} ${word("said_cost", { cost: now })}`);
  } else {
    const right = examples().filter(({ x, y }) => answer(state.net, x) > 0 === (y === 1)).length;
    tell(`${word("said_side", { n: right, of: examples().length })} ${word("said_cost", { cost: now })}`);
  }
}

/** A line of buttons for each hidden layer. */
function layers() {
  const box = find("[data-layers]");
  const hidden = state.net.length - 1;
  while (box.childElementCount > hidden) box.lastChild.remove();
  while (box.childElementCount < hidden) box.append(layer(box.childElementCount));
  [...box.children].forEach((row, at) => {
    const n = state.net[at].b.length;
    find("output", row).textContent = counted("neurons", n);
    find("[data-fewer]", row).disabled = n === 1;
    find("[data-more]", row).disabled = n === MOST.neurons;
  });
  find("[data-more-layers]").disabled = hidden === MOST.layers;
  find("[data-fewer-layers]").disabled = hidden === 1;
}

function layer(at) {
  const row = document.createElement("div");
  row.className = "neurons-layer";
  const name = document.createElement("span");
  name.textContent = word("layer", { n: at + 1 });
  const button = (sign, how, change) => {
    const press = Object.assign(document.createElement("button"), { type: "button", className: "quiet outlined", textContent: sign });
    press.setAttribute("aria-label", word(`${how}_neurons`, { n: at + 1 }));
    press.toggleAttribute(`data-${how}`, true);
    press.addEventListener("click", () => put(change()));
    return press;
  };
  row.append(
    name,
    button("−", "fewer", () => narrow(state.net, at)),
    document.createElement("output"),
    button("+", "more", () => widen(state.net, at, chance((seed += 1)))),
  );
  return row;
}

function rebuilt(hidden) {
  const inputs = task() === "side" ? 2 : 1;
  return build([inputs, ...hidden, 1], chance((seed += 1)));
}

const hidden = () => sizesOf(state.net).slice(1, -1);

for (const button of all("[data-toy]")) {
  button.addEventListener("click", () => {
    const before = task();
    state.toy = button.dataset.toy;
    pressed();
    put(task() === before ? state.net : rebuilt(hidden()));
  });
}
find("[data-more-layers]").addEventListener("click", () => put(rebuilt([...hidden(), hidden().at(-1)])));
find("[data-fewer-layers]").addEventListener("click", () => put(rebuilt(hidden().slice(0, -1))));
find("[data-fresh]").addEventListener("click", () => put(rebuilt(hidden())));
find("[data-train]").addEventListener("click", () => (loop.running ? loop.stop() : loop.start()));
inNumbers.addEventListener("click", () => {
  inNumbers.setAttribute("aria-pressed", String(inNumbers.getAttribute("aria-pressed") !== "true"));
  write();
});

function pressed() {
  for (const button of all("[data-toy]")) button.setAttribute("aria-pressed", String(button.dataset.toy === state.toy));
}

pressed();
show();

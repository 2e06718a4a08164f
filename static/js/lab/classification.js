// Scores become shares, and the share of the right answer becomes a cost: on the photo's real scores.
import { call } from "../api.js";
import { lang, number, word } from "../words.js";
import { axes, find, label, set, settled, svg, whenSized } from "./draw.js";
import { file, photos, square } from "./photo.js";
import { costOf, scoresOf, softmax } from "./scores.js";

const SHOWN = 5;
const FURTHEST = 15;
const HEIGHT = 170;
const DEAREST = 7; // what the curve shows

const rowsAt = find("[data-rows]");
const trouble = find("[data-trouble]");
const models = find("[data-model]");
const sureness = find("[data-sureness]");

let answers = []; // one a model
let names = [];
let labels = 0; // how many of the names are labels, and not all the others
let base = []; // the scores as they were dragged, before they are made surer
let right = 0;
let asked = 0;
let point = () => {};

const scores = () => base.map((score) => score * sureness.valueAsNumber);

/** The best labels of a model, and all the others as one. */
function take({ predictions, count }) {
  names = predictions.map(({ name }) => name);
  labels = names.length;
  const shares = predictions.map(({ score }) => score);
  if (count > labels) {
    names.push(word("rest", { n: number(count - labels) }));
    shares.push(1 - shares.reduce((sum, share) => sum + share, 0));
  }
  base = scoresOf(shares);
  right = 0;
  sureness.value = 1;
  rowsAt.replaceChildren(...names.map(row));
  draw();
}

function row(name, at) {
  const tr = document.createElement("tr");
  const score = part("input", { type: "range", min: -FURTHEST, max: FURTHEST, step: 0.1 }, word("score_of", { name }));
  score.addEventListener("input", () => {
    base[at] = score.valueAsNumber / (sureness.valueAsNumber || 1);
    draw();
  });
  const bar = svg("svg", { class: "lab-bar", "aria-hidden": "true" }, svg("rect", { height: "100%" }));
  const choice = part("input", { type: "radio", name: "right", checked: at === right }, word("right_is", { name }));
  choice.addEventListener("change", () => {
    right = at;
    draw();
  });
  const truth = part("span", { className: "choice" });
  truth.append(choice, value());
  tr.append(part("th", { scope: "row", textContent: name }), cell(score, value()), cell(bar, value()), cell(truth));
  return tr;
}

function part(kind, properties, says) {
  const element = Object.assign(document.createElement(kind), properties);
  if (says) element.setAttribute("aria-label", says);
  return element;
}

const value = () => part("span", { className: "value" });

function cell(...content) {
  const td = document.createElement("td");
  td.append(...content);
  return td;
}

const counting = (value, digits) => value.toLocaleString(lang, { maximumSignificantDigits: digits });

/** A share as a percentage; small ones keep two figures that count, down to where nobody sees a bar. */
function percentage(share) {
  if (share < 0.0001) return word("site.percent", { n: `< ${number(0.01, 2)}` });
  return word("site.percent", { n: share >= 0.001 ? number(100 * share, 1) : counting(100 * share, 2) });
}

/** A sentence may begin with the name of a label. */
const begun = (sentence) => sentence[0].toLocaleUpperCase(lang) + sentence.slice(1);

const money = (paid) => number(paid, paid < 0.1 ? 4 : 2);

function draw() {
  const now = scores();
  const shares = softmax(now);
  [...rowsAt.rows].forEach((tr, at) => {
    const [, score, share, truth] = tr.cells;
    tr.classList.toggle("right", at === right);
    score.firstChild.value = now[at];
    score.lastChild.textContent = number(Number(now[at].toFixed(1)) + 0, 1).replace("-", "−");
    set(share.firstChild.firstChild, { width: `${100 * shares[at]}%` });
    share.lastChild.textContent = percentage(shares[at]);
    truth.firstChild.lastChild.textContent = at === right ? "1" : "0";
  });
  find("[data-sure]").textContent = `× ${number(sureness.valueAsNumber, 2)}`;
  find("[data-sum]").textContent = word("sum", { share: counting(shares[right], 4), cost: money(costOf(now, right)) });
  say(now, shares);
  point(shares[right], costOf(now, right));
}

const say = settled((now, shares) => {
  const best = now.indexOf(Math.max(...now));
  const told = { name: names[right], share: percentage(shares[right]), cost: money(costOf(now, right)) };
  if (best !== right) {
    const surer = money(costOf(now.map((score) => 2 * score), right));
    const wrong = word("wrong", { ...told, best: names[best], of: percentage(shares[best]) });
    find("[data-said]").textContent = begun(`${wrong} ${word("surer", { cost: surer })}`);
    return;
  }
  const [other] = [...now.keys()].filter((at) => at < labels && at !== right).sort((a, b) => now[b] - now[a]);
  const had = other === undefined ? "" : word("had", { name: names[other], cost: money(costOf(now, other)) });
  find("[data-said]").textContent = begun(`${word("right", told)} ${had}`);
}, 250);

whenSized(find("[data-curve]"), (width) => {
  const plot = axes({
    width, height: HEIGHT, x: [0, 1], y: [0, DEAREST], says: word("curve"), margins: [24, 24, 40, 40], xs: 5,
    tickX: (share) => word("site.percent", { n: number(100 * share) }), nameX: word("share_axis"), nameY: word("cost_axis"),
  });
  const along = Array.from({ length: 200 }, (_, at) => Math.exp(-DEAREST * (1 - at / 199)));
  const path = along.map((share) => `${plot.x(share).toFixed(1)} ${plot.y(-Math.log(share)).toFixed(1)}`).join("L");
  const moving = svg("g");
  plot.front.append(svg("path", { class: "lab-curve", d: `M${path}` }), moving);
  find("[data-curve]").replaceChildren(plot.element);
  point = (share, paid) => {
    const [x, y] = [plot.x(share), plot.y(Math.min(paid, DEAREST))];
    const before = share > 0.6;
    moving.replaceChildren(
      svg("path", { class: "lab-drop", d: `M${x} ${plot.box.bottom}V${y}H${plot.box.left}` }),
      svg("circle", { class: "lab-dot", cx: x, cy: y, r: 7 }),
      label(names[right], { x: x + (before ? -12 : 12), y: Math.max(y - 10, 30), "text-anchor": before ? "end" : "start" }),
    );
  };
  if (names.length > 0) draw();
});

async function ask(photo) {
  const turn = (asked += 1);
  const body = new FormData();
  body.append("images", await file(photo), "photo.jpg");
  try {
    const [told, known] = await Promise.all([
      call(`/api/v1/predict?top_k=${SHOWN}`, { method: "POST", body }),
      call("/api/v1/models"),
    ]);
    if (turn !== asked) return;
    const counts = new Map(known.items.map(({ model, label_count: count }) => [model, count]));
    answers = told.results[0].models.map((each) => ({ ...each, count: counts.get(each.model) ?? 0 }));
    trouble.hidden = true;
    choose();
  } catch (failure) {
    trouble.textContent = failure.sentence ?? String(failure);
    trouble.hidden = false;
  }
}

/** The same model as before, where it still answers. */
function choose() {
  const before = models.value;
  models.replaceChildren(...answers.map(({ model, name }) => new Option(name, model)));
  if (answers.some(({ model }) => model === before)) models.value = before;
  again();
}

const again = () => answers.length > 0 && take(answers[models.selectedIndex]);

models.addEventListener("change", again);
sureness.addEventListener("input", draw);
find("[data-reset]").addEventListener("click", again);
photos((photo) => {
  const shown = find("[data-picture]");
  shown.getContext("2d").drawImage(square(photo, shown.width), 0, 0);
  shown.setAttribute("aria-label", word("square"));
  ask(photo);
});

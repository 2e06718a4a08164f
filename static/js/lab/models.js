// Chapter 1: a line through ten flats, and the price it says a flat has.
import { word } from "../words.js";
import { all, facts, find, follow, set, settled, steer, svg, label, under } from "./draw.js";
import { fields, Flats } from "./flats.js";
import { predict } from "./maths.js";
import { whole } from "./say.js";

const line = { b: Number(find("[data-bias]").value), w: Number(find("[data-weight]").value) };
const size = find("[data-size]");
const plot = new Flats(find("[data-plot]"), { flats: facts.flats, line, onMove: show, back: question });
const type = fields((typed) => {
  plot.show(typed);
  tell(typed);
});
const ask = {};

/** The way from the size that is asked about up to the line and across to its price. */
function question(drawn) {
  ask.path = svg("path", { class: "flats-asked" });
  ask.answer = label("", { class: "flats-answer" });
  ask.handle = svg("circle", {
    class: "lab-handle flats-asked-x", r: 8, tabindex: 0, role: "slider", "aria-label": word("size_handle"),
    "aria-valuemin": 0, "aria-valuemax": 90, "data-handle": "x",
  });
  follow(ask.handle, (event) => choose(under(event, drawn)[0]));
  steer(ask.handle, (across, up) => choose(size.valueAsNumber + across + up));
  return svg("g", {}, ask.path, ask.answer, ask.handle);
}

function choose(metres) {
  size.value = String(Math.round(Math.min(Math.max(metres, 0), 90)));
  tell(plot.line);
  plot.place();
}

plot.also(({ x, y, box }, now) => {
  const metres = asked();
  const price = predict(now, metres);
  const [across, up] = [x(metres), Math.min(Math.max(y(price), box.top), box.bottom)];
  ask.path.setAttribute("d", `M${across} ${box.bottom}V${up}H${box.left}`);
  const left = across > (box.left + box.right) / 2;
  set(ask.answer, { x: left ? across - 12 : across + 12, y: up + 22, "text-anchor": left ? "end" : "start" });
  ask.answer.textContent = word("kroner", { n: whole(price) });
  set(ask.handle, { cx: across, cy: box.bottom, "aria-valuenow": metres, "aria-valuetext": word("metres", { n: metres }) });
});

function asked() {
  return Number.isFinite(size.valueAsNumber) ? size.valueAsNumber : facts.asked;
}

function show(now) {
  type(now);
  tell(now);
}

const said = find("[data-said]");
const say = settled((sentence) => (said.textContent = sentence), 120);

function tell(now) {
  const metres = asked();
  const price = predict(now, metres);
  const sold = facts.flats.find(([each]) => each === metres);
  const sum = { b: whole(now.b), w: whole(now.w), x: whole(metres), price: whole(price) };
  say(
    sold
      ? word(price < sold[1] ? "answer_below" : "answer_above", { ...sum, sold: whole(sold[1]), off: whole(Math.abs(price - sold[1])) })
      : word("answer", sum),
  );
  const [b, w] = all("[data-formula] mn");
  [b.textContent, w.textContent] = [whole(now.b), whole(now.w)];
  find("[data-rows]").replaceChildren(...facts.flats.map((flat) => row(flat, now)));
}

function row([metres, sold], now) {
  const row = document.createElement("tr");
  const price = predict(now, metres);
  [metres, sold, price, price - sold].forEach((value, at) => {
    const cell = document.createElement(at ? "td" : "th");
    if (!at) cell.scope = "row";
    cell.textContent = whole(value);
    row.append(cell);
  });
  return row;
}

size.addEventListener("input", () => {
  tell(plot.line);
  plot.place();
});
tell(line);

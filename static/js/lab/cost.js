// Chapter 2: what a line misses each flat by, as a square, and the sum of the squares.
import { word } from "../words.js";
import { facts, find, set, settled, svg, tall } from "./draw.js";
import { fields, Flats } from "./flats.js";
import { leastSquares, mean, predict, total } from "./maths.js";
import { fixed, power, whole } from "./say.js";

const { flats, lines } = facts;
const best = leastSquares(flats);
const start = { b: lines[0][0], w: lines[0][1] };
const squares = flats.map(() => ({
  square: svg("rect", { class: "cost-square" }),
  miss: svg("path", { class: "cost-miss" }),
}));

const plot = new Flats(find("[data-plot]"), {
  flats, line: start, onMove: show, height: (width) => tall(width, 0.6, 0.36),
  back: () => svg("g", { "clip-path": "url(#flats-clip)" }, ...squares.flatMap(({ square, miss }) => [square, miss])),
});
const type = fields((typed) => {
  plot.show(typed);
  tell(typed);
});

plot.also(({ x, y }, line) => {
  flats.forEach(([size, price], at) => {
    const [sold, said] = [y(price), y(predict(line, size))];
    const side = Math.abs(sold - said);
    // Away from a rising line, so that the squares do not lie on it.
    const left = sold < said ? x(size) - side : x(size);
    set(squares[at].square, { x: left, y: Math.min(sold, said), width: side, height: side });
    squares[at].miss.setAttribute("d", `M${x(size)} ${sold}V${said}`);
  });
});

function show(line) {
  type(line);
  tell(line);
}

const rows = [
  { name: word("yours"), line: start, yours: true },
  ...lines.map(([b, w]) => ({ line: { b, w } })),
  { line: best, lowest: true },
].map(drawn);
const most = Math.max(...rows.slice(1).map(({ line }) => total(flats, line)));

/** A row of the table: a line, its costs, and a bar of them. */
function drawn(entry) {
  const element = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  const [sum, average, bar] = [1, 2, 3].map(() => document.createElement("td"));
  bar.className = "cost-bars";
  bar.setAttribute("aria-hidden", "true");
  const length = svg("rect", { height: 10, y: 1 });
  bar.append(svg("svg", { viewBox: "0 0 100 12", preserveAspectRatio: "none", focusable: "false" }, length));
  if (entry.yours) head.textContent = entry.name;
  else head.append(button(entry));
  element.append(head, sum, average, bar);
  element.toggleAttribute("data-now", Boolean(entry.yours));
  find("[data-lines]").append(element);
  return { ...entry, sum, average, length };
}

function button({ line, lowest }) {
  const press = document.createElement("button");
  press.type = "button";
  press.className = "quiet";
  const digits = lowest ? 2 : 0;
  press.textContent = word(lowest ? "line_lowest" : "line", { b: fixed(line.b, digits), w: fixed(line.w, digits) });
  press.addEventListener("click", () => {
    plot.show(line);
    show(line);
  });
  return press;
}

function fill({ sum, average, length }, line) {
  sum.textContent = power(total(flats, line));
  average.textContent = power(mean(flats, line));
  length.setAttribute("width", Math.min((100 * total(flats, line)) / most, 100).toFixed(2));
}

const said = find("[data-said]");
const say = settled((sentence) => (said.textContent = sentence), 120);

function tell(line) {
  fill(rows[0], line);
  const times = total(flats, line) / total(flats, best);
  const key = times < 1.005 ? "said_lowest" : times < 2 ? "said_near" : "said";
  say(
    word(key, {
      sum: power(total(flats, line)), mean: power(mean(flats, line)), times: fixed(times, 1),
      percent: whole(100 * (times - 1)), typical: whole(Math.sqrt(mean(flats, line))),
    }),
  );
}

for (const row of rows.slice(1)) fill(row, row.line);
tell(start);

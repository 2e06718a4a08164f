// An image is numbers: its colour planes apart and together, and a window in which pixels become them.
import { number, word } from "../words.js";
import { find, follow, settled } from "./draw.js";
import { inkOn } from "./paint.js";
import { photos, pixels } from "./photo.js";

const COLOURS = ["red", "green", "blue"];
const NEAREST = 6; // pixels across the window at its closest
const WINDOW = 720;
const READABLE = 9;

const picture = find("[data-picture]");
const zoom = find("[data-zoom]");
const [across, down, closer] = ["across", "down", "closer"].map((name) => find(`[data-${name}]`));
const shares = COLOURS.map((colour) => find(`[data-share="${colour}"]`));
const planes = COLOURS.map((colour) => find(`[data-plane="${colour}"]`));

let original; // the pixels as they are
let shown; // and as the sliders make them
let width = 0;
let height = 0;

/** The window's place and its pixels a side. */
function frame() {
  const short = Math.min(width, height);
  const most = Math.min(short, 120);
  const side = Math.round(most * (Math.min(NEAREST, most) / most) ** (closer.value / 100));
  const place = (slider, room) => Math.round((slider.value / 1000) * (room - side));
  return { left: place(across, width), top: place(down, height), side };
}

function mix() {
  const parts = shares.map((slider) => slider.value / 100);
  shown = new ImageData(width, height);
  const to = shown.data;
  for (let at = 0; at < to.length; at += 4) {
    for (let c = 0; c < 3; c += 1) to[at + c] = original[at + c] * parts[c]; // rounded and kept to 255 here
    to[at + 3] = 255;
  }
  planes.forEach((canvas, c) => paintPlane(canvas, c));
}

function paintPlane(canvas, c) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const alone = new ImageData(width, height);
  for (let at = 0; at < alone.data.length; at += 4) {
    alone.data[at + c] = shown.data[at + c];
    alone.data[at + 3] = 255;
  }
  canvas.getContext("2d").putImageData(alone, 0, 0);
}

function draw() {
  const { left, top, side } = frame();
  if (picture.width !== width || picture.height !== height) Object.assign(picture, { width, height });
  const pen = picture.getContext("2d");
  pen.putImageData(shown, 0, 0);
  for (const [colour, wide] of [["#000", 4], ["#fff", 2]]) {
    pen.strokeStyle = colour;
    pen.lineWidth = (wide * width) / 480;
    pen.strokeRect(left - 1, top - 1, side + 2, side + 2);
  }
  drawWindow(left, top, side);
  tell(left, top, side);
}

function drawWindow(left, top, side) {
  const pen = zoom.getContext("2d");
  const cell = WINDOW / side;
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.font = `${Math.min(cell / 3.6, 30)}px sans-serif`;
  for (let row = 0; row < side; row += 1) {
    for (let column = 0; column < side; column += 1) {
      const colours = at(left + column, top + row);
      const [x, y] = [Math.round(column * cell), Math.round(row * cell)];
      pen.fillStyle = `rgb(${colours.join()})`;
      pen.fillRect(x, y, Math.ceil(cell), Math.ceil(cell));
      if (side > READABLE) continue;
      pen.fillStyle = inkOn(...colours);
      colours.forEach((value, c) => pen.fillText(value, x + cell / 2, y + (cell * (c + 1)) / 4));
    }
  }
}

const at = (column, row) => [...shown.data.subarray(4 * (row * width + column), 4 * (row * width + column) + 3)];

function tell(left, top, side) {
  const middle = { row: top + Math.floor(side / 2), column: left + Math.floor(side / 2) };
  const [red, green, blue] = at(middle.column, middle.row);
  find("[data-said]").textContent = word("spot", {
    row: number(middle.row), column: number(middle.column), red, green, blue,
  });
  const named = { row: middle.row, column: middle.column, red, green, blue };
  for (const [name, value] of Object.entries(named)) find(`math [data-${name}]`).textContent = value;
  find("[data-spot]").textContent = word(side > READABLE ? "window" : "window_near", { side });
  zoom.setAttribute("aria-label", word("zoom", { side, row: number(top), column: number(left) }));
  tellAll(left, top, Math.min(side, READABLE));
}

const tellAll = settled((left, top, side) => {
  const line = (row) => {
    const tr = document.createElement("tr");
    const head = Object.assign(document.createElement("th"), { scope: "row", textContent: word("row", { n: number(row) }) });
    tr.append(head);
    for (let column = left; column < left + side; column += 1) {
      tr.append(Object.assign(document.createElement("td"), { textContent: at(column, row).join(" ") }));
    }
    return tr;
  };
  const head = Array.from({ length: side }, (_, column) =>
    Object.assign(document.createElement("th"), { scope: "col", textContent: word("column", { n: number(left + column) }) }));
  find(".lab-numbers thead tr").replaceChildren(document.createElement("td"), ...head);
  find("[data-table]").replaceChildren(...Array.from({ length: side }, (_, row) => line(top + row)));
}, 200);

function describe(own) {
  picture.setAttribute("aria-label", word(own ? "picture_own" : "picture_drawn"));
  find("[data-size]").textContent = word("size", {
    height: number(height), width: number(width), count: number(height * width * 3),
  });
}

follow(picture, (event) => {
  const box = picture.getBoundingClientRect();
  const { side } = frame();
  const place = (share, size) => Math.min(Math.max((share * size - side / 2) / (size - side || 1), 0), 1) * 1000;
  across.value = place((event.clientX - box.left) / box.width, width);
  down.value = place((event.clientY - box.top) / box.height, height);
  draw();
});
for (const slider of [across, down, closer]) slider.addEventListener("input", draw);
for (const slider of shares) slider.addEventListener("input", () => { mix(); draw(); });
find("[data-restore]").addEventListener("click", () => {
  for (const slider of shares) slider.value = 100;
  mix();
  draw();
});

photos(({ canvas, own }) => {
  ({ width, height } = canvas);
  original = pixels(canvas);
  mix();
  draw();
  describe(own);
});

// What a network has learned, as a picture: a curve through points, or the two sides of a plane.
import { word } from "../words.js";
import { axes, colour, sharp, svg, whenSized } from "./draw.js";
import { answer, answers, sigmoid } from "./net.js";

export const ACROSS = [-2, 2];
export const PLANE = [-1.5, 1.5];
const UP = [-2, 2];
const GRID = 64;
const SAMPLES = 240;

/** The curve at even distances. @param {import("./net.js").Net} net */
export function sampled(net) {
  return Array.from({ length: SAMPLES + 1 }, (_, at) => {
    const x = ACROSS[0] + ((ACROSS[1] - ACROSS[0]) * at) / SAMPLES;
    return [x, answers(net, [x])];
  });
}

export class Picture {
  /** @param {HTMLElement} figure @param {{height: (width: number) => number}} options */
  constructor(figure, { height }) {
    Object.assign(this, { figure, height, width: 0, given: null, drawn: null });
    whenSized(figure, (width) => {
      this.width = width;
      this.drawn = null;
      if (this.given) this.show(...this.given);
    });
  }

  /** @param {import("./net.js").Net} net @param {import("./net.js").Examples} examples @param {import("./net.js").Task} task */
  show(net, examples, task) {
    this.given = [net, examples, task];
    if (!this.width) return;
    if (this.drawn !== examples) this.prepare(examples, task);
    if (task === "line") this.curve(net);
    else this.plane(net, examples);
  }

  prepare(examples, task) {
    this.drawn = examples;
    if (task === "line") this.prepareCurve(examples);
    else this.preparePlane();
  }

  prepareCurve(examples) {
    this.plot = axes({
      width: this.width, height: this.height(this.width), x: ACROSS, y: UP, says: word("curve"), xs: 5, ys: 5,
      margins: [24, 8, 36, 30], nameX: "x", nameY: "y",
    });
    const { x, y, box, front, element } = this.plot;
    this.parts = svg("g", { class: "curve-parts" });
    this.line = svg("path", { class: "flats-line" });
    front.append(
      svg("clipPath", { id: "curve-clip" }, svg("rect", { x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top })),
      svg("g", { class: "flats-points" }, ...examples.map((each) => svg("circle", { cx: x(each.x[0]), cy: y(each.y), r: 4 }))),
      svg("g", { "clip-path": "url(#curve-clip)" }, this.parts, this.line),
    );
    this.figure.replaceChildren(element);
  }

  curve(net) {
    const { x, y } = this.plot;
    const samples = sampled(net);
    const path = (value) => `M${samples.map(([at, all]) => `${x(at).toFixed(1)} ${far(y(value(all)))}`).join("L")}`;
    this.line.setAttribute("d", path((all) => all.at(-1)[0]));
    const { w } = net.at(-1);
    while (this.parts.childElementCount > w[0].length) this.parts.lastChild.remove();
    while (this.parts.childElementCount < w[0].length) this.parts.append(svg("path"));
    w[0].forEach((weight, at) => this.parts.children[at].setAttribute("d", path((all) => weight * all.at(-2)[at])));
  }

  preparePlane() {
    this.side = Math.min(this.width, this.height(this.width));
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", word("plane"));
    this.pen = sharp(this.canvas, this.side, this.side);
    this.small = Object.assign(document.createElement("canvas"), { width: GRID, height: GRID });
    this.pixels = this.small.getContext("2d").createImageData(GRID, GRID);
    this.colours = ["--curve-training", "--curve-validation", "--paper"].map((name) => rgb(colour(name)));
    this.figure.replaceChildren(this.canvas);
  }

  plane(net, examples) {
    const [first, second, paper] = this.colours;
    const step = (PLANE[1] - PLANE[0]) / GRID;
    const { data } = this.pixels;
    for (let row = 0, at = 0; row < GRID; row += 1) {
      for (let column = 0; column < GRID; column += 1, at += 4) {
        const share = sigmoid(answer(net, [PLANE[0] + (column + 0.5) * step, PLANE[1] - (row + 0.5) * step]));
        const [towards, much] = share < 0.5 ? [first, 1 - 2 * share] : [second, 2 * share - 1];
        for (let i = 0; i < 3; i += 1) data[at + i] = paper[i] + (towards[i] - paper[i]) * 0.55 * much;
        data[at + 3] = 255;
      }
    }
    this.small.getContext("2d").putImageData(this.pixels, 0, 0);
    this.pen.imageSmoothingEnabled = true;
    this.pen.imageSmoothingQuality = "high";
    this.pen.drawImage(this.small, 0, 0, this.side, this.side);
    for (const each of examples) this.point(each, each.y ? second : first, paper);
  }

  /** Round on one side, square on the other: colours are not all that tells them apart. */
  point({ x, y }, fill, paper) {
    const place = (value) => ((value - PLANE[0]) / (PLANE[1] - PLANE[0])) * this.side;
    const [across, down] = [place(x[0]), this.side - place(x[1])];
    this.pen.beginPath();
    if (y) this.pen.rect(across - 4, down - 4, 8, 8);
    else this.pen.arc(across, down, 4.5, 0, 2 * Math.PI);
    this.pen.fillStyle = `rgb(${fill.join()})`;
    this.pen.strokeStyle = `rgb(${paper.join()})`;
    this.pen.lineWidth = 1.5;
    this.pen.fill();
    this.pen.stroke();
  }
}

const far = (value) => Math.max(Math.min(value, 1e4), -1e4).toFixed(1);
const rgb = (css) => css.match(/[\d.]+/g).slice(0, 3).map(Number);

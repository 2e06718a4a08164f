// The first 32 patterns of the pretrained network, over the square of the photo that it looks at.
import { place } from "../geometry.js";
import { call } from "../api.js";
import { number, percent, word } from "../words.js";
import { find } from "./draw.js";
import { nature } from "./nature.js";
import { paint } from "./paint.js";
import { pixels, square } from "./photo.js";
import { extremes, first } from "./planes.js";

const SIDE = 224;
const MOST = 6; // no answer of the first layer is higher
const PATTERNS = "/lab/convolution/patterns";

export class Learned {
  constructor() {
    this.chosen = 0;
    this.said = find("[data-chosen]");
  }

  /** Fetches the patterns the first time. */
  async open() {
    if (this.patterns) return;
    this.said.textContent = word("loading");
    let told;
    try {
      told = await call(PATTERNS);
    } catch (failure) {
      this.said.textContent = failure.sentence;
      return;
    }
    if (this.patterns) return;
    this.patterns = told.patterns.map((weights, at) => ({ weights, bias: told.bias[at], nature: word(`nature.${nature(weights)}`) }));
    this.tiles = this.patterns.map((pattern, at) => this.tile(pattern, at));
    find("[data-tiles]").append(...this.tiles);
    this.draw();
  }

  /** @param {import("./photo.js").Photo} photo */
  use(photo) {
    this.pixels = pixels(square(photo, SIDE));
    this.draw();
  }

  tile({ weights, nature: looks }, at) {
    const choice = Object.assign(document.createElement("input"), { type: "radio", name: "learned", value: at, checked: at === 0 });
    choice.className = "unseen";
    choice.setAttribute("aria-label", word("tile", { n: at + 1, nature: looks }));
    choice.addEventListener("change", () => this.choose(at));
    const label = document.createElement("label");
    label.className = "lab-tile";
    const kernel = document.createElement("canvas");
    kernel.className = "lab-pixels";
    draw(kernel, weights);
    const map = document.createElement("canvas");
    label.append(choice, kernel, map);
    return label;
  }

  draw() {
    if (!this.patterns || !this.pixels) return;
    this.maps = this.patterns.map(({ weights, bias }) => first(this.pixels, SIDE, weights, bias));
    this.tiles.forEach((tile, at) => paint(tile.lastChild, this.maps[at], { low: 0, high: MOST }));
    this.choose(this.chosen);
  }

  choose(at) {
    this.chosen = at;
    const { weights, nature: looks } = this.patterns[at];
    const map = this.maps[at];
    const { high, row, column } = extremes(map);
    const where = word(`place.${place((column + 0.5) / map.width, (row + 0.5) / map.height)}`);
    draw(find("[data-kernel]"), weights);
    find("[data-kernel]").setAttribute("aria-label", word("tile", { n: at + 1, nature: looks }));
    const answered = find("[data-answered]");
    paint(answered, map, { low: 0, high: MOST });
    answered.setAttribute("aria-label", word("map_of", { place: where }));
    const share = map.values.reduce((count, value) => count + (value > 0.1), 0) / map.values.length;
    this.said.textContent = high > 0.1
      ? word("chosen", { n: at + 1, nature: looks, place: where, share: percent(share) })
      : word("silent", { n: at + 1, nature: looks });
    list(weights);
  }
}

/** The weights as colours: grey is zero, a bright red wants much red. @param {HTMLCanvasElement} canvas */
function draw(canvas, weights) {
  Object.assign(canvas, { width: 3, height: 3 });
  const most = Math.max(...weights.map(Math.abs)) || 1;
  const picture = new ImageData(3, 3);
  weights.forEach((weight, at) => {
    picture.data[4 * Math.floor(at / 3) + (at % 3)] = 128 + (127 * weight) / most;
    picture.data[4 * Math.floor(at / 3) + 3] = 255;
  });
  canvas.getContext("2d").putImageData(picture, 0, 0);
}

function list(weights) {
  const colours = word("colour").split(" ");
  find("[data-weights]").replaceChildren(...colours.flatMap((colour, c) =>
    [0, 1, 2].map((row) => {
      const tr = document.createElement("tr");
      const name = row === 0 ? colour : "";
      const head = Object.assign(document.createElement(name ? "th" : "td"), { textContent: name });
      tr.append(head, ...[0, 1, 2].map((column) => Object.assign(document.createElement("td"), {
        textContent: number(weights[9 * row + 3 * column + c], 4),
      })));
      return tr;
    })));
}

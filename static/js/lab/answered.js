// The end of the way: the best labels, where in the photo they were seen, and the sum behind the first.
import { place } from "../geometry.js";
import { number, percent, word } from "../words.js";
import { find, svg } from "./draw.js";

const SHOWN = 0.6; // of the heat map over the photo
const PARTS = 8; // maps with a row of their own
const LOOKED = 28; // pixels a side in which its brightest place is looked for

export class Answer {
  /** @param {any} seen as the server told @param {HTMLCanvasElement} square what it looked at */
  async take(seen, square) {
    Object.assign(this, { seen, square, chosen: 0, where: "" });
    find("[data-best]").replaceChildren(...seen.predictions.map((each, at) => this.choice(each, at)));
    find("[data-sum]").replaceChildren(...this.rows());
    await this.draw();
  }

  sentence() {
    const { name, score } = this.seen.predictions[this.chosen];
    const told = { name, share: percent(score), place: this.where, model: this.seen.name };
    const sentence = word(this.where ? "answer" : "answer_nowhere", told);
    return this.seen.unknown ? `${word("unknown", { model: this.seen.name })} ${sentence}` : sentence;
  }

  choice({ name, score }, at) {
    const input = Object.assign(document.createElement("input"), { type: "radio", name: "best", checked: at === 0 });
    input.addEventListener("change", async () => {
      this.chosen = at;
      await this.draw();
      find("[data-said]").textContent = this.sentence();
    });
    const label = document.createElement("label");
    const bar = svg("svg", { height: 6, "aria-hidden": "true" }, svg("rect", { width: `${100 * score}%`, height: 6 }));
    label.append(input, text("span", name), text("span", percent(score)), bar);
    return label;
  }

  async draw() {
    const { heatmap, name } = this.seen.predictions[this.chosen];
    const heat = new Image();
    heat.src = heatmap;
    await heat.decode();
    this.where = hottest(heat);
    const canvas = find("[data-heat]");
    const pen = canvas.getContext("2d");
    pen.globalAlpha = 1;
    pen.drawImage(this.square, 0, 0, canvas.width, canvas.height);
    pen.globalAlpha = SHOWN;
    pen.drawImage(heat, 0, 0, canvas.width, canvas.height);
    canvas.setAttribute("aria-label", word(this.where ? "heat" : "heat_nowhere", { name, place: this.where }));
  }

  /** The channels that added most, all others together, and what they come to. */
  rows() {
    const { bias, total } = this.seen.sum;
    const parts = this.seen.sum.parts.slice(0, PARTS);
    const known = parts.reduce((sum, { added }) => sum + added, 0);
    const listed = parts.map(({ channel, feature, weight, added, png }) => {
      const image = Object.assign(new Image(), { src: png, alt: "", className: "lab-pixels" });
      const name = text("span", word("number", { n: number(channel + 1) }));
      return line([image, name], number(feature, 3), number(weight, 3), number(added, 3));
    });
    return [
      ...listed,
      line([text("span", word("others"))], "", "", number(total - bias - known, 3)),
      line([text("span", word("bias"))], "", "", number(bias, 3)),
      line([text("strong", word("total", { name: this.seen.predictions[0].name }))], "", "", number(total, 3)),
    ];
  }
}

function line(head, ...cells) {
  const tr = document.createElement("tr");
  const th = Object.assign(document.createElement("th"), { scope: "row" });
  th.append(...head);
  tr.append(th, ...cells.map((cell) => text("td", cell)));
  return tr;
}

const text = (kind, words) => Object.assign(document.createElement(kind), { textContent: words });

/** Where the map is brightest, in words; "" where nothing spoke. Red and green together rise with the heat. */
function hottest(image) {
  const canvas = Object.assign(document.createElement("canvas"), { width: LOOKED, height: LOOKED });
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(image, 0, 0, LOOKED, LOOKED);
  const { data } = pen.getImageData(0, 0, LOOKED, LOOKED);
  const heats = Array.from({ length: LOOKED * LOOKED }, (_, at) => data[4 * at] + data[4 * at + 1]);
  const most = Math.max(...heats);
  if (most === Math.min(...heats)) return "";
  const best = heats.indexOf(most);
  const [x, y] = [best % LOOKED, Math.floor(best / LOOKED)];
  return word(`place.${place((x + 0.5) / LOOKED, (y + 0.5) / LOOKED)}`);
}

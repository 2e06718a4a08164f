// How Blomst trains a head: softmax over one layer of weights, walked downhill with Adam. Pure functions
// and one class; the tests compare them with numpy's numbers and with those of Blomst's own training.
import { chance } from "./net.js";

// As Keras has them.
const [KEEP, KEEP_SQUARES, TINY] = [0.9, 0.999, 1e-7];

/**
 * What the server's settings are called, as far as they count here. All photos go into one batch, so an
 * epoch is one step. `l2` weighs half the squared weights against the mean loss.
 * @typedef {{learning_rate: number, epochs: number, l2: number, dropout: number, seed: number}} Settings
 * @typedef {{rows: Float32Array, truth: ArrayLike<number>}} Examples  n x width features, and n labels
 */

/** The mean of the first view, and the root mean square around it of all. @param {Float32Array[]} views */
export function scaling(views, width) {
  const mean = new Float64Array(width);
  const [plain] = views;
  const photos = plain.length / width;
  each(plain, width, (value, at) => (mean[at] += value / photos));
  let squares = 0;
  for (const view of views) each(view, width, (value, at) => (squares += (value - mean[at]) ** 2));
  return { mean, scale: Math.sqrt(squares / (views.length * plain.length)) || 1 };
}

/** Centred and divided, so that the steps fit. @param {Float32Array} rows */
export function scaled(rows, { mean, scale }) {
  const made = new Float32Array(rows.length);
  each(rows, mean.length, (value, at, place) => (made[place] = (value - mean[at]) / scale));
  return made;
}

/** Every number of every row, with its place in the row and in all. */
function each(rows, width, see) {
  for (let start = 0; start < rows.length; start += width) {
    for (let at = 0; at < width; at += 1) see(rows[start + at], at, start + at);
  }
}

/** Views one after the other. @param {Float32Array[]} views */
export function joined(views) {
  const all = new Float32Array(views.reduce((sum, view) => sum + view.length, 0));
  let at = 0;
  for (const view of views) {
    all.set(view, at);
    at += view.length;
  }
  return all;
}

/** The rate of a step, counted from 0: down to nothing along a cosine. */
export const rateOf = (rate, step, steps) => (rate / 2) * (1 + Math.cos((Math.PI * Math.min(step, steps)) / steps));

export class Training {
  /** @param {number} width numbers a photo @param {number} labels @param {Settings} settings */
  constructor(width, labels, settings) {
    const empty = () => ({ w: new Float64Array(width * labels), b: new Float64Array(labels) });
    Object.assign(this, { width, labels, settings, steps: 0 });
    Object.assign(this, { head: empty(), slope: empty(), means: empty(), squares: empty() });
    this.random = chance(settings.seed);
    this.seen = new Float32Array(width); // a photo as this step sees it
    this.shares = new Float64Array(labels);
  }

  /** One epoch. What it answers was measured on the way, before the step. @param {Examples} examples */
  epoch({ rows, truth }) {
    const { width, settings } = this;
    const photos = truth.length;
    let loss = 0;
    let right = 0;
    this.slope.w.fill(0);
    this.slope.b.fill(0);
    for (let photo = 0; photo < photos; photo += 1) {
      let seen = rows.subarray(photo * width, (photo + 1) * width);
      if (settings.dropout > 0) seen = this.hide(seen);
      const [lost, best] = this.answer(seen, truth[photo]);
      loss += lost;
      right += Number(best === truth[photo]);
      this.learn(seen, truth[photo], photos);
    }
    this.step();
    return { loss: loss / photos, accuracy: right / photos };
  }

  /** Loss, share that is right and which ones are, of photos that are not learned from. @param {Examples} examples */
  examine({ rows, truth }) {
    const { width } = this;
    let loss = 0;
    const right = Uint8Array.from(truth, (label, photo) => {
      const [lost, best] = this.answer(rows.subarray(photo * width, (photo + 1) * width), label);
      loss += lost;
      return Number(best === label);
    });
    const count = right.reduce((sum, one) => sum + one, 0);
    return { loss: loss / right.length, accuracy: count / right.length, right };
  }

  /** Sets `shares`; answers with the loss and the best label. */
  answer(seen, label) {
    const { width, labels, shares } = this;
    const { w, b } = this.head;
    let best = 0;
    for (let to = 0; to < labels; to += 1) {
      const from = to * width;
      let [one, two, three, four] = [b[to], 0, 0, 0]; // four sums at once: a processor adds them side by side
      let at = 0;
      for (; at < width - 3; at += 4) {
        one += seen[at] * w[from + at];
        two += seen[at + 1] * w[from + at + 1];
        three += seen[at + 2] * w[from + at + 2];
        four += seen[at + 3] * w[from + at + 3];
      }
      for (; at < width; at += 1) one += seen[at] * w[from + at];
      shares[to] = one + two + (three + four);
      if (shares[to] > shares[best]) best = to;
    }
    const highest = shares[best];
    let sum = 0;
    for (let to = 0; to < labels; to += 1) sum += Math.exp(shares[to] - highest);
    const loss = Math.log(sum) + highest - shares[label];
    for (let to = 0; to < labels; to += 1) shares[to] = Math.exp(shares[to] - highest) / sum;
    return [loss, best];
  }

  /** How this photo wants each number changed, from `shares`. */
  learn(seen, label, photos) {
    const { width, labels, shares, slope } = this;
    for (let to = 0; to < labels; to += 1) {
      const miss = (shares[to] - Number(to === label)) / photos;
      slope.b[to] += miss;
      const from = to * width;
      for (let at = 0; at < width; at += 1) slope.w[from + at] += miss * seen[at];
    }
  }

  /** Some numbers at random are nothing in this step; the others stand in for them. */
  hide(row) {
    const { seen, random } = this;
    const { dropout } = this.settings;
    for (let at = 0; at < row.length; at += 1) seen[at] = random() < dropout ? 0 : row[at] / (1 - dropout);
    return seen;
  }

  step() {
    const { head, slope, means, squares, settings } = this;
    const { w } = head;
    if (settings.l2) for (let at = 0; at < w.length; at += 1) slope.w[at] += settings.l2 * w[at];
    const rate = rateOf(settings.learning_rate, this.steps, settings.epochs);
    this.steps += 1;
    const grown = (rate * Math.sqrt(1 - KEEP_SQUARES ** this.steps)) / (1 - KEEP ** this.steps);
    for (const part of ["w", "b"]) {
      const [values, slopes, mean, square] = [head[part], slope[part], means[part], squares[part]];
      for (let at = 0; at < values.length; at += 1) {
        mean[at] += (slopes[at] - mean[at]) * (1 - KEEP);
        square[at] += (slopes[at] ** 2 - square[at]) * (1 - KEEP_SQUARES);
        values[at] -= (grown * mean[at]) / (Math.sqrt(square[at]) + TINY);
      }
    }
  }
}

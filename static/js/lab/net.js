// A network of neurons max(0, w x + b), its cost and how each of its numbers changes it. Pure functions;
// the tests compare them with Python's.

/**
 * A layer has a bias for each of its neurons and a row of weights for each: `w[to][from]`.
 * @typedef {{w: number[][], b: number[]}} Layer @typedef {Layer[]} Net  the last layer has no max()
 * @typedef {{x: number[], y: number}[]} Examples
 * @typedef {"line" | "side"} Task  a value to meet, or one of two sides (y is 0 or 1)
 */

/** What every neuron answers, layer by layer, from the input to the output. @param {Net} net @param {number[]} x */
export function answers(net, x) {
  const all = [x];
  net.forEach(({ w, b }, at) => {
    const before = all[at];
    const last = at === net.length - 1;
    all.push(
      b.map((bias, to) => {
        let sum = bias;
        const row = w[to];
        for (let from = 0; from < before.length; from += 1) sum += row[from] * before[from];
        return last ? sum : Math.max(0, sum);
      }),
    );
  });
  return all;
}

/** @param {Net} net @param {number[]} x */
export const answer = (net, x) => answers(net, x).at(-1)[0];

/** From any number to between 0 and 1. */
export const sigmoid = (value) => 1 / (1 + Math.exp(-value));

/** The cost of one answer, and how it changes with the answer. @param {Task} task */
function miss(task, said, y) {
  if (task === "line") return [(said - y) ** 2, 2 * (said - y)];
  // log(1 + e^-|s|) keeps large answers from overflowing.
  const cost = Math.max(said, 0) - said * y + Math.log1p(Math.exp(-Math.abs(said)));
  return [cost, sigmoid(said) - y];
}

/** The mean cost. @param {Net} net @param {Examples} examples @param {Task} task */
export const cost = (net, examples, task) =>
  examples.reduce((sum, { x, y }) => sum + miss(task, answer(net, x), y)[0], 0) / examples.length;

/**
 * How the mean cost changes with each weight and bias: backpropagation.
 * @param {Net} net @param {Examples} examples @param {Task} task @returns {{cost: number, slopes: Net}}
 */
export function backwards(net, examples, task) {
  const slopes = net.map(({ w, b }) => ({ w: w.map((row) => row.map(() => 0)), b: b.map(() => 0) }));
  let sum = 0;
  for (const { x, y } of examples) {
    const all = answers(net, x);
    const [lost, slope] = miss(task, all.at(-1)[0], y);
    sum += lost;
    let back = [slope / examples.length];
    for (let at = net.length - 1; at >= 0; at -= 1) {
      const before = all[at];
      const passed = before.map(() => 0);
      back.forEach((each, to) => {
        if (each === 0) return;
        slopes[at].b[to] += each;
        for (let from = 0; from < before.length; from += 1) {
          slopes[at].w[to][from] += each * before[from];
          // A neuron that answers 0 passes nothing on.
          if (at > 0 && before[from] > 0) passed[from] += each * net[at].w[to][from];
        }
      });
      back = passed;
    }
  }
  return { cost: sum / examples.length, slopes };
}

const [KEEP, KEEP_SQUARES, TINY] = [0.9, 0.999, 1e-8];

/** Walks a network downhill with Adam, the method that Blomst trains with. It changes the network. */
export class Walk {
  /** @param {Net} net */
  constructor(net) {
    const nothing = () => net.map(({ w, b }) => ({ w: w.map((row) => row.map(() => 0)), b: b.map(() => 0) }));
    Object.assign(this, { net, mean: nothing(), square: nothing(), steps: 0 });
  }

  /** One epoch. @param {Examples} examples @param {Task} task @param {number} rate @returns {number} the cost before it */
  step(examples, task, rate) {
    const { cost: before, slopes } = backwards(this.net, examples, task);
    this.steps += 1;
    const grown = Math.sqrt(1 - KEEP_SQUARES ** this.steps) / (1 - KEEP ** this.steps);
    this.net.forEach((layer, at) => {
      const move = (values, slope, mean, square) => {
        for (let i = 0; i < values.length; i += 1) {
          mean[i] = KEEP * mean[i] + (1 - KEEP) * slope[i];
          square[i] = KEEP_SQUARES * square[i] + (1 - KEEP_SQUARES) * slope[i] ** 2;
          values[i] -= (rate * grown * mean[i]) / (Math.sqrt(square[i]) + TINY);
        }
      };
      const [slope, mean, square] = [slopes[at], this.mean[at], this.square[at]];
      layer.w.forEach((row, to) => move(row, slope.w[to], mean.w[to], square.w[to]));
      move(layer.b, slope.b, mean.b, square.b);
    });
    return before;
  }
}

/** The same numbers between 0 and 1 for the same seed (mulberry32). @param {number} seed */
export function chance(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A neuron's weights and bias to begin with: it bends somewhere among the inputs. */
export function fresh(inputs, first, random) {
  const size = Math.sqrt(2 / inputs);
  const w = Array.from({ length: inputs }, () => (0.5 + random()) * size * (random() < 0.5 ? -1 : 1));
  const b = first ? w.reduce((sum, weight) => sum - weight * (2 * random() - 1), 0) : 0.2 * random();
  return { w, b };
}

/** A network with so many neurons a layer, from its inputs to its one output. @param {number[]} sizes @returns {Net} */
export function build(sizes, random) {
  return sizes.slice(1).map((neurons, at) => {
    const made = Array.from({ length: neurons }, () => fresh(sizes[at], at === 0, random));
    return { w: made.map(({ w }) => w), b: made.map(({ b }) => b) };
  });
}

/** @param {Net} net */
export const sizesOf = (net) => [net[0].w[0].length, ...net.map(({ b }) => b.length)];

/** How many numbers there are to learn. @param {Net} net */
export const numbersOf = (net) => net.reduce((sum, { w, b }) => sum + b.length * (w[0].length + 1), 0);

/** One more neuron at the end of a hidden layer. @param {Net} net @returns {Net} */
export function widen(net, at, random) {
  const grown = structuredClone(net);
  const { w, b } = fresh(grown[at].w[0].length, at === 0, random);
  grown[at].w.push(w);
  grown[at].b.push(b);
  for (const row of grown[at + 1].w) row.push(0.5 * (random() < 0.5 ? -1 : 1));
  return grown;
}

/** Without the last neuron of a hidden layer. @param {Net} net @returns {Net} */
export function narrow(net, at) {
  const shrunk = structuredClone(net);
  shrunk[at].w.pop();
  shrunk[at].b.pop();
  for (const row of shrunk[at + 1].w) row.pop();
  return shrunk;
}

/** Where a curve turns from one straight piece to the next, on an even grid. @param {number[]} ys */
export function bends(ys) {
  const turns = ys.slice(2).map((y, at) => Math.abs(y - 2 * ys[at + 1] + ys[at]));
  const seen = 1e-3 * Math.max(...ys.map(Math.abs), 1e-9);
  return turns.filter((turn, at) => turn > seen && !(turns[at - 1] > seen)).length;
}

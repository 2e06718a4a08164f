// A network as one formula, in MathML, line by line as the lecture writes it.
import { fixed } from "./say.js";

const MATH = "http://www.w3.org/1998/Math/MathML";
const LONGEST = 420; // numbers; longer formulas say nothing any more

/** @param {string} kind @param {...(Node | string)} children */
export function math(kind, ...children) {
  const element = document.createElementNS(MATH, kind);
  element.append(...children);
  return element;
}

const sign = (text) => math("mo", text);
const coloured = (element, name) => {
  element.setAttribute("class", name);
  return element;
};

/** How many numbers the formula has when it is written out. @param {import("./net.js").Net} net */
export function length(net) {
  return net.reduce((each, { w }) => w[0].length * (each + 1) + 1, 0);
}

/**
 * The whole network, written out while that can be read; else layer by layer.
 * @param {import("./net.js").Net} net @param {boolean} inNumbers @param {boolean} squashed  between 0 and 1 at the end
 * @returns {{formula: Element, whole: boolean}}
 */
export function written(net, inNumbers, squashed) {
  const whole = length(net) <= LONGEST;
  const lines = whole ? new Lines(net, inNumbers).all(squashed) : byLayers(net, squashed);
  const table = math("mtable", ...lines.map((line) => math("mtr", math("mtd", ...line))));
  const formula = math("math", table);
  formula.setAttribute("display", "block");
  return { formula, whole };
}

const result = () => {
  const hat = math("mover", math("mi", "y"), sign("^"));
  hat.setAttribute("accent", "true");
  return hat;
};

/** The lines of a formula, from the output inwards. */
class Lines {
  constructor(net, inNumbers) {
    Object.assign(this, { net, inNumbers, lines: [] });
  }

  all(squashed) {
    const open = squashed ? [math("mi", "σ"), sign("(")] : [];
    this.sum(this.net.length - 1, 0, [result(), sign("="), ...open], squashed ? [sign(")")] : [], 0);
    return this.lines;
  }

  /** Neuron `to` of layer `at`: its terms, then its bias, `open` before them and `close` behind. */
  sum(at, to, open, close, depth) {
    const row = this.net[at].w[to];
    if (at === 0) {
      const terms = row.flatMap((_, from) => [...this.weight(at, from, to, from > 0), this.input(from, row.length)]);
      this.line(depth, [...open, ...terms, ...this.bias(at, to), ...close]);
      return;
    }
    row.forEach((_, from) => {
      const before = from ? [] : open;
      const start = [...before, ...this.weight(at, from, to, from > 0), math("mi", "max"), sign("("), math("mn", "0"), sign(",")];
      if (at === 1) this.sum(0, from, start, [sign(")")], depth + (from ? 1 : 0));
      else {
        this.line(depth + (from ? 1 : 0), start);
        this.sum(at - 1, from, [], [sign(")")], depth + 2);
      }
    });
    this.line(depth + 1, [...this.bias(at, to), ...close]);
  }

  line(depth, parts) {
    const space = math("mspace");
    space.setAttribute("width", `${depth * 0.9}em`);
    this.lines.push([space, ...parts]);
  }

  weight(at, from, to, more) {
    if (this.inNumbers) return this.number(this.net[at].w[to][from], more, "math-w");
    const name = math("msubsup", math("mi", "w"), math("mn", `${from},${to}`), math("mn", String(at)));
    return [...(more ? [sign("+")] : []), coloured(name, "math-w")];
  }

  bias(at, to) {
    if (this.inNumbers) return this.number(this.net[at].b[to], true, "math-b");
    return [sign("+"), coloured(math("msubsup", math("mi", "b"), math("mn", String(to)), math("mn", String(at))), "math-b")];
  }

  number(value, more, name) {
    const shown = coloured(math("mn", fixed(Math.abs(value), 2)), name);
    if (more) return [sign(value < 0 ? "−" : "+"), shown];
    return value < 0 ? [sign("−"), shown] : [shown];
  }

  input(from, of) {
    return coloured(of > 1 ? math("msub", math("mi", "x"), math("mn", String(from))) : math("mi", "x"), "math-x");
  }
}

function byLayers(net, squashed) {
  const named = (name, at) => math("msup", math("mi", name), math("mn", String(at)));
  return net.map((_, at) => {
    const before = at ? named("h", at) : coloured(math("mi", "x"), "math-x");
    const inner = [coloured(named("W", at), "math-w"), before, sign("+"), coloured(named("b", at), "math-b")];
    if (at < net.length - 1) return [named("h", at + 1), sign("="), math("mi", "max"), sign("("), math("mn", "0"), sign(","), ...inner, sign(")")];
    return [result(), sign("="), ...(squashed ? [math("mi", "σ"), sign("("), ...inner, sign(")")] : inner)];
  });
}

// Small sets of examples: curves to meet, and points on two sides.
import { scaling } from "./maths.js";
import { chance } from "./net.js";

const POINTS = 100;

/** @typedef {import("./net.js").Examples} Examples */

/** @param {(x: number) => number} rule @returns {Examples} */
function curve(rule) {
  return Array.from({ length: 31 }, (_, at) => {
    const x = -2 + (4 * at) / 30;
    return { x: [x], y: rule(x) };
  });
}

/** @param {(turn: number, random: () => number) => [number, number]} place  of a side, 0 or 1 @returns {Examples} */
function sides(place) {
  const random = chance(7);
  return Array.from({ length: POINTS }, (_, at) => ({ x: place(at % 2, random), y: at % 2 }));
}

function round(radius, angle) {
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}

/** The lecture's flats, in typical distances from their mean. @param {[number, number][]} flats @returns {Examples} */
export function scaled(flats) {
  const [size, price] = [0, 1].map((at) => scaling(flats.map((flat) => flat[at])));
  return flats.map(([x, y]) => ({ x: [size.to(x)], y: price.to(y) }));
}

export const CURVES = {
  wave: curve((x) => Math.sin(2.2 * x)),
  hill: curve((x) => 1.6 * Math.exp(-((1.8 * x) ** 2)) - 0.5),
};

export const SIDES = {
  ring: sides((side, random) => round(side ? 1.05 + 0.35 * random() : 0.65 * Math.sqrt(random()), 2 * Math.PI * random())),
  cross: sides((side, random) => {
    const [x, y] = [0.15 + 1.15 * random(), 0.15 + 1.15 * random()];
    const flip = random() < 0.5 ? -1 : 1;
    return [x * flip, side ? y * flip : -y * flip];
  }),
  spiral: sides((side, random) => {
    const out = Math.sqrt(random());
    return round(0.15 + 1.2 * out, 5.6 * out + Math.PI * side + 0.12 * (random() - 0.5));
  }),
};

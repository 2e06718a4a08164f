// Reads a heat map back into words: in which ninth of the square the evidence is strongest.
import { place } from "./geometry.js";
import { word } from "./words.js";

const SIDE = 21;
const NINTH = SIDE / 3;
const CLEAR = 0.19; // an even map would have a ninth (0.11) everywhere

/** @param {string} url a PNG whose lightness rises with the evidence @param {string} label */
export async function inWords(url, label) {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(image, 0, 0, SIDE, SIDE);
  const ninths = weights(pen.getImageData(0, 0, SIDE, SIDE).data);
  const all = ninths.reduce((sum, weight) => sum + weight, 0);
  const best = ninths.indexOf(Math.max(...ninths));
  if (all === 0 || ninths[best] / all < CLEAR) return word("heat.everywhere", { label });
  const name = place((best % 3) / 3 + 0.1, Math.floor(best / 3) / 3 + 0.1);
  return word("heat.mostly", { label, place: word(`heat.${name}`) });
}

/** @param {Uint8ClampedArray} data */
function weights(data) {
  const levels = [];
  for (let at = 0; at < data.length; at += 4) {
    levels.push(0.2126 * data[at] + 0.7152 * data[at + 1] + 0.0722 * data[at + 2]);
  }
  const lowest = Math.min(...levels);
  const ninths = new Array(9).fill(0);
  levels.forEach((level, at) => {
    const row = Math.floor(Math.floor(at / SIDE) / NINTH);
    const column = Math.floor((at % SIDE) / NINTH);
    ninths[row * 3 + column] += (level - lowest) ** 2;
  });
  return ninths;
}

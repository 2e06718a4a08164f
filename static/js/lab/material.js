// The photos that the chapters train on, as numbers: the flowers that came along, or a model's own photos.
import { address, call, refused, unanswered } from "../api.js";
import { Failure } from "../failure.js";
import { word } from "../words.js";
import { placesOf } from "./course.js";
import { find } from "./draw.js";
import { chance } from "./net.js";
import { read } from "./tensors.js";

const FLOWERS = "/lab/features";
const SHIPPED = "flowers";
const LEAST = { labels: 2, learn: 10, choose: 10 };

/** @typedef {{columns: Record<string, ArrayLike<number>>, truth: number[], choose: number, labels: number}} Material
 *   `truth` has the label of each photo to learn from; `choose` counts those to choose by */

/**
 * Lets the reader choose whose photos, and hands them on: first those that came along.
 * @param {(material: Material) => void} use @param {() => void} wait called while others are on their way
 */
export async function materials(use, wait) {
  const select = find("[data-material]");
  const trouble = find("[data-trouble]");
  const take = async () => {
    wait();
    trouble.hidden = true;
    try {
      use(await material(select.value));
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      trouble.textContent = failure.sentence;
      trouble.hidden = false;
    }
  };
  select.addEventListener("change", take);
  await take();
  const { items } = await call(address("models")).catch(() => ({ items: [] }));
  const own = items.filter((one) => one.can_be_taught && one.model !== SHIPPED);
  select.append(...own.map(({ model, name }) => new Option(name, model)));
}

/** @param {string} model none for the flowers that came along @returns {Promise<Material>} */
async function material(model) {
  const columns = read(await fetched(model ? address("models", model, "features") : FLOWERS));
  const [learn, choose] = [0, 1].map((split) => placesOf(columns.split, split));
  const truth = learn.map((at) => columns.label[at]);
  const labels = new Set(truth).size;
  if (labels < LEAST.labels || learn.length < LEAST.learn || choose.length < LEAST.choose) {
    throw new Failure(word("few_photos", LEAST), "", word("few_photos_advice"), false);
  }
  return { columns, truth, choose: choose.length, labels };
}

async function fetched(url) {
  const response = await fetch(url).catch(() => {
    throw unanswered();
  });
  if (response.ok) return response.arrayBuffer();
  throw refused(response.status, await response.json().catch(() => null));
}

/**
 * So many photos to learn from, as evenly from all labels as can be; fewer are always among more of the same draw.
 * @param {ArrayLike<number>} truth @param {number} count @param {number} draw @returns {number[]} their places
 */
export function few(truth, count, draw) {
  const random = chance(draw);
  const piles = new Map();
  for (const at of mixed(Array.from(truth, (_, place) => place), random)) {
    if (!piles.has(truth[at])) piles.set(truth[at], []);
    piles.get(truth[at]).push(at);
  }
  const inOrder = [...piles.keys()].sort((one, other) => one - other).map((label) => piles.get(label));
  const taken = [];
  for (let round = 0; taken.length < Math.min(count, truth.length); round += 1) {
    taken.push(...inOrder.filter((pile) => round < pile.length).map((pile) => pile[round]));
  }
  return taken.slice(0, count);
}

/** In an order of chance (Fisher and Yates). */
function mixed(items, random) {
  for (let last = items.length - 1; last > 0; last -= 1) {
    const at = Math.floor(random() * (last + 1));
    [items[last], items[at]] = [items[at], items[last]];
  }
  return items;
}

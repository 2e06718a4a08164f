// A training from beginning to end: which photos, seen by whom, with which settings.
import { joined, scaled, scaling, Training } from "./head.js";
import { restore } from "./tensors.js";

/** The numbers of the splits in a table. */
const [LEARN, CHOOSE] = [0, 1];

/**
 * @typedef {{photos: number[], seen: "rows" | "untrained_rows", views: boolean,
 *   settings: import("./head.js").Settings}} Choice  `photos` by their place among those to learn from
 */

/** A table's photos, as the networks saw them. */
export class Photos {
  /** @param {Record<string, ArrayLike<number>>} columns */
  constructor(columns) {
    this.columns = columns;
    this.width = columns.rows.length / columns.scales.length;
    this.labels = Math.max(...columns.label) + 1;
    this.learn = placesOf(columns.split, LEARN);
    this.choose = placesOf(columns.split, CHOOSE);
    this.restored = new Map();
  }

  /** All features in a column of bytes. @param {string} name */
  features(name) {
    if (!this.restored.has(name)) {
      this.restored.set(name, restore(this.columns[name], this.columns[name.replace("rows", "scales")]));
    }
    return this.restored.get(name);
  }

  /** Of photos by their places. @param {string} name @param {number[]} places */
  rows(name, places) {
    const { width } = this;
    const all = this.features(name);
    return joined(places.map((place) => all.subarray(place * width, (place + 1) * width)));
  }

  truth(places) {
    return places.map((place) => this.columns.label[place]);
  }
}

/** Where a split's photos stand. @returns {number[]} */
export function placesOf(split, which) {
  return Array.from(split.keys()).filter((place) => split[place] === which);
}

/** The further views that a table has of its photos to learn from. */
export const viewsOf = (columns) => Object.keys(columns).filter((name) => /^view_\d+_rows$/.test(name)).sort();

export class Course {
  /** @param {Photos} photos @param {Choice} choice */
  constructor(photos, { photos: chosen, seen, views, settings }) {
    const places = chosen.map((at) => photos.learn[at]);
    const truth = photos.truth(places);
    const all = [photos.rows(seen, places)];
    // Further views are only there of photos to learn from, in their order.
    if (views) all.push(...viewsOf(photos.columns).map((name) => photos.rows(name, chosen)));
    const scale = scaling(all, photos.width);
    this.examples = { rows: scaled(joined(all), scale), truth: all.flatMap(() => truth) };
    this.choose = { rows: scaled(photos.rows(seen, photos.choose), scale), truth: photos.truth(photos.choose) };
    this.training = new Training(photos.width, photos.labels, settings);
    this.left = settings.epochs;
    this.right = null;
  }

  get over() {
    return this.left === 0;
  }

  /** At most so many epochs more. @param {number} epochs */
  go(epochs) {
    const figures = [];
    for (; epochs > 0 && this.left > 0; epochs -= 1, this.left -= 1) {
      const { loss, accuracy } = this.training.epoch(this.examples);
      const { loss: validation_loss, accuracy: validation_accuracy, right } = this.training.examine(this.choose);
      this.right = right;
      figures.push({ loss, accuracy, validation_loss, validation_accuracy });
    }
    return figures;
  }
}

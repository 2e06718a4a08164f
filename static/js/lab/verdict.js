// What two curves say, as numbers and the name of a sentence. Pure functions; the page has the sentences.

/** @typedef {import("./runs.js").Epoch} Epoch */

const WORTH = 0.05; // a rise of the validation loss by less is not worth speaking of
const MOVED = 0.02; // a share of right answers that moved by less stayed
const CHANCE = 1.96; // standard deviations that chance alone exceeds once in twenty times

/** The least validation loss, and after which epoch, from 1. @param {Epoch[]} history */
export function lowest(history) {
  if (!history.length) return null;
  const losses = history.map((epoch) => epoch.validation_loss);
  const loss = Math.min(...losses);
  return { loss, epoch: losses.indexOf(loss) + 1 };
}

/**
 * Whether validation loss climbed again after its lowest point, and what the right answers did meanwhile.
 * @param {Epoch[]} history @returns {{kind: "said_well" | "said_surer" | "said_worse" | "said_better", values: object}}
 */
export function verdict(history) {
  const { loss: least, epoch } = lowest(history);
  const { validation_loss: last, validation_accuracy: after } = history.at(-1);
  const before = history[epoch - 1].validation_accuracy;
  const values = { least, last, epoch, before, after };
  if (last <= least * (1 + WORTH)) return { kind: "said_well", values };
  if (after < before - MOVED) return { kind: "said_worse", values };
  return { kind: after > before + MOVED ? "said_better" : "said_surer", values };
}

/**
 * Whether two trainings differ by more than chance would make, by the photos that only one of them has right
 * (McNemar 1947). @param {Uint8Array} first @param {Uint8Array} second  1 where an answer is right
 */
export function differ(first, second) {
  const only = (one, other) => one.reduce((sum, right, at) => sum + Number(right > other[at]), 0);
  const [gained, lost] = [only(first, second), only(second, first)];
  return Math.abs(gained - lost) > CHANCE * Math.sqrt(gained + lost);
}

// Where things go in a chart: numbers in, numbers and path strings out. Nothing here knows the page.
const ROUND = [1, 2, 5, 10];

/** The distance between round numbers, so that at most `most` of them span `span`. */
export function step(span, most, least = 0) {
  const raw = Math.max(span / most, least, Number.EPSILON);
  const power = 10 ** Math.floor(Math.log10(raw));
  return ROUND.find((round) => round * power >= raw * (1 - 1e-9)) * power;
}

/** Round numbers from `low` to `high`, both included where they are round. @returns {number[]} */
export function ticks(low, high, most, least = 0) {
  const apart = step(high - low, most, least);
  const first = Math.ceil(low / apart - 1e-9);
  const count = Math.floor(high / apart + 1e-9) - first + 1;
  return Array.from({ length: Math.max(count, 0) }, (_, at) => Number(((first + at) * apart).toPrecision(12)));
}

/** @param {[number, number]} from @param {[number, number]} to @returns {(value: number) => number} */
export function scale([low, high], [start, end]) {
  const factor = (end - start) / (high - low || 1);
  return (value) => start + (value - low) * factor;
}

/** A line through the values of epoch 1, 2, 3...; what is not known leaves a gap. */
export function line(values, x, y) {
  let pen = "M";
  let path = "";
  values.forEach((value, at) => {
    if (!known(value)) {
      pen = "M";
      return;
    }
    path += `${pen}${x(at + 1).toFixed(1)} ${y(value).toFixed(1)}`;
    pen = "L";
  });
  return path;
}

/** The last epoch of which the value is known. @returns {{epoch: number, value: number} | null} */
export function last(values) {
  const at = values.findLastIndex(known);
  return at < 0 ? null : { epoch: at + 1, value: values[at] };
}

/**
 * Places moved away from each other until `least` lies between each two of them, staying within `room` as far
 * as it is wide enough. @param {number[]} places
 */
export function apart(places, least, [from, to]) {
  const order = [...places.keys()].sort((one, other) => places[one] - places[other] || one - other);
  // Neighbours that are too near become one cluster around their middle, until no two clusters meet.
  const half = ({ members }) => ((members.length - 1) * least) / 2;
  const within = (one) => ({ ...one, middle: Math.max(Math.min(one.middle, to - half(one)), from + half(one)) });
  const clusters = order.map((at) => within({ members: [at], middle: places[at] }));
  for (let at = 1; at < clusters.length; ) {
    const [before, here] = [clusters[at - 1], clusters[at]];
    if (here.middle - half(here) - before.middle - half(before) >= least) {
      at += 1;
      continue;
    }
    const members = [...before.members, ...here.members];
    const middle = members.reduce((sum, one) => sum + places[one], 0) / members.length;
    clusters.splice(at - 1, 2, within({ members, middle }));
    at = Math.max(at - 1, 1);
  }
  const moved = [...places];
  for (const one of clusters) {
    one.members.forEach((member, at) => (moved[member] = one.middle - half(one) + at * least));
  }
  return moved;
}

/** The last epoch that the axis shows: a little ahead of a running training, exact once it is over. */
export function horizon(done, planned, over) {
  if (over) return Math.max(done, 2);
  const ahead = Math.max(10, Math.ceil((done * 1.25) / 10) * 10);
  return Math.max(Math.min(ahead, planned || ahead), done, 2);
}

/** From nothing to the largest loss. @param {(number | null)[]} values @returns {[number, number]} */
export function lossRange(values) {
  const high = Math.max(0, ...values.filter(known));
  return [0, ceiling(high || 1)];
}

/** From a round share below the smallest to all. @param {(number | null)[]} values @returns {[number, number]} */
export function shareRange(values) {
  const low = Math.min(0.95, ...values.filter(known));
  const apart = step(1 - low, 4);
  return [Math.max(0, Math.floor(low / apart + 1e-9) * apart), 1];
}

function ceiling(high) {
  const apart = step(high, 4);
  return Math.ceil(high / apart - 1e-9) * apart;
}

function known(value) {
  return typeof value === "number" && Number.isFinite(value);
}

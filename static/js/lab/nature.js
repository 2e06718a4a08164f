// What one of the network's first patterns looks for, told from its weights alone.
const SIDES = ["right", "lower_right", "below", "lower_left", "left", "upper_left", "above", "upper_right"];

/**
 * "colour", "line", or where an edge is lighter. @param {number[]} pattern 3 x 3 x 3: rows, columns, colours
 */
export function nature(pattern) {
  const light = Array.from({ length: 9 }, (_, at) => (pattern[3 * at] + pattern[3 * at + 1] + pattern[3 * at + 2]) / 3);
  const tinted = pattern.reduce((sum, weight, at) => sum + Math.abs(weight - light[Math.floor(at / 3)]), 0) / 3;
  const size = light.reduce((sum, weight) => sum + Math.abs(weight), 0);
  if (tinted > size) return "colour";
  let [across, down] = [0, 0];
  light.forEach((weight, at) => {
    across += weight * ((at % 3) - 1);
    down += weight * (Math.floor(at / 3) - 1);
  });
  if (Math.hypot(across, down) < 0.35 * size) return "line";
  return SIDES[(Math.round(Math.atan2(down, across) / (Math.PI / 4)) + 8) % 8];
}

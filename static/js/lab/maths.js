// A line, its cost, and the way downhill: pure functions. The tests compare them with Python's.

/** @typedef {{b: number, w: number}} Line @typedef {[number, number][]} Points */

/** @param {Line} line */
export const predict = ({ b, w }, x) => b + w * x;

/** What the line misses each point by. @param {Points} points @param {Line} line */
export const residuals = (points, line) => points.map(([x, y]) => y - predict(line, x));

/** The sum of the squares: what the lecture's figures are. @param {Points} points @param {Line} line */
export const total = (points, line) => residuals(points, line).reduce((sum, miss) => sum + miss * miss, 0);

/** Their mean: what the lecture's formula says. @param {Points} points @param {Line} line */
export const mean = (points, line) => total(points, line) / points.length;

/** The line with the least cost. @param {Points} points @returns {Line} */
export function leastSquares(points) {
  const [x, y] = [0, 1].map((at) => average(points.map((point) => point[at])));
  const w = sum(points.map((p) => (p[0] - x) * (p[1] - y))) / sum(points.map((p) => (p[0] - x) ** 2));
  return { b: y - w * x, w };
}

/** How the mean cost changes with bias and weight. @param {Points} points @param {Line} line @returns {Line} */
export function gradient(points, line) {
  const misses = residuals(points, line);
  return {
    b: average(misses.map((miss) => -2 * miss)),
    w: average(misses.map((miss, at) => -2 * miss * points[at][0])),
  };
}

/** One step against the gradient. @param {Points} points @param {Line} line @param {number} rate @returns {Line} */
export function descend(points, line, rate) {
  const slope = gradient(points, line);
  return { b: line.b - rate * slope.b, w: line.w - rate * slope.w };
}

/**
 * The bowl that the mean cost is, around its lowest point: cost = lowest + bb db² + 2 bw db dw + ww dw².
 * @param {Points} points
 */
export function bowl(points) {
  const lowest = leastSquares(points);
  return {
    lowest,
    least: mean(points, lowest),
    bb: 1,
    bw: average(points.map(([x]) => x)),
    ww: average(points.map(([x]) => x * x)),
  };
}

/** The learning rate from which every step makes it worse: two over the bowl's sharpest bend. */
export function limit(points) {
  const { bb, bw, ww } = bowl(points);
  const sharpest = bb + ww + Math.sqrt((bb - ww) ** 2 + 4 * bw * bw);
  return 2 / sharpest;
}

/** Where the cost is `height` above the lowest: a closed curve of bias and weight. @returns {[number, number][]} */
export function contour({ lowest, bb, bw, ww }, height, corners = 120) {
  // The bowl's Cholesky factor takes a circle to the ellipse.
  const first = Math.sqrt(bb);
  const cross = bw / first;
  const second = Math.sqrt(ww - cross * cross);
  return Array.from({ length: corners }, (_, at) => {
    const turn = (2 * Math.PI * at) / corners;
    const w = (Math.sqrt(height) * Math.sin(turn)) / second;
    return [lowest.b + (Math.sqrt(height) * Math.cos(turn) - cross * w) / first, lowest.w + w];
  });
}

/** What makes numbers small and even: how far from the middle, counted in typical distances. */
export function scaling(values) {
  const middle = average(values);
  const spread = Math.sqrt(average(values.map((value) => (value - middle) ** 2)));
  return { middle, spread, to: (value) => (value - middle) / spread };
}

export const sum = (values) => values.reduce((all, value) => all + value, 0);
export const average = (values) => sum(values) / values.length;

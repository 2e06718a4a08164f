// Numbers of a picture: its colour planes, patterns that slide over it, and pooling. Nothing here
// knows the page. A plane is a Float32Array, row by row; pixels are red, green, blue and alpha.

/** @typedef {{values: Float32Array, width: number, height: number}} Plane */

/** How light each pixel is, 0 to 255. @param {ArrayLike<number>} pixels @returns {Plane} */
export function lightness(pixels, width, height) {
  const values = new Float32Array(width * height);
  for (let at = 0, from = 0; at < values.length; at += 1, from += 4) {
    values[at] = 0.299 * pixels[from] + 0.587 * pixels[from + 1] + 0.114 * pixels[from + 2];
  }
  return { values, width, height };
}

/** A plane of the numbers in rows. @param {number[][]} rows @returns {Plane} */
export function plane(rows) {
  return { values: Float32Array.from(rows.flat()), width: rows[0].length, height: rows.length };
}

/** @param {Plane} plane @returns {number[][]} */
export function rows({ values, width, height }) {
  return Array.from({ length: height }, (_, row) => [...values.subarray(row * width, (row + 1) * width)]);
}

/** The nine products with the pattern, and their sum, where its upper left corner is at (row, column). */
export function products({ values, width }, pattern, row, column) {
  const each = pattern.map((weight, at) => weight * values[(row + Math.floor(at / 3)) * width + column + (at % 3)]);
  return { each, sum: each.reduce((sum, product) => sum + product, 0) };
}

/**
 * The 3 x 3 pattern slid over the whole plane, staying inside: two pixels fewer each way.
 * @param {Plane} plane @param {number[]} pattern nine weights, row by row @returns {Plane}
 */
export function slide({ values, width, height }, pattern) {
  const [a, b, c, d, e, f, g, h, i] = pattern;
  const across = width - 2;
  const down = height - 2;
  const found = new Float32Array(across * down);
  let to = 0;
  for (let row = 0; row < down; row += 1) {
    let up = row * width;
    for (let column = 0; column < across; column += 1, up += 1, to += 1) {
      const mid = up + width;
      const low = mid + width;
      found[to] =
        a * values[up] + b * values[up + 1] + c * values[up + 2] +
        d * values[mid] + e * values[mid + 1] + f * values[mid + 2] +
        g * values[low] + h * values[low + 1] + i * values[low + 2];
    }
  }
  return { values: found, width: across, height: down };
}

/**
 * One pattern of the network's first layer over the square it sees: two pixels at a time, three
 * colours at once, cut to between 0 and 6. What lies outside counts as 127.
 * @param {ArrayLike<number>} pixels @param {number} side even @param {number[]} pattern 3 x 3 x 3 @param {number} bias
 * @returns {Plane}
 */
export function first(pixels, side, pattern, bias) {
  const half = side / 2;
  const values = new Float32Array(half * half);
  for (let row = 0; row < half; row += 1) {
    for (let column = 0; column < half; column += 1) {
      let sum = bias;
      for (let place = 0; place < 9; place += 1) {
        const y = 2 * row + Math.floor(place / 3);
        const x = 2 * column + (place % 3);
        const inside = y < side && x < side;
        const from = 4 * (y * side + x);
        for (let colour = 0; colour < 3; colour += 1) {
          sum += pattern[3 * place + colour] * (inside ? pixels[from + colour] : 127);
        }
      }
      values[row * half + column] = Math.min(Math.max(sum, 0), 6);
    }
  }
  return { values, width: half, height: half };
}

/**
 * One number for each 2 x 2: the largest, or their mean. A last odd row or column is left out.
 * @param {Plane} plane @param {"max" | "mean"} how @returns {Plane}
 */
export function pool({ values, width, height }, how) {
  const across = Math.floor(width / 2);
  const down = Math.floor(height / 2);
  const found = new Float32Array(across * down);
  for (let row = 0; row < down; row += 1) {
    for (let column = 0; column < across; column += 1) {
      const up = 2 * row * width + 2 * column;
      const four = [values[up], values[up + 1], values[up + width], values[up + width + 1]];
      found[row * across + column] = how === "max" ? Math.max(...four) : (four[0] + four[1] + four[2] + four[3]) / 4;
    }
  }
  return { values: found, width: across, height: down };
}

/** The lowest and the highest value, and where the highest is. @param {Plane} plane */
export function extremes({ values, width }) {
  let low = Infinity;
  let high = -Infinity;
  let at = 0;
  values.forEach((value, index) => {
    if (value < low) low = value;
    if (value > high) [high, at] = [value, index];
  });
  return { low, high, row: Math.floor(at / width), column: at % width };
}

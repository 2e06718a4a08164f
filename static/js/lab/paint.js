// Planes of numbers as pictures: greys for light, and for what a pattern found colours from dark
// violet to yellow, as in heat maps.
const STOPS = [[52, 16, 84], [56, 88, 140], [32, 144, 140], [112, 200, 88], [250, 230, 60]];

const GREYS = ramp([[0, 0, 0], [255, 255, 255]]);
const COLOURS = ramp(STOPS);

function ramp(stops) {
  const table = new Uint32Array(256);
  for (let level = 0; level < 256; level += 1) {
    const at = (level / 255) * (stops.length - 1);
    const left = Math.min(Math.floor(at), stops.length - 2);
    const [red, green, blue] = stops[left].map((from, c) => Math.round(from + (stops[left + 1][c] - from) * (at - left)));
    table[level] = (255 << 24) | (blue << 16) | (green << 8) | red;
  }
  return table;
}

/**
 * One pixel of the canvas for each number; `low` and what is below is darkest, `high` lightest.
 * @param {HTMLCanvasElement} canvas @param {import("./planes.js").Plane} plane
 * @param {{low: number, high: number, grey?: boolean}} options
 */
export function paint(canvas, { values, width, height }, { low, high, grey = false }) {
  if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
  const pen = canvas.getContext("2d");
  const picture = pen.createImageData(width, height);
  const dots = new Uint32Array(picture.data.buffer);
  const table = grey ? GREYS : COLOURS;
  const steps = 255 / (high - low || 1);
  for (let at = 0; at < values.length; at += 1) {
    dots[at] = table[Math.min(Math.max(Math.round((values[at] - low) * steps), 0), 255)];
  }
  pen.putImageData(picture, 0, 0);
}

/** Black or white, whichever is easier to read on the colour. @returns {string} */
export function inkOn(red, green, blue) {
  const part = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  return 0.2126 * part(red) + 0.7152 * part(green) + 0.0722 * part(blue) > 0.179 ? "#000" : "#fff";
}

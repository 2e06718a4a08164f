// The square in the photo. A box is {x, y, side} as the API counts: fractions of the photo's width and
// height, and of its shorter side. Here it is moved and resized in the photo's own pixels.
const SMALLEST = 0.12;
const PLACES = [
  ["upper_left", "upper", "upper_right"],
  ["left", "middle", "right"],
  ["lower_left", "lower", "lower_right"],
];

/** @typedef {{x: number, y: number, side: number}} Box @typedef {{width: number, height: number}} Size */

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const shorter = (photo) => Math.min(photo.width, photo.height);

/** @param {Box} box @param {Size} photo */
export function pixels(box, photo) {
  return { left: box.x * photo.width, top: box.y * photo.height, side: box.side * shorter(photo) };
}

/** The nearest box that lies within the photo. @param {Size} photo @returns {Box} */
export function fit(left, top, side, photo) {
  const inside = clamp(side, SMALLEST * shorter(photo), shorter(photo));
  return {
    x: clamp(left, 0, photo.width - inside) / photo.width,
    y: clamp(top, 0, photo.height - inside) / photo.height,
    side: inside / shorter(photo),
  };
}

/** @param {Box} box @param {Size} photo */
export function moved(box, dx, dy, photo) {
  const { left, top, side } = pixels(box, photo);
  return fit(left + dx, top + dy, side, photo);
}

/** Larger or smaller around its own middle. @param {Box} box @param {Size} photo */
export function scaled(box, factor, photo) {
  const { left, top, side } = pixels(box, photo);
  const wanted = clamp(side * factor, SMALLEST * shorter(photo), shorter(photo));
  return fit(left + (side - wanted) / 2, top + (side - wanted) / 2, wanted, photo);
}

/** With its middle at a point. @param {Box} box @param {Size} photo */
export function centred(box, x, y, photo) {
  const { side } = pixels(box, photo);
  return fit(x - side / 2, y - side / 2, side, photo);
}

/**
 * One corner pulled to a point, the opposite corner staying where it is.
 * @param {Box} box @param {"nw"|"ne"|"sw"|"se"} corner @param {Size} photo
 */
export function pulled(box, corner, x, y, photo) {
  const { left, top, side } = pixels(box, photo);
  const east = corner.endsWith("e");
  const south = corner.startsWith("s");
  const fixedX = east ? left : left + side;
  const fixedY = south ? top : top + side;
  const room = Math.min(east ? photo.width - fixedX : fixedX, south ? photo.height - fixedY : fixedY);
  const reach = Math.max(east ? x - fixedX : fixedX - x, south ? y - fixedY : fixedY - y);
  const wanted = clamp(reach, Math.min(SMALLEST * shorter(photo), room), room);
  return fit(east ? fixedX : fixedX - wanted, south ? fixedY : fixedY - wanted, wanted, photo);
}

/** One of nine names for a point in 0..1 by 0..1. */
export function place(x, y) {
  const third = (value) => clamp(Math.floor(value * 3), 0, 2);
  return PLACES[third(y)][third(x)];
}

/** Where the middle of the box lies. @param {Box} box @param {Size} photo */
export function whereabouts(box, photo) {
  const { left, top, side } = pixels(box, photo);
  return place((left + side / 2) / photo.width, (top + side / 2) / photo.height);
}

/** As the API takes it. @param {Box} box */
export function parameter(box) {
  return [box.x, box.y, box.side].map((value) => String(Number(value.toFixed(4)))).join(",");
}

// The photo that the chapters share in this tab: the reader's own, made small, or a drawn one.
// It is kept by the browser for as long as the tab is open.
import { number, word } from "../words.js";
import { find } from "./draw.js";

const KEPT = "lab-photo";
const DRAWN = "/static/lab/daisy.svg";
const LONGEST = 512;
const QUALITY = 0.92;

/** @typedef {{canvas: HTMLCanvasElement, own: boolean}} Photo */

/**
 * Finds the picker, and tells `show` of the photo now and whenever another is chosen.
 * @param {(photo: Photo) => void} show
 */
export async function photos(show) {
  const failed = find("[data-photo-failed]");
  const use = async (source, own) => {
    const canvas = await drawn(source);
    failed.hidden = true;
    find("[data-photo-name]").textContent = word(own ? "photo.own" : "photo.drawn", {
      width: number(canvas.width), height: number(canvas.height),
    });
    show({ canvas, own });
    return canvas;
  };
  find("[data-photo-file]").addEventListener("change", async ({ target }) => {
    const [file] = target.files;
    if (!file) return;
    const url = URL.createObjectURL(file);
    try {
      keep(await use(url, true));
    } catch {
      failed.hidden = false;
    } finally {
      URL.revokeObjectURL(url);
      target.value = ""; // so that the same file can be chosen again
    }
  });
  find("[data-photo-drawn]").addEventListener("click", () => {
    forget();
    use(DRAWN, false);
  });
  const before = kept();
  try {
    await use(before ?? DRAWN, before !== null);
  } catch {
    forget();
    await use(DRAWN, false);
  }
}

/** The photo as a file to send. @param {Photo} photo @returns {Promise<Blob>} */
export function file({ canvas }) {
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

/** The square in the middle that the network looks at, `side` pixels a side. @param {Photo} photo */
export function square({ canvas }, side) {
  const short = (Math.min(canvas.width, canvas.height) * 224) / 256;
  const small = blank(side, side);
  const pen = small.getContext("2d", { willReadFrequently: true });
  pen.imageSmoothingQuality = "high";
  pen.drawImage(canvas, (canvas.width - short) / 2, (canvas.height - short) / 2, short, short, 0, 0, side, side);
  return small;
}

/** All pixels: red, green, blue and 255, row by row. @param {HTMLCanvasElement} canvas */
export function pixels(canvas) {
  return canvas.getContext("2d", { willReadFrequently: true }).getImageData(0, 0, canvas.width, canvas.height).data;
}

async function drawn(source) {
  const image = new Image();
  image.src = source;
  await image.decode();
  const scale = Math.min(1, LONGEST / Math.max(image.naturalWidth, image.naturalHeight));
  const canvas = blank(Math.max(1, Math.round(image.naturalWidth * scale)), Math.max(1, Math.round(image.naturalHeight * scale)));
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.fillStyle = "white";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(image, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function blank(width, height) {
  return Object.assign(document.createElement("canvas"), { width, height });
}

function keep(canvas) {
  try {
    sessionStorage.setItem(KEPT, canvas.toDataURL("image/jpeg", QUALITY));
  } catch {
    // No room, or none allowed: then the photo stays in this chapter only.
  }
}

function kept() {
  try {
    return sessionStorage.getItem(KEPT);
  } catch {
    return null;
  }
}

function forget() {
  try {
    sessionStorage.removeItem(KEPT);
  } catch {
    // There was none.
  }
}

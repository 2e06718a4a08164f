// A network that looks at 224 pixels needs no 12-megapixel photo: large ones are made smaller before
// they travel. Only for questions; a photo to learn from would go as it is.
const ENOUGH = 1024;
const WANTED = 768;
const HEAVY = 2 * 2 ** 20;
const QUALITY = 0.92;

/**
 * The file itself, or a smaller JPEG of it with `size`. What this browser cannot decode goes as it is:
 * the server says what is wrong with it.
 * @param {File} file
 * @returns {Promise<{blob: Blob, size: {width: number, height: number} | null}>}
 */
export async function shrunk(file) {
  const whole = { blob: file, size: null };
  let bitmap;
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    return whole;
  }
  try {
    const shorter = Math.min(bitmap.width, bitmap.height);
    if (shorter <= ENOUGH && file.size <= HEAVY) return whole;
    const scale = Math.min(1, WANTED / shorter);
    const size = { width: Math.round(bitmap.width * scale), height: Math.round(bitmap.height * scale) };
    const blob = await redrawn(bitmap, size);
    return blob && blob.size < file.size ? { blob, size } : whole;
  } finally {
    bitmap.close();
  }
}

/** @returns {Promise<Blob | null>} */
function redrawn(bitmap, { width, height }) {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const pen = canvas.getContext("2d");
  pen.imageSmoothingQuality = "high";
  pen.fillStyle = "white";
  pen.fillRect(0, 0, width, height);
  pen.drawImage(bitmap, 0, 0, width, height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", QUALITY));
}

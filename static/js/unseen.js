// Pictures that this browser cannot show. A file that breaks off may load all the same, and stay blank.
const SIDE = 8;

/** @param {HTMLImageElement} image @returns {Promise<boolean>} whether less than half of it is there */
export async function unseen(image) {
  try {
    await image.decode();
  } catch {
    return true;
  }
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = SIDE;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  pen.drawImage(image, 0, 0, SIDE, SIDE);
  const { data } = pen.getImageData(0, 0, SIDE, SIDE);
  return data.filter((value, at) => at % 4 === 3 && value > 0).length < SIDE ** 2 / 2;
}

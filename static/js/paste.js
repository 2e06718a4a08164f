// A photo pasted with Ctrl+V.
import { word } from "./words.js";

/** Clipboards call every picture image.png: say instead that it was pasted. */
const named = (file) =>
  file.name === "image.png" ? new File([file], `${word("camera.pasted")}.png`, { type: file.type }) : file;

/** @param {(files: File[]) => void} onFiles */
export function paste(onFiles) {
  document.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    if (files.length === 0) return;
    event.preventDefault();
    onFiles(files.map(named));
  });
}

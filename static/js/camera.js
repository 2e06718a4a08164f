// A photo from the camera: a live picture and a shutter, or the device's own camera where pages get none.
import { choose } from "./choose.js";
import { Stream, frame, possible, reason, why } from "./stream.js";
import { word } from "./words.js";

const find = (name) => document.querySelector(`[data-${name}]`);

/** @param {(files: File[]) => void} onFiles */
export function camera(onFiles) {
  if (possible) {
    find("camera-button").hidden = false;
    find("camera-button").addEventListener("click", () => new Camera(onFiles).open());
    return;
  }
  find("camera-file").hidden = false;
  document.querySelector(`[data-camera-why=${why()}]`).hidden = false;
  choose(find("capture"), onFiles);
}

class Camera {
  constructor(onFiles) {
    this.onFiles = onFiles;
    this.dialog = find("camera");
    this.video = find("video");
    this.stream = new Stream(this.video);
    this.shutter = find("shoot");
    this.said = find("camera-said");
  }

  async open() {
    this.dialog.addEventListener("close", () => this.stream.stop(), { once: true });
    this.shutter.onclick = () => this.shoot();
    find("close").onclick = () => this.dialog.close();
    this.shutter.disabled = true;
    this.said.textContent = word("camera.starting");
    this.dialog.showModal();
    try {
      await this.stream.start(() => this.dialog.open);
    } catch (error) {
      this.said.textContent = word(reason(error));
      return;
    }
    if (!this.dialog.open) return;
    this.said.textContent = "";
    this.shutter.disabled = false;
    this.shutter.focus();
  }

  async shoot() {
    const blob = await frame(this.video);
    this.dialog.close();
    this.onFiles([new File([blob], word("camera.file"), { type: blob.type })]);
  }
}

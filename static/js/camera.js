// A photo from the camera: a live picture and a shutter, or the device's own camera where pages get none.
import { choose } from "./choose.js";
import { word } from "./words.js";

const REASONS = { NotAllowedError: "refused", NotFoundError: "missing", OverconstrainedError: "missing" };
const find = (name) => document.querySelector(`[data-${name}]`);

/** @param {(files: File[]) => void} onFiles */
export function camera(onFiles) {
  if (navigator.mediaDevices?.getUserMedia) {
    find("camera-button").hidden = false;
    find("camera-button").addEventListener("click", () => new Camera(onFiles).open());
    return;
  }
  find("camera-file").hidden = false;
  document.querySelector(`[data-camera-why=${window.isSecureContext ? "none" : "insecure"}]`).hidden = false;
  choose(find("capture"), onFiles);
}

class Camera {
  constructor(onFiles) {
    this.onFiles = onFiles;
    this.dialog = find("camera");
    this.video = find("video");
    this.shutter = find("shoot");
    this.said = find("camera-said");
  }

  async open() {
    this.dialog.addEventListener("close", () => this.stop(), { once: true });
    this.shutter.onclick = () => this.shoot();
    find("close").onclick = () => this.dialog.close();
    this.shutter.disabled = true;
    this.said.textContent = word("camera.starting");
    this.dialog.showModal();
    try {
      const video = { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1440 } };
      this.stream = await navigator.mediaDevices.getUserMedia({ video });
      if (!this.dialog.open) return this.stop();
      this.video.srcObject = this.stream;
      await this.video.play();
    } catch (error) {
      this.said.textContent = word(`camera.${REASONS[error.name] ?? "busy"}`);
      return;
    }
    this.said.textContent = "";
    this.shutter.disabled = false;
    this.shutter.focus();
  }

  shoot() {
    const canvas = document.createElement("canvas");
    canvas.width = this.video.videoWidth;
    canvas.height = this.video.videoHeight;
    canvas.getContext("2d").drawImage(this.video, 0, 0);
    canvas.toBlob((blob) => {
      this.dialog.close();
      this.onFiles([new File([blob], word("camera.file"), { type: blob.type })]);
    }, "image/jpeg", 0.92);
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.video.srcObject = null;
  }
}

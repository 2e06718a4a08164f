// The photo with what the network saw: the rest dimmed, the heat map over the square, a slider between.
import { pixels } from "./geometry.js";
import { unseen } from "./unseen.js";

export class Look {
  /** @param {HTMLElement} element */
  constructor(element) {
    this.stage = element.querySelector("[data-stage]");
    this.photo = element.querySelector("[data-photo]");
    this.veil = element.querySelector("[data-veil]");
    this.dim = element.querySelector("[data-dim]");
    this.map = element.querySelector("[data-map]");
    this.controls = element.querySelector("[data-controls]");
    this.blend = element.querySelector("[data-blend]");
    this.blend.addEventListener("input", () => this.mix());
    this.photo.addEventListener("load", () => this.shape(this.photo.naturalWidth, this.photo.naturalHeight));
    this.photo.addEventListener("error", () => this.stage.classList.add("without-photo"));
  }

  /** A photo that the server refused may be one that the browser shows nothing of. */
  async check() {
    this.stage.classList.toggle("without-photo", await unseen(this.photo));
  }

  shape(width, height) {
    this.stage.style.setProperty("--ratio", String(width / height));
  }

  /** @param {import("./geometry.js").Box} box @param {import("./geometry.js").Size} size */
  frame(box, size) {
    const { width, height } = size;
    const { left, top, side } = pixels(box, size);
    this.veil.setAttribute("viewBox", `0 0 ${width} ${height}`);
    this.dim.setAttribute("d", `M0 0H${width}V${height}H0ZM${left} ${top}h${side}v${side}h${-side}Z`);
    for (const [name, value] of Object.entries({ x: left, y: top, width: side, height: side })) {
      this.map.setAttribute(name, String(value));
    }
  }

  /** @param {string | null} url */
  show(url) {
    if (url) this.map.setAttribute("href", url);
    this.map.classList.toggle("stale", !url);
    this.controls.hidden = false;
    this.mix();
  }

  /** The map belongs to the old square while a new one is being chosen. */
  fade() {
    this.map.classList.add("stale");
  }

  mix() {
    this.map.setAttribute("opacity", String(Number(this.blend.value) / 100));
  }
}

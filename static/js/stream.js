// A live picture from the camera in a <video>.
const REASONS = { NotAllowedError: "refused", NotFoundError: "missing", OverconstrainedError: "missing" };

/** Whether this page can get one at all. */
export const possible = Boolean(navigator.mediaDevices?.getUserMedia);

/** Why not, as a name in the page: the address is not safe enough, or the browser has none. */
export const why = () => (window.isSecureContext ? "none" : "insecure");

/** @param {{name: string}} error @returns {string} the word for it under [camera] */
export const reason = (error) => `camera.${REASONS[error.name] ?? "busy"}`;

export class Stream {
  /** @param {HTMLVideoElement} video */
  constructor(video) {
    this.video = video;
  }

  /** @param {() => boolean} wanted asked when the camera has started, which takes a while */
  async start(wanted) {
    const video = { facingMode: { ideal: "environment" }, width: { ideal: 1920 }, height: { ideal: 1440 } };
    this.stream = await navigator.mediaDevices.getUserMedia({ video });
    if (!wanted()) {
      this.stop();
      return;
    }
    this.video.srcObject = this.stream;
    await this.video.play();
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.video.srcObject = null;
  }
}

/**
 * What the camera shows now, as a JPEG.
 * @param {HTMLVideoElement} video @param {number} [longest] side in pixels @returns {Promise<Blob | null>}
 */
export function frame(video, longest = Infinity) {
  const scale = Math.min(1, longest / Math.max(video.videoWidth, video.videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d").drawImage(video, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.92));
}

// A zip of photos: sent in one piece, then watched while the server looks through it.
import { address, call, refused, unanswered } from "./api.js";
import { follow } from "./follow.js";
import { identity } from "./identity.js";

const LINES = 200;
const NEVER_SENT = { state: "cancelled", added: 0, already_there: 0, refused: 0, ignored: 0 };

/** Whether these files are one zip and nothing else. @param {{path: string}[]} found */
export function isZip(found) {
  return found.length === 1 && found[0].path.toLowerCase().endsWith(".zip");
}

export class Importing {
  /**
   * @param {string} model
   * @param {{onSent: (done: number, all: number) => void, onNews: (job: object) => void,
   *   onTrouble: (failure: Error | null) => void}} options
   */
  constructor(model, { onSent, onNews, onTrouble }) {
    Object.assign(this, { model, onSent, onNews, onTrouble, cancelled: false });
  }

  /** @param {File} zip @returns {Promise<object>} the import once it is over */
  async send(zip) {
    const job = await this.post(zip);
    return this.cancelled ? job : this.watch(job.import);
  }

  /** @param {string} id */
  watch(id) {
    this.address = address("imports", id);
    return follow(this.address, { onNews: this.onNews, onTrouble: this.onTrouble });
  }

  /** By XMLHttpRequest, since fetch does not tell how much has gone. */
  post(zip) {
    const request = new XMLHttpRequest();
    this.request = request;
    request.open("POST", address("models", this.model, "imports"));
    request.setRequestHeader("Content-Type", "application/zip");
    request.setRequestHeader("Idempotency-Key", identity());
    request.upload.addEventListener("progress", ({ loaded, total }) => this.onSent(loaded, total));
    return new Promise((resolve, reject) => {
      request.addEventListener("load", () => {
        const told = parsed(request.responseText);
        if (request.status < 300 && told) resolve(told);
        else reject(refused(request.status, told));
      });
      request.addEventListener("error", () => reject(Object.assign(unanswered(), { status: 0 })));
      request.addEventListener("abort", () => resolve(NEVER_SENT));
      request.send(zip);
    });
  }

  async cancel() {
    this.cancelled = true;
    if (this.address) await call(`${this.address}:cancel`, { method: "POST" }).catch(unlessOver);
    else this.request?.abort();
  }

  /**
   * The first of the files that came to this.
   * @param {"refused" | "ignored" | "set-aside"} outcome @returns {Promise<{name: string, reason: string}[]>}
   */
  async lines(outcome) {
    if (!this.address) return [];
    const { items } = await call(`${this.address}/report?outcome=${outcome}&limit=${LINES}`);
    return items.map(({ file, reason }) => ({ name: file, reason: reason ?? "" }));
  }
}

function unlessOver(failure) {
  if (failure.code !== "job-not-running") throw failure;
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

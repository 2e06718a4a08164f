// One question to the server, asked again while it is busy.
import { Failure } from "./failure.js";
import { parameter } from "./geometry.js";
import { pause } from "./pause.js";
import { lang, number, word } from "./words.js";

const MB = 1_000_000; // as the server counts
const TURNS = { busy: 6, "not-ready": 40 };

const form = document.querySelector("[data-form]");
let models = form.dataset.models.split(" ").filter(Boolean);
const mostMb = Number(form.dataset.imageMb);

/** The address of a question. @param {{box?: object | null, maps?: boolean}} options */
export function address({ box, maps }) {
  const query = new URLSearchParams(models.map((model) => ["model", model]));
  query.set("top_k", "5");
  if (maps) query.set("explain", "heatmap,neighbours");
  query.set("lang", lang);
  const where = box ? `&box=${parameter(box)}` : "";
  return `/api/v1/predict?${query}${where}`;
}

/**
 * @param {Blob} photo @param {string} name
 * @param {{box?: object | null, signal: AbortSignal, onWait: (sentence: string) => void}} options
 * @returns {Promise<{answer: object, trip: number}>} `trip` in milliseconds, without the waiting
 */
export async function ask(photo, name, { box, signal, onWait }) {
  if (photo.size > mostMb * MB) {
    // Rounded up, so that it is more than the most.
    throw Failure.of("large", { mb: number(Math.ceil((10 * photo.size) / MB) / 10, 1), most: mostMb });
  }
  for (let turn = 1; ; turn += 1) {
    const start = performance.now();
    const { response, body } = await exchange(photo, name, box, signal);
    if (response.ok) return { answer: body, trip: performance.now() - start };
    if (response.status === 401) throw Object.assign(Failure.of("signed_out"), { signedOut: true });
    const turns = TURNS[body.code] ?? 0;
    if (response.status !== 503 || turn > turns) {
      throw new Failure(body.title, body.detail, body.advice, response.status >= 500);
    }
    const seconds = Math.min(Number(response.headers.get("Retry-After")) || 2, 30);
    const sentence = body.code === "busy" ? "answer.busy" : "answer.preparing";
    onWait(word(sentence, { seconds, turn, turns }));
    await pause(seconds * 1000, signal);
  }
}

async function exchange(photo, name, box, signal) {
  if (models.length === 0) {
    // The page was made before the server was ready, and did not know them yet.
    const known = await json(await send("/api/v1/models", { signal }, photo), signal);
    if (!known.response.ok) return known;
    models = known.body.items.map(({ model }) => model);
  }
  const body = new FormData();
  body.append("images", photo, name);
  return json(await send(address({ box, maps: true }), { method: "POST", body, signal }, photo), signal);
}

async function send(url, options, photo) {
  try {
    return await fetch(url, options);
  } catch (error) {
    const { signal } = options;
    if (signal.aborted) throw error;
    // A file that was moved or is a folder fails exactly like a missing server: try to read it.
    const readable = await photo.slice(0, 1).arrayBuffer().then(() => true, () => false);
    throw Failure.of(readable ? "unreachable" : "unreadable");
  }
}

async function json(response, signal) {
  try {
    const body = await response.json();
    if (response.ok || body.title) return { response, body };
  } catch (error) {
    if (signal.aborted) throw error;
  }
  throw Failure.of("strange", { status: response.status });
}

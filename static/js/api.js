// One request to the API, answered with what came back or thrown as a Failure that people can read.
import { Failure } from "./failure.js";

/** The address of a model, a label, a photo: each part made safe. @param {...string} parts */
export function address(...parts) {
  return `/api/v1/${parts.map((part) => encodeURIComponent(part)).join("/")}`;
}

/**
 * @param {string} url
 * @param {{method?: string, json?: unknown, body?: BodyInit, signal?: AbortSignal}} [options]
 * @returns {Promise<any>} the JSON of the answer, null where there is none
 * @throws {Failure} with `status` (0 when nobody answered), `code`, `errors` and `wait` (ms, from Retry-After)
 */
export async function call(url, { method = "GET", json, body, signal } = {}) {
  const sent = json === undefined ? { body } : { body: JSON.stringify(json), headers: { "Content-Type": "application/json" } };
  let response;
  try {
    response = await fetch(url, { method, signal, ...sent });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw Object.assign(unanswered(), { status: 0 });
  }
  return read(response, signal);
}

async function read(response, signal) {
  let told = null;
  try {
    const text = await response.text();
    if (text) told = JSON.parse(text);
    else if (response.ok) return null;
  } catch (error) {
    if (signal?.aborted) throw error;
  }
  if (told && response.ok) return told;
  throw refused(response.status, told, Number(response.headers.get("Retry-After")) || 0);
}

/** @param {number} status @param {any} problem a problem document, or what came instead @param {number} seconds */
export function refused(status, problem, seconds = 0) {
  const { title, detail, advice, code = "", errors = [] } = problem ?? {};
  const known = title ? new Failure(title, detail, advice, status >= 500 || status === 429) : foreign(status);
  return Object.assign(known, { status, code, errors, wait: seconds * 1000, signedOut: status === 401 });
}

export function unanswered() {
  const failure = Failure.of("unreachable");
  failure.detail = "";
  return failure;
}

function foreign(status) {
  return Failure.of("strange", { status });
}

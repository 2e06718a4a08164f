// Watches something that goes on at the server, a run or an import, until it is over: by its events,
// and by asking where events do not come through.
import { call } from "./api.js";
import { pause } from "./pause.js";

const OVER = ["succeeded", "failed", "cancelled"];
const ASK_EVERY = 2000;
const ASK_SELDOM = 10_000;
const QUIET = 8000; // so long without an event, and it is asked whether something was missed
const TRIES = 3;

/** @param {{state: string}} job */
export const over = (job) => OVER.includes(job.state);

/**
 * @template {{state: string}} Job
 * @param {string} address of the job; its events are told at `${address}/events`
 * @param {{onNews: (job: Job) => void, onTrouble?: (failure: Error | null) => void, signal?: AbortSignal}} options
 *   `onTrouble` is told when the server does not answer, and null when it does again
 * @returns {Promise<Job>} as it was when it was over
 */
export async function follow(address, { onNews, onTrouble = () => {}, signal }) {
  const heard = window.EventSource ? await listen(`${address}/events`, address, onNews, signal) : null;
  if (heard && over(heard)) return heard;
  return ask(address, onNews, onTrouble, signal);
}

/** Resolves with what was told last: when it is over, or when events will not come. */
function listen(events, address, onNews, signal) {
  return new Promise((resolve) => {
    const source = new EventSource(events);
    let failures = 0;
    let last = null;
    const tell = (job) => {
      last = job;
      onNews(job);
      if (over(job)) done();
    };
    const done = () => {
      source.close();
      clearInterval(timer);
      signal?.removeEventListener("abort", done);
      resolve(last);
    };
    let heard = Date.now();
    const timer = setInterval(async () => {
      if (Date.now() - heard < QUIET) return;
      heard = Date.now();
      const job = await call(address, { signal }).catch(() => null);
      if (source.readyState === EventSource.CLOSED || !job) return;
      tell(job);
    }, 1000);
    source.addEventListener("progress", (event) => {
      heard = Date.now();
      failures = 0;
      tell(JSON.parse(event.data));
    });
    source.addEventListener("end", done);
    source.addEventListener("error", () => {
      failures += 1;
      if (source.readyState === EventSource.CLOSED || failures >= TRIES) done();
    });
    signal?.addEventListener("abort", done);
  });
}

async function ask(address, onNews, onTrouble, signal) {
  for (let wait = ASK_EVERY, troubled = false; ; ) {
    signal?.throwIfAborted();
    try {
      const job = await call(address, { signal });
      if (troubled) onTrouble(null);
      troubled = false;
      wait = ASK_EVERY;
      onNews(job);
      if (over(job)) return job;
    } catch (failure) {
      if (signal?.aborted || !failure.passing) throw failure;
      onTrouble(failure);
      troubled = true;
      wait = Math.min(1.5 * wait, ASK_SELDOM);
    }
    await pause(wait, signal);
  }
}

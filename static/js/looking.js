// A dataset that is being looked over: how far that is, and then what was found.
//
//   [data-looking="ADDRESS"]           that tells how far it is; data-looked where there is something to see meanwhile
//     [data-looking-phase] progress[data-looking-progress] [data-looking-done] [data-looking-old]
import { call } from "./api.js";
import { pause } from "./pause.js";

const EVERY = 1000;
const SELDOM = 5000;

async function follow(element) {
  const part = (name) => element.querySelector(`[data-looking-${name}]`);
  for (;;) {
    await pause(EVERY);
    const told = await call(element.dataset.looking).catch((failure) => ({ failure }));
    if (told.failure?.status === 0) await pause(SELDOM);
    else if (told.failure || !told.working) return end(element, part);
    else show(part, told.working);
  }
}

function show(part, { sentence, done, total }) {
  if (part("phase").textContent !== sentence) part("phase").textContent = sentence;
  if (total) Object.assign(part("progress"), { max: total, value: done });
  else part("progress").removeAttribute("value");
}

/** Whoever is in the middle of something is asked; who only waits is not. */
function end(element, part) {
  if (!("looked" in element.dataset)) return location.reload();
  for (const name of ["phase", "progress", "old"]) part(name)?.toggleAttribute("hidden", true);
  part("done").hidden = false;
}

for (const element of document.querySelectorAll("[data-looking]")) follow(element);

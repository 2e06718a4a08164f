// An import on its own page: how far it is, kept up to date; when it is over, the page tells the rest.
//
//   [data-importing="ID"][data-queued][data-running]   templates/import.html
//     progress[data-import-progress]  [data-import-count]  [data-import-left]  [data-import-trouble]
//   [data-import-state]             what it is at, in the words of data-queued and data-running
//   words: upload.progress, upload.trouble, left.*, errors.*
import { address } from "./api.js";
import { follow, over } from "./follow.js";
import { left } from "./left.js";
import { number, word } from "./words.js";

const place = document.querySelector("[data-importing]");
const part = (name) => document.querySelector(`[data-import-${name}]`);

function show(job) {
  if (over(job)) return;
  part("state").textContent = place.dataset[job.state];
  if (job.state === "running" && job.total) Object.assign(part("progress"), { max: job.total, value: job.done });
  part("count").textContent = word("upload.progress", { done: number(job.done), all: number(job.total) });
  part("left").textContent = left(job.seconds_left);
}

try {
  await follow(address("imports", place.dataset.importing), {
    onNews: show,
    onTrouble: (failure) => (part("trouble").textContent = failure ? word("upload.trouble") : ""),
  });
  location.reload();
} catch (failure) {
  part("trouble").textContent = failure.sentence;
}

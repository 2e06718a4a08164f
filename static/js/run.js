// A training run, watched: how far it is, how long it takes, its curves, and what came of it.
//
//   [data-training="RUN"]            around all of it (templates/_run.html)
//     script[type="application/json"][data-run-now]     the Run as the server knew it when it made the page
//     [data-run-phase] [data-run-left] [data-run-epoch] [data-run-sentence] [data-run-trouble]  texts
//     progress[data-run-progress]
//     [data-run-going]              shown while it goes on
//     button[data-run-cancel]
//     [data-run-outcome]            shown when it is over; role="status" is not needed, it is announced
//       [data-outcome-title] [data-outcome-detail] ul[data-outcome-reasons]
//       a[data-version-link][data-href="/models/x/versions/{version}"]  a[data-ask-link]
//     [data-curves]                 see curves.js
//   On the element: data-run-reload loads the page anew when a run that went on is over.
//   words: run.*, left.*, curves.*, errors.unreachable, errors.strange
import { address, call } from "./api.js";
import { Curves } from "./curves.js";
import { follow, over } from "./follow.js";
import { refresh } from "./fresh.js";
import { left } from "./left.js";
import { announce, number, word } from "./words.js";

/** What came of a run that is over, in words. @param {object} run @returns {{title: string, detail: string, reasons: string[]}} */
export function outcome(run) {
  const { state, version, went_live: live, waits_because: reasons = [], problem } = run;
  if (state === "succeeded" && live) {
    return { title: word("run.live", { version }), detail: word("run.live_detail"), reasons: [] };
  }
  if (state === "succeeded") return { title: word("run.waits", { version }), detail: word("run.waits_detail"), reasons };
  if (state === "cancelled") return { title: word("run.cancelled"), detail: word("run.cancelled_detail"), reasons: [] };
  const told = [problem?.detail, problem?.advice].filter(Boolean);
  return { title: problem?.title ?? word("run.failed"), detail: told.join(" ") || word("run.failed_detail"), reasons: [] };
}

class Run {
  constructor(element) {
    this.element = element;
    this.part = (name) => element.querySelector(`[data-${name}]`);
    this.address = address("runs", element.dataset.training);
    this.curves = this.part("curves") ? new Curves(this.part("curves")) : null;
    this.part("run-cancel").addEventListener("click", () => this.cancel());
    this.start(JSON.parse(this.part("run-now").textContent));
  }

  async start(run) {
    this.show(run);
    if (over(run)) return;
    try {
      const ended = await follow(this.address, {
        onNews: (news) => this.show(news),
        onTrouble: (failure) => this.say(failure ? word("run.trouble") : ""),
      });
      this.end(ended);
    } catch (failure) {
      this.say(failure.sentence);
    }
  }

  show(run) {
    this.element.dataset.state = run.state;
    this.phase(run);
    this.progress(run);
    this.write("run-sentence", run.sentence ?? "");
    this.curves?.show(run);
    this.part("run-going").hidden = over(run);
    this.part("run-outcome").hidden = !over(run);
    if (over(run)) this.tell(outcome(run), run);
  }

  /** Phases are said aloud; epochs would never let a listener come to rest. */
  phase(run) {
    const name = run.state === "queued" ? "queued" : (run.phase ?? "starting").replace("-", "_");
    const sentence = word(`run.phase_${name}`);
    if (over(run) || this.part("run-phase").textContent === sentence) return;
    this.write("run-phase", sentence);
    announce(sentence);
  }

  progress({ state, done, total, epoch, epochs, phase, seconds_left: seconds }) {
    const bar = this.part("run-progress");
    if (state === "queued" || !total) bar.removeAttribute("value");
    else Object.assign(bar, { max: total, value: done });
    this.write("run-left", state === "running" ? left(seconds) : "");
    const learning = phase === "learning" && epoch;
    this.write("run-epoch", learning ? word("run.epoch", { epoch: number(epoch), epochs: number(epochs) }) : "");
  }

  tell({ title, detail, reasons }, { version, went_live: live }) {
    this.write("outcome-title", title);
    this.write("outcome-detail", detail);
    const items = reasons.map((reason) => Object.assign(document.createElement("li"), { textContent: reason }));
    this.part("outcome-reasons").replaceChildren(...items);
    this.part("outcome-reasons").hidden = items.length === 0;
    const link = this.part("version-link");
    link.hidden = !version;
    this.part("ask-link").hidden = !live;
    if (version) link.href = link.dataset.href.replace("{version}", String(version));
  }

  end(run) {
    this.show(run);
    this.say("");
    const { title, detail, reasons } = outcome(run);
    announce([title, detail, ...reasons].join(" "));
    if ("runReload" in this.element.dataset) location.reload();
    else if (this.held) this.part("outcome-title").focus();
    refresh();
  }

  async cancel() {
    const button = this.part("run-cancel");
    button.disabled = true;
    this.held = true; // the button goes away with the focus on it
    this.say(word("run.cancelling"));
    try {
      await call(`${this.address}:cancel`, { method: "POST" });
    } catch (failure) {
      // A run that ended meanwhile tells so itself.
      if (failure.code !== "job-not-running") this.say(failure.sentence);
      button.disabled = false;
    }
  }

  say(sentence) {
    this.write("run-trouble", sentence);
  }

  write(name, text) {
    const place = this.part(name);
    if (place && place.textContent !== text) place.textContent = text;
  }
}

for (const element of document.querySelectorAll("[data-training]")) new Run(element);

// Photos into a model's labels: files, whole folders, a zip; chosen or dropped.
//
//   [data-uploader][data-model][data-image-mb]     around all of it (templates/_uploader.html)
//     data-label, data-label-name      where everything goes to one label; else folders name the labels
//     data-import="ID"                 an import that is under way: it is watched at once
//     data-to="inbox"                where photos without a label go, in place of the dataset
//     input[type=file][data-upload-files]          several photos, or one zip
//     input[type=file][webkitdirectory][data-upload-folder]
//     [data-upload-said]               remarks, such as "wait until these are sent"
//     [data-plan]                      see plan.js: plan-title, plan-labels, plan-loose (plan-loose-said, plan-label),
//                                      plan-ignored, plan-said, plan-go, plan-stop
//     [data-sending]                   sending-title, progress[data-sent], sent-count, sent-left, sent-trouble, send-stop
//     [data-report]                    see report.js: report-title, report-lines, report-refused, report-ignored, report-advice
//   input[type=file][data-upload-to="SLUG"]      anywhere in the page: photos of this label
//   [data-drop-label="SLUG"][data-name]  anywhere in the page: photos dropped here go to this label
//   [data-drop] > [data-drop-words]    the veil while something is carried over the page
//   [data-images-of="SLUG"][data-n]    anywhere: how many photos a label has, counted up
//   words: upload.*, left.*, errors.*
import { choose } from "./choose.js";
import { Failure } from "./failure.js";
import { refresh } from "./fresh.js";
import { chosen, dropped, grouped, sifted } from "./gather.js";
import { Importing, isZip } from "./importing.js";
import { left } from "./left.js";
import { Plan } from "./plan.js";
import { Report, ending } from "./report.js";
import { Sending } from "./sending.js";
import { tally } from "./tally.js";
import { target } from "./target.js";
import { announce, number, word } from "./words.js";

const NOTHING = { refused: [], ignored: [] };
const REFRESH = 3000; // ms, while a zip fills the labels

class Uploader {
  constructor(element) {
    this.element = element;
    this.part = (name) => element.querySelector(`[data-${name}]`);
    this.model = element.dataset.model;
    this.to = element.dataset.to ?? "images";
    this.plan = new Plan(this.part("plan"), {
      model: this.model,
      onGo: (groups, beside) => this.send(groups, beside),
      onStop: () => this.part("upload-files")?.focus(),
    });
    this.report = new Report(this.part("report"));
    for (const name of ["upload-files", "upload-folder"]) this.input(this.part(name));
    document.addEventListener("change", ({ target: input }) => this.take(input));
    for (const input of document.querySelectorAll("[data-upload-to]")) this.take(input); // chosen before the script was there
    this.part("send-stop").addEventListener("click", () => this.stop());
    target(element, (carried, label) => this.receive(dropped(carried), label));
    window.addEventListener("beforeunload", (event) => this.running instanceof Sending && event.preventDefault());
    const { import: id } = element.dataset;
    if (id) this.import((importing) => importing.watch(id));
  }

  input(input) {
    if (input) choose(input, (files) => this.receive(chosen(files), this.element.dataset.label ?? null));
  }

  /** What was chosen at a label. The rows of labels are made anew, so inputs are found when they are used. */
  take(input) {
    if (!input.dataset.uploadTo || input.files.length === 0) return;
    const files = chosen(input.files);
    input.value = ""; // so that the same photo can be chosen again
    this.receive(files, input.dataset.uploadTo);
  }

  /** @param {Promise<object[]> | object[]} files @param {string | null} label what all of them show */
  async receive(files, label) {
    if (this.running) return this.say(word("upload.busy"));
    this.say(word("upload.reading"));
    try {
      const found = await files;
      this.say("");
      if (isZip(found) && !label && this.to === "images") return this.import(async (importing) => importing.send(await found[0].open()));
      const { photos, ignored } = sifted(found);
      if (photos.length === 0) return this.say(word("upload.nothing"));
      this.report.hide();
      if (label || this.to !== "images") return this.send([{ label, photos }], { refused: [], ignored });
      await this.plan.show({ ...grouped(photos), ignored });
    } catch (error) {
      this.say(said(error));
    }
  }

  async send(groups, beside = NOTHING) {
    await this.refresh(); // with the labels that were just made
    const counted = new Map();
    const sending = new Sending(this.model, {
      mostMb: Number(this.element.dataset.imageMb),
      to: this.to,
      onChange: (news) => {
        this.progress(news.done, news.all, news.secondsLeft);
        for (const [label, count] of news.added) {
          tally("images-of", label, "upload.photos", count - (counted.get(label) ?? 0));
          counted.set(label, count);
        }
      },
      onTrouble: (failure, seconds) => {
        this.trouble(failure ? word("upload.again", { reason: failure.message, seconds }) : "");
      },
    });
    const failure = await this.run(sending, word("upload.sending"), () => sending.send(groups));
    const { cancelled, there, aside, refused } = sending;
    const added = sending.addedInAll;
    const resume = cancelled ? word("upload.resume_cancelled") : "";
    this.tell({
      title: failure ? failure.message : ending({ cancelled, added }),
      advice: failure ? word("upload.resume", { reason: failure.sentence }) : resume,
      added, there, aside,
      refused: [...beside.refused, ...refused],
      ignored: beside.ignored,
    });
  }

  async import(start) {
    const importing = new Importing(this.model, {
      onSent: (done, all) => this.progress(done, all, null, word("upload.sent_mb", { done: mb(done), all: mb(all) })),
      onNews: (job) => this.looked(job),
      onTrouble: (failure) => this.trouble(failure ? word("upload.trouble") : ""),
    });
    let job = null;
    const failure = await this.run(importing, word("upload.sending_zip"), async () => {
      job = await start(importing);
    });
    if (!job) return this.say(said(failure));
    const lines = (outcome) => importing.lines(outcome).catch(() => []);
    const [refused, ignored, aside] = await Promise.all(["refused", "ignored", "set-aside"].map(lines));
    const failed = job.state === "failed";
    const ended = ending({ cancelled: job.state === "cancelled", added: job.added });
    this.tell({
      title: failed ? (job.problem?.title ?? word("upload.failed")) : ended,
      advice: failed ? [job.problem?.detail, job.problem?.advice].filter(Boolean).join(" ") : "",
      added: job.added, there: job.already_there, aside: aside.length,
      refused, refusedInAll: job.refused,
      ignored: ignored.map(({ name }) => name), ignoredInAll: job.ignored,
    });
  }

  /** Shows that something is under way until it is over. @returns {Promise<Error | null>} what broke it off */
  async run(job, title, work) {
    this.running = job;
    this.report.hide();
    this.title(title);
    this.part("sending").hidden = false;
    this.part("sent").removeAttribute("value");
    for (const name of ["sent-count", "sent-left", "sent-trouble"]) this.part(name).textContent = "";
    this.part("send-stop").disabled = false;
    this.part("send-stop").focus();
    try {
      await work();
      return null;
    } catch (error) {
      return error instanceof Failure ? error : Object.assign(Failure.of("strange", { status: "?" }), { cause: error });
    } finally {
      this.running = null;
      this.part("sending").hidden = true;
    }
  }

  progress(done, all, seconds, sentence = word("upload.progress", { done: number(done), all: number(all) })) {
    if (all > 0) Object.assign(this.part("sent"), { max: all, value: done });
    this.part("sent-count").textContent = sentence;
    this.part("sent-left").textContent = left(seconds);
  }

  looked(job) {
    if (Date.now() - (this.refreshed ?? 0) > REFRESH) this.refresh();
    this.title(word(job.state === "queued" ? "upload.zip_queued" : "upload.zip_reading"));
    this.progress(job.done, job.total, job.seconds_left);
  }

  refresh() {
    this.refreshed = Date.now();
    return this.to === "images" ? refresh(`/models/${encodeURIComponent(this.model)}`) : refresh();
  }

  title(sentence) {
    if (this.part("sending-title").textContent === sentence) return;
    this.part("sending-title").textContent = sentence;
    announce(sentence);
  }

  trouble(sentence) {
    this.part("sent-trouble").textContent = sentence;
  }

  tell(told) {
    this.report.show(told);
    announce(told.title);
    this.refresh();
  }

  stop() {
    this.part("send-stop").disabled = true;
    Promise.resolve(this.running?.cancel()).catch((failure) => this.trouble(said(failure)));
  }

  say(sentence) {
    this.part("upload-said").textContent = sentence;
  }
}

const mb = (bytes) => number(bytes / 1_000_000, 0);

function said(error) {
  return error instanceof Failure ? error.sentence : Failure.of("unreadable").sentence;
}

for (const element of document.querySelectorAll("[data-uploader]")) new Uploader(element);

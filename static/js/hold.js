// Hold to record: a stream of pictures of one thing at one moment, for one label. Pictures of one hold
// stay together, in training or in the exam; so one hold alone leaves nothing to examine by.
//
//   button[data-hold-open="SLUG"][data-name][hidden]   opens the dialog for a label; shown where there is a camera
//   label[data-hold-file="SLUG"][hidden] > input[type=file][capture]   shown where pages get no live picture
//   [data-hold-why="insecure"], [data-hold-why="none"]  [hidden]: the sentence why, shown then
//   [data-holds-of="SLUG"][data-n]    anywhere: how many holds a label has, counted up
//   [data-hold-result] role="status"  remarks on photos from the device's own camera
//   dialog[data-hold][data-model][data-image-mb]       templates/_hold.html
//     video[data-hold-video]  [data-hold-label]  [data-hold-said]  [data-hold-sent]
//     button[data-record]  input[type=checkbox][data-record-toggle]
//     [data-record-count]  meter[data-record-meter]  ol[data-previews]
//     [data-holds-said]  [data-holds-advice]  button[data-hold-close]
//   words: hold.*, camera.starting, camera.refused, camera.missing, camera.busy, upload.photos, upload.again, errors.*
import { choose } from "./choose.js";
import { Failure } from "./failure.js";
import { refresh } from "./fresh.js";
import { press } from "./press.js";
import { MOST, Recorder } from "./recorder.js";
import { Sending } from "./sending.js";
import { Stream, possible, reason, why } from "./stream.js";
import { tally } from "./tally.js";
import { announce, counted, number, word } from "./words.js";

const ENOUGH = 3; // one for each of training, validation and exam
const PREVIEWS = 8;

class Hold {
  constructor(dialog) {
    this.dialog = dialog;
    this.part = (name) => dialog.querySelector(`[data-${name}]`);
    this.video = this.part("hold-video");
    this.stream = new Stream(this.video);
    this.holds = new Map(); // label -> how many, as far as this page knows
    this.waiting = Promise.resolve();
    this.recorder = new Recorder(this.video, {
      onFrame: (blob, count) => this.frame(blob, count),
      onFull: () => this.end(),
    });
    press(this.part("record"), this.part("record-toggle"), {
      onDown: () => this.begin(),
      onUp: () => this.end(),
      held: () => this.recorder.on,
    });
    this.part("record-toggle").addEventListener("change", () => this.name());
    this.part("hold-close").addEventListener("click", () => dialog.close());
    dialog.addEventListener("close", () => this.close());
    document.addEventListener("click", ({ target }) => {
      const button = target.closest("[data-hold-open]");
      if (button) this.open(button);
    });
    document.addEventListener("fresh", reveal);
    reveal();
  }

  async open(button) {
    this.label = button.dataset.holdOpen;
    if (!this.holds.has(this.label)) this.holds.set(this.label, tally("holds-of", this.label, "hold.holds", 0));
    this.part("hold-label").textContent = word("hold.title", { name: button.dataset.name });
    this.part("record").disabled = true;
    this.part("previews").replaceChildren();
    this.part("hold-sent").textContent = "";
    this.count(0);
    this.advise();
    this.name();
    this.say(word("camera.starting"));
    this.dialog.showModal();
    try {
      await this.stream.start(() => this.dialog.open);
    } catch (error) {
      this.say(word(reason(error)));
      return;
    }
    if (!this.dialog.open) return;
    this.say("");
    this.part("record").disabled = false;
    this.part("record").focus();
  }

  /** The button says how it is used, and while it records, how to stop. */
  name() {
    const how = this.part("record-toggle").checked ? "press" : "hold";
    const sentence = this.recorder.on ? word(`hold.stop_${how}`) : word(`hold.start_${how}`);
    this.part("record").querySelector("span").textContent = sentence;
    this.dialog.toggleAttribute("data-recording", this.recorder.on);
  }

  begin() {
    this.part("previews").replaceChildren();
    this.recorder.start();
    this.name();
  }

  frame(blob, count) {
    this.count(count);
    const strip = this.part("previews");
    const image = new Image();
    const url = URL.createObjectURL(blob);
    image.onload = () => URL.revokeObjectURL(url);
    image.alt = "";
    image.src = url;
    const item = document.createElement("li");
    item.append(image);
    strip.append(item);
    if (strip.children.length > PREVIEWS) strip.firstElementChild.remove();
  }

  async end() {
    const { label } = this;
    const stopped = this.recorder.stop();
    this.name();
    const { hold, frames } = await stopped;
    if (frames.length === 0) return;
    announce(counted("hold.taken", frames.length));
    // One hold after the other; the next may be recorded meanwhile.
    this.waiting = this.waiting.then(() => this.send(label, hold, frames));
  }

  async send(label, hold, frames) {
    const photos = frames.map((blob, at) => {
      const name = word("hold.file", { hold: hold.slice(0, 8), n: at + 1 });
      return { path: name, open: async () => new File([blob], name, { type: blob.type }) };
    });
    const sending = sendingFor(this.dialog, (sentence) => this.tell(sentence));
    try {
      await sending.send([{ label, hold, photos }]);
      const added = sending.addedInAll;
      if (added > 0) this.add(label, added);
      const [refused] = sending.refused;
      const told = { n: sending.refused.length, reason: refused?.reason };
      this.tell(refused ? word("hold.refused", told) : counted("hold.sent", added));
      refresh();
    } catch (failure) {
      this.tell(word("hold.lost", { reason: failure.sentence ?? String(failure) }));
    }
  }

  add(label, photos) {
    tally("images-of", label, "upload.photos", photos);
    tally("holds-of", label, "hold.holds", 1);
    this.holds.set(label, (this.holds.get(label) ?? 0) + 1);
    this.advise();
  }

  advise() {
    const holds = this.holds.get(this.label);
    this.part("holds-said").textContent = word("hold.so_far", { n: number(holds), enough: ENOUGH });
    this.part("holds-advice").textContent = word(holds >= ENOUGH ? "hold.enough" : "hold.why");
  }

  count(frames) {
    this.part("record-count").textContent = counted("hold.frames", frames);
    Object.assign(this.part("record-meter"), { max: MOST, value: frames });
  }

  say(sentence) {
    this.part("hold-said").textContent = sentence;
  }

  tell(sentence) {
    this.part("hold-sent").textContent = sentence;
  }

  close() {
    if (this.recorder.on) this.end();
    this.stream.stop();
    document.querySelector(`[data-hold-open="${CSS.escape(this.label)}"]`)?.focus();
  }
}

function reveal() {
  for (const button of document.querySelectorAll("[data-hold-open]")) button.hidden = false;
}

function sendingFor({ dataset }, tell) {
  return new Sending(dataset.model, {
    mostMb: Number(dataset.imageMb),
    onChange: ({ done, all }) => tell(word("hold.sending", { done, all })),
    onTrouble: (failure, seconds) => failure && tell(word("upload.again", { reason: failure.message, seconds })),
  });
}

/** Where pages get no live picture, the device's own camera takes one photo at a time. */
function instead(dialog) {
  const place = document.querySelector("[data-hold-result]");
  const tell = (sentence) => {
    if (place) place.textContent = sentence;
  };
  for (const sentence of document.querySelectorAll(`[data-hold-why=${why()}]`)) sentence.hidden = false;
  for (const pick of document.querySelectorAll("[data-hold-file][hidden]")) {
    const label = pick.dataset.holdFile;
    pick.hidden = false;
    choose(pick.querySelector("input"), async (files) => {
      const sending = sendingFor(dialog, tell);
      const photos = files.map((file) => ({ path: file.name, open: async () => file }));
      try {
        await sending.send([{ label, photos }]);
        tally("images-of", label, "upload.photos", sending.addedInAll);
        tell(sending.refused[0]?.reason ?? counted("hold.sent", sending.addedInAll));
        refresh();
      } catch (failure) {
        tell(failure instanceof Failure ? failure.sentence : Failure.of("unreadable").sentence);
      }
    });
  }
}

const dialog = document.querySelector("[data-hold]");
if (dialog && possible) new Hold(dialog);
else if (dialog) {
  instead(dialog);
  document.addEventListener("fresh", () => instead(dialog));
}

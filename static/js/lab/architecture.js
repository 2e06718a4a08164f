// The photo's way through Blomst's own network: what each stage makes of it, and what the answer is made of.
import { address, call } from "../api.js";
import { place } from "../geometry.js";
import { pause } from "../pause.js";
import { number, word } from "../words.js";
import { Answer } from "./answered.js";
import { all, find } from "./draw.js";
import { stepper } from "./grid.js";
import { file, photos, square } from "./photo.js";

const SIDE = 224;
const PATIENCE = 100; // times that it asks again while the server makes its file

const buttons = all("[data-stage]");
const stages = buttons.map((button) => button.dataset.stage);
const models = find("[data-model]");
const send = find("[data-send]");
const trouble = find("[data-trouble]");
const answer = new Answer();

let photo = null;
let seen = null; // what the server told
let turn = 0;
let at = 0;

async function post(mine) {
  const content = await file(photo);
  for (let times = 0; ; times += 1) {
    const body = new FormData();
    body.append("images", content, "photo.jpg");
    try {
      return await call(`${address("models", models.value)}:inside`, { method: "POST", body });
    } catch (failure) {
      if (failure.code !== "inside-not-ready" || times === PATIENCE || mine !== turn) throw failure;
      warn(failure.detail, true);
      await pause(failure.wait || 2000);
    }
  }
}

async function look() {
  const mine = (turn += 1);
  const looked = square(photo, SIDE);
  send.disabled = true;
  try {
    const told = await post(mine);
    if (mine !== turn) return;
    await answer.take(told, looked);
    seen = told;
    trouble.hidden = true;
    show(at);
  } catch (failure) {
    if (mine === turn) warn(failure.sentence ?? String(failure), false);
  } finally {
    if (mine === turn) send.disabled = false;
  }
}

function warn(sentence, waiting) {
  find("p", trouble).textContent = sentence;
  find("progress", trouble).hidden = !waiting;
  trouble.hidden = false;
}

function show(count) {
  at = count;
  const stage = stages[count];
  buttons.forEach((button, index) => {
    if (index === count) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  });
  buttons[count].scrollIntoView({ block: "nearest", inline: "nearest" });
  find("[data-answer]").hidden = stage !== "answer" || !seen;
  find("[data-maps]").replaceChildren(...pictures(stage));
  find("[data-said]").textContent = [word(`stage.${stage}`), happened(stage)].join(" ");
}

function happened(stage) {
  if (stage === "photo") return "";
  if (!seen) return word("not_yet");
  return stage === "answer" ? answer.sentence() : told(stage);
}

const found = (stage) => seen?.stages.find((each) => each.stage === stage);

function pictures(stage) {
  if (stage === "photo" && photo) {
    const canvas = square(photo, SIDE);
    canvas.setAttribute("role", "img");
    canvas.setAttribute("aria-label", word("square"));
    canvas.className = "whole";
    return [canvas];
  }
  return (found(stage)?.maps ?? []).map((map) => {
    const figure = document.createElement("figure");
    const alt = word("map", { n: number(map.channel + 1), place: peak(stage, map) });
    const caption = document.createElement("figcaption");
    caption.textContent = word("number", { n: number(map.channel + 1) });
    figure.append(Object.assign(new Image(), { src: map.png, alt }), caption);
    return figure;
  });
}

function peak(stage, { peak: [row, column] }) {
  const [height, width] = found(stage).shape;
  return word(`place.${place((column + 0.5) / width, (row + 0.5) / height)}`);
}

function told(stage) {
  const { shape: [height, width, channels], maps: [strongest] } = found(stage);
  return word("told", {
    height, width, channels: number(channels), count: number(height * width * channels),
    n: number(strongest.channel + 1), place: peak(stage, strongest),
  });
}

const go = stepper({
  step: find("[data-step]"), run: find("[data-run]"), again: find("[data-again]"), place: find("[data-place]"),
}, show);
buttons.forEach((button, index) => button.addEventListener("click", () => go(index)));
send.addEventListener("click", look);
models.addEventListener("change", () => seen && look());
photos((chosen) => {
  photo = chosen;
  if (seen) look();
  show(at);
});
try {
  const { items } = await call("/api/v1/models");
  const answering = items.filter(({ version }) => version !== null);
  models.replaceChildren(...answering.map(({ model, name }) => new Option(name, model)));
  send.disabled = false;
} catch (failure) {
  warn(failure.sentence ?? String(failure), false);
}

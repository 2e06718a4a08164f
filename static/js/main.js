// The page: photos come in, wait in line, and become answers.
import { camera } from "./camera.js";
import { Card } from "./card.js";
import { choose } from "./choose.js";
import { drop } from "./drop.js";
import { language } from "./language.js";
import { paste } from "./paste.js";
import { Queue } from "./queue.js";
import { Tray } from "./tray.js";
import { announce, word } from "./words.js";

const intake = document.querySelector("[data-intake]");
const answers = document.querySelector("[data-answers]");
const list = document.querySelector("[data-list]");
const cards = new Set();

const tray = new Tray({
  onCancel: () => {
    const { done, all } = queue;
    queue.cancel();
    report(word("tray.cancelled", { done, all }));
  },
  onClear: () => {
    for (const card of cards) discard(card);
    tray.say("");
    document.querySelector("[data-choose]").focus();
  },
  onAgain: () => [...cards].filter((card) => card.again).forEach(retry),
});
const queue = new Queue({ onChange: (done, all, running) => tray.progress(done, all, running) });

function report(sentence) {
  tray.say(sentence);
  announce(sentence);
}

/** @param {File[]} files */
function receive(files, folders = 0) {
  tray.say(folders ? word("tray.folder") : "");
  if (files.length === 0) return;
  const fresh = files.map(
    (file) => new Card(file, { onState: (card) => tray.update(card), onRemove: remove, onRetry: retry }),
  );
  // The newest photos come first, in their own order.
  list.prepend(...fresh.map((card) => card.element));
  answers.hidden = false;
  intake.toggleAttribute("data-answered", true);
  for (const card of fresh) {
    cards.add(card);
    tray.add(card);
    line(card);
  }
  (fresh.length > 1 ? tray.element : fresh[0].element).scrollIntoView({ block: "start" });
}

function line(card) {
  card.state("waiting", word("answer.waiting"));
  queue.add(async (signal) => {
    const finished = await card.ask(signal);
    if (card.answered) {
      announce(word("tray.finished", { name: card.file.name, said: card.said, done: queue.done + 1, all: queue.all }));
    }
    return finished;
  });
}

function retry(card) {
  tray.say("");
  line(card);
}

function remove(card) {
  const next = card.element.nextElementSibling ?? card.element.previousElementSibling;
  discard(card);
  (next?.querySelector("[data-remove]") ?? document.querySelector("[data-choose]")).focus();
}

function discard(card) {
  card.remove();
  cards.delete(card);
  tray.remove(card);
  answers.hidden = list.childElementCount === 0;
  intake.toggleAttribute("data-answered", list.childElementCount > 0);
}

choose(document.querySelector("[data-choose]"), receive);
drop(receive);
paste(receive);
camera(receive);
language(() => cards.size > 0);

// Numbers in words. The same rules as the macros in templates/_answer.html.
import { percent, word } from "./words.js";

const CLOSE = 0.15;
const RIVAL = 0.6; // 12% against 6% is no tie but a guess

/** The model whose word is the headline: the first that can say "unknown", else the first. */
export function spokesman(models) {
  return models.find(({ unknown }) => typeof unknown === "boolean") ?? models[0];
}

/** @param {number} score */
function confidence(score) {
  const how = score >= 0.9 ? "very" : score >= 0.7 ? "quite" : score >= 0.4 ? "leaning" : "guess";
  return word(`answer.sure_${how}`, { percent: percent(score) });
}

function tie({ predictions: [best, next] }) {
  return Boolean(next) && best.score - next.score < CLOSE && next.score > RIVAL * best.score;
}

/** Whether the best score is too low for this model to answer, as people set it. */
function undecided({ decision, unknown }) {
  return decision === null && !unknown;
}

/**
 * What a model says: `before` and `name` make the headline, `sure` the line below it.
 * @returns {{before: string, name: string, sure: string}}
 */
export function verdict(model) {
  const [best, next] = model.predictions;
  if (model.unknown) {
    const key = model.model === "flowers" ? "answer.unknown_flowers" : "answer.unknown";
    const like = model.looks_like;
    if (!like) return { before: word(`${key}_only`), name: "", sure: "" };
    return { before: word(key), name: like.name, sure: confidence(like.score) };
  }
  if (undecided(model)) return { before: word("answer.below"), name: best.name, sure: confidence(best.score) };
  if (tie(model)) {
    const both = { percent: percent(best.score), other: percent(next.score) };
    const names = { first: best.name, second: next.name };
    return { before: word("answer.unsure", names), name: "", sure: word("answer.unsure_sure", both) };
  }
  return { before: "", name: best.name, sure: confidence(best.score) };
}

/** The headline as one sentence. */
export function sentence(model) {
  const { before, name } = verdict(model);
  return [before, name].filter(Boolean).join(" ");
}

/** The headline where there is room for a word only: with a question mark where it is no plain name. */
export function caption(model) {
  const [best] = model.predictions;
  const like = model.unknown ? model.looks_like : best;
  if (!like) return word("answer.unknown_short");
  return model.unknown || undecided(model) || tie(model) ? word("tray.perhaps", { name: like.name }) : like.name;
}

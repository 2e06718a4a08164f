// Numbers in words. The same rules as the macros in templates/_answer.html.
import { percent, word } from "./words.js";

const able = (models) => models.filter(({ unknown }) => typeof unknown === "boolean");

/**
 * The model whose word is the headline: of those that can say "unknown" and do not, the surest; else
 * the first that can; else the first.
 */
export function spokesman(models) {
  const knowing = able(models).filter(({ unknown }) => !unknown);
  const [surest] = knowing.sort((one, other) => other.predictions[0].score - one.predictions[0].score);
  return surest ?? able(models)[0] ?? models[0];
}

/** How it is said that nobody knows it. */
function strange(models) {
  if (able(models).length > 1) return "answer.unknown_all";
  return spokesman(models).model === "flowers" ? "answer.unknown_flowers" : "answer.unknown";
}

/** @param {number} score */
function confidence(score) {
  const how = score >= 0.9 ? "very" : score >= 0.7 ? "quite" : score >= 0.4 ? "leaning" : "guess";
  return word(`answer.sure_${how}`, { percent: percent(score) });
}

function tie({ hesitated }) {
  return Boolean(hesitated?.close);
}

/** Whether the best score is too low for this model to answer, as people set it. */
function undecided({ decision, unknown }) {
  return decision === null && !unknown;
}

/**
 * What the models say: `before` and `name` make the headline, `sure` the line below it.
 * @returns {{before: string, name: string, sure: string}}
 */
export function verdict(models) {
  const model = spokesman(models);
  const [best, next] = model.predictions;
  if (model.unknown) {
    const key = strange(models);
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
export function sentence(models) {
  const { before, name } = verdict(models);
  return [before, name].filter(Boolean).join(" ");
}

/** The headline where there is room for a word only: with a question mark where it is no plain name. */
export function caption(models) {
  const model = spokesman(models);
  const [best] = model.predictions;
  const like = model.unknown ? model.looks_like : best;
  if (!like) return word("answer.unknown_short");
  return model.unknown || undecided(model) || tie(model) ? word("tray.perhaps", { name: like.name }) : like.name;
}

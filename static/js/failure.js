// Something that went wrong, in words for the reader.
import { word } from "./words.js";

export class Failure extends Error {
  /** @param {boolean} passing whether the same may do better another time */
  constructor(title, detail, advice, passing) {
    super(title);
    Object.assign(this, { detail, advice, passing });
  }

  /** @param {string} kind one of those under [errors] in the texts */
  static of(kind, values) {
    const [title, detail, advice] = ["", "_detail", "_advice"].map((end) => word(`errors.${kind}${end}`, values));
    return new Failure(title, detail, advice, ["unreachable", "strange", "signed_out"].includes(kind));
  }

  /** What is told in one line. */
  get sentence() {
    return [this.message, this.detail, this.advice].filter(Boolean).map(ended).join(" ");
  }
}

const ended = (text) => (/[.!?…]$/.test(text) ? text : `${text}.`);

// The workshop: its places and commands for the model that is chosen, and how far that one has come.
import { address, call } from "../api.js";
import { counted, number, word } from "../words.js";
import { all, find } from "./draw.js";

const models = find("[data-model]");
const said = find("[data-said]");
let turn = 0;

async function choose() {
  const mine = (turn += 1);
  const model = models.value;
  for (const link of all("[data-place]")) link.href = link.dataset.place.replace("{model}", model);
  for (const line of all("[data-line]")) line.textContent = line.dataset.line.replace("{model}", model);
  const sentence = await told(model).catch(failed);
  if (mine === turn) said.textContent = sentence;
}

async function told(model) {
  const [{ name, labels }, { items: versions }] = await Promise.all([
    call(address("models", model)), call(`${address("models", model)}/versions`),
  ]);
  const photos = labels.reduce((sum, { images }) => sum + images.total, 0);
  const has = word("has", { name, photos: counted("photos", photos), labels: counted("labels", labels.length) });
  return `${has} ${await learned(model, versions)}`;
}

async function learned(model, versions) {
  const live = versions.find((version) => version.live);
  if (!live) return word("untrained");
  const other = versions.find((version) => version !== live);
  if (other) {
    const query = `a=${live.version}&b=${other.version}`;
    const { verdict } = await call(`${address("models", model)}/comparison?${query}`);
    return word("compared", { version: number(live.version), verdict });
  }
  const exam = live.exam ? word("exam", { right: number(live.exam.right), of: number(live.exam.of) }) : "";
  return [word("answers", { version: number(live.version) }), exam, word("next")].join(" ");
}

const failed = (failure) => failure.sentence ?? String(failure);

models.addEventListener("change", choose);
try {
  const { items } = await call("/api/v1/models");
  const taught = items.filter((item) => item.can_be_taught);
  models.replaceChildren(...taught.map(({ model, name }) => new Option(name, model)));
  await choose();
} catch (failure) {
  said.textContent = failed(failure);
}

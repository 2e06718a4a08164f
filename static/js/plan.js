// What was found in a folder, shown before anything is sent: each label with its number of photos.
import { address, call } from "./api.js";
import { counted, word } from "./words.js";

const folded = (name) => name.normalize("NFC").trim().toLowerCase().replace(/[\s_]+/g, "-");

/** The label that a folder's name means, among those that the model has. @param {object[]} labels @param {string} folder */
export function known(labels, folder) {
  const wanted = folded(folder);
  return labels.find(({ label, name, names = {}, aliases = [] }) =>
    [label, name, ...Object.values(names), ...aliases].some((other) => other && folded(other) === wanted),
  );
}

export class Plan {
  /** @param {HTMLElement} element [data-plan] @param {{model: string, onGo: (groups: object[]) => void, onStop: () => void}} options */
  constructor(element, { model, onGo, onStop }) {
    Object.assign(this, { element, onGo, onStop });
    this.address = address("models", model, "labels");
    this.part = (name) => element.querySelector(`[data-${name}]`);
    this.part("plan-go").addEventListener("click", () => this.go());
    this.part("plan-stop").addEventListener("click", () => this.close());
  }

  /** @param {{groups: Map<string, object[]>, loose: object[], ignored: string[]}} found */
  async show(found) {
    this.found = found;
    this.labels = (await call(this.address)).items;
    const { groups, loose, ignored } = found;
    const rows = [...groups].map(([name, photos]) => this.row(name, photos.length, known(this.labels, name)));
    this.part("plan-labels").replaceChildren(...rows);
    this.part("plan-labels").hidden = rows.length === 0;
    this.part("plan-loose").hidden = loose.length === 0;
    if (loose.length > 0) this.choice(loose.length, groups.size > 0);
    this.part("plan-ignored").textContent = ignored.length > 0 ? counted("upload.ignored", ignored.length) : "";
    this.said = counted("upload.found", [...groups.values()].reduce((sum, photos) => sum + photos.length, loose.length));
    this.part("plan-title").textContent = this.said;
    this.say("");
    this.element.hidden = false;
    this.part("plan-title").focus();
    this.element.scrollIntoView({ block: "nearest" });
  }

  row(name, count, label) {
    const row = document.createElement("li");
    const parts = [["plan-name", label?.name ?? name], ["plan-count", counted("upload.photos", count)]];
    if (!label) parts.push(["plan-new", word("upload.new_label")]);
    for (const [kind, text] of parts) {
      row.append(Object.assign(document.createElement("span"), { className: kind, textContent: text }), " ");
    }
    return row;
  }

  /** Photos without a folder: someone has to say what is on them. */
  choice(count, optional) {
    this.part("plan-loose-said").textContent = counted("upload.loose", count);
    const options = this.labels.map(({ label, name }) => new Option(name, label));
    const none = optional ? word("upload.leave_out") : word("upload.choose_label");
    this.part("plan-label").replaceChildren(new Option(none, ""), ...options);
  }

  async go() {
    const { groups, loose } = this.found;
    const label = this.part("plan-label").value;
    if (groups.size === 0 && !label) return this.say(word("upload.choose_label_first"));
    this.part("plan-go").disabled = true;
    const wanted = [];
    const refused = [];
    for (const [name, photos] of groups) {
      const slug = await this.slug(name).catch((failure) => refused.push({ name, reason: failure.sentence }) && null);
      if (slug) wanted.push({ label: slug, photos });
    }
    this.part("plan-go").disabled = false;
    if (loose.length > 0 && label) wanted.push({ label, photos: loose });
    this.element.hidden = true;
    this.onGo(wanted, { refused, ignored: this.found.ignored });
  }

  /** The label of a folder, made where it is missing. */
  async slug(name) {
    const there = known(this.labels, name);
    if (there) return there.label;
    return (await call(this.address, { method: "POST", json: { name } })).label;
  }

  close() {
    this.element.hidden = true;
    this.onStop();
  }

  say(sentence) {
    this.part("plan-said").textContent = sentence;
  }
}

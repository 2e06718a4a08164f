// Which photos of a grid are chosen, and how to get about in it: one of them has the focus, arrow keys
// go on to its neighbours, Shift takes along all in between.
const KEYS = { ArrowLeft: -1, ArrowRight: 1 };

export class Selection {
  /** @param {HTMLElement} grid its items have [data-photo] and a checkbox @param {{onChange: (count: number) => void}} options */
  constructor(grid, { onChange }) {
    Object.assign(this, { grid, onChange, from: null, shift: false });
    grid.addEventListener("pointerdown", (event) => this.remember(event), true);
    grid.addEventListener("keydown", (event) => this.remember(event), true);
    grid.addEventListener("mousedown", (event) => event.shiftKey && event.preventDefault()); // selects no text
    grid.addEventListener("change", (event) => this.changed(event.target));
    grid.addEventListener("focusin", (event) => this.rove(event.target.closest("[data-photo]")));
    grid.addEventListener("keydown", (event) => this.key(event));
    this.rove(this.items()[0]);
    this.tell();
  }

  /** @returns {HTMLElement[]} */
  items() {
    return [...this.grid.querySelectorAll("[data-photo]")];
  }

  /** What is chosen, or else the photo with the focus. */
  chosen() {
    const chosen = this.items().filter((item) => box(item).checked);
    const focused = document.activeElement?.closest("[data-photo]");
    return chosen.length > 0 || !focused || !this.grid.contains(focused) ? chosen : [focused];
  }

  get count() {
    return this.items().filter((item) => box(item).checked).length;
  }

  /** The change that follows a click or Space does not know about Shift. */
  remember(event) {
    this.shift = event.shiftKey;
  }

  changed(input) {
    const item = input.closest("[data-photo]");
    if (!item) return;
    if (this.shift && this.from?.isConnected) this.between(this.from, item, input.checked);
    this.from = item;
    this.shift = false;
    this.tell();
  }

  between(one, other, checked) {
    const items = this.items();
    const [first, last] = [items.indexOf(one), items.indexOf(other)].sort((a, b) => a - b);
    for (const item of items.slice(first, last + 1)) this.check(item, checked);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const here = event.target.closest("[data-photo]");
    if (!here) return;
    if (event.key === "Escape" && this.count > 0) {
      this.none();
      event.preventDefault();
      return;
    }
    const next = this.neighbour(here, event.key);
    if (!next) return;
    event.preventDefault();
    if (event.shiftKey) {
      if (!this.from?.isConnected || !box(here).checked) this.from = here;
      this.between(here, next, true);
      this.tell();
    } else {
      this.from = next;
    }
    this.focus(next);
  }

  neighbour(here, key) {
    const items = this.items();
    const at = items.indexOf(here);
    const columns = this.columns(items);
    if (key in KEYS) return items[at + KEYS[key]];
    if (key === "ArrowUp") return items[at - columns];
    if (key === "ArrowDown") return items[at + columns] ?? (this.lastRow(at, items, columns) ? undefined : items.at(-1));
    if (key === "Home") return items[0];
    if (key === "End") return items.at(-1);
    return undefined;
  }

  /** How many begin at the same height as the first. */
  columns(items) {
    const top = items[0].offsetTop;
    const next = items.findIndex((item) => item.offsetTop !== top);
    return next < 0 ? items.length : next;
  }

  lastRow(at, items, columns) {
    return Math.floor(at / columns) === Math.floor((items.length - 1) / columns);
  }

  /** Only one of the photos is a stop of the Tab key. @param {HTMLElement | undefined} item */
  rove(item) {
    if (!item || item === this.stop) return;
    if (!this.stop) for (const other of this.items()) box(other).tabIndex = -1;
    if (this.stop) box(this.stop).tabIndex = -1;
    box(item).tabIndex = 0;
    this.stop = item;
  }

  focus(item) {
    this.rove(item);
    box(item).focus();
    item.scrollIntoView({ block: "nearest" });
  }

  /** The first photo behind these, or before them, which will stay. */
  after(items) {
    const leaving = new Set(items);
    const all = this.items();
    const last = all.findLastIndex((item) => leaving.has(item));
    return all.slice(last + 1).find((item) => !leaving.has(item)) ?? all.findLast((item) => !leaving.has(item)) ?? null;
  }

  all() {
    this.only(this.items());
  }

  none() {
    this.only([]);
  }

  only(items) {
    const wanted = new Set(items);
    for (const item of this.items()) this.check(item, wanted.has(item));
    if (items.length > 0) this.rove(items[0]);
    this.tell();
  }

  check(item, checked) {
    box(item).checked = checked;
  }

  tell() {
    this.onChange(this.count);
  }
}

const box = (item) => item.querySelector("input[type=checkbox]");

// Files out of folders: which lie there, which are photos, and which label each folder stands for.
// Files are opened only when their turn comes: a folder of thousands is a list of names until then.

/** @typedef {{path: string, open: () => Promise<File>}} Found */

// What systems and people leave beside photos. Anything else is tried, and listed when broken.
const NOT_PHOTOS = new Set(["txt", "md", "csv", "tsv", "json", "html", "xml", "db", "ini"]);
const NOT_LABELS = new Set(["__MACOSX"]);

/** Files chosen in an input, with their folders where one was chosen. @param {Iterable<File>} files @returns {Found[]} */
export function chosen(files) {
  return Array.from(files, (file) => ({ path: file.webkitRelativePath || file.name, open: async () => file }));
}

/**
 * What was dropped, folders included. To be called while the drop event is still under way; the
 * promise may be waited for afterwards.
 * @param {DataTransfer} carried @returns {Promise<Found[]>}
 */
export function dropped(carried) {
  const roots = [...carried.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  return roots.length > 0 ? walk(roots) : Promise.resolve(chosen(carried.files));
}

async function walk(roots) {
  const found = [];
  const waiting = [...roots];
  while (waiting.length > 0) {
    const entry = waiting.pop();
    if (entry.isDirectory) waiting.push(...(await children(entry)));
    else found.push({ path: entry.fullPath.replace(/^\//, ""), open: () => new Promise((yes, no) => entry.file(yes, no)) });
  }
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** A reader hands out a hundred at a time, and an empty list at the end. */
async function children(folder) {
  const reader = folder.createReader();
  const all = [];
  for (;;) {
    const some = await new Promise((yes, no) => reader.readEntries(yes, no));
    if (some.length === 0) return all;
    all.push(...some);
  }
}

/** @param {Found[]} found @returns {{photos: Found[], ignored: string[]}} */
export function sifted(found) {
  const photos = [];
  const ignored = [];
  for (const one of found) {
    if (isPhoto(one.path)) photos.push(one);
    else ignored.push(one.path);
  }
  return { photos, ignored };
}

function isPhoto(path) {
  const parts = path.split("/");
  const hidden = parts.some((part) => part.startsWith(".") || NOT_LABELS.has(part));
  const ending = parts.at(-1).split(".");
  return !hidden && !(ending.length > 1 && NOT_PHOTOS.has(ending.at(-1).toLowerCase()));
}

/**
 * One group for each sub-folder of what was dropped, as the server groups a zip. `loose` are photos
 * that lie in no folder which could name them.
 * @param {Found[]} photos @returns {{groups: Map<string, Found[]>, loose: Found[]}}
 */
export function grouped(photos) {
  let rest = photos.map((found) => ({ found, parts: found.path.split("/") }));
  const loose = rest.filter(({ parts }) => parts.length === 1);
  rest = rest.filter(({ parts }) => parts.length > 1);
  for (let level = 0; wraps(rest, level); level += 1) {
    loose.push(...rest.filter(({ parts }) => parts.length === 2));
    rest = rest.filter(({ parts }) => parts.length > 2).map(({ found, parts }) => ({ found, parts: parts.slice(1) }));
  }
  const groups = new Map();
  for (const { found, parts } of rest) {
    const name = parts[0].trim();
    if (!groups.has(name)) groups.set(name, []);
    groups.get(name).push(found);
  }
  return { groups, loose: loose.map(({ found }) => found) };
}

/** Whether all lies in one folder that holds the labels' folders. Archives often have a second such one. */
function wraps(rest, level) {
  const folders = (at) => new Set(rest.filter(({ parts }) => parts.length > at + 1).map(({ parts }) => parts[at]));
  if (folders(0).size !== 1 || folders(1).size === 0) return false;
  return level === 0 || (folders(1).size > 1 && rest.every(({ parts }) => parts.length > 2));
}

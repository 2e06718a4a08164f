// Where dropped files go: onto one label, or anywhere on the page.
const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");

/**
 * @param {HTMLElement} element the uploader, whose own label is meant where no other one is below the pointer
 * @param {(carried: DataTransfer, label: string | null) => void} onDrop
 */
export function target(element, onDrop) {
  const veil = document.querySelector("[data-drop]");
  const words = veil?.querySelector("[data-drop-words]");
  let inside = 0;
  let lit = null;
  const light = (place) => {
    if (place === lit) return;
    lit?.removeAttribute("data-lit");
    place?.setAttribute("data-lit", "");
    lit = place;
  };
  const show = (depth) => {
    inside = Math.max(depth, 0);
    if (inside === 0) light(null);
    if (veil) veil.hidden = inside === 0;
  };
  const below = (event) => event.target.closest?.("[data-drop-label]") ?? null;
  document.addEventListener("dragenter", (event) => {
    if (carriesFiles(event)) show(inside + 1);
  });
  document.addEventListener("dragleave", (event) => {
    if (carriesFiles(event)) show(inside - 1);
  });
  document.addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
    light(below(event));
    if (!words) return;
    const name = lit?.dataset.name ?? element.dataset.labelName;
    words.textContent = name ? words.dataset.one.replace("{name}", name) : words.dataset.any;
  });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    const label = below(event)?.dataset.dropLabel ?? element.dataset.label ?? null;
    show(0);
    onDrop(event.dataTransfer, label);
  });
}

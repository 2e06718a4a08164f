// Photos dropped anywhere on the page.

/** @param {(files: File[], folders: number) => void} onFiles */
export function drop(onFiles) {
  const veil = document.querySelector("[data-drop]");
  let inside = 0;
  const carriesFiles = (event) => event.dataTransfer?.types.includes("Files");
  const show = (depth) => {
    inside = Math.max(depth, 0);
    veil.hidden = inside === 0;
  };
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
  });
  document.addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    show(0);
    const folders = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()?.isDirectory === true);
    const files = [...event.dataTransfer.files].filter((_, at) => !folders[at]);
    onFiles(files, folders.filter(Boolean).length);
  });
}

// Photos from a file input. The form behind it works without this, too.

/** @param {HTMLInputElement} input @param {(files: File[]) => void} onFiles */
export function choose(input, onFiles) {
  const take = () => {
    const files = [...input.files];
    input.value = ""; // so that the same photo can be chosen again
    if (files.length > 0) onFiles(files);
  };
  input.addEventListener("change", take);
  queueMicrotask(take); // what was chosen before the script was there
}

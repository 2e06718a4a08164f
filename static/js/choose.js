// Photos from a file input. The form behind it works without this, too.

/** @param {HTMLInputElement} input @param {(files: File[]) => void} onFiles */
export function choose(input, onFiles) {
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = ""; // so that the same photo can be chosen again
    if (files.length > 0) onFiles(files);
  });
}

// A button that is held: by a pointer, by Space or Enter, or, for those who cannot hold, by one press
// to begin and another to end.

/**
 * @param {HTMLButtonElement} button @param {HTMLInputElement} toggle checked: press once, press again
 * @param {{onDown: () => void, onUp: () => void, held: () => boolean}} options
 */
export function press(button, toggle, { onDown, onUp, held }) {
  const down = () => !held() && !button.disabled && onDown();
  const up = () => held() && onUp();
  const isKey = ({ key }) => key === " " || key === "Enter";
  button.addEventListener("pointerdown", (event) => {
    if (toggle.checked || event.button !== 0) return;
    button.setPointerCapture(event.pointerId);
    down();
  });
  for (const kind of ["pointerup", "pointercancel", "lostpointercapture"]) {
    button.addEventListener(kind, () => !toggle.checked && up());
  }
  button.addEventListener("contextmenu", (event) => event.preventDefault()); // a long press on a phone
  button.addEventListener("keydown", (event) => {
    if (toggle.checked || !isKey(event)) return;
    event.preventDefault();
    if (!event.repeat) down();
  });
  button.addEventListener("keyup", (event) => {
    if (toggle.checked || !isKey(event)) return;
    event.preventDefault();
    up();
  });
  button.addEventListener("click", () => {
    if (toggle.checked) (held() ? up : down)();
  });
  button.addEventListener("blur", () => !toggle.checked && up());
  toggle.addEventListener("change", up);
  document.addEventListener("visibilitychange", () => document.hidden && up());
}

// Another language is another page, without the answers: asks first where there are some.
const find = (name) => document.querySelector(`[data-${name}]`);

/** @param {() => boolean} answered whether there is something to lose */
export function language(answered) {
  const link = find("language");
  const question = find("leaving");
  const stay = () => {
    question.hidden = true;
    link.focus();
  };
  link.addEventListener("click", (event) => {
    // With these keys it opens elsewhere, and nothing is lost.
    if (!answered() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    question.hidden = false;
    find("stay").focus();
  });
  find("stay").addEventListener("click", stay);
  question.addEventListener("keydown", (event) => {
    if (event.key === "Escape") stay();
  });
}

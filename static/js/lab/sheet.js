// The sheet of questions goes to the printer.
document.querySelector("[data-print]").addEventListener("click", () => print());

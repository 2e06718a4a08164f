// The button that goes from the device's colours to light to dark and round again.
const ORDER = ["auto", "light", "dark"];
const root = document.documentElement;
const button = document.querySelector("[data-theme-button]");

function show() {
  const theme = root.dataset.theme ?? "auto";
  button.setAttribute("aria-label", button.dataset[theme]);
  button.title = button.dataset[theme];
}

button.addEventListener("click", () => {
  const theme = ORDER[(ORDER.indexOf(root.dataset.theme ?? "auto") + 1) % ORDER.length];
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  try {
    localStorage.setItem("theme", theme);
  } catch {
    // Not remembered, but shown.
  }
  show();
});
show();

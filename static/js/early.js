// Runs before the first paint: says that scripts work, and puts on the colours chosen last time.
document.documentElement.classList.add("js");
// Not a media query: laptops with a touch screen have a fine pointer, too.
document.documentElement.classList.toggle("touch", navigator.maxTouchPoints > 0);
try {
  const theme = localStorage.getItem("theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be switched off; then the device decides.
}

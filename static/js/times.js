// Points in time as the reader's clock shows them; the page tells them in UTC.
const { lang } = document.documentElement;
const spoken = navigator.languages.find((tag) => tag.split("-")[0] === lang) ?? lang;
const shown = new Intl.DateTimeFormat(spoken, { dateStyle: "medium", timeStyle: "short" });

function tell() {
  for (const time of document.querySelectorAll("time[datetime]")) {
    time.textContent = shown.format(new Date(time.dateTime));
  }
}

tell();
document.addEventListener("fresh", tell);

// Points in time as the reader's clock shows them; the page tells them in UTC.
const shown = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });

function tell() {
  for (const time of document.querySelectorAll("time[datetime]")) {
    time.textContent = shown.format(new Date(time.dateTime));
  }
}

tell();
document.addEventListener("fresh", tell);

// Parts of the page that have changed at the server since it was made: fetched anew, put in place.
// Other scripts hear of it by the event "fresh" on the document.
//
//   [data-fresh="NAME"]   a part, of the same NAME in the page as the server makes it now
const parts = () => [...document.querySelectorAll("[data-fresh]")];

/** What someone is in the middle of stays as it is. */
const busy = (part) => part.contains(document.activeElement) || part.querySelector("details[open]");

/** Never throws: what is old on the page is no harm. @param {string} [address] where the page is made */
export async function refresh(address = location.href) {
  if (parts().length === 0) return;
  const response = await fetch(address).catch(() => null);
  const text = response?.ok ? await response.text().catch(() => "") : "";
  const page = new DOMParser().parseFromString(text, "text/html");
  for (const part of parts()) {
    const now = page.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
    if (now && !busy(part)) part.replaceChildren(...now.childNodes);
  }
  document.dispatchEvent(new CustomEvent("fresh"));
}

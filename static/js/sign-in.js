// The printed link ends in #key. Browsers send nothing behind # to a server, so the key stays out of
// logs; here it is taken from the address, out of sight, and given like one that was typed.
const form = document.querySelector("[data-sign-in]");
const key = decodeURIComponent(location.hash.slice(1));

if (key) {
  history.replaceState(null, "", location.pathname);
  form.elements.key.value = key;
  form.requestSubmit();
}

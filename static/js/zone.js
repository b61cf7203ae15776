// Shows times on the reader's own clock: adds the browser's zone to a link that has none.
(() => {
  const address = new URL(location.href);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!zone || address.searchParams.has("tz")) return;
  address.searchParams.set("tz", zone);
  // The page goes by this zone already: then only its address changes, and nothing is loaded.
  if (zone === document.currentScript.dataset.zone) history.replaceState(null, "", address);
  else location.replace(address);
})();

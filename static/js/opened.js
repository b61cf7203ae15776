// Says that a person sees the page: once, after their first movement. Programs that only load it
// make none. “scroll” is not among them: browsers do that by themselves where one comes back.
(() => {
  const { address, token } = document.currentScript.dataset;
  const signs = ["pointerdown", "pointermove", "keydown", "wheel", "touchmove"];

  function say({ isTrusted }) {
    if (!isTrusted) return;
    for (const sign of signs) removeEventListener(sign, say);
    navigator.sendBeacon(address, new URLSearchParams({ form_token: token }));
  }

  for (const sign of signs) addEventListener(sign, say, { passive: true });
})();

// The booking pages on a customer's page, version 1: docs/embedding.md says what it promises.
// Nothing is said to or heard from any origin but that of the booking pages.
(() => {
  const enter = new URL("{{ enter }}");
  const patience = 10000; // until a page that does not load counts as refused, in milliseconds
  const silence = 2000; // until one that has loaded and says nothing does
  const tallest = 20000; // pixels
  const close = { de: "Schließen", en: "Close" };

  function show(box) {
    const asked = new URLSearchParams(location.search);
    const given = asked.get("invitationKey");
    const { invitationKey, lang, mode, prefill } = box.dataset;
    const key = given || invitationKey;
    box.removeAttribute("data-invitation");
    if (!key) return; // the link within leads to where one can be typed
    const address = new URL(enter);
    address.searchParams.set("invitationKey", key);
    if (given && asked.has("start")) address.searchParams.set("start", asked.get("start"));
    if (lang) address.searchParams.set("lang", lang);
    const link = box.querySelector("a[href]") || box.appendChild(document.createElement("a"));
    link.href = address;
    link.textContent ||= address.host;
    // The frame alone is told who the visitor is: a link may be kept or passed on.
    if (prefill) address.searchParams.set("prefill", prefill);
    (mode === "popup" ? popUp : inline)(box, link, address);
  }

  function inline(box, link, address) {
    const frame = frameOf(box, link, address, {
      ready: () => { link.hidden = true; },
      failed: () => { frame.remove(); },
      turned: () => { if (frame.getBoundingClientRect().top < 0) frame.scrollIntoView(); },
      escaped: () => {},
    });
    box.append(frame);
  }

  function popUp(box, link, address) {
    const dialog = dialogOf(link, box.dataset.lang || document.documentElement.lang);
    box.append(dialog);
    let frame;
    const open = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      dialog.showModal();
      if (frame) return;
      frame = frameOf(box, link, address, {
        ready: () => {},
        failed: () => {
          const isAwaited = dialog.open;
          dialog.remove();
          link.removeEventListener("click", open);
          if (isAwaited) link.click();
        },
        turned: () => { dialog.scrollTop = 0; },
        escaped: () => { dialog.close(); },
      });
      dialog.append(frame);
    };
    link.addEventListener("click", open);
  }

  function dialogOf(link, language) {
    const dialog = document.createElement("dialog");
    const bar = document.createElement("div");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "×";
    button.ariaLabel = close[language.slice(0, 2)] || close.en;
    button.onclick = () => dialog.close();
    dialog.ariaLabel = link.textContent.trim();
    Object.assign(dialog.style, { width: "min(64rem, 100vw - 16px)", maxWidth: "none", minHeight: "min(320px, 100vh - 16px)", maxHeight: "calc(100vh - 16px)", padding: 0, border: 0, overflow: "auto", boxSizing: "border-box" });
    Object.assign(bar.style, { position: "sticky", zIndex: 1, top: 0, height: 0, textAlign: "right" });
    Object.assign(button.style, { width: "44px", height: "44px", font: "24px/1 sans-serif", padding: 0, border: 0, background: "Canvas", color: "CanvasText", cursor: "pointer" });
    bar.append(button);
    dialog.append(bar);
    return dialog;
  }

  // A frame that is as tall as its page, from the first answer on; until then the link stands.
  function frameOf(box, link, address, { ready, failed, turned, escaped }) {
    const frame = document.createElement("iframe");
    const fire = (name, detail = {}) =>
      box.dispatchEvent(new CustomEvent(`invitation:${name}`, { bubbles: true, detail }));
    frame.src = address;
    frame.title = link.textContent.trim();
    Object.assign(frame.style, { display: "block", width: "100%", height: 0, border: 0 });

    let isReady = false;
    const giveUp = () => {
      fire("error", { reason: "unreachable" });
      failed();
    };
    let waiting = setTimeout(giveUp, patience);
    frame.addEventListener("load", () => {
      if (!isReady) {
        clearTimeout(waiting);
        waiting = setTimeout(giveUp, silence);
      }
      frame.contentWindow.postMessage({ invitation: "hello" }, enter.origin);
    });
    addEventListener("message", ({ source, origin, data }) => {
      if (source !== frame.contentWindow || origin !== enter.origin || !data) return;
      if (data.invitation === "size" && data.height > 0)
        frame.style.height = `${Math.min(data.height, tallest)}px`;
      if (data.invitation === "escape") escaped();
      if (data.invitation !== "page") return;
      clearTimeout(waiting);
      if (isReady) turned();
      else {
        isReady = true;
        ready();
        fire("ready");
      }
      if (data.booked) fire("booked", data.booked);
      if (data.error) fire("error", { reason: data.error });
    });
    return frame;
  }

  const start = () => document.querySelectorAll("[data-invitation]").forEach(show);
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();

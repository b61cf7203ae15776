// The booking pages on a customer's page, see docs/embedding.md.
// Nothing is said to or heard from any origin but that of the booking pages.
(() => {
  const enter = new URL("{{ enter }}");
  const patience = 10000; // until a page that does not answer counts as refused, in milliseconds
  const close = { de: "Schließen", en: "Close" };

  function show(box) {
    const asked = new URLSearchParams(location.search);
    const given = asked.get("invitationKey");
    const key = given || box.dataset.invitationKey;
    box.removeAttribute("data-invitation");
    if (!key) return; // the link within leads to where one can be typed
    const address = new URL(enter);
    address.searchParams.set("invitationKey", key);
    if (given && asked.has("start")) address.searchParams.set("start", asked.get("start"));
    if (box.dataset.lang) address.searchParams.set("lang", box.dataset.lang);
    const link = box.querySelector("a[href]") || box.appendChild(document.createElement("a"));
    link.href = address;
    link.textContent ||= address.host;
    (box.dataset.mode === "popup" ? popUp : inline)(box, link);
  }

  function inline(box, link) {
    const frame = frameOf(box, link, {
      ready: () => { link.hidden = true; },
      failed: () => { frame.remove(); },
      turned: () => { if (frame.getBoundingClientRect().top < 0) frame.scrollIntoView(); },
    });
    box.append(frame);
  }

  function popUp(box, link) {
    const language = (box.dataset.lang || document.documentElement.lang).slice(0, 2);
    const dialog = document.createElement("dialog");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = "×";
    button.ariaLabel = close[language] || close.en;
    button.onclick = () => dialog.close();
    Object.assign(button.style, { position: "sticky", zIndex: 1, top: 0, float: "right", font: "24px/1 sans-serif", padding: "8px 14px", border: 0, background: "Canvas", color: "CanvasText", cursor: "pointer" });
    Object.assign(dialog.style, { width: "min(64rem, 100vw - 16px)", maxWidth: "none", maxHeight: "calc(100vh - 16px)", padding: 0, border: 0, overflow: "auto", boxSizing: "border-box" });
    dialog.ariaLabel = link.textContent;
    dialog.append(button);
    box.append(dialog);

    let frame;
    const open = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      dialog.showModal();
      if (frame) return;
      frame = frameOf(box, link, {
        ready: () => {},
        failed: () => {
          dialog.remove();
          link.removeEventListener("click", open);
        },
        turned: () => { dialog.scrollTop = 0; },
      });
      dialog.append(frame);
    };
    link.addEventListener("click", open);
  }

  // A frame that is as tall as its page, from the first answer on; until then the link stands.
  function frameOf(box, link, { ready, failed, turned }) {
    const frame = document.createElement("iframe");
    const fire = (name, detail = {}) =>
      box.dispatchEvent(new CustomEvent(`invitation:${name}`, { bubbles: true, detail }));
    frame.src = link.href;
    frame.title = link.textContent.trim();
    Object.assign(frame.style, { display: "block", clear: "both", width: "100%", height: 0, border: 0 });

    let isReady = false;
    const waiting = setTimeout(() => {
      failed();
      fire("error", { reason: "unreachable" });
    }, patience);
    frame.addEventListener("load", () =>
      frame.contentWindow.postMessage({ invitation: "hello" }, enter.origin));
    addEventListener("message", ({ source, origin, data }) => {
      if (source !== frame.contentWindow || origin !== enter.origin || !data) return;
      if (data.invitation === "size") frame.style.height = `${Number(data.height)}px`;
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

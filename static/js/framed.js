// In a frame on an allowed website: answers its script, and no other, how tall the page is and
// what happened. Nothing of the guest's is told.
(() => {
  if (parent === window) return;
  const allowed = document.currentScript.dataset.origins.split(" ");
  const origins = allowed.map((each) => new URL(each).origin);
  const errors = new Set(["time-gone", "used-up", "expired", "switched-off", "withdrawn"]);
  const { state } = document.body.dataset;
  const start = document.querySelector("main time[datetime]");

  // Other sites seldom let themselves be framed: they open beside.
  for (const link of document.querySelectorAll("a[href^=http]"))
    if (link.origin !== location.origin) link.target = "_blank";

  // Browsers leave autofocus alone in frames of other sites; it stands where a form came back.
  document.querySelector("[autofocus]")?.focus();

  addEventListener("message", function greeted({ source, origin, data }) {
    if (source !== parent || !origins.includes(origin) || data?.invitation !== "hello") return;
    removeEventListener("message", greeted);
    const tell = (what) => parent.postMessage(what, origin);
    const tellSize = () =>
      tell({ invitation: "size", height: Math.ceil(document.body.getBoundingClientRect().height) });
    tellSize();
    new ResizeObserver(tellSize).observe(document.body);
    tell({ invitation: "page", booked: justBooked(), error: errors.has(state) ? state : null });
    // A key that is pressed in a frame never reaches the dialog around it.
    addEventListener("keydown", ({ key }) => {
      if (key === "Escape") tell({ invitation: "escape" });
    });
  });

  // Said once: whoever comes back to the page has not booked again.
  function justBooked() {
    if (location.hash !== "#booked") return null;
    history.replaceState(null, "", location.pathname + location.search);
    return { start: start.dateTime, confirmed: state !== "unconfirmed" };
  }
})();

// While letters go out, the head of a list follows by itself, and says aloud how many are out.
// Without this script its link does the same.
const EVERY = 4000;
const head = document.getElementById("list-head");
const aloud = document.getElementById("list-progress");

const isRunning = () => head.querySelector("[data-running]").dataset.running === "true";

async function follow() {
  if (!document.hidden) {
    const answer = await fetch(head.dataset.progress);
    // Whoever is signed out meanwhile is led elsewhere: nothing here changes any more.
    if (!answer.ok || answer.redirected) return;
    const open = head.querySelector("details")?.open;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    head.replaceChildren(...page.body.childNodes);
    if (open) head.querySelector("details").open = true;
    aloud.textContent = head.querySelector(".list-state").textContent;
  }
  if (isRunning()) setTimeout(follow, EVERY);
}

if (isRunning()) setTimeout(follow, EVERY);

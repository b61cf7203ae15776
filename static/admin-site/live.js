// A form whose page follows what is typed: the parts marked data-follows are taken from the page
// that sending it would lead to. Without this script its button does the same.
const A_PAUSE = 300;
let asked = 0;

function follow(part) {
  const shown = document.getElementById(part.id);
  if (part.matches("textarea")) shown.value = part.value;
  // Replaced, so that going back leaves the page at once.
  else if (part.matches("iframe")) shown.contentWindow.location.replace(part.src);
  else shown.replaceChildren(...part.childNodes);
}

async function ask(form) {
  const turn = ++asked;
  const address = new URL(form.action);
  address.search = new URLSearchParams(new FormData(form));
  const answer = await (await fetch(address)).text();
  if (turn !== asked) return;
  const page = new DOMParser().parseFromString(answer, "text/html");
  page.querySelectorAll("[data-follows]").forEach(follow);
}

for (const form of document.querySelectorAll("[data-live]")) {
  let pause;
  form.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(ask, A_PAUSE, form);
  });
}

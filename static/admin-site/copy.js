// Buttons that copy the field named by data-copies; with data-plain it is HTML, and that field is
// the same as plain text. Without this script the fields can be selected.
const status = document.getElementById("copied");
const A_MOMENT = 2000;

function contents({ copies, plain }) {
  const { value } = document.getElementById(copies);
  if (!plain) return { "text/plain": value };
  return { "text/html": value, "text/plain": document.getElementById(plain).value };
}

// The Clipboard API would try out the styles of HTML on this page, which its policy forbids.
function copy(kinds) {
  const put = (event) => {
    event.preventDefault();
    for (const [kind, value] of Object.entries(kinds)) event.clipboardData.setData(kind, value);
  };
  document.addEventListener("copy", put, { once: true });
  // Some browsers copy only where something is selected.
  getSelection().selectAllChildren(status);
  document.execCommand("copy");
  getSelection().removeAllRanges();
}

for (const button of document.querySelectorAll("[data-copies]")) {
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener("click", () => {
    button.textContent = status.textContent = button.dataset.done;
    copy(contents(button.dataset));
    setTimeout(() => {
      button.textContent = words;
      status.textContent = "";
    }, A_MOMENT);
  });
  const field = document.getElementById(button.dataset.copies);
  field.addEventListener("focus", () => field.select());
}

// Buttons that copy the field named by data-copies. Without this script the field can be selected.
const status = document.getElementById("copied");

for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    status.textContent = button.dataset.done;
  });
  field.addEventListener("focus", () => field.select());
}

// Names for controls that have none: a field in a row is named by the heading of its column, and
// the search boxes that stand in for a select by the label of that select.

function nameOf(field) {
  const label = document.querySelector(`label[for="${field.id}"]`);
  const column = field.name.split("-").pop();
  const heading = column === "DELETE" ? "th:last-child" : `th.column-${column}`;
  const name = label ?? field.closest("table")?.querySelector(heading);
  if (name) name.id ||= `${field.id}_name`;
  return name?.id;
}

function nameControls() {
  for (const field of document.querySelectorAll(".tabular td :is(input, select, textarea)")) {
    const name = nameOf(field);
    if (name && field.type !== "hidden") field.setAttribute("aria-labelledby", name);
  }
  for (const select of document.querySelectorAll("select.admin-autocomplete")) {
    const name = nameOf(select);
    const box = select.nextElementSibling;
    if (!name || !box) continue;
    const shown = box.querySelector("[role=textbox]");
    const parts = shown?.id ? `${name} ${shown.id}` : name;
    box.querySelector("[role=combobox]")?.setAttribute("aria-labelledby", parts);
    shown?.setAttribute("aria-labelledby", name);
    box.querySelector("input")?.setAttribute("aria-labelledby", name);
  }
}

// The search boxes are made when jQuery is ready; what waits for that runs in its turn.
(window.django?.jQuery ?? ((run) => run()))(nameControls);
document.addEventListener("formset:added", nameControls);

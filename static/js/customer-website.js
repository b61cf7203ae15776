// Shows what the demo's customer website hears of its embedded invitation.
for (const name of ["ready", "booked", "error"]) {
  document.addEventListener(`invitation:${name}`, ({ type, detail }) => {
    const entry = document.createElement("li");
    const code = document.createElement("code");
    code.textContent = `${type} ${JSON.stringify(detail)}`;
    entry.append(code);
    document.querySelector("#heard").append(entry);
  });
}

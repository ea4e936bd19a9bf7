// A person's form: only the places that fit the chosen role can be picked. The server checks all the same.
for (const form of document.querySelectorAll("form[data-person]")) {
  const role = form.querySelector("[name=peran]");
  const place = form.querySelector("[name=wilayah]");
  if (role.disabled) continue;
  const levels = JSON.parse(role.dataset.levels);
  const fit = () => {
    const level = levels[role.value];
    for (const option of place.querySelectorAll("option[data-level]")) {
      option.disabled = option.dataset.level !== level;
      if (option.disabled && option.selected) place.value = "";
    }
    place.disabled = !level;
  };
  role.addEventListener("change", fit);
  fit();
}

// Copying needs a script and a safe connection: without them the field can still be copied by hand.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(field.value);
    const told = document.querySelector("[data-copied]");
    told.textContent = told.dataset.copied;
  });
}

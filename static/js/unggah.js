// The drop zone: files let go anywhere on the form land in its file field. What is too large is said before it is sent;
// sending stays the form's own work.
for (const form of document.querySelectorAll("form[data-drop]")) {
  const zone = form.querySelector(".drop");
  const input = zone.querySelector("input[type=file]");
  const limit = Number(form.dataset.batas || 0);
  const chosen = form.querySelector("#dipilih");
  const problem = form.querySelector("#terlalu-besar");

  const megabytes = (size) => (Math.ceil(size / 1e4) / 100).toLocaleString("id-ID", { maximumFractionDigits: 2 });
  const filled = (text, told) => text.replace(/\{(\w+)\}/g, (all, name) => told[name] ?? all);

  const look = () => {
    if (!limit) return;
    const files = [...input.files];
    const size = files.reduce((sum, file) => sum + file.size, 0);
    const told = { nama: files.map((file) => file.name).join(", "), mb: megabytes(size) };
    chosen.textContent = files.length ? filled(form.dataset.dipilih, told) : "";
    chosen.hidden = files.length < 2;
    problem.textContent = size > limit ? filled(form.dataset.besar, told) : "";
    problem.hidden = size <= limit;
    input.setCustomValidity(problem.textContent);
    if (size > limit) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };

  input.addEventListener("change", look);
  form.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  form.addEventListener("dragleave", () => zone.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    look();
  });
  // A second press would send the files twice
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
}

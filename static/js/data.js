// A record's form: keys that walk from field to field, marks of fields that are not valid, and a word before leaving
// with something unsaved. The numbers are read and scored by the server (htmx posts the form while somebody types).
const form = document.getElementById("catatan");
const fields = [...form.querySelectorAll("input[name^=f_]")];
const lost = document.getElementById("putus");
let unsaved = form.hasAttribute("data-berubah");

function walk(from, step) {
  const next = fields[fields.indexOf(from) + step];
  if (!next) return step > 0 ? form.elements.alasan.focus() : undefined;
  next.focus();
  next.select();
}

form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  if (!fields.includes(event.target) || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  walk(event.target, step);
});

// A touch keyboard shows digits only; what would be typed as a word gets a button there
if (matchMedia("(pointer: coarse)").matches) {
  for (const field of fields) field.inputMode = "decimal";
  for (const button of form.querySelectorAll("[data-tb]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.tb);
      field.value = "tidak berlaku";
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}

form.addEventListener("input", () => {
  unsaved = true;
  form.elements.alasan.setCustomValidity("");
});
form.addEventListener("submit", (event) => {
  const { alasan } = form.elements;
  unsaved = false;
  if (alasan.value.trim()) return;
  // The server would say the same; here nobody loses the place, and the field may be far from the button
  event.preventDefault();
  unsaved = true;
  alasan.setCustomValidity(form.dataset.tanpaAlasan);
  alasan.reportValidity();
});
window.addEventListener("beforeunload", (event) => { if (unsaved) event.preventDefault(); });

form.addEventListener("htmx:afterRequest", (event) => {
  // A session that ended answers with the log-in page
  const answered = event.detail.successful && event.detail.xhr.responseURL.includes("/hitung/");
  lost.hidden = answered;
  if (!answered) return;
  for (const field of fields) {
    if (document.getElementById(field.getAttribute("aria-describedby")).hasAttribute("data-galat")) field.setAttribute("aria-invalid", "true");
    else field.removeAttribute("aria-invalid");
  }
});

// What somebody typed on a claim and has not saved stays with it while they look at another one; it is kept in this
// page's memory alone, and whoever would leave the page with it is asked first.
const FIELDS = ["note", "call_reference", "representative"];
const drafts = new Map(); // address of the form → what stands in it

function formOf(element) {
  return element?.closest?.('form.touch-form[action$="/touches"]');
}

function typed(form) {
  const fields = FIELDS.map((name) => form.querySelector(`[name="${name}"]`));
  return fields.some((each) => each.value !== each.defaultValue) ? fields.map((each) => each.value) : null;
}

function keep(form) {
  const values = typed(form);
  if (values) drafts.set(form.action, values);
  else drafts.delete(form.action);
}

function putBack(form) {
  const values = form && drafts.get(form.action);
  if (!values) return;
  FIELDS.forEach((name, index) => { form.querySelector(`[name="${name}"]`).value = values[index]; });
  const call = form.querySelector('[name="call_reference"]').closest("details");
  if (values[1] || values[2]) call.open = true;
  const said = document.createElement("p");
  said.className = "small warn";
  said.setAttribute("role", "status");
  said.append("As you typed it before; it is not saved yet.");
  form.querySelector('[name="note"]').closest(".field").append(said);
}

export function startDrafts() {
  document.addEventListener("input", (event) => {
    const form = formOf(event.target);
    if (form) keep(form);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "pane-claim") putBack(event.detail.target.querySelector('form.touch-form[action$="/touches"]'));
  });
  document.addEventListener("submit", (event) => {
    const form = formOf(event.target);
    if (form && !event.defaultPrevented) drafts.delete(form.action);
  });
  addEventListener("beforeunload", (event) => {
    if (drafts.size > 0) event.preventDefault();
  });
}

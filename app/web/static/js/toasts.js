// Toasts go by themselves, unless somebody is reading or about to undo.
const SHOWN_MS = 7000;
const WITH_UNDO_MS = 20000;
const SAY_AFTER_MS = 400;

function schedule(toast) {
  if (toast.dataset.scheduled !== undefined || toast.classList.contains("toast-error")) return;
  toast.dataset.scheduled = "";
  const time = toast.querySelector(".toast-undo") ? WITH_UNDO_MS : SHOWN_MS;
  const leave = () => {
    if (toast.matches(":hover, :focus-within")) setTimeout(leave, 2000);
    else toast.remove();
  };
  setTimeout(leave, time);
}

// What stands on a page as it opens is not read aloud; what is put into a live region afterwards is.
function sayAloud(area) {
  const text = [...area.querySelectorAll(".toast-text")].map((each) => each.textContent).join(" ");
  if (text) say(text);
}

let region = null;

// For whoever hears the page instead of seeing it.
export function say(text) {
  if (!region) {
    region = document.createElement("div");
    region.className = "visually-hidden";
    region.setAttribute("role", "status");
    document.body.append(region);
  }
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, SAY_AFTER_MS);
}

export function startToasts() {
  const area = document.getElementById("toasts");
  if (!area) return;
  sayAloud(area);
  area.querySelectorAll("[data-toast]").forEach(schedule);
  new MutationObserver(() => area.querySelectorAll("[data-toast]").forEach(schedule)).observe(area, { childList: true });
  area.addEventListener("click", (event) => {
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest("[data-toast]").remove();
  });
}

// Toasts go by themselves, unless somebody is reading or about to undo.
const SHOWN_MS = 7000;
const WITH_UNDO_MS = 12000;

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

export function startToasts() {
  const area = document.getElementById("toasts");
  if (!area) return;
  area.querySelectorAll("[data-toast]").forEach(schedule);
  new MutationObserver(() => area.querySelectorAll("[data-toast]").forEach(schedule)).observe(area, { childList: true });
  area.addEventListener("click", (event) => {
    const dismiss = event.target.closest("[data-dismiss]");
    if (dismiss) dismiss.closest("[data-toast]").remove();
  });
}

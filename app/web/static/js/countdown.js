// What waits in the outbox says how long it still can be taken back. Without script the time of day stands there.
const SECOND_MS = 1_000;
const opened = Date.now(); // the server says how many seconds are left: its clock decides

function say(element) {
  const left = Number(element.dataset.countdown) - Math.round((Date.now() - opened) / SECOND_MS);
  if (left <= 0) { element.textContent = "leaves within a minute"; return; }
  const minutes = Math.floor(left / 60);
  element.textContent = `leaves in ${minutes}:${String(left % 60).padStart(2, "0")}`;
}

export function startCountdown() {
  const waiting = document.querySelectorAll("[data-countdown]");
  if (waiting.length === 0) return;
  const all = () => waiting.forEach(say);
  all();
  setInterval(all, SECOND_MS);
}

// The server signs an idle person out. While somebody works, say so once a minute, to the page too: what it holds is then
// held longer. When nobody does, cover the screen.
import { openSignedOut } from "./dialogs.js";
import { hideDrafts, keepDraftsUnder } from "./drafts.js";

const TELL_EVERY_MS = 60_000;
const CHECK_EVERY_MS = 15_000;

export function startSession() {
  const minutes = Number(document.body.dataset.idleMinutes);
  if (!minutes) return;
  let active = Date.now();
  let told = Date.now();

  const touch = () => {
    active = Date.now();
    if (active - told < TELL_EVERY_MS) return;
    told = active;
    document.body.dispatchEvent(new Event("overturn:working"));
    fetch("/session", { headers: { "HX-Request": "true" } }).then((answer) => {
      if (answer.status === 401) { hideDrafts(); openSignedOut(); }
      else document.documentElement.classList.remove("is-covered");
    }).catch(() => { told = 0; }); // offline: ask again with the next key
  };
  for (const kind of ["keydown", "pointerdown", "scroll"]) document.addEventListener(kind, touch, { passive: true, capture: true });

  setInterval(() => {
    if (Date.now() - active < minutes * 60_000) return;
    document.documentElement.classList.add("is-covered");
    hideDrafts();
    openSignedOut();
  }, CHECK_EVERY_MS);

  // Back from signing in again in the other tab.
  addEventListener("focus", () => {
    const dialog = document.getElementById("signed-out");
    if (!dialog?.open) return;
    fetch("/session", { headers: { "HX-Request": "true" } }).then(async (answer) => {
      if (!answer.ok) return;
      const now = await answer.json();
      if (String(now.person_id) !== document.body.dataset.person) { location.reload(); return; } // somebody else
      keepDraftsUnder(now.draft_key);
      active = told = Date.now();
      document.documentElement.classList.remove("is-covered");
      dialog.close();
    }).catch(() => undefined);
  });
}

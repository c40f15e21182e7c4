// Starts what the pages share. Everything here only makes faster what also works without it.
import { startCountdown } from "./countdown.js";
import { openDialogOf, openSignedOut } from "./dialogs.js";
import { startDrafts } from "./drafts.js";
import { startFollowup } from "./followup.js";
import { startKeys } from "./keys.js";
import { startPalette } from "./palette.js";
import { startSession } from "./session.js";
import { say, startToasts } from "./toasts.js";

const root = document.documentElement;

// htmx sends the forgery token with every request, also from a button that stands in no form.
document.addEventListener("htmx:configRequest", (event) => {
  event.detail.headers["X-CSRF-Token"] = document.querySelector('meta[name="csrf"]').content;
});

// A thin line says that work is going on; it appears only if the answer takes a moment (see button.css).
let underway = 0;
document.addEventListener("htmx:beforeRequest", () => { underway += 1; root.classList.add("is-busy"); });
document.addEventListener("htmx:afterRequest", () => {
  underway = Math.max(0, underway - 1);
  if (underway === 0) root.classList.remove("is-busy");
});

document.addEventListener("htmx:sendError", () => {
  const said = document.createElement("div");
  said.className = "toast toast-error";
  said.dataset.toast = "";
  said.setAttribute("role", "alert");
  said.append("The server did not answer. What you typed is still here; try again.");
  document.getElementById("toasts").append(said);
});

// Plain http over a network has no clipboard of its own: there the text is selected and copied as by hand.
function copy(element) {
  const text = element.dataset.copy || element.textContent.trim();
  if (navigator.clipboard) navigator.clipboard.writeText(text);
  else {
    getSelection().selectAllChildren(element);
    document.execCommand("copy");
  }
  element.dataset.copied = "";
  say(`${text} copied`);
  setTimeout(() => delete element.dataset.copied, 1200);
}

document.addEventListener("overturn:signed-out", openSignedOut);

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  if (opener) { openDialogOf(opener); return; }
  const copied = event.target.closest("[data-copy]");
  if (copied) copy(copied);
});

startKeys();
startCountdown();
startFollowup();
startDrafts(); // after it: a form that waits for the sign-in is not sent yet
startPalette();
startToasts();
startSession();
root.dataset.ready = ""; // from here on keys are heard

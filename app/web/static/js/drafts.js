// What somebody typed and has not saved stays with its form: while they look at another claim, and when the page is
// loaded again. A form takes part by naming its fields (the macro keep_typed); the tab keeps them sealed (sealed.js) until
// the form is saved or the sign-in ends. Who closes the tab on one, or signs out, is asked first.
import { drop, isKept, opened, put, useKey } from "./sealed.js";

const SENT = "overturn.sent"; // addresses of forms that were just sent: the next page tells whether they arrived
const SET_BY_KEYS = ["kind"]; // the step keys choose it: alone it is no work to lose

const CLAIMS_FORM = /^\/claims\/(\d+)\/touches$/;

const drafts = new Map(); // address of the form → its fields' values
let tellOpened;
export const draftsOpened = new Promise((tell) => { tellOpened = tell; }); // what the tab keeps has been unsealed
let isWithin = false; // is the page left for another one of ours?

function formOf(element) {
  const form = element?.closest?.("form[data-keep-typed]");
  return form?.elements.namedItem("keep") ? form : null;
}

function addressOf(form) {
  return new URL(form.getAttribute("action"), location.href).pathname;
}

// The fields that the form names; a name that ends in a dash stands for all that begin so (app/auth/kept_forms.py).
function fieldsOf(form) {
  const marks = form.elements.namedItem("keep").value.split(" ");
  const isNamed = (name) => marks.some((mark) => (mark.endsWith("-") ? name.startsWith(mark) : name === mark));
  return [...form.elements].filter((each) => each.name && isNamed(each.name));
}

function unchanged(field) {
  if (!(field instanceof HTMLSelectElement)) return field.defaultValue;
  return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0])?.value;
}

// `data-unsaved`: the server showed what was typed again, since it was refused or met an ended sign-in.
function isTyped(form) {
  return "unsaved" in form.dataset || fieldsOf(form).some((each) => !SET_BY_KEYS.includes(each.name) && each.value !== unchanged(each));
}

// Claims on which something typed waits to be saved.
export function draftedClaims() {
  return [...drafts.keys()].map((address) => address.match(CLAIMS_FORM)?.[1]).filter(Boolean);
}

function keep(form) {
  const address = addressOf(form);
  if (!isTyped(form)) { forget(address); return; }
  const values = Object.fromEntries(fieldsOf(form).map((each) => [each.name, each.value]));
  drafts.set(address, values);
  put(address, values);
  mark();
}

function forget(address) {
  drafts.delete(address);
  drop(address);
  mark();
}

function putBack(form) {
  if (!formOf(form)) return;
  if ("unsaved" in form.dataset) { keep(form); return; }
  const values = drafts.get(addressOf(form));
  if (!values || isTyped(form)) return;
  for (const field of fieldsOf(form)) {
    if (!(field.name in values)) continue;
    field.value = values[field.name];
    const fold = field.closest("details");
    if (fold && field.value) fold.open = true;
  }
  say(form);
}

function say(form) {
  const area = form.querySelector("[data-draft-said]");
  if (!area) return;
  const away = document.createElement("button");
  away.type = "button";
  away.className = "button button-small";
  away.dataset.dropDraft = "";
  away.append("Throw it away");
  area.replaceChildren("Restored as you typed it before. It is not saved yet. ", away);
}

function throwAway(form) {
  for (const field of fieldsOf(form)) field.value = unchanged(field);
  forget(addressOf(form));
  form.querySelector("[data-draft-said]").replaceChildren();
  const fields = fieldsOf(form);
  (fields.find((each) => each.matches("textarea")) ?? fields[0])?.focus();
}

function putAllBack(root) {
  for (const form of root.querySelectorAll("form[data-keep-typed]")) putBack(form);
}

// The list says which of its claims a note waits for, and the bar that one waits on another page.
function mark() {
  markRows();
  remind();
}

function remind() {
  document.querySelector("[data-draft-reminder]")?.remove();
  const here = new Set([...document.querySelectorAll("form[data-keep-typed]")].filter(formOf).map(addressOf));
  const elsewhere = [...drafts.keys()].filter((address) => !here.has(address));
  if (elsewhere.length === 0) return;
  const link = document.createElement("a");
  link.className = "chip draft-reminder";
  link.dataset.draftReminder = "";
  link.href = elsewhere.at(-1).replace(/\/touches$/, "");
  link.append(`${elsewhere.length} not saved`);
  document.querySelector(".topbar-end")?.prepend(link);
}

function markRows() {
  for (const old of document.querySelectorAll("[data-draft-badge]")) old.remove();
  for (const claim of draftedClaims()) {
    const title = document.querySelector(`#row-${claim} .list-title`);
    if (!title) continue;
    const badge = document.createElement("span");
    badge.className = "badge badge-warn";
    badge.dataset.draftBadge = "";
    badge.append("Not saved");
    title.append(badge);
  }
}

// What the page before this one sent is saved, unless it answered with trouble or somebody came back to it.
function dropSaved() {
  const sent = JSON.parse(sessionStorage.getItem(SENT) ?? "[]");
  sessionStorage.removeItem(SENT);
  const cameBack = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
  if (cameBack || document.querySelector(".trouble")) return;
  for (const address of sent) drop(address);
}

// The sign-in ended while the page stands: what is typed stays in its fields, and nothing is kept in the tab.
export function hideDrafts() {
  useKey("");
}

// Signed in again, the page still open.
export function keepDraftsUnder(secret) {
  useKey(secret);
  for (const [address, values] of drafts) put(address, values);
}

export async function startDrafts() {
  useKey(document.body.dataset.draftKey);
  dropSaved();
  document.addEventListener("input", (event) => {
    const form = formOf(event.target);
    if (form) keep(form);
  });
  document.addEventListener("click", (event) => {
    const away = event.target.closest("[data-drop-draft]");
    if (away) throwAway(away.closest("form"));
    const link = event.target.closest("a[href]");
    if (link && !event.defaultPrevented) stayWithin(link.href);
  });
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented) return;
    stayWithin(event.target.action);
    const form = formOf(event.target);
    if (!form) return;
    drafts.delete(addressOf(form));
    sessionStorage.setItem(SENT, JSON.stringify([addressOf(form)]));
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    putAllBack(event.detail.target);
    mark();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "F5" || event.key === "r" && (event.ctrlKey || event.metaKey)) stayWithin(location.href);
  });
  window.navigation?.addEventListener("navigate", (event) => stayWithin(event.destination.url)); // a script's own steps
  addEventListener("beforeunload", (event) => {
    if (isKept() ? !isWithin && isShown() : drafts.size > 0) event.preventDefault();
  });

  try {
    for (const [address, values] of await opened()) {
      if (!drafts.has(address)) drafts.set(address, values);
    }
  } finally { tellOpened(); }
  putAllBack(document);
  mark();
}

// Does a draft stand in a form of this page?
function isShown() {
  return [...document.querySelectorAll("form[data-keep-typed]")].some((form) => formOf(form) && drafts.has(addressOf(form)));
}

// Another page of ours shows the draft again; signing out does not.
function stayWithin(href) {
  const there = new URL(href, location.href);
  isWithin = there.origin === location.origin && there.pathname !== "/sign-out";
  setTimeout(() => { isWithin = false; }, 1_000);
}

// The workbench's own manners: the row that is open, the wire text in a drawer, minutes counted quietly.
import { openSignedOut } from "./dialogs.js";
import { draftedClaims, draftsOpened, hideDrafts } from "./drafts.js";

const COUNT_EVERY_MS = 15_000;
const LONGEST_COUNTED_MINUTES = 60; // a claim left open over lunch was not worked for an hour

let opened = Date.now();

function markRow(link) {
  for (const row of document.querySelectorAll("[data-row]")) row.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  const past = document.querySelector("[data-past]");
  if (past) past.value = link.id.replace("row-", "");
}

function showPane(name) {
  const bench = document.querySelector(".workbench");
  if (bench) bench.dataset.pane = name;
}

let openedFrom = null; // where the keyboard was before the drawer took it

function openDrawer(link) {
  const drawer = document.getElementById("edi-drawer");
  if (!drawer || !window.htmx) return false;
  const href = link.getAttribute("href");
  if (!drawer.contains(link)) openedFrom = link;
  window.htmx.ajax("GET", href.split("#")[0], { target: "#edi-drawer", swap: "innerHTML" });
  return true;
}

function closeDrawer() {
  const drawer = document.getElementById("edi-drawer");
  if (!drawer?.childElementCount) return false;
  drawer.replaceChildren();
  if (openedFrom?.isConnected) openedFrom.focus({ preventScroll: true });
  return true;
}

// The filter and the form of a view lie over the list: Escape, or a click beside them, closes them.
function closeMenu() {
  const open = document.querySelector(".filter-menu[open]");
  if (!open) return false;
  open.removeAttribute("open");
  open.querySelector("summary").focus();
  return true;
}

// What was done, put into the form; then the person types.
function fill(kind, note) {
  const form = document.querySelector(".touch-form");
  if (!form) return false;
  const field = form.querySelector('[name="note"]');
  if (kind) form.querySelector('[name="kind"]').value = kind;
  if (note) field.value = field.value ? `${field.value}\n${note}` : note;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
  const gap = field.value.indexOf("____");
  if (note && gap >= 0) field.setSelectionRange(gap, gap + 4);
  return true;
}

// The first field behind a summary that was just opened by its key.
function openedSummary(summary) {
  const details = summary.closest("details");
  if (details.open) return;
  if (summary.dataset.action === "claim.call") document.querySelector('.touch-form [name="kind"]').value = "call";
  setTimeout(() => details.querySelector('input:not([type="hidden"]), select, a')?.focus());
}

const dollars = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
let lastTick = null;

function ticks() {
  return [...document.querySelectorAll(".list-tick")];
}

function showTicked() {
  const bar = document.querySelector("[data-bulk]");
  if (!bar) return;
  const ticked = ticks().filter((each) => each.checked);
  const cents = ticked.reduce((sum, each) => sum + Number(each.dataset.cents), 0);
  bar.hidden = ticked.length === 0;
  bar.querySelector("[data-bulk-count]").textContent = `${ticked.length} selected · ${dollars.format(cents / 100)}`;
}

function untickAll() {
  const ticked = ticks().filter((each) => each.checked);
  for (const each of ticked) each.checked = false;
  showTicked();
  return ticked.length > 0;
}

function tickRange(tick) {
  const all = ticks();
  const [from, to] = [all.indexOf(lastTick), all.indexOf(tick)].sort((one, other) => one - other);
  if (from < 0) return;
  for (const each of all.slice(from, to + 1)) each.checked = tick.checked;
}

const SENDING_MS = 10_000; // after that the server is not about to answer, and it may be tried again
const sentAt = new WeakMap();

// Ask before sending whether somebody is still signed in: a sign-out must never swallow what was typed.
function sendIfSignedIn(event) {
  const form = event.target;
  if (event.defaultPrevented || !form.matches?.("[data-keep-typed]")) return;
  if ("asked" in form.dataset) { // it goes; a second press while the answer is underway would save it twice
    if (performance.now() - (sentAt.get(form) ?? -SENDING_MS) < SENDING_MS) event.preventDefault();
    else sentAt.set(form, performance.now());
    return;
  }
  event.preventDefault();
  if ("asking" in form.dataset) return; // a second press of the key, before the first was answered
  form.dataset.asking = "";
  const submitter = event.submitter;
  fetch("/session", { headers: { "HX-Request": "true" } }).then((answer) => {
    if (answer.status === 401) { hideDrafts(); openSignedOut(); return; }
    form.dataset.asked = "";
    form.requestSubmit(submitter);
  }).catch(() => document.dispatchEvent(new Event("htmx:sendError"))).finally(() => delete form.dataset.asking);
}

// What the tab keeps sealed is known a moment after the page: the first hold waits for it, lest it give those claims back.
const isHold = (path) => /^\/claims\/\d+\/lease$/.test(path);
let mayHold = false;
draftsOpened.then(() => { mayHold = true; });

function waitForDrafts(event) {
  if (mayHold || !isHold(event.detail.path)) return;
  event.preventDefault();
  draftsOpened.then(() => event.detail.issueRequest(true));
}

// With the hold on a claim go those on the claims before it, but not where something typed waits to be saved.
function keepHeld(event) {
  if (isHold(event.detail.path)) event.detail.parameters.keep = draftedClaims();
}

function counted() {
  const minutes = Math.min(LONGEST_COUNTED_MINUTES, (Date.now() - opened) / 60_000);
  return String(Math.max(0.1, Math.round(minutes * 10) / 10));
}

// What would be kept if the field stays empty stands in it, faint.
function showCounted() {
  for (const field of document.querySelectorAll('.touch-form [name="minutes"]')) field.placeholder = counted();
}

export function startFollowup() {
  showCounted();
  setInterval(showCounted, COUNT_EVERY_MS);
  showTicked();
  document.addEventListener("htmx:confirm", waitForDrafts);
  document.addEventListener("htmx:configRequest", keepHeld);
  document.addEventListener("change", (event) => {
    if (event.target.matches(".list-tick")) showTicked();
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll(".filter-menu[open]")) {
      if (!menu.contains(event.target)) menu.removeAttribute("open");
    }
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    const row = event.target.closest("[data-row]");
    if (row && plain) { markRow(row); showPane("claim"); }
    const source = event.target.closest('a[href*="/edi?"]');
    if (source && plain && source.closest(".claim") && openDrawer(source)) event.preventDefault();
    if (event.target.closest("[data-close-drawer]")) closeDrawer();
    if (event.target.closest("[data-untick]")) untickAll();
    if (event.target.closest("[data-print]")) window.print();
    const done = event.target.closest('[data-action="claim.done"], [data-insert]');
    if (done && plain && fill(done.dataset.kind, done.dataset.insert)) {
      event.preventDefault();
      done.closest("details.call-fields")?.removeAttribute("open");
    }
    const summary = event.target.closest(":is(.call-fields, .filter-menu) > summary");
    if (summary) openedSummary(summary);
    if (event.target.matches(".list-tick")) {
      if (event.shiftKey && lastTick) tickRange(event.target);
      lastTick = event.target;
      showTicked();
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || document.querySelector("dialog[open]")) return;
    const hadLeftAField = event.defaultPrevented; // one press does one thing
    if (closeMenu() || closeDrawer() || !hadLeftAField && untickAll()) event.preventDefault();
  });

  // "Show more" goes with its press: the keyboard goes on at the first row that it brought.
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "list-more") return;
    const known = document.querySelectorAll("[data-row]").length;
    addEventListener("htmx:afterSettle", () => document.querySelectorAll("[data-row]")[known]?.focus(), { once: true });
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "pane-claim") { opened = Date.now(); showCounted(); }
    if (event.detail.target.id === "list-more") showTicked();
    if (event.detail.target.id === "edi-drawer") {
      const lit = event.detail.target.querySelector(".edi-lit");
      lit?.scrollIntoView({ block: "center" });
      event.detail.target.focus({ preventScroll: true });
    }
  });

  addEventListener("pageshow", () => { for (const form of document.querySelectorAll("form[data-asked]")) sentAt.delete(form); });
  document.addEventListener("submit", (event) => {
    const minutes = event.target.closest?.(".touch-form")?.querySelector('[name="minutes"]');
    if (!minutes || minutes.value) return;
    minutes.value = counted();
  });
  document.addEventListener("submit", sendIfSignedIn);
}

// Keys to actions, from the one table that the page carries (app/web/keys.py).
// An element takes part by naming its action: <button data-action="claim.snooze">.
import { moveRow, openRow, selectRow } from "./rows.js";
import { openPalette } from "./palette.js";
import { movePane } from "./panes.js";

const SECOND_KEY_MS = 1200;
const table = JSON.parse(document.getElementById("keys").textContent);
const apple = /Mac|iPhone|iPad/.test(navigator.platform);

const built = {
  "help.open": () => document.getElementById("key-sheet")?.showModal(),
  "palette.open": () => openPalette(),
  "form.save": () => saveForm(document.activeElement?.closest("form")),
  "search.focus": () => document.querySelector('[type="search"]')?.focus(),
  "row.next": () => moveRow(1),
  "row.previous": () => moveRow(-1),
  "row.open": () => openRow(),
  "row.select": () => selectRow(),
  "pane.next": () => movePane(1),
  "pane.previous": () => movePane(-1),
  escape: () => document.activeElement?.blur(),
};

// As Enter does in a field of one line: by the form's first button.
function saveForm(form) {
  const button = form?.querySelector('button:not([type="button"]), [type="submit"]');
  if (button) form.requestSubmit(button);
}

export function keysInForce() {
  const scope = document.body.dataset.scope;
  return table.filter((key) => key.scope === "everywhere" || key.scope === scope);
}

function namedBy(action) {
  return [...document.querySelectorAll(`[data-action="${CSS.escape(action)}"]`)].filter((each) => each.checkVisibility());
}

// Would the action do anything on this page, as it stands? What is marked as refused only says why not.
export function isPossible(action) {
  return action in built || namedBy(action).some((each) => !("refused" in each.dataset));
}

// Do what an action means: a shared behaviour, else a click on the newest visible element that names it.
export function act(action, href) {
  const named = namedBy(action);
  const element = action === "undo" ? named.at(-1) : named[0];
  if (element) {
    if (element.matches("input, select, textarea")) element.focus();
    else element.click();
    if ("refused" in element.dataset) element.focus(); // its reason is read aloud
    return true;
  }
  if (built[action]) { built[action](); return true; }
  if (href && document.querySelector(`[data-action="${CSS.escape(action)}"]`)) { location.assign(href); return true; }
  return false; // nothing to do it to, or a place that this person cannot go
}

function isTyping(target) {
  return target instanceof Element && (target.isContentEditable || target.matches("input:not([type=checkbox], [type=radio], [type=button], [type=submit]), textarea, select"));
}

function spelled(event) {
  const mod = apple ? event.metaKey : event.ctrlKey;
  if (mod && !event.altKey) return `mod+${event.key.length === 1 ? event.key.toLowerCase() : event.key}`;
  if (event.ctrlKey || event.metaKey || event.altKey) return "";
  return event.key;
}

// A key means the claim that was asked for, not the one that still stands there: until it has come, keys are held, and
// then they are heard in their order. While a page is being left for another one they are not heard at all.
const MOVES = ["row.next", "row.previous"];
const LEAVING_MS = 3000; // a form that was sent and left no page: it was cancelled, or answered with a file

const loading = new Set(); // requests for a claim
let newest = null; // the one that was asked for last: it stands there in the end, whichever comes first
let held = [];
let leftAt = -LEAVING_MS;

function isLeaving() {
  return performance.now() - leftAt < LEAVING_MS || document.querySelector("form[data-asking]") !== null;
}

let first = "";
let forget = 0;

function found(key) {
  const pair = first ? `${first} ${key}` : key;
  const keys = keysInForce();
  return keys.find((each) => each.key === pair) ?? keys.find((each) => each.key === key);
}

// Whether the key meant something.
function hear(key) {
  const meant = found(key);
  clearTimeout(forget);
  first = "";
  if (meant) return act(meant.action, meant.href);
  if (keysInForce().some((each) => each.key.startsWith(`${key} `))) {
    first = key;
    forget = setTimeout(() => { first = ""; }, SECOND_KEY_MS);
  }
  return false;
}

function hearHeld() {
  while (held.length > 0 && loading.size === 0) {
    const key = held.shift();
    if (isTyping(document.activeElement)) {
      if (key.length === 1) document.execCommand("insertText", false, key);
    } else if (!isLeaving()) hear(key);
  }
}

function startHolding() {
  const isClaim = (event) => event.detail.target?.id === "pane-claim";
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (!isClaim(event)) return;
    newest = event.detail.xhr;
    loading.add(newest);
  });
  document.addEventListener("htmx:beforeSwap", (event) => { // an answer that was overtaken
    if (isClaim(event) && loading.has(event.detail.xhr) && event.detail.xhr !== newest) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (!loading.delete(event.detail.xhr)) return;
    if (event.detail.xhr === newest && !event.detail.successful) held = []; // they were not meant for the one that stays
    setTimeout(hearHeld); // once what came has settled
  });
  addEventListener("submit", (event) => { if (!event.defaultPrevented) leftAt = performance.now(); });
  addEventListener("pageshow", () => { leftAt = -LEAVING_MS; });
}

export function startKeys() {
  startHolding();
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.repeat && event.key.length > 1) return;
    const key = spelled(event);
    if (!key) return;
    const single = !key.startsWith("mod+") && key !== "Escape";
    if (isTyping(event.target) && single) return;
    if (single && (document.documentElement.dataset.singleKeys === "off" || document.querySelector("dialog[open]"))) return;
    if (key === "Escape" && (document.querySelector("dialog[open]") || !isTyping(event.target))) return; // the browser's own
    // A focused button or link keeps its own Enter.
    if (key === "Enter" && event.target.closest?.("a, button, summary")) return;

    if (single && isLeaving()) { event.preventDefault(); return; }
    if (single && (held.length > 0 || loading.size > 0 && !MOVES.includes(found(key)?.action))) {
      held.push(key);
      event.preventDefault();
      return;
    }
    if (hear(key)) event.preventDefault();
  });
}

// Find anything by typing: every key in force and every visible action of the page.
import { act, isPossible, keysInForce } from "./keys.js";

const SHOWN = 12;
const UNASKED = ["escape", "palette.open", "form.save", "row.next", "row.previous", "row.open", "pane.previous", "pane.next"]; // nobody looks these up to do them

const dialog = document.getElementById("palette");
const input = dialog?.querySelector("input");
const listbox = document.getElementById("palette-list");

export function openPalette() {
  if (!dialog || dialog.open) return;
  input.value = "";
  dialog.showModal();
  show();
}

function choices() {
  const found = new Map();
  const ofPage = (key) => (key.action === "undo" ? 0 : key.scope === "everywhere" ? 2 : 1);
  for (const key of [...keysInForce()].sort((one, other) => ofPage(one) - ofPage(other))) {
    if (UNASKED.includes(key.action)) continue;
    const present = document.querySelector(`[data-action="${CSS.escape(key.action)}"]`);
    if (key.href ? !present : !isPossible(key.action)) continue; // a place that this person cannot go, nothing to do it to
    found.set(key.label, { label: key.label, caps: key.caps, run: () => act(key.action, key.href) });
  }
  for (const named of document.querySelectorAll("[data-palette]")) {
    if (named.checkVisibility()) found.set(named.dataset.palette, { label: named.dataset.palette, caps: "", run: () => named.click() });
  }
  for (const link of document.querySelectorAll("a.queue, a.menu-item:not([data-action]), a.tab, #palette-pages a")) {
    const label = link.dataset.label || link.textContent.trim().replace(/\s+/g, " ");
    if (!found.has(label)) found.set(label, { label, caps: "", run: () => link.click() });
  }
  return [...found.values()];
}

// Letters in order, anywhere; earlier and closer together is better.
function rank(label, typed) {
  let at = -1;
  let cost = 0;
  for (const sign of typed) {
    const next = label.indexOf(sign, at + 1);
    if (next < 0) return Infinity;
    cost += next - at - 1;
    at = next;
  }
  return cost;
}

// What was typed may as well be a patient or a number: the last choice is to search for it.
function searchFor(typed) {
  const box = document.querySelector(".searchbox");
  if (!box || typed.length < 2) return [];
  const run = () => { box.querySelector("input").value = typed; box.requestSubmit(); };
  return [{ label: `Search for “${typed}”`, caps: "", run }];
}

function show() {
  const typed = input.value.trim().toLowerCase();
  const ranked = choices()
    .map((each) => ({ each, cost: rank(each.label.toLowerCase(), typed) }))
    .filter((one) => one.cost < Infinity)
    .sort((one, other) => one.cost - other.cost)
    .slice(0, SHOWN);
  const sought = searchFor(input.value.trim());
  const shown = [...ranked.map(({ each }) => each), ...sought];
  listbox.replaceChildren(...shown.map((each, index) => item(each, index)));
  if (shown.length === 0) {
    const none = document.createElement("p");
    none.className = "palette-none";
    none.textContent = "Nothing by that name.";
    listbox.append(none);
  }
  mark(0);
}

function item(choice, index) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "palette-item";
  made.id = `palette-${index}`;
  made.setAttribute("role", "option");
  made.tabIndex = -1;
  made.textContent = choice.label;
  if (choice.caps) {
    const caps = document.createElement("span");
    caps.className = "keys";
    for (const part of choice.caps.split(" ")) {
      const cap = document.createElement("kbd");
      cap.className = "key";
      cap.textContent = part;
      caps.append(cap);
    }
    made.append(caps);
  }
  made.addEventListener("click", () => { dialog.close(); choice.run(); });
  return made;
}

function mark(index) {
  const items = [...listbox.querySelectorAll(".palette-item")];
  const chosen = items[(index + items.length) % Math.max(1, items.length)];
  for (const each of items) each.setAttribute("aria-selected", String(each === chosen));
  if (!chosen) return;
  input.setAttribute("aria-activedescendant", chosen.id);
  chosen.scrollIntoView({ block: "nearest" });
}

function marked() {
  return [...listbox.querySelectorAll(".palette-item")].findIndex((each) => each.getAttribute("aria-selected") === "true");
}

export function startPalette() {
  if (!dialog) return;
  input.addEventListener("input", show);
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown") mark(marked() + 1);
    else if (event.key === "ArrowUp") mark(marked() - 1);
    else if (event.key === "Escape") { input.blur(); dialog.close(); } // at once: the next key is the page's already
    else if (event.key === "Enter") listbox.querySelector('[aria-selected="true"]')?.click();
    else return;
    event.preventDefault();
  });
}

// Moving through a list: <div data-rows> holds links with data-row. With data-follow the row opens as it is reached.

function list() {
  return [...document.querySelectorAll("[data-rows]")].find((each) => each.checkVisibility());
}

function rowsOf(found) {
  return [...found.querySelectorAll("[data-row]")];
}

function currentOf(rows) {
  const focused = rows.indexOf(document.activeElement);
  return focused >= 0 ? focused : rows.findIndex((row) => row.getAttribute("aria-current") === "true");
}

export function moveRow(step) {
  const found = list();
  if (!found) return;
  const rows = rowsOf(found);
  if (rows.length === 0) return;
  const at = currentOf(rows);
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))]; // none yet (-1): down reaches the first
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  if ("follow" in found.dataset && next.getAttribute("aria-current") !== "true") {
    for (const row of rows) row.removeAttribute("aria-current");
    next.setAttribute("aria-current", "true");
    next.click();
  }
}

export function openRow() {
  const found = list();
  if (!found) return;
  const rows = rowsOf(found);
  rows[Math.max(0, currentOf(rows))]?.click();
}

export function selectRow() {
  const found = list();
  if (!found) return;
  const rows = rowsOf(found);
  rows[currentOf(rows)]?.closest("[data-row-frame]")?.querySelector('input[type="checkbox"]')?.click();
}

// Moving between the panes of a workbench, by key and on narrow screens.
const ORDER = ["queues", "list", "claim"];

export function movePane(step) {
  const bench = document.querySelector(".workbench");
  if (!bench) return;
  const panes = ORDER.map((name) => bench.querySelector(`.pane-${name}`));
  const focused = panes.findIndex((pane) => pane?.contains(document.activeElement));
  const at = focused >= 0 ? focused : ORDER.indexOf(bench.dataset.pane || "list");
  const next = Math.min(ORDER.length - 1, Math.max(0, at + step));
  bench.dataset.pane = ORDER[next];
  panes[next]?.focus();
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-show-pane]");
  const bench = document.querySelector(".workbench");
  if (!opener || !bench) return;
  event.preventDefault();
  bench.dataset.pane = opener.dataset.showPane;
  bench.querySelector(`.pane-${opener.dataset.showPane}`)?.focus();
});

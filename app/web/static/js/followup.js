// The workbench's own manners: the row that is open, the wire text in a drawer, minutes counted quietly.
const LONGEST_COUNTED_MINUTES = 60; // a claim left open over lunch was not worked for an hour

let opened = Date.now();

function markRow(link) {
  for (const row of document.querySelectorAll("[data-row]")) row.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
}

function showPane(name) {
  const bench = document.querySelector(".workbench");
  if (bench) bench.dataset.pane = name;
}

function openDrawer(href) {
  const drawer = document.getElementById("edi-drawer");
  if (!drawer || !window.htmx) return false;
  window.htmx.ajax("GET", href.split("#")[0], { target: "#edi-drawer", swap: "innerHTML" });
  return true;
}

function closeDrawer() {
  const drawer = document.getElementById("edi-drawer");
  if (!drawer?.childElementCount) return false;
  drawer.replaceChildren();
  return true;
}

export function startFollowup() {
  document.addEventListener("click", (event) => {
    const plain = !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0;
    const row = event.target.closest("[data-row]");
    if (row && plain) { markRow(row); showPane("claim"); }
    const source = event.target.closest('a[href*="/edi?"]');
    if (source && plain && source.closest(".claim") && openDrawer(source.getAttribute("href"))) event.preventDefault();
    if (event.target.closest("[data-close-drawer]")) closeDrawer();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]") && closeDrawer()) event.preventDefault();
  });

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "pane-claim") opened = Date.now();
    if (event.detail.target.id === "edi-drawer") {
      const lit = event.detail.target.querySelector(".edi-lit");
      lit?.scrollIntoView({ block: "center" });
    }
  });

  document.addEventListener("submit", (event) => {
    const minutes = event.target.closest?.(".touch-form")?.querySelector('[name="minutes"]');
    if (!minutes || minutes.value) return;
    const counted = Math.min(LONGEST_COUNTED_MINUTES, (Date.now() - opened) / 60_000);
    minutes.value = String(Math.max(0.1, Math.round(counted * 10) / 10));
  });
}

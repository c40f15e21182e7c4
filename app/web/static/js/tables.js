// On a narrow screen a table that does not fit becomes cards: each cell stands under its row's name, led by its column's.
// Without a script it scrolls sideways in its frame.
const narrow = matchMedia("(max-width: 48rem)");

// The words of the header over each cell, counted in columns: a cell may span several.
function label(table) {
  const heads = [...table.querySelectorAll("thead th, thead td")].map((each) => each.textContent.trim());
  for (const row of table.querySelectorAll("tbody tr, tfoot tr")) {
    let at = 0;
    for (const cell of row.cells) {
      if (cell.colSpan === 1 && heads[at] && !cell.matches("th")) cell.dataset.label = heads[at];
      at += cell.colSpan;
    }
  }
}

function fit() {
  for (const wrap of document.querySelectorAll(".table-wrap")) {
    wrap.classList.remove("is-cards");
    const table = wrap.querySelector(":scope > .table");
    if (!narrow.matches || !table?.tHead || wrap.scrollWidth <= wrap.clientWidth) continue;
    label(table);
    wrap.classList.add("is-cards");
  }
}

export function startTables() {
  fit();
  narrow.addEventListener("change", fit);
  document.addEventListener("htmx:afterSettle", fit);
  document.addEventListener("toggle", fit, true); // a table in a fold has no width before it is opened
}

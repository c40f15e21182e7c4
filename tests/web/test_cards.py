"""Cells of a wide table carry the name of their column, so that a narrow screen shows them as cards."""

from __future__ import annotations

import re

import pytest

from app.web.cards import labelled

HEAD = '<th>Payer</th><th scope="col" class="money">Open</th><th scope="col"><a class="sort" href="?x">Age</a></th>'


def table(rows: str, head: str = HEAD + '<th scope="col"><span class="visually-hidden">Acts</span></th>') -> str:
    return (
        '<p>before</p><div class="table-wrap table-plain" tabindex="0"><table class="table">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div><td>after</td>"
    )


def names(html: str) -> list[str]:
    return re.findall(r'data-label="([^"]*)"', html)


def test_each_cell_is_named_after_its_column_and_the_rest_stays() -> None:
    plain = table('<tr><th scope="row">Medicaid</th><td class="money">$5.00</td><td>9 d</td><td>Ask</td></tr>')
    shown = labelled(plain)
    assert '<td data-label="Open" class="money">$5.00</td><td data-label="Age">9 d</td><td>Ask</td>' in shown
    assert '<div class="table-wrap cards table-plain" tabindex="0">' in shown
    unmarked = re.sub(r' data-label="[^"]*"', "", shown).replace("table-wrap cards", "table-wrap")
    assert unmarked == plain


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ('<tr><th colspan="2">All</th><td>9 d</td><td></td></tr>', ["Age"]),  # what follows a wide cell
        ('<tr><td colspan="4">No claims</td></tr>', []),  # the cell stands under all columns
        ("<tr><td>a</td></tr><tr><td>b</td></tr>", ["Payer", "Payer"]),  # every row begins anew
        ("<tr>" + "<td>x</td>" * 5 + "</tr>", ["Payer", "Open", "Age"]),  # a cell too many has no name
    ],
)
def test_cells_are_counted_in_columns(row: str, expected: list[str]) -> None:
    assert names(labelled(table(row))) == expected


def test_a_table_of_few_columns_stays_a_table() -> None:
    plain = table("<tr><td>a</td><td>b</td><td>c</td></tr>", HEAD)
    assert labelled(plain) == plain


def test_a_table_without_a_head_and_a_page_without_a_table_stay_as_they_are() -> None:
    for plain in ("<p>none</p>", '<div class="table-wrap"><table class="table"><tr><td>a</td></tr></table></div>'):
        assert labelled(plain) == plain


def test_a_name_with_quotes_cannot_leave_its_attribute() -> None:
    head = '<th>Said "so" &lt;b&gt;</th>' + HEAD
    (said, *_) = names(labelled(table("<tr><td>a</td><td>b</td></tr>", head)))
    assert said == "Said &quot;so&quot; &lt;b&gt;"


def test_each_table_of_a_page_is_named_by_its_own_head() -> None:
    one = table("<tr><td>a</td></tr>")
    other = table("<tr><td>a</td></tr>", "<th>Queue</th>" + HEAD)
    assert names(labelled(one + other)) == ["Payer", "Queue"]

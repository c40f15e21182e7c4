"""Fragments kept by their values."""

from __future__ import annotations

from datetime import date

import pytest
from fastapi import Request

from app.web.pages import kept, render
from tests.followup.rows import a_row


def test_an_equal_row_is_rendered_once_and_a_changed_one_anew() -> None:
    today = date(2026, 3, 2)
    first = kept("work/row.html", "work_row", a_row(), "/work?", "Research", "", today, True, False)
    again = kept("work/row.html", "work_row", a_row(), "/work?", "Research", "", today, True, False)
    held = kept("work/row.html", "work_row", a_row(holder="Robin"), "/work?", "Research", "", today, True, False)
    assert again is first
    assert "Robin has it open" in held
    assert "Robin" not in first


def test_what_is_kept_is_escaped() -> None:
    made = kept(
        "work/row.html",
        "work_row",
        a_row(patient="<b>X</b>"),
        "/work?",
        "Research",
        "",
        date(2026, 3, 2),
        True,
        False,
    )
    assert "&lt;b&gt;X&lt;/b&gt;" in made


def test_a_page_is_not_given_a_name_that_every_template_needs() -> None:
    with pytest.raises(KeyError, match="kept"):
        render(Request({"type": "http"}), "error.html", kept=[])

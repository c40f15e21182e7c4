"""The table of keys is the only source: every key does something on the bench, and the docs say the same."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine

from app.web.assets import FILES
from app.web.keys import KEYS, WORK, Key
from app.web.pages import TEMPLATES
from docs.make_keys import PAGE, keys_page
from tests.browser_double import Browser
from tests.practice import claim_numbered


@pytest.mark.parametrize("key", [key for key in KEYS if key.scope == WORK], ids=lambda key: key.action)
def test_every_key_of_the_bench_finds_something_to_do(dana: Browser, engine: Engine, key: Key) -> None:
    if key.action == "undo":
        dana.submit(f"/claims/{claim_numbered(engine, 'ST1003').id}/touches", {"kind": "note", "note": "x"})
    page = dana.get("/work?all=1").text

    built = set(re.findall(r'^  "?([a-z.]+)"?: \(\) =>', FILES["js/keys.js"].decode(), re.M))
    named = f'data-action="{key.action}"'
    of_another_slice = any(
        named in path.read_text() for path in TEMPLATES.rglob("*.html") if path.parent.name != "work"
    )
    assert named in page or key.action in built or of_another_slice


def test_no_two_keys_of_one_page_are_the_same() -> None:
    keys = [key.key for key in KEYS]
    assert len(keys) == len(set(keys))


def test_the_page_about_keys_is_the_table() -> None:
    assert PAGE.read_text(encoding="utf-8") == keys_page(), "run: python -m docs.make_keys"


def test_the_help_sheet_names_only_places_that_its_reader_can_go(dana: Browser, sam: Browser) -> None:
    def sheet(browser: Browser) -> str:
        page: str = browser.get("/work?all=1").text
        return page.partition('id="key-sheet"')[2].partition("</dialog>")[0]

    assert "Go to the team" in sheet(sam)
    assert "Go to the team" not in sheet(dana)
    assert "Go to the call sheet" in sheet(dana)
    assert "Give me the next best claim" in sheet(dana)

"""Templates parse, stay within the content security policy, and name only what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.web.assets import FILES
from app.web.keys import KEYS
from app.web.pages import ENVIRONMENT, TEMPLATES

PATHS = sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.html"))
ICONS = set(re.findall(r'id="icon-([a-z-]+)"', (TEMPLATES / "icons.html").read_text()))
LONGEST_LINES = 220


def source(path: str) -> str:
    return (TEMPLATES / path).read_text()


@pytest.mark.parametrize("path", PATHS)
def test_every_template_parses_and_finds_what_it_includes(path: str) -> None:
    template = ENVIRONMENT.get_template(path)
    for named in re.findall(r'{%-?\s*(?:extends|include|from|import)\s+"([^"]+)"', source(path)):
        assert (TEMPLATES / named).exists(), named
    assert template.name == path


@pytest.mark.parametrize("path", PATHS)
def test_no_template_has_inline_script_or_style(path: str) -> None:
    text = source(path)
    assert not re.search(r"\sstyle\s*=", text), "a class, not a style attribute"
    assert not re.search(r"<style\b", text), "a file in app/web/static/css"
    assert not re.search(r"\son[a-z]+\s*=\s*[\"']", text), "data-action and a module, not an on… attribute"
    assert "javascript:" not in text
    assert "hx-on" not in text
    for attributes in re.findall(r"<script\b([^>]*)>", text):
        assert "src=" in attributes or 'type="application/json"' in attributes, "no inline script"


@pytest.mark.parametrize("path", PATHS)
def test_a_form_that_changes_something_carries_its_token(path: str) -> None:
    for form in re.findall(r"<form\b[^>]*method=\"post\".*?</form>", source(path), re.DOTALL):
        assert "csrf" in form, form[:80]


@pytest.mark.parametrize("path", PATHS)
def test_nothing_switches_escaping_off(path: str) -> None:
    assert not re.search(r"\|\s*safe\b", source(path))
    assert "autoescape false" not in source(path)


@pytest.mark.parametrize("path", PATHS)
def test_icons_keys_and_static_files_that_a_template_names_exist(path: str) -> None:
    text = source(path)
    assert (
        set(re.findall(r'\bicon\("([a-z-]+)"[,)]', text)) | set(re.findall(r'icon_name="([a-z-]+)"', text)) <= ICONS
    )
    assert set(re.findall(r'asset\("([^"]+)"\)', text)) <= set(FILES)
    assert set(re.findall(r'data-action="([a-z._]+)"', text)) <= {key.action for key in KEYS}


@pytest.mark.parametrize("path", PATHS)
def test_a_template_is_short_enough_to_read(path: str) -> None:
    assert len(source(path).splitlines()) <= LONGEST_LINES


def test_scripts_write_no_markup_and_run_no_text() -> None:
    scripts = {name: FILES[name].decode() for name in FILES if name.startswith("js/")}
    for name, text in scripts.items():
        for banned in (
            r"\.innerHTML\b",
            r"\.outerHTML\b",
            r"insertAdjacentHTML",
            r"\beval\(",
            r"new Function",
            r"localStorage",
        ):
            assert not re.search(banned, text), f"{name}: {banned}"


def test_style_sheets_load_nothing_from_elsewhere() -> None:
    for name in FILES:
        if name.endswith(".css"):
            assert not re.search(r"url\(\s*[\"']?https?:", FILES[name].decode()), name
            assert "@import" not in FILES[name].decode(), name


def test_every_colour_is_a_token() -> None:
    """Only tokens.css says a colour; the dark toast and tooltip grounds are the exceptions."""
    for path in sorted(Path(TEMPLATES.parent / "app/web/static/css").glob("*.css")):
        if path.stem in ("tokens", "toast", "print"):
            continue
        found = re.findall(r"#[0-9a-fA-F]{3,8}\b", re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL))
        assert len(found) <= (4 if path.stem == "button" else 0), f"{path.name}: {found}"

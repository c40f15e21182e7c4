"""The command line's page cannot rot."""

from __future__ import annotations

from docs.make_cli import PAGE, content


def test_the_page_of_the_command_line_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == content(), "run: python -m docs.make_cli"

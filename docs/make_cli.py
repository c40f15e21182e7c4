"""Write docs/cli.md from the commands themselves: `python -m docs.make_cli`. A test holds the page current."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any

import typer.main

from app.cli import COMMANDS, compose

PAGE = Path(__file__).with_name("cli.md")
HEAD = """# The command line

Made from the commands by `python -m docs.make_cli`; do not edit.

`overturn COMMAND --help` says the same. Commands that print data take `--json`. Data goes to standard output,
progress and trouble to standard error. Exit codes: 0 fine; 1 something was found, set aside or does not add up;
2 it could not be done (not X12, no such file, a wrong option).
"""


def content() -> str:
    """The whole page."""
    root = typer.main.get_command(compose())
    return "\n".join((HEAD, *contents(root), *pages(root))).rstrip() + "\n"


def contents(root: Any) -> Iterator[str]:
    yield "| command | what it does |"
    yield "|---|---|"
    for name in COMMANDS:
        yield f"| [`overturn {name}`](#overturn-{name}) | {COMMANDS[name]} |"
    yield ""
    assert set(root.commands) == set(COMMANDS)


def pages(root: Any) -> Iterator[str]:
    for name in COMMANDS:
        yield from page(f"overturn {name}", root.commands[name], COMMANDS[name])


def page(title: str, command: Any, summary: str) -> Iterator[str]:
    """One command; a group is followed by its own commands."""
    inner = getattr(command, "commands", None)
    yield f"## {title}" if title.count(" ") == 1 else f"### {title}"
    yield ""
    yield (summary if inner else command.help or summary).strip()
    yield ""
    shown = [param for param in command.params if not getattr(param, "hidden", False)]
    if shown:
        yield "| argument or option | |"
        yield "|---|---|"
        yield from (row(param) for param in shown)
        yield ""
    if inner:
        for name in inner:
            yield from page(f"{title} {name}", inner[name], "")


def row(param: Any) -> str:
    """One argument or option with its meaning and its default."""
    if param.param_type_name == "argument":
        called = f"`{param.metavar or param.name.upper() + ('…' if param.nargs == -1 else '')}`"
    else:
        called = ", ".join(f"`{option}`" for option in (*param.opts, *param.secondary_opts))
    words = [(param.help or "").replace("|", "\\|").strip()]
    annotation = param.type_descriptor.annotation
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        words.append("One of " + ", ".join(f"`{choice.value}`" for choice in annotation) + ".")
    if param.required:
        words.append("Required.")
    elif has_default(param):
        default = param.default.value if isinstance(param.default, Enum) else param.default
        words.append(f"Default `{default}`.")
    return f"| {called} | {' '.join(word for word in words if word)} |"


def has_default(param: Any) -> bool:
    return not getattr(param, "is_flag", False) and param.default not in (None, "", (), [])


if __name__ == "__main__":
    PAGE.write_text(content(), encoding="utf-8")

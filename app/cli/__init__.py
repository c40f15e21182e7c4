"""The `overturn` command: a table of commands, each loaded only when it is the one asked for.

A command lives in `app/cli/<its name>.py` and is either a `typer.Typer` called `app` (a group with commands of
its own) or a function with the command's own name. To add one, write the file and one line in `COMMANDS`;
then `python -m docs.make_cli` writes docs/cli.md again.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import typer

# In the order in which a new user meets them. The text is what `overturn --help` shows.
COMMANDS: dict[str, str] = {
    "demo": "Load the bundled synthetic practice and open the workbench on it.",
    "init": "Make the home folder and the database, or bring them up to date.",
    "serve": "Run the workbench and its schedule.",
    "user": "People who may sign in: add, list, new password, disable.",
    "ingest": "Load files and folders now.",
    "pickup": "Empty the inbox once, as the schedule does.",
    "queue": "Show the queues, or the ranked claims of one.",
    "claim": "Show everything about one claim.",
    "fees": "Load what payers' contracts promise.",
    "payments": "Take a file of patients' payments.",
    "report": "How old the money is, why it is refused, what follow-up brings in.",
    "rank": "Re-rank every open claim now.",
    "simulate": "Work the open claims under a strategy, if the odds are right.",
    "backtest": "Hold strategies against the practice's own history.",
    "verify": "Prove the books, the queues and the audit chain.",
    "edi": "Look into X12 files: read, check, describe, redact, split, diff, write.",
}


def main() -> None:
    """What the installed `overturn` runs."""
    compose(chosen(sys.argv[1:]))(prog_name="overturn")


def chosen(arguments: list[str]) -> str:
    """The command asked for: the first argument that is not an option; "" when there is none."""
    return next((argument for argument in arguments if not argument.startswith("-")), "")


def compose(only: str | None = None) -> typer.Typer:
    """The whole command line. With `only`, the other commands are listed but not loaded: help stays quick."""
    app = typer.Typer(
        name="overturn",
        help="Medical claims follow-up: remittances and statuses in, a ranked and explained day's work out.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_show_locals=False,  # a traceback must not show a patient's data
    )
    app.callback()(root)
    for name, summary in COMMANDS.items():
        if only is None or name == only:
            add(app, name, summary)
        else:
            app.command(name, help=summary)(not_loaded)
    return app


def root() -> None:
    """Medical claims follow-up: remittances and statuses in, a ranked and explained day's work out."""


def add(app: typer.Typer, name: str, summary: str) -> None:
    module = import_module(f"app.cli.{name.replace('-', '_')}")
    group: typer.Typer | None = getattr(module, "app", None)
    if group is not None:
        app.add_typer(group, name=name, help=summary)
        return
    command: Callable[..., Any] = getattr(module, name.replace("-", "_"))
    app.command(name, short_help=summary)(command)


def not_loaded() -> None:
    """Stands in the list of commands for one that was not asked for; `chosen` keeps it from being run."""
    raise RuntimeError("a command was run that was not loaded")

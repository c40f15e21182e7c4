"""How the commands over X12 print data."""

from __future__ import annotations

from typing import Any

import typer

from edi import as_json


def print_row(row: dict[str, Any]) -> None:
    """One JSON object on one line of standard output."""
    typer.echo(as_json.text(row))

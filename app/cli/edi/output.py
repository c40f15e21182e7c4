"""How the commands over X12 print data: buffered, since a file may have a million lines to say."""

from __future__ import annotations

import sys
from typing import Any

from edi import as_json


def say(text: str) -> None:
    """One line of standard output."""
    sys.stdout.write(text + "\n")


def print_row(row: dict[str, Any]) -> None:
    """One JSON object on one line of standard output."""
    say(as_json.text(row))

"""Trouble in data is data: a finding says where, what is wrong and what to do.

Codes are short, stable, dotted words (`envelope.count`, `835.balance.claim`); every code is declared once in
`edi/catalogue.py` with its severity, meaning and remedy, from which docs/errors.md is made.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from edi.source import Source


class Severity(StrEnum):
    INFO = "info"  # worth knowing, nothing lost
    WARNING = "warning"  # read, but a person may want to look
    ERROR = "error"  # something could not be read or does not add up


class Finding(NamedTuple):
    """One piece of trouble. `excerpt` is the segment as read; `caret` the offset in it of what is wrong."""

    code: str
    severity: Severity
    source: Source
    message: str  # what is wrong, with the values
    remedy: str  # what to do about it
    excerpt: str = ""  # the segment itself, cut to a readable length
    caret: int = -1  # offset of the element within `excerpt`; -1: no single place

    def __str__(self) -> str:
        lines = [f"{self.source}: {self.severity}: {self.message} [{self.code}]"]
        if self.excerpt:
            lines.append(f"    {self.excerpt}")
            if self.caret >= 0:
                lines.append("    " + " " * self.caret + "^")
        if self.remedy:
            lines.append(f"    {self.remedy}")
        return "\n".join(lines)

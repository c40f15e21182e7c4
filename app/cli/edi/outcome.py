"""How a command over X12 ends: what could not be read, what was found, and the exit code that says so."""

from __future__ import annotations

import os
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import typer

from edi.errors import NotX12Error
from edi.findings import Finding, Severity

FINE, FINDINGS, UNREADABLE = 0, 1, 2  # exit codes


class Outcome(NamedTuple):
    """One file's result. `note` is the line for standard error; "" when all is well."""

    file: str
    code: int
    note: str


class Tally:
    """Counts findings as they go by and keeps the first error to tell."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.counts = dict.fromkeys(Severity, 0)
        self.first: Finding | None = None

    def add(self, finding: Finding) -> None:
        self.counts[finding.severity] += 1
        if finding.severity is Severity.ERROR and self.first is None:
            self.first = finding

    def outcome(self) -> Outcome:
        if self.first is None:
            return Outcome(self.file, FINE, "")
        count = self.counts[Severity.ERROR]
        counted = "1 error" if count == 1 else f"{count:,} errors, the first"
        note = f"{self.first.source}: {counted}: {self.first.message}. {self.first.remedy}"
        return Outcome(self.file, FINDINGS, note)


def unreadable(file: str, error: Exception) -> Outcome:
    """One line for what kept a file from being read at all."""
    if isinstance(error, NotX12Error):
        return Outcome(file, UNREADABLE, str(error))
    if isinstance(error, (EOFError, zlib.error)) or "gzip" in str(error).lower():
        return Outcome(file, UNREADABLE, f"{file}: damaged gzip data: {error}. Fetch the file again.")
    if isinstance(error, IsADirectoryError):
        return Outcome(file, UNREADABLE, f"{file}: a folder without files in it, or where one file is wanted.")
    reason = getattr(error, "strerror", None) or str(error)
    return Outcome(file, UNREADABLE, f"{file}: cannot be opened: {reason}. Check the path and the permissions.")


UNREADABLE_ERRORS = (NotX12Error, OSError, EOFError, zlib.error)  # what `unreadable` makes a line of


def finish(*outcomes: Outcome) -> None:
    """Say what went wrong and leave with the worst code."""
    sys.stdout.flush()
    for outcome in outcomes:
        if outcome.note:
            typer.echo(outcome.note, err=True)
    raise typer.Exit(max((outcome.code for outcome in outcomes), default=FINE))


@contextmanager
def pipe_may_close() -> Iterator[None]:
    """`… | head` closes the pipe: that is how a reader says it has enough, not an error."""
    try:
        yield
    except BrokenPipeError:
        # Python flushes standard output once more at exit; give it somewhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(FINE) from None

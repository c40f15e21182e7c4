"""`overturn edi diff`: two files compared by what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Annotated, Any, BinaryIO

import typer

from app.cli.edi.files import once_only, opened_again
from app.cli.edi.outcome import FINDINGS, UNREADABLE_ERRORS, Outcome, finish, pipe_may_close, unreadable
from app.cli.edi.output import print_row, say
from app.core.money import format_cents
from edi import as_json as rows_of
from edi.difference import Change, Difference, compare
from edi.reading import read

First = Annotated[str, typer.Argument(help="A file; - is standard input; .gz is opened.")]
Second = Annotated[str, typer.Argument(help="The file to hold against it.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a difference.")]


def diff(first: First, second: Second, as_json: AsJson = False) -> None:  # noqa: FBT002 — typer reads the flag
    """Compare two files by meaning: claims by control number, payments by trace, then every field.

    Envelopes, order and layout do not count. Exit code 0: they say the same; 1: they differ.
    """
    once_only([first, second])
    count = 0
    reading = first
    with pipe_may_close():
        try:
            with opened_again(first) as one, opened_again(second) as two:
                for difference in compare(rows(one, first), rows(two, second)):
                    count += 1
                    if as_json:
                        print_row({"kind": "difference", **difference._asdict()})
                    else:
                        say(sentence(difference))
        except BrokenPipeError:
            raise
        except UNREADABLE_ERRORS as error:
            finish(unreadable(getattr(error, "file", None) or getattr(error, "filename", None) or reading, error))
        note = f"{first}, {second}: {count:,} differences." if count else ""
        finish(Outcome(first, FINDINGS if count else 0, note))


def rows(again: Callable[[], BinaryIO], file: str) -> Callable[[], Iterable[dict[str, Any]]]:
    return lambda: rows_of.rows(read(again(), file=file), file)


def sentence(difference: Difference) -> str:
    """One line: what it is about, then both values."""
    again = f" (number {difference.occurrence})" if difference.occurrence > 1 else ""
    about = f"{difference.what} {difference.key}{again}"
    if difference.change is Change.ONLY_FIRST:
        return f"{about}: only in the first file"
    if difference.change is Change.ONLY_SECOND:
        return f"{about}: only in the second file"
    if not difference.field:
        return f"{about}: differs"
    return f"{about}: {difference.field}: {shown(difference.field, difference.first)} → " + shown(
        difference.field, difference.second
    )


def shown(field: str, value: Any) -> str:
    """Money as money; a whole line or adjustment by its main fields."""
    if value is None:
        return "nothing"
    if isinstance(value, int) and not isinstance(value, bool) and field.endswith("cents"):
        return format_cents(value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {inner}" for name, inner in value.items() if inner not in ("", None, []))
    return str(value)

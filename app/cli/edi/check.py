"""`overturn edi check`: everything that is wrong with files."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.edi.files import each_file, opened
from app.cli.edi.outcome import UNREADABLE_ERRORS, Outcome, Tally, finish, pipe_may_close, unreadable
from app.cli.edi.output import print_row
from edi import as_json as rows_of
from edi.findings import Finding
from edi.reading import read

Files = Annotated[list[str], typer.Argument(help="Files or folders; - is standard input; .gz is opened.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a finding.")]


def check(
    files: Files,
    as_json: AsJson = False,  # noqa: FBT002 — typer reads the flag from the signature
) -> None:
    """Say what is wrong with files: where, the segment itself, and what to do."""
    with pipe_may_close():
        finish(*[check_file(file, as_json=as_json) for file in each_file(files)])


def check_file(file: str, *, as_json: bool) -> Outcome:
    tally = Tally(file)
    try:
        with opened(file) as stream:
            for finding in read(stream, file=file):
                if isinstance(finding, Finding):
                    tally.add(finding)
                    if as_json:
                        print_row(rows_of.finding_row(finding))
                    else:
                        typer.echo(str(finding))
    except BrokenPipeError:
        raise
    except UNREADABLE_ERRORS as error:
        return unreadable(file, error)
    if not as_json:
        typer.echo(summary(file, tally))
    return tally.outcome()


def summary(file: str, tally: Tally) -> str:
    said = ", ".join(f"{count:,} {severity}" for severity, count in reversed(tally.counts.items()) if count)
    return f"{file}: {said or 'nothing wrong found'}"

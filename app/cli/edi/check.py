"""`overturn edi check`: everything that is wrong with files, and the implementation guide's opinion."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Annotated, BinaryIO

import typer

from app.cli.edi.files import each_file, opened_again
from app.cli.edi.outcome import UNREADABLE_ERRORS, Outcome, Tally, finish, pipe_may_close, unreadable
from app.cli.edi.output import print_row, say
from app.cli.edi.progress import bytes_bar
from edi import as_json as rows_of
from edi.findings import Finding
from edi.plausible import watched
from edi.reading import read

Files = Annotated[list[str], typer.Argument(help="Files or folders; - is standard input; .gz is opened.")]
Guide = Annotated[bool, typer.Option("--guide/--no-guide", help="Hold files against their implementation guide too.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a finding.")]


def check(
    files: Files,
    guide: Guide = True,  # noqa: FBT002 — typer reads the flag from the signature
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Say what is wrong with files: where, the segment itself, and what to do.

    The guide check takes some seconds for every 50,000 segments; --no-guide leaves it out.
    """
    with pipe_may_close():
        finish(*[check_file(file, with_guide=guide, as_json=as_json) for file in each_file(files)])


def check_file(file: str, *, with_guide: bool, as_json: bool) -> Outcome:
    tally = Tally(file)
    try:
        with bytes_bar(file, 2 if with_guide else 1) as on_bytes, opened_again(file, on_bytes) as again:
            for finding in findings(again, file, with_guide=with_guide):
                tally.add(finding)
                if as_json:
                    print_row(rows_of.finding_row(finding))
                else:
                    say(str(finding))
    except BrokenPipeError:
        raise
    except UNREADABLE_ERRORS as error:
        return unreadable(file, error)
    if not as_json:
        say(summary(file, tally))
    return tally.outcome()


def findings(again: Callable[[], BinaryIO], file: str, *, with_guide: bool) -> Iterator[Finding]:
    """What the reader finds and what can hardly be so, then what the guide says."""
    today = datetime.now(tz=UTC).astimezone().date()
    for value in watched(read(again(), file=file), today):
        if isinstance(value, Finding):
            yield value
    if with_guide:
        from edi.guide import check as check_guide  # here: loading pyx12 takes longer than reading most files

        yield from check_guide(again(), file)


def summary(file: str, tally: Tally) -> str:
    said = ", ".join(f"{count:,} {severity}" for severity, count in reversed(tally.counts.items()) if count)
    return f"{file}: {said or 'nothing wrong found'}"

"""`overturn edi describe`: each segment in plain words."""

from __future__ import annotations

from typing import Annotated

import typer

from app.cli.edi.files import opened
from app.cli.edi.outcome import UNREADABLE_ERRORS, finish, pipe_may_close, unreadable
from app.cli.edi.output import print_row, say
from edi.describe import MASKED, OPEN
from edi.describe import describe as describe_lines

File = Annotated[str, typer.Argument(help="A file; - is standard input; .gz is opened.")]
ShowPeople = Annotated[bool, typer.Option("--show-people", help="Show names, ids and birth dates, unmasked.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a segment.")]


def describe(
    file: File,
    show_people: ShowPeople = False,  # noqa: FBT002 — typer reads the flag from the signature
    as_json: AsJson = False,  # noqa: FBT002
) -> None:
    """Say in plain words what each segment of a file means: amounts, codes, dates. People are masked."""
    mask = OPEN if show_people else MASKED
    with pipe_may_close():
        try:
            with opened(file) as stream:
                for line in describe_lines(stream, file, mask):
                    if as_json:
                        print_row({"kind": "segment", **line._asdict()})
                    else:
                        say(f"{line.number:>7}  {'  ' * line.depth}{line.segment_id:<3}  {line.words}")
        except BrokenPipeError:
            raise
        except UNREADABLE_ERRORS as error:
            finish(unreadable(file, error))
        finish()

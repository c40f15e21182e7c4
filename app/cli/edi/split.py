"""`overturn edi split`: one file per transaction set or per claim."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from app.cli.edi.files import STANDARD_INPUT, opened
from app.cli.edi.outcome import UNREADABLE_ERRORS, finish, pipe_may_close, unreadable
from app.cli.edi.output import print_row, say
from app.cli.edi.progress import bytes_bar
from edi.split import split_claims, split_sets


class By(StrEnum):
    SET = "set"
    CLAIM = "claim"


File = Annotated[str, typer.Argument(help="A file; - is standard input; .gz is opened.")]
Folder = Annotated[Path, typer.Option("--output", "-o", file_okay=False, help="The folder that the pieces go to.")]
SplitBy = Annotated[By, typer.Option("--by", help="One piece per transaction set, or per claim.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object a piece.")]


def split(
    file: File,
    output: Folder,
    by: SplitBy = By.SET,
    as_json: AsJson = False,  # noqa: FBT002 — typer reads the flag from the signature
) -> None:
    """Write each transaction set, or each claim, as a file of its own with a valid envelope.

    A claim taken out of a payment is marked as a test file, so that no one posts it a second time.
    """
    stem = "stdin" if file == STANDARD_INPUT else Path(file).name.removesuffix(".gz").rsplit(".", 1)[0]
    with pipe_may_close():
        try:
            with bytes_bar(file) as on_bytes, opened(file, on_bytes) as stream:
                output.mkdir(parents=True, exist_ok=True)
                for piece in split_sets(stream, file) if by is By.SET else split_claims(stream, file):
                    path = output / f"{stem}-{piece.name}.edi"
                    size = write_piece(path, piece.chunks)
                    if as_json:
                        print_row({"kind": "piece", "path": str(path), "bytes": size})
                    else:
                        say(str(path))
        except BrokenPipeError:
            raise
        except UNREADABLE_ERRORS as error:
            finish(unreadable(file, error))
        finish()


def write_piece(path: Path, chunks: Iterator[bytes]) -> int:
    with path.open("wb") as target:
        return sum(target.write(chunk) for chunk in chunks)

"""`overturn edi redact`: the same file with people and practices replaced by pseudonyms."""

from __future__ import annotations

import os
import secrets
import sys
from pathlib import Path
from typing import Annotated

import typer

from app.cli.edi.files import opened
from app.cli.edi.outcome import UNREADABLE_ERRORS, finish, pipe_may_close, unreadable
from app.cli.edi.progress import bytes_bar
from edi.redact import redact as redact_segments

KEY_VARIABLE = "OVERTURN_REDACT_KEY"

File = Annotated[str, typer.Argument(help="A file; - is standard input; .gz is opened.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write here instead of standard output.")]
KeyFile = Annotated[
    Path | None,
    typer.Option(
        "--key-file",
        exists=True,
        dir_okay=False,
        help=f"A secret; the same secret gives the same pseudonyms in every file. Else ${KEY_VARIABLE}, else random.",
    ),
]


def redact(file: File, output: Output = None, key_file: KeyFile = None) -> None:
    """Write the file again with names, ids, birth dates, addresses, contacts, accounts and notes replaced.

    Structure, codes, amounts, balances and service dates stay. What remains is a limited data set.
    """
    key = key_bytes(key_file)
    with pipe_may_close():
        try:
            with bytes_bar(file) as on_bytes, opened(file, on_bytes) as stream:
                target = output.open("wb") if output else sys.stdout.buffer
                try:
                    for segment in redact_segments(stream, key, file):
                        target.write(segment)
                finally:
                    if output:
                        target.close()
        except BrokenPipeError:
            raise
        except UNREADABLE_ERRORS as error:
            finish(unreadable(file, error))
        finish()


def key_bytes(key_file: Path | None) -> bytes:
    if key_file is not None:
        return key_file.read_bytes().strip()
    return os.environ.get(KEY_VARIABLE, "").encode() or secrets.token_bytes(32)

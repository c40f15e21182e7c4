"""`overturn edi redact`: the same file with people and practices replaced by pseudonyms."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from app.cli.edi.files import STANDARD_INPUT, opened
from app.cli.edi.outcome import UNREADABLE_ERRORS, finish, pipe_may_close, unreadable
from app.cli.edi.progress import bytes_bar
from edi.redact import How
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


ShiftDates = Annotated[
    bool,
    typer.Option("--shift-dates", help="Move every date back by as many days as the key decides."),
]
SafeHarbor = Annotated[
    bool, typer.Option("--safe-harbor", help="Only the year of any date, no control numbers: 45 CFR 164.514(b)(2).")
]


def redact(
    file: File,
    output: Output = None,
    key_file: KeyFile = None,
    shift_dates: ShiftDates = False,  # noqa: FBT002 — typer reads the flag from the signature
    safe_harbor: SafeHarbor = False,  # noqa: FBT002
) -> None:
    """Write the file again with names, ids, birth dates, addresses, contacts, accounts and notes replaced.

    Structure, codes, amounts, balances and service dates stay: what remains is a limited data set. --shift-dates and
    --safe-harbor take more; docs/edi.md says what each promises.
    """
    if shift_dates and safe_harbor:
        raise typer.BadParameter("--safe-harbor leaves only years: there is nothing for --shift-dates to move")
    how = How.SAFE_HARBOR if safe_harbor else How.SHIFTED if shift_dates else How.LIMITED
    if output is not None and is_same(file, output):
        raise typer.BadParameter(f"{output} is the file that is read: it would be lost")
    key = key_bytes(key_file)
    with pipe_may_close():
        try:
            with bytes_bar(file) as on_bytes, opened(file, on_bytes) as stream:
                save(redact_segments(stream, key, file, how), output)
        except BrokenPipeError:
            raise
        except UNREADABLE_ERRORS as error:
            finish(unreadable(file, error))
        finish()


def save(segments: Iterator[bytes], output: Path | None) -> None:
    """To the output, which is only made once there is something to put in it."""
    first = next(segments, b"")
    if output is None:
        sys.stdout.buffer.write(first)
        sys.stdout.buffer.writelines(segments)
        return
    with output.open("wb") as target:
        target.write(first)
        target.writelines(segments)


def is_same(file: str, output: Path) -> bool:
    return file != STANDARD_INPUT and output.exists() and Path(file).exists() and output.samefile(file)


def key_bytes(key_file: Path | None) -> bytes:
    if key_file is not None:
        return key_file.read_bytes().strip()
    return os.environ.get(KEY_VARIABLE, "").encode() or secrets.token_bytes(32)

"""`overturn edi write`: X12 from the JSON lines of `edi read`, and the acknowledgment (999) of a file received."""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated, NamedTuple, cast

import typer

from app.cli.edi.files import SPOOL_BYTES, opened
from app.cli.edi.outcome import FINE, UNREADABLE, UNREADABLE_ERRORS, Outcome, finish, pipe_may_close, unreadable
from edi.findings import Finding
from edi.from_json import RowError, Sending, written
from edi.from_json.envelopes import VERSIONS
from edi.reading import Value, read
from edi.values import Interchange, SetEnd, SetStart
from edi.writing import Envelope, OutgoingGroup, Segment
from edi.writing import write as write_interchange
from edi.x999.acknowledge import acknowledge, acknowledge_interchange
from edi.x999.write import FUNCTIONAL_ID as ACKNOWLEDGMENTS
from edi.x999.write import VERSION as ACKNOWLEDGMENT_VERSION
from edi.x999.write import acknowledgment_sets, ta1_segment

CONTROL_NUMBERS = 10**9  # ISA13 has nine digits
ACKNOWLEDGE = "999"
TRANSACTIONS = tuple(kind for kind in VERSIONS if kind not in ("999", "997"))  # that may be named for JSON lines

What = Annotated[
    list[str],
    typer.Argument(
        metavar="[KIND] FILE",
        help="FILE: JSON lines; - is standard input. KIND may say what they are, where they do not: "
        f"{', '.join(TRANSACTIONS)}. With KIND 999, FILE is an X12 file received, to be acknowledged.",
    ),
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write here instead of standard output.")]
Sender = Annotated[str, typer.Option("--sender", help="ISA06; else as the rows say, else who sends.")]
Receiver = Annotated[str, typer.Option("--receiver", help="ISA08; else as the rows say, else who receives.")]
Number = Annotated[
    int, typer.Option("--control-number", min=0, help="ISA13, where the rows have none; 0 makes one from the time.")
]
Production = Annotated[bool, typer.Option("--production", help="Mark the file P; else as the rows say, else T.")]
WithTa1 = Annotated[bool, typer.Option("--ta1", help="With 999: acknowledge the interchange too, by a TA1.")]


class Answering(NamedTuple):
    """What the envelope of an answer says."""

    sender: str
    receiver: str
    now: datetime
    control_number: int
    usage: str

    def envelope(self, sender: str, receiver: str, ordinal: int = 0) -> Envelope:
        return Envelope(
            self.sender or sender,
            self.receiver or receiver,
            self.now.date(),
            self.now.time(),
            (self.control_number + ordinal) % CONTROL_NUMBERS or 1,
            usage=self.usage,
        )


def write(
    what: What,
    output: Output = None,
    sender: Sender = "",
    receiver: Receiver = "",
    control_number: Number = 0,
    production: Production = False,  # noqa: FBT002 — typer reads the flag from the signature
    ta1: WithTa1 = False,  # noqa: FBT002
) -> None:
    """Write X12 from JSON lines as `edi read` prints them (835, 837, 277, 276, 999), or the 999 that answers a file.

    `overturn edi read FILE | overturn edi write -` gives a file that says the same. Rows typed by hand need less:
    docs/json.md says how little. All of it is written, or nothing.
    """
    kind, file = kind_and_file(what)
    now = datetime.now(tz=UTC).astimezone().replace(microsecond=0)
    number = control_number or int(now.timestamp()) % CONTROL_NUMBERS
    usage = "P" if production else ""
    with pipe_may_close():
        try:
            with opened(file) as stream:
                if kind == ACKNOWLEDGE:
                    answering = Answering(sender, receiver, now, number, usage or "T")
                    chunks = answer_file(read(stream, file=file), answering, with_ta1=ta1)
                else:
                    lines = io.TextIOWrapper(stream, encoding="utf-8")
                    chunks = written(lines, Sending(now, number, sender, receiver, usage, kind))
                save(chunks, output)
        except BrokenPipeError:
            raise
        except RowError as error:
            finish(Outcome(file, UNREADABLE, f"{file}: {error}. See docs/json.md for the keys of each row."))
        except UNREADABLE_ERRORS as error:
            finish(unreadable(file, error))
        except UnicodeDecodeError as error:
            finish(Outcome(file, UNREADABLE, f"{file}: not UTF-8 text ({error.reason}, byte {error.start})."))
        except ValueError as error:
            finish(Outcome(file, UNREADABLE, f"{file}: cannot be written: {error}"))
        finish(Outcome(file, FINE, ""))


def kind_and_file(what: list[str]) -> tuple[str, str]:
    if len(what) == 1:
        return "", what[0]
    kind, *files = what
    if len(files) > 1:
        raise typer.BadParameter("one file at a time")
    if kind != ACKNOWLEDGE and kind not in TRANSACTIONS:
        raise typer.BadParameter(f"{kind!r} is not one of {', '.join((*TRANSACTIONS, ACKNOWLEDGE))}")
    return kind, files[0]


def save(chunks: Iterable[bytes], output: Path | None) -> None:
    """All of it or nothing: what is written waits aside until the last row could be written."""
    with tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES) as spool:
        for chunk in chunks:
            spool.write(chunk)
        spool.seek(0)
        if output is None:
            shutil.copyfileobj(cast(io.BufferedIOBase, spool), sys.stdout.buffer)
            return
        with output.open("wb") as target:
            shutil.copyfileobj(cast(io.BufferedIOBase, spool), target)


def answer_file(values: Iterable[Value], answering: Answering, *, with_ta1: bool) -> Iterator[bytes]:
    """One interchange back for each that came, to whoever sent it."""
    for ordinal, (_, some) in enumerate(groupby(values, key=InterchangeOf())):
        held = list(answered(some))
        starts = [value for value in held if isinstance(value, SetStart)]
        interchange = starts[0].interchange if starts else None
        if interchange is None:
            raise ValueError("it has no interchange header or no transaction set: nobody to answer")
        groups = [OutgoingGroup(ACKNOWLEDGMENTS, ACKNOWLEDGMENT_VERSION, acknowledgment_sets(acknowledge(held)))]
        envelope = answering.envelope(interchange.receiver, interchange.sender, ordinal)
        yield from write_interchange(envelope, groups, list(ta1_of(interchange, held, answering)) if with_ta1 else ())


def answered(values: Iterable[Value]) -> Iterator[Value]:
    """Without the claims: an answer speaks of form only, and a file may hold a million of them."""
    return (value for value in values if isinstance(value, (SetStart, SetEnd, Finding)))


def ta1_of(interchange: Interchange, values: Iterable[Value], answering: Answering) -> Iterator[Segment]:
    findings = [value for value in values if isinstance(value, Finding)]
    now = answering.now
    yield ta1_segment(acknowledge_interchange(interchange, findings, sent_on=now.date(), sent_at=now.time()))


class InterchangeOf:
    """The interchange that a value came in: that of the last set begun."""

    def __init__(self) -> None:
        self.number = 1

    def __call__(self, value: Value) -> int:
        if isinstance(value, SetStart) and value.interchange is not None:
            self.number = value.interchange.number
        return self.number

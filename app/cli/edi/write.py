"""`overturn edi write`: status inquiries (276) from JSON lines, and the acknowledgment (999) of a file received."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Annotated, NamedTuple

import typer

from app.cli.edi.files import opened
from app.cli.edi.outcome import FINE, UNREADABLE, UNREADABLE_ERRORS, Outcome, finish, pipe_may_close, unreadable
from edi.findings import Finding
from edi.from_json import RowError, inquiries
from edi.reading import Value, read
from edi.values import Interchange, SetEnd, SetStart
from edi.writing import Envelope, OutgoingGroup, Segment
from edi.writing import write as write_interchange
from edi.x276.write import FUNCTIONAL_ID as INQUIRIES
from edi.x276.write import VERSION as INQUIRY_VERSION
from edi.x276.write import inquiry_set
from edi.x999.acknowledge import acknowledge, acknowledge_interchange
from edi.x999.write import FUNCTIONAL_ID as ACKNOWLEDGMENTS
from edi.x999.write import VERSION as ACKNOWLEDGMENT_VERSION
from edi.x999.write import acknowledgment_sets, ta1_segment

CONTROL_NUMBERS = 10**9  # ISA13 has nine digits


class What(StrEnum):
    INQUIRY = "276"
    ACKNOWLEDGMENT = "999"


Kind = Annotated[What, typer.Argument(help="276: ask for the status of claims. 999: acknowledge a file received.")]
File = Annotated[
    str, typer.Argument(help="For 276 JSON lines of kind inquiry, for 999 an X12 file; - is standard input.")
]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write here instead of standard output.")]
Sender = Annotated[str, typer.Option("--sender", help="ISA06; for 276 else the receiver's id in the first inquiry.")]
Receiver = Annotated[str, typer.Option("--receiver", help="ISA08; for 276 else the payer's id in the first inquiry.")]
Number = Annotated[int, typer.Option("--control-number", min=0, help="ISA13; 0 makes one from the time.")]
Production = Annotated[bool, typer.Option("--production", help="Mark the file P; without it, T: a test.")]
WithTa1 = Annotated[bool, typer.Option("--ta1", help="With 999: acknowledge the interchange too, by a TA1.")]


class Sending(NamedTuple):
    """What the envelope of a written file says."""

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
    kind: Kind,
    file: File,
    output: Output = None,
    sender: Sender = "",
    receiver: Receiver = "",
    control_number: Number = 0,
    production: Production = False,  # noqa: FBT002 — typer reads the flag from the signature
    ta1: WithTa1 = False,  # noqa: FBT002
) -> None:
    """Write X12: a 276 from JSON lines as `edi read` prints them, or the 999 that answers a file."""
    now = datetime.now(tz=UTC).astimezone()
    number = control_number or int(now.timestamp()) % CONTROL_NUMBERS
    sending = Sending(sender, receiver, now, number, "P" if production else "T")
    with pipe_may_close():
        try:
            with opened(file) as stream:
                if kind is What.INQUIRY:
                    lines = io.TextIOWrapper(stream, encoding="utf-8")
                    chunks = inquiry_file(lines, sending)
                else:
                    chunks = answer_file(read(stream, file=file), sending, with_ta1=ta1)
                save(chunks, output)
        except BrokenPipeError:
            raise
        except RowError as error:
            finish(Outcome(file, UNREADABLE, f"{file}: {error}. See docs/json.md for the fields of an inquiry."))
        except UNREADABLE_ERRORS as error:
            finish(unreadable(file, error))
        except ValueError as error:
            finish(Outcome(file, UNREADABLE, f"{file}: cannot be written: {error}"))
        finish(Outcome(file, FINE, ""))


def save(chunks: Iterable[bytes], output: Path | None) -> None:
    """All of it or nothing: a file is made only when every inquiry could be written."""
    wire = b"".join(chunks)
    if output is not None:
        output.write_bytes(wire)
    else:
        sys.stdout.buffer.write(wire)


def inquiry_file(lines: Iterable[str], sending: Sending) -> Iterator[bytes]:
    every = list(inquiries(lines))
    if not every:
        raise ValueError("there is no inquiry in it")
    first = every[0]
    assert first.payer is not None  # from_json refuses a row without them
    assert first.receiver is not None
    envelope = sending.envelope(first.receiver.id, first.payer.id)
    reference = first.reference or f"INQ{sending.control_number:09d}"
    asked = inquiry_set(every, reference=reference, created_on=sending.now.date(), created_at=sending.now.time())
    return write_interchange(envelope, [OutgoingGroup(INQUIRIES, INQUIRY_VERSION, [asked])])


def answer_file(values: Iterable[Value], sending: Sending, *, with_ta1: bool) -> Iterator[bytes]:
    """One interchange back for each that came, to whoever sent it."""
    for ordinal, (_, some) in enumerate(groupby(values, key=InterchangeOf())):
        held = list(answered(some))
        starts = [value for value in held if isinstance(value, SetStart)]
        interchange = starts[0].interchange if starts else None
        if interchange is None:
            raise ValueError("it has no interchange header or no transaction set: nobody to answer")
        groups = [OutgoingGroup(ACKNOWLEDGMENTS, ACKNOWLEDGMENT_VERSION, acknowledgment_sets(acknowledge(held)))]
        envelope = sending.envelope(interchange.receiver, interchange.sender, ordinal)
        yield from write_interchange(envelope, groups, list(ta1_of(interchange, held, sending)) if with_ta1 else ())


def answered(values: Iterable[Value]) -> Iterator[Value]:
    """Without the claims: an answer speaks of form only, and a file may hold a million of them."""
    return (value for value in values if isinstance(value, (SetStart, SetEnd, Finding)))


def ta1_of(interchange: Interchange, values: Iterable[Value], sending: Sending) -> Iterator[Segment]:
    findings = [value for value in values if isinstance(value, Finding)]
    now = sending.now
    yield ta1_segment(acknowledge_interchange(interchange, findings, sent_on=now.date(), sent_at=now.time()))


class InterchangeOf:
    """The interchange that a value came in: that of the last set begun."""

    def __init__(self) -> None:
        self.number = 1

    def __call__(self, value: Value) -> int:
        if isinstance(value, SetStart) and value.interchange is not None:
            self.number = value.interchange.number
        return self.number

"""The typed remittance as a file: written as an 835, read back to be sure, stored and loaded like any other."""

from __future__ import annotations

import io
from datetime import datetime
from typing import NamedTuple

from sqlmodel import select

import edi
from app.core.db import read_scope
from app.intake.desk import Desk
from app.intake.load import load_file
from app.intake.report import FileReport
from app.intake.store import keep_bytes, register
from app.matching.paper import Paper
from app.matching.tables import Remittance
from edi.findings import Finding, Severity
from edi.writing import Envelope, OutgoingGroup, write
from edi.x835.write import FUNCTIONAL_ID, VERSION, payment_set

CHANNEL = "paper"
SENDER, RECEIVER = "PAPER", "OVERTURN"  # ISA06, ISA08: nobody sent it, and the file says so


class PaperFile(NamedTuple):
    """An 835 ready to be loaded; `problems` is what the reader holds against it."""

    content: bytes
    problems: tuple[str, ...]


class Loaded(NamedTuple):
    report: FileReport
    remittance_id: int | None  # None: nothing was kept, it was here before


def paper_file(paper: Paper, now: datetime) -> PaperFile:
    """Write it and read it back. What a value may not hold (a delimiter) is a problem too."""
    envelope = Envelope(SENDER, RECEIVER, now.date(), now.time(), control_number=1 + int(f"{now:%H%M%S}"))
    one = payment_set(paper.remittance, paper.claims, paper.provider)
    try:
        content = b"".join(write(envelope, [OutgoingGroup(FUNCTIONAL_ID, VERSION, [one])]))
    except ValueError as error:
        return PaperFile(b"", (f"A sign cannot be kept: {error}.",))
    found = [each for each in edi.read(io.BytesIO(content), file=CHANNEL) if isinstance(each, Finding)]
    return PaperFile(content, tuple(each.message for each in found if each.severity is Severity.ERROR))


def load_paper(desk: Desk, file: PaperFile, name: str) -> Loaded:
    """Store and load it; call it only when there are no problems. Opens its own transactions, as every load does."""
    kept = keep_bytes(desk.settings, name, file.content)
    with desk.writing() as session:
        stored = register(session, kept, channel=CHANNEL, clock=desk.clock, person_id=desk.actor.person_id)
    report = load_file(desk, stored.file_id)
    with read_scope(desk.engine) as session:
        number = session.exec(select(Remittance.id).where(Remittance.file_id == stored.file_id)).first()
    return Loaded(report, number)

"""The whole proof in one place: the books foot, every open cent stands in one queue, the audit chain holds."""

from __future__ import annotations

from typing import NamedTuple

from sqlmodel import Session

from app.audit.verify import verify_chain
from app.followup.verify import verify_queues
from app.ledger.verify import verify_books
from app.matching.verify import verify_answers


class Proof(NamedTuple):
    counted: dict[str, int]  # what was checked, in words, and how many
    faults: list[str]  # what does not add up, each in a sentence

    @property
    def sentence(self) -> str:
        if self.faults:
            return f"{len(self.faults)} faults: " + "; ".join(self.faults[:3])
        return "Everything adds up: " + ", ".join(f"{count:,} {name}" for name, count in self.counted.items()) + "."


def prove(session: Session) -> Proof:
    """Read-only; reads the whole database once."""
    books = verify_books(session)
    answers = verify_answers(session)
    queues = verify_queues(session)
    chain = verify_chain(session)
    faults = [*books.faults, *answers.faults, *queues.faults]
    faults += [f"audit event {broken.event_id} {broken.what}" for broken in chain.breaks]
    return Proof({**books.counted, **answers.counted, **queues.counted, "audit events": chain.events}, faults)

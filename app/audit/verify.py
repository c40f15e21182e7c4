"""Prove that no event was changed, taken out or put in between."""

from __future__ import annotations

from dataclasses import dataclass

from sqlmodel import Session, col, select

from app.audit.record import seal
from app.audit.tables import FIRST_PREVIOUS, Event

BATCH = 1_000
BREAKS_NAMED = 20  # after so many the log is not to be trusted anyway


@dataclass(frozen=True, slots=True)
class ChainBreak:
    """One place where the chain does not hold."""

    event_id: int
    what: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What the proof found. Write `head_hash` down elsewhere: it also shows a later cut at the end of the log."""

    events: int
    head_id: int
    head_hash: str
    breaks: tuple[ChainBreak, ...]

    @property
    def holds(self) -> bool:
        return not self.breaks


def verify_chain(session: Session) -> ChainReport:
    """Read every event in order and recompute its hash; at most the first few breaks are named."""
    breaks: list[ChainBreak] = []
    count, head_id, previous = 0, 0, FIRST_PREVIOUS
    while batch := session.exec(
        select(Event).where(col(Event.id) > head_id).order_by(col(Event.id)).limit(BATCH)
    ).all():
        for found in batch:
            count += 1
            breaks.extend(_breaks_at(found, head_id, previous))
            head_id, previous = found.id, found.hash
        session.expunge_all()  # bounded memory over millions of events
        if len(breaks) >= BREAKS_NAMED:
            break
    return ChainReport(count, head_id, previous, tuple(breaks[:BREAKS_NAMED]))


def _breaks_at(found: Event, last_id: int, previous_hash: str) -> list[ChainBreak]:
    breaks = []
    if found.id != last_id + 1:
        breaks.append(ChainBreak(found.id, f"events {last_id + 1} to {found.id - 1} are missing"))
    if found.previous_hash != previous_hash:
        breaks.append(ChainBreak(found.id, "does not follow the event before it"))
    if seal(found) != found.hash:
        breaks.append(ChainBreak(found.id, "was changed after it was written"))
    return breaks

"""What a person states about one claim that no rule can know: that it goes first, and a last day somebody named."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from sqlmodel import Session, col, select

from app.audit.record import record
from app.claims.tables import Claim
from app.core.clock import Clock
from app.followup.tables import ManualPriority, StatedDue

HIGHEST = 100
REASON_LENGTH = 500
STEPS = {
    "refile": "Corrected claim",
    "appeal": "Appeal",
    "second_appeal": "Second appeal",
    "records": "Records",
}


class StatedRefused(ValueError):
    """What was typed cannot be kept; the message says what to do."""


def put_first(session: Session, claim: Claim, *, level: int, reason: str, person_id: int, clock: Clock) -> None:
    """First in every list, until cleared. The caller re-ranks the claim and commits."""
    if not 1 <= level <= HIGHEST:
        raise StatedRefused(f"A priority is a whole number from 1 to {HIGHEST}.")
    text = reason.strip()[:REASON_LENGTH]
    if not text:
        raise StatedRefused("Say why this claim goes first: whoever finds it there should know.")
    assert claim.id is not None
    session.merge(
        ManualPriority(
            claim_id=claim.id,
            practice_id=claim.practice_id,
            level=level,
            reason=text,
            person_id=person_id,
            made_at=clock.now(),
        )
    )
    _note(session, claim, "followup.priority", {"level": level, "reason": text})


def clear_priority(session: Session, claim: Claim) -> bool:
    """Back to its place by score; False when it had no priority."""
    found = session.get(ManualPriority, claim.id)
    if found is None:
        return False
    session.delete(found)
    _note(session, claim, "followup.priority.cleared", {"level": found.level})
    return True


def state_due(
    session: Session, claim: Claim, step: str, due_on: date | None, *, evidence: str, person_id: int, clock: Clock
) -> None:
    """A last day for this very claim goes before every rule; None takes it back."""
    if step not in STEPS:
        raise StatedRefused(f"A date is stated for one of: {', '.join(STEPS)}.")
    assert claim.id is not None
    if due_on is None:
        found = session.get(StatedDue, (claim.id, step))
        if found is not None:
            session.delete(found)
            _note(session, claim, "followup.due.dropped", {"step": step})
        return
    text = evidence.strip()[:REASON_LENGTH]
    if not text:
        raise StatedRefused("Say where the date is stated: the letter, the portal page, who said it.")
    session.merge(
        StatedDue(
            claim_id=claim.id,
            step=step,
            practice_id=claim.practice_id,
            due_on=due_on,
            evidence=text,
            person_id=person_id,
            made_at=clock.now(),
        )
    )
    _note(session, claim, "followup.due", {"step": step, "due_on": due_on.isoformat(), "evidence": text})


def _note(session: Session, claim: Claim, act: str, detail: dict[str, object]) -> None:
    session.flush()
    record(
        session,
        act,
        object_type="claim",
        object_id=claim.id or 0,
        practice_id=claim.practice_id,
        patient_id=claim.patient_id,
        detail=detail,
    )


class Stated(NamedTuple):
    """What the claim's page shows of it."""

    priority: ManualPriority | None
    dues: list[StatedDue]
    steps: dict[str, str]


def stated_of(session: Session, claim_id: int) -> Stated:
    dues = session.exec(select(StatedDue).where(StatedDue.claim_id == claim_id).order_by(col(StatedDue.due_on)))
    return Stated(session.get(ManualPriority, claim_id), list(dues), STEPS)

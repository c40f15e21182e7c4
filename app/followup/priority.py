"""What a person states about one claim that no rule can know: that it goes first, and a last day somebody named."""

from __future__ import annotations

from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.audit.record import record
from app.audit.tables import Event
from app.claims.tables import Claim
from app.core.bulk import table_of
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


PUT_FIRST, CLEARED = "followup.priority", "followup.priority.cleared"
STATED, DROPPED = "followup.due", "followup.due.dropped"
ACTS = (PUT_FIRST, CLEARED, STATED, DROPPED)


class StatedRefused(ValueError):
    """What was typed cannot be kept; the message says what to do."""


def put_first(session: Session, claim: Claim, *, level: int, reason: str, person_id: int, clock: Clock) -> Event:
    """First in every list, until cleared. The caller re-ranks the claim and commits."""
    if not 1 <= level <= HIGHEST:
        raise StatedRefused(f"A priority is a whole number from 1 to {HIGHEST}.")
    text = reason.strip()[:REASON_LENGTH]
    if not text:
        raise StatedRefused("Say why this claim goes first: whoever finds it there should know.")
    assert claim.id is not None
    before = _priority(session, claim)
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
    return _note(session, claim, PUT_FIRST, {"level": level, "reason": text, "before": before})


def clear_priority(session: Session, claim: Claim) -> Event | None:
    """Back to its place by score; None when it had no priority."""
    found = session.get(ManualPriority, claim.id)
    if found is None:
        return None
    before = _priority(session, claim)
    session.delete(found)
    return _note(session, claim, CLEARED, {"level": found.level, "before": before})


def state_due(
    session: Session, claim: Claim, step: str, due_on: date | None, *, evidence: str, person_id: int, clock: Clock
) -> Event | None:
    """A last day for this very claim goes before every rule; None takes it back."""
    if step not in STEPS:
        raise StatedRefused(f"A date is stated for one of: {', '.join(STEPS)}.")
    assert claim.id is not None
    before = _due(session, claim, step)
    if due_on is None:
        found = session.get(StatedDue, (claim.id, step))
        if found is None:
            return None
        session.delete(found)
        return _note(session, claim, DROPPED, {"step": step, "before": before})
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
    detail: dict[str, object] = {"step": step, "due_on": due_on.isoformat(), "evidence": text, "before": before}
    return _note(session, claim, STATED, detail)


def undo_stated(session: Session, claim: Claim, number: int, *, person_id: int, clock: Clock) -> None:
    """Back to what stood before one's own act, as its event says. Raises StatedRefused. The caller re-ranks."""
    of_claim = (col(Event.object_type) == "claim") & (col(Event.object_id) == str(claim.id))
    acts = select(Event).where(of_claim, col(Event.action).in_(ACTS)).order_by(col(Event.id).desc())
    newest = session.exec(acts.limit(1)).first()
    if newest is None or newest.id != number or newest.actor_id != person_id:
        raise StatedRefused("It was changed since: look at the claim.")
    before = newest.detail.get("before")
    was: dict[str, str] = before if isinstance(before, dict) else {}
    if newest.action in (PUT_FIRST, CLEARED):
        if was:
            level, by = int(was["level"]), int(was["person"])
            put_first(session, claim, level=level, reason=was["reason"], person_id=by, clock=clock)
        else:
            clear_priority(session, claim)
        return
    day = date.fromisoformat(was["due_on"]) if was else None
    by = int(was["person"]) if was else person_id
    step = str(newest.detail.get("step", ""))
    state_due(session, claim, step, day, evidence=was.get("evidence", ""), person_id=by, clock=clock)


def _priority(session: Session, claim: Claim) -> dict[str, str]:
    found = session.get(ManualPriority, claim.id)
    return {"level": str(found.level), "reason": found.reason, "person": str(found.person_id)} if found else {}


def _due(session: Session, claim: Claim, step: str) -> dict[str, str]:
    found = session.get(StatedDue, (claim.id, step))
    if found is None:
        return {}
    return {"due_on": found.due_on.isoformat(), "evidence": found.evidence, "person": str(found.person_id)}


def _note(session: Session, claim: Claim, act: str, detail: dict[str, object]) -> Event:
    session.flush()
    return record(
        session,
        act,
        object_type="claim",
        object_id=claim.id or 0,
        practice_id=claim.practice_id,
        patient_id=claim.patient_id,
        detail=detail,
    )


class PutFirst(NamedTuple):
    """That somebody put the claim first."""

    reason: str
    made_at: datetime
    by: str | None


class StatedDay(NamedTuple):
    """A last day that somebody stated for the claim."""

    step: str  # of STEPS
    due_on: date
    evidence: str


class Stated(NamedTuple):
    """What the claim's page shows of it."""

    priority: PutFirst | None
    dues: list[StatedDay]
    steps: dict[str, str]
    choices: tuple[tuple[str, str], ...] = tuple(STEPS.items())


def stated_days(session: Session, claim_id: int) -> list[StatedDay]:
    """The nearest first."""
    return [StatedDay(*row) for row in session.connection().execute(_stated_days(), {"claim_id": claim_id})]


@cache
def _stated_days() -> Select[Any]:
    due = table_of(StatedDue)
    return (
        select_columns(due.c.step, due.c.due_on, due.c.evidence)
        .where(due.c.claim_id == bindparam("claim_id"))
        .order_by(due.c.due_on)
    )

"""Parked claims come back: their date has come, or the payer's answer that they waited for. They wear the reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlmodel import Session, col, select

from app.claims.tables import ClaimEvent, EventKind
from app.core.clock import Clock
from app.followup.tables import ComeBack, Snooze
from app.followup.touch import WAKE_LABELS

# What a payer says; a touch of ours or a posting is no answer.
ANSWERS = (
    EventKind.ACKNOWLEDGED,
    EventKind.REJECTED,
    EventKind.STATUS,
    EventKind.PAID,
    EventKind.DENIED,
    EventKind.REVERSED,
    EventKind.ADJUDICATED,
)
IDS_PER_QUERY = 500


def wake_claims(session: Session, clock: Clock) -> list[int]:
    """End the parkings that are due and say so on each claim's timeline; the caller re-ranks them."""
    due = session.exec(select(Snooze).where(Snooze.until <= clock.today())).all()
    return _bring_back(session, clock, ((snooze, _reason(snooze)) for snooze in due))


def wake_answered(session: Session, clock: Clock, claim_ids: Collection[int]) -> list[int]:
    """Of these claims, those parked until the payer answers for which an answer was loaded since."""
    woken: list[int] = []
    listed = sorted(claim_ids)
    for first in range(0, len(listed), IDS_PER_QUERY):
        part = listed[first : first + IDS_PER_QUERY]
        statement = select(Snooze).where(Snooze.waits_for == "answer", col(Snooze.claim_id).in_(part))
        found = []
        for snooze in session.exec(statement).all():
            answer = _answer_since(session, snooze)
            if answer is not None:
                found.append((snooze, f"The payer answered: {answer.summary}"))
        woken.extend(_bring_back(session, clock, found))
    return woken


def _reason(snooze: Snooze) -> str:
    """What was written when it was parked; where an answer was waited for, that none came."""
    if snooze.waits_for != "answer":
        return snooze.reason
    since = f"No answer from the payer since {snooze.made_at:%b} {snooze.made_at.day}"
    return snooze.reason.replace(WAKE_LABELS["answer"], since, 1)


def _answer_since(session: Session, snooze: Snooze) -> ClaimEvent | None:
    return session.exec(
        select(ClaimEvent)
        .where(
            ClaimEvent.claim_id == snooze.claim_id,
            col(ClaimEvent.kind).in_(ANSWERS),
            ClaimEvent.known_at > snooze.made_at,
        )
        .order_by(col(ClaimEvent.id).desc())
        .limit(1)
    ).first()


def _bring_back(session: Session, clock: Clock, due: Iterable[tuple[Snooze, str]]) -> list[int]:
    today, now = clock.today(), clock.now()
    woken: list[int] = []
    for snooze, reason in due:
        woken.append(snooze.claim_id)
        session.add(
            ClaimEvent(
                practice_id=snooze.practice_id,
                claim_id=snooze.claim_id,
                kind=EventKind.SNOOZED,
                happened_on=today,
                known_at=now,
                summary=f"Back in the list: {reason}",
                person_id=snooze.person_id,
            )
        )
        session.merge(
            ComeBack(
                claim_id=snooze.claim_id,
                practice_id=snooze.practice_id,
                person_id=snooze.person_id,
                reason=reason,
                back_on=today,
                touch_id=None,
            )
        )
        session.delete(snooze)
    session.flush()
    return woken

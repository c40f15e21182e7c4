"""Parked claims come back when their date has come, wearing the reason they were parked with."""

from __future__ import annotations

from sqlmodel import Session, select

from app.claims.tables import ClaimEvent, EventKind
from app.core.clock import Clock
from app.followup.tables import Snooze


def wake_claims(session: Session, clock: Clock) -> list[int]:
    """Delete the parkings that are due and say so on each claim's timeline; the caller re-ranks them."""
    today, now = clock.today(), clock.now()
    woken: list[int] = []
    for snooze in session.exec(select(Snooze).where(Snooze.until <= today)).all():
        woken.append(snooze.claim_id)
        session.add(
            ClaimEvent(
                practice_id=snooze.practice_id,
                claim_id=snooze.claim_id,
                kind=EventKind.SNOOZED,
                happened_on=today,
                known_at=now,
                summary=f"Back in the list: {snooze.reason}",
                person_id=snooze.person_id,
            )
        )
        session.delete(snooze)
    session.flush()
    return woken

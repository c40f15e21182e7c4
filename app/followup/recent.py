"""Claims that a person worked lately: the way back to what was in the hand an hour ago."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from app.auth.viewer import Viewer
from app.claims.tables import Claim, Patient
from app.core.clock import Clock
from app.followup.tables import Touch

SHOWN = 6
BACK_DAYS = 14


class RecentClaim(NamedTuple):
    claim_id: int
    patient: str
    number: str


def recent_claims(session: Session, viewer: Viewer, clock: Clock) -> list[RecentClaim]:
    """The claims last touched by this person, newest first, each once."""
    since = clock.now() - timedelta(days=BACK_DAYS)
    touched = (
        select(Touch.claim_id, func.max(Touch.id).label("newest"))
        .where(Touch.person_id == viewer.person_id, Touch.at >= since)
        .group_by(col(Touch.claim_id))
        .order_by(func.max(Touch.id).desc())
        .limit(SHOWN)
        .subquery()
    )
    statement = (
        select(Claim.id, Patient.last_name, Patient.first_name, Claim.patient_control_number)
        .join(touched, touched.c.claim_id == Claim.id)
        .join(Patient, col(Patient.id) == Claim.patient_id)
        .where(col(Claim.practice_id).in_(viewer.practice_ids))
        .order_by(touched.c.newest.desc())
    )
    return [
        RecentClaim(claim_id or 0, ", ".join(part for part in (last, first) if part), number)
        for claim_id, last, first, number in session.exec(statement)
    ]

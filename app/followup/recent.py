"""Claims that a person worked lately: the way back to what was in the hand an hour ago."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func, select
from sqlmodel import Session

from app.auth.viewer import Viewer
from app.core.clock import Clock
from app.followup.find import patient
from app.followup.narrow import claim, touch

SHOWN = 6
BACK_DAYS = 14


class RecentClaim(NamedTuple):
    claim_id: int
    patient: str
    number: str


def recent_claims(session: Session, viewer: Viewer, clock: Clock) -> list[RecentClaim]:
    """The claims last touched by this person, newest first, each once."""
    told = {
        "me": viewer.person_id,
        "since": clock.now() - timedelta(days=BACK_DAYS),
        "practice_ids": list(viewer.practice_ids),
    }
    return [
        RecentClaim(claim_id, ", ".join(part for part in (last, first) if part), number)
        for claim_id, last, first, number in session.connection().execute(_recent(), told)
    ]


@cache  # built once: every whole page asks it
def _recent() -> Select[Any]:
    newest = func.max(touch.c.id)
    touched = (
        select(touch.c.claim_id, newest.label("newest"))
        .where(touch.c.person_id == bindparam("me"), touch.c.at >= bindparam("since", type_=touch.c.at.type))
        .group_by(touch.c.claim_id)
        .order_by(newest.desc())
        .limit(SHOWN)
        .subquery()
    )
    return (
        select(claim.c.id, patient.c.last_name, patient.c.first_name, claim.c.patient_control_number)
        .join(touched, touched.c.claim_id == claim.c.id)
        .join(patient, patient.c.id == claim.c.patient_id)
        .where(claim.c.practice_id.in_(bindparam("practice_ids", expanding=True)))
        .order_by(touched.c.newest.desc())
    )

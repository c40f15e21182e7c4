"""Claims with the same payer and the same reason: what is learned on one call often settles all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlmodel import Session

from app.followup.find import patient
from app.followup.narrow import claim, score
from app.followup.work_row import WorkRow
from app.followup.worklist import COUNT_CAP, count_of

SHOWN = 5


class AlikeClaim(NamedTuple):
    claim_id: int
    patient: str
    number: str
    open_cents: int


class Alike(NamedTuple):
    payer_id: int
    carc: str
    claims: int
    is_capped: bool
    open_cents: int
    first: list[AlikeClaim]


def alike(session: Session, practice_ids: Sequence[int], row: WorkRow) -> Alike | None:
    """None when the claim carries no reason, or nobody shares it."""
    if not row.carc:
        return None
    narrowed = [
        score.c.practice_id.in_(practice_ids),
        score.c.carc == row.carc,
        score.c.payer_id == row.payer_id,
        score.c.claim_id != row.claim_id,
    ]
    counted, cents = count_of(session, narrowed)
    if not counted:
        return None
    statement = (
        select(
            score.c.claim_id,
            score.c.open_cents,
            claim.c.patient_control_number,
            patient.c.last_name,
            patient.c.first_name,
        )
        .join(claim, claim.c.id == score.c.claim_id)
        .join(patient, patient.c.id == claim.c.patient_id)
        .where(*narrowed)
        .order_by(score.c.rank_key.desc(), score.c.claim_id)
        .limit(SHOWN)
    )
    first = [
        AlikeClaim(
            found.claim_id,
            ", ".join(part for part in (found.last_name, found.first_name) if part),
            found.patient_control_number,
            found.open_cents,
        )
        for found in session.execute(statement)
    ]
    return Alike(row.payer_id, row.carc, min(counted, COUNT_CAP), counted > COUNT_CAP, cents, first)

"""Claims with the same payer and the same reason: what is learned on one call often settles all of them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session

from app.followup.find import patient
from app.followup.list_total import COUNT_CAP, counting
from app.followup.narrow import claim, score
from app.followup.work_row import WorkRow

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
    count, listing = _statements()
    told = {"practice_ids": list(practice_ids), "carc": row.carc, "payer": row.payer_id, "but": row.claim_id}
    counted, cents = session.execute(count, told).one()
    if not counted:
        return None
    first = [
        AlikeClaim(
            found.claim_id,
            ", ".join(part for part in (found.last_name, found.first_name) if part),
            found.patient_control_number,
            found.open_cents,
        )
        for found in session.execute(listing, told)
    ]
    return Alike(row.payer_id, row.carc, min(counted, COUNT_CAP), counted > COUNT_CAP, int(cents), first)


@cache  # built once: every claim's page asks them
def _statements() -> tuple[Select[Any], Select[Any]]:
    """Count and dollars, and the best few, of those that share a reason and a payer."""
    narrowed = [
        score.c.practice_id.in_(bindparam("practice_ids", expanding=True)),
        score.c.carc == bindparam("carc"),
        score.c.payer_id == bindparam("payer"),
        score.c.claim_id != bindparam("but"),
    ]
    listing = (
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
    return counting(narrowed), listing

"""What a screen asks about a claim. Every look-up is scoped to the practices that the asker may see."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from app.claims.tables import Claim, ClaimEvent, ClaimLine, Coverage, Patient, Payer, Practice, Submission

TIMELINE_ROWS = 200  # newest first; a claim with more has a story of its own
SIBLING_ROWS = 10


class ClaimHead(NamedTuple):
    """A claim with the names that belong to it."""

    claim: Claim
    patient: Patient
    payer: Payer
    practice: Practice


class CoverageRow(NamedTuple):
    rank: int
    payer: str
    member_id: str
    group_number: str
    is_active: bool


def all_practice_ids(session: Session) -> list[int]:
    """For commands and jobs, which act for the whole site."""
    return [number for number in session.exec(select(Practice.id).order_by(Practice.name)) if number is not None]


def practices(session: Session, practice_ids: Sequence[int]) -> list[Practice]:
    return list(session.exec(select(Practice).where(col(Practice.id).in_(practice_ids)).order_by(Practice.name)))


def find_claim(session: Session, practice_ids: Sequence[int], claim_id: int) -> ClaimHead | None:
    """None when there is no such claim, or it belongs to a practice the asker may not see: the two look alike."""
    found = session.exec(_one_head(), params={"claim_id": claim_id, "practice_ids": list(practice_ids)}).first()
    return ClaimHead(*found) if found is not None else None


def heads_by_ids(session: Session, claim_ids: Sequence[int]) -> dict[int, ClaimHead]:
    """Claims that were found under a wall already, with their names."""
    rows = session.exec(_heads().where(col(Claim.id).in_(claim_ids)))
    return {row[0].id: ClaimHead(*row) for row in rows}


def find_by_number(session: Session, practice_ids: Sequence[int], number: str) -> list[ClaimHead]:
    """Claims with this patient control number, or this number of the payer's."""
    is_named = (col(Claim.patient_control_number) == number) | (col(Claim.payer_control_number) == number)
    in_force = col(Claim.superseded_on).is_(None)
    rows = session.exec(
        _heads().where(is_named, in_force, col(Claim.practice_id).in_(practice_ids)).order_by(col(Claim.id))
    )
    return [ClaimHead(*row) for row in rows]


def lines_of(session: Session, claim_id: int) -> list[ClaimLine]:
    return list(session.exec(select(ClaimLine).where(ClaimLine.claim_id == claim_id).order_by(col(ClaimLine.number))))


def submissions_of(session: Session, claim_id: int) -> list[Submission]:
    statement = select(Submission).where(Submission.claim_id == claim_id).order_by(col(Submission.id))
    return list(session.exec(statement))


def coverages_of(session: Session, patient_id: int) -> list[CoverageRow]:
    statement = (
        select(Coverage, Payer.name)
        .join(Payer, col(Payer.id) == Coverage.payer_id)
        .where(Coverage.patient_id == patient_id)
        .order_by(col(Coverage.rank), col(Coverage.id))
    )
    return [
        CoverageRow(cover.rank, payer, cover.member_id, cover.group_number, cover.is_active)
        for cover, payer in session.exec(statement)
    ]


def timeline(session: Session, claim_id: int) -> list[ClaimEvent]:
    """Everything that happened to the claim, newest first."""
    statement = (
        select(ClaimEvent)
        .where(ClaimEvent.claim_id == claim_id)
        .order_by(col(ClaimEvent.happened_on).desc(), col(ClaimEvent.id).desc())
        .limit(TIMELINE_ROWS)
    )
    return list(session.exec(statement))


def siblings_of(session: Session, claim: Claim) -> list[Claim]:
    """Other claims of the same patient, newest service first."""
    statement = (
        select(Claim)
        .where(
            Claim.patient_id == claim.patient_id,
            Claim.practice_id == claim.practice_id,
            col(Claim.id) != claim.id,
            col(Claim.superseded_on).is_(None),
        )
        .order_by(col(Claim.first_service).desc(), col(Claim.id).desc())
        .limit(SIBLING_ROWS)
    )
    return list(session.exec(statement))


def _heads() -> Any:
    return (
        select(Claim, Patient, Payer, Practice)
        .join(Patient, col(Patient.id) == Claim.patient_id)
        .join(Payer, col(Payer.id) == Claim.payer_id)
        .join(Practice, col(Practice.id) == Claim.practice_id)
    )


@cache  # built once: the claim's page and every act on a claim begin with it
def _one_head() -> Any:
    is_seen = col(Claim.practice_id).in_(bindparam("practice_ids", expanding=True))
    return _heads().where(Claim.id == bindparam("claim_id"), is_seen)


def successor_of(session: Session, practice_ids: Sequence[int], claim_id: int) -> int | None:
    """The claim that this one, known only from an answer, proved to be; None where it is still its own."""
    statement = select(Claim.successor_id).where(Claim.id == claim_id, col(Claim.practice_id).in_(practice_ids))
    return session.exec(statement).first()

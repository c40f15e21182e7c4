"""What a screen asks about a claim. Every look-up is scoped to the practices that the asker may see."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from app.auth.tables import Person
from app.claims.identity import control_key
from app.claims.shown_head import ShownClaim
from app.claims.tables import Claim, ClaimEvent, ClaimLine, Coverage, Patient, Payer, Practice, Submission
from app.core.bulk import table_of

TIMELINE_ROWS = 200  # newest first; a claim with more has a story of its own
SIBLING_ROWS = 10
LARGE_CLAIMS = 20_000  # of larger books, what reads them all takes longer than anybody waits for a page


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


class BilledLine(NamedTuple):
    """One line as sent, as far as it is printed."""

    id: int
    procedure: str
    revenue_code: str
    modifiers: str  # colon-separated
    first_service: date | None
    units: str
    charge_cents: int


class TimelineEvent(NamedTuple):
    """One thing that happened to a claim, as far as it is printed, with the name of the person who did it."""

    id: int
    kind: str
    happened_on: date
    known_at: datetime
    summary: str
    detail: dict[str, object]
    file_id: int | None
    segment: int
    start_offset: int
    end_offset: int
    who: str | None


class Sibling(NamedTuple):
    """Another claim of the same patient."""

    id: int
    patient_control_number: str
    first_service: date | None
    charge_cents: int
    state: str


def all_practice_ids(session: Session) -> list[int]:
    """For commands and jobs, which act for the whole site."""
    return [number for number in session.exec(select(Practice.id).order_by(Practice.name)) if number is not None]


def are_large(session: Session) -> bool:
    """Are the books so large that what reads them all is worked out beside the requests? By their last number."""
    last = session.execute(select_columns(func.max(table_of(Claim).c.id))).scalar_one()
    return (last or 0) > LARGE_CLAIMS


def practices(session: Session, practice_ids: Sequence[int]) -> list[Practice]:
    return list(session.exec(select(Practice).where(col(Practice.id).in_(practice_ids)).order_by(Practice.name)))


def find_claim(session: Session, practice_ids: Sequence[int], claim_id: int) -> ClaimHead | None:
    """None when there is no such claim, or it belongs to a practice the asker may not see: the two look alike."""
    found = session.exec(_one_head(), params={"claim_id": claim_id, "practice_ids": list(practice_ids)}).first()
    return ClaimHead(*found) if found is not None else None


def claim_behind(session: Session, practice_ids: Sequence[int], claim_id: int) -> Claim | None:
    """The same without the names."""
    found: Claim | None = session.exec(
        _one_claim(), params={"claim_id": claim_id, "practice_ids": list(practice_ids)}
    ).first()
    return found


def heads_by_ids(session: Session, claim_ids: Sequence[int]) -> dict[int, ClaimHead]:
    """Claims that were found under a wall already, with their names."""
    rows = session.exec(_heads().where(col(Claim.id).in_(claim_ids)))
    return {row[0].id: ClaimHead(*row) for row in rows}


def find_by_number(session: Session, practice_ids: Sequence[int], number: str) -> list[ClaimHead]:
    """Claims with this patient control number, or this number of the payer's."""
    behind_walls, in_force = col(Claim.practice_id).in_(practice_ids), col(Claim.superseded_on).is_(None)
    ours = select_columns(col(Claim.id)).where(
        behind_walls, col(Claim.control_key) == control_key(number), col(Claim.patient_control_number) == number
    )
    payers = select_columns(col(Claim.id)).where(col(Claim.payer_control_number) == number)
    is_named = col(Claim.id).in_(ours.union(payers))  # each down its own index
    rows = session.exec(_heads().where(is_named, in_force, behind_walls).order_by(col(Claim.id)))
    return [ClaimHead(*row) for row in rows]


def lines_of(session: Session, claim_id: int) -> list[ClaimLine]:
    return list(session.exec(select(ClaimLine).where(ClaimLine.claim_id == claim_id).order_by(col(ClaimLine.number))))


def billed_lines(session: Session, claim_id: int) -> list[BilledLine]:
    """The lines in the order in which they were sent."""
    found = session.connection().execute(_billed_lines(), {"claim_id": claim_id})
    return [BilledLine(*row) for row in found]


def submissions_of(session: Session, claim_id: int) -> list[Submission]:
    statement = select(Submission).where(Submission.claim_id == claim_id).order_by(col(Submission.id))
    return list(session.exec(statement))


def coverages_of(session: Session, patient_id: int) -> list[CoverageRow]:
    found = session.connection().execute(_coverages(), {"patient_id": patient_id})
    return [CoverageRow(*row) for row in found]


def timeline(session: Session, claim_id: int) -> list[TimelineEvent]:
    """Everything that happened to the claim, newest first."""
    found = session.connection().execute(_timeline(), {"claim_id": claim_id})
    return [TimelineEvent(*row) for row in found]


def siblings_of(session: Session, claim: ShownClaim) -> list[Sibling]:
    """Other claims of the same patient, newest service first."""
    told = {"patient_id": claim.patient_id, "practice_id": claim.practice_id, "but": claim.id}
    return [Sibling(*row) for row in session.connection().execute(_siblings(), told)]


# A claim's page asks these all day: they are built once, and read columns in place of whole rows.


@cache
def _billed_lines() -> Select[Any]:
    line = table_of(ClaimLine)
    return (
        select_columns(*(line.c[name] for name in BilledLine._fields))
        .where(line.c.claim_id == bindparam("claim_id"))
        .order_by(line.c.number)
    )


@cache
def _coverages() -> Select[Any]:
    cover, payer = table_of(Coverage), table_of(Payer)
    return (
        select_columns(cover.c.rank, payer.c.name, cover.c.member_id, cover.c.group_number, cover.c.is_active)
        .join(payer, payer.c.id == cover.c.payer_id)
        .where(cover.c.patient_id == bindparam("patient_id"))
        .order_by(cover.c.rank, cover.c.id)
    )


@cache
def _timeline() -> Select[Any]:
    event, person = table_of(ClaimEvent), table_of(Person)
    return (
        select_columns(*(event.c[name] for name in TimelineEvent._fields[:-1]), person.c.name)
        .outerjoin(person, person.c.id == event.c.person_id)
        .where(event.c.claim_id == bindparam("claim_id"))
        .order_by(event.c.happened_on.desc(), event.c.id.desc())
        .limit(TIMELINE_ROWS)
    )


@cache
def _siblings() -> Select[Any]:
    claim = table_of(Claim)
    return (
        select_columns(*(claim.c[name] for name in Sibling._fields))
        .where(
            claim.c.patient_id == bindparam("patient_id"),
            claim.c.practice_id == bindparam("practice_id"),
            claim.c.id != bindparam("but"),
            claim.c.superseded_on.is_(None),
        )
        .order_by(claim.c.first_service.desc(), claim.c.id.desc())
        .limit(SIBLING_ROWS)
    )


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


@cache
def _one_claim() -> Any:
    is_seen = col(Claim.practice_id).in_(bindparam("practice_ids", expanding=True))
    return select(Claim).where(Claim.id == bindparam("claim_id"), is_seen)


def successor_of(session: Session, practice_ids: Sequence[int], claim_id: int) -> int | None:
    """The claim that this one, known only from an answer, proved to be; None where it is still its own."""
    told = {"claim_id": claim_id, "practice_ids": list(practice_ids)}
    found: int | None = session.connection().execute(_successor(), told).scalar()
    return found


@cache
def _successor() -> Select[Any]:
    claim = table_of(Claim)
    is_seen = claim.c.practice_id.in_(bindparam("practice_ids", expanding=True))
    return select_columns(claim.c.successor_id).where(claim.c.id == bindparam("claim_id"), is_seen)

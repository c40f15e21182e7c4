"""What a claim has at most one of, and which of its rarer rows there are at all: one row for the claim's page.

Each of these by itself would be one more statement for every claim that somebody steps through, mostly to hear that
there is none.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, Table, and_, bindparam, exists, func, select
from sqlmodel import Session

from app.auth.tables import Person
from app.claims.tables import Claim, CodeOverride, Coverage, PayerFiling, Submission
from app.core.bulk import table_of
from app.followup.priority import PutFirst
from app.followup.tables import ManualPriority, Snooze, StatedDue, StepDone, WorkScore
from app.matching.tables import ClaimPayment, Denial, Underpayment

claim = table_of(Claim)
score = table_of(WorkScore)
snooze = table_of(Snooze)
priority = table_of(ManualPriority)
filing = table_of(PayerFiling)
short = table_of(Underpayment)
denial = table_of(Denial)
override = table_of(CodeOverride)
coverage = table_of(Coverage)
submission = table_of(Submission)
owner = table_of(Person).alias("owner")
put_first_by = table_of(Person).alias("put_first_by")


class Parked(NamedTuple):
    """The claim is out of the lists until the day."""

    until: date
    reason: str
    waits_for: str  # date, answer, deadline


class Filing(NamedTuple):
    """Where the payer takes appeals and records; "" is not known."""

    portal: str
    appeal_address: str  # lines
    appeal_fax: str
    records_address: str  # lines
    records_fax: str


class Beside(NamedTuple):
    parked: Parked | None
    priority: PutFirst | None
    filing: Filing | None  # None: nobody has entered anything
    owner: str  # "": it stands in its queue's pool, or nothing is open
    short_cents: int  # below the fee schedule, and nobody has given it up
    submission_id: int | None  # the newest time it was sent
    coverages: int  # of the patient
    has_answers: bool
    has_denial: bool  # an open one
    has_ticks: bool
    has_stated_days: bool
    has_overrides: bool  # anywhere: some code is judged otherwise than it was shipped


def beside(session: Session, claim_id: int) -> Beside:
    """All of it about one claim that was found under a wall already."""
    row = session.connection().execute(_beside(), {"claim_id": claim_id}).one()
    parked, first, filed, rest = row[0:3], row[3:6], row[6:11], row[11:]
    return Beside(
        Parked(*parked) if parked[0] is not None else None,
        PutFirst(*first) if first[1] is not None else None,
        Filing(*filed) if filed[0] is not None else None,
        *rest,
    )


@cache
def _beside() -> Select[Any]:
    return (
        select(
            *(snooze.c.until, snooze.c.reason, snooze.c.waits_for),
            *(priority.c.reason, priority.c.made_at, put_first_by.c.name),
            *(filing.c.portal, filing.c.appeal_address, filing.c.appeal_fax),
            *(filing.c.records_address, filing.c.records_fax),
            func.coalesce(owner.c.name, ""),
            func.coalesce(short.c.short_cents, 0),
            _of_claim(func.max(submission.c.id), submission.c.claim_id == claim.c.id),
            _of_claim(func.count(), coverage.c.patient_id == claim.c.patient_id),
            _is_there(table_of(ClaimPayment)),
            _is_there(denial, denial.c.is_open),
            _is_there(table_of(StepDone)),
            _is_there(table_of(StatedDue)),
            exists().where(override.c.ended_at.is_(None)),
        )
        .select_from(claim)
        .outerjoin(score, score.c.claim_id == claim.c.id)
        .outerjoin(owner, owner.c.id == score.c.owner_id)
        .outerjoin(snooze, snooze.c.claim_id == claim.c.id)
        .outerjoin(priority, priority.c.claim_id == claim.c.id)
        .outerjoin(put_first_by, put_first_by.c.id == priority.c.person_id)
        .outerjoin(filing, filing.c.payer_id == claim.c.payer_id)
        .outerjoin(short, and_(short.c.claim_id == claim.c.id, short.c.accepted_entry_id.is_(None)))
        .where(claim.c.id == bindparam("claim_id"))
    )


def _of_claim(value: ColumnElement[Any], where: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(value).where(where).correlate(claim).scalar_subquery()


def _is_there(table: Table, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(table.c.claim_id == claim.c.id, *where).correlate(claim)

"""A claim's head with what it has at most one of, and which of its rarer rows there are at all: one row for its page.

Each of these by itself would be one more statement for every claim that somebody steps through, mostly to hear that
there is none.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, Table, and_, exists, func, select
from sqlmodel import Session

from app.auth.tables import Person
from app.claims.shown_head import HEAD_LENGTH, ShownHead, head_of, select_head
from app.claims.tables import Claim, CodeOverride, Coverage, PayerFiling, Submission
from app.core.bulk import table_of
from app.followup.priority import PutFirst
from app.followup.story import Teller, tellers
from app.followup.tables import ManualPriority, Snooze, StatedDue, StepDone, WorkScore, WriteOffRequest
from app.ledger.tables import UNDECIDED
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
write_off = table_of(WriteOffRequest)
asked_by = table_of(Person).alias("asked_by")


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


class WaitingWriteOff(NamedTuple):
    """Somebody asked to give dollars of the claim up, and nobody has decided."""

    cents: int
    asked_at: datetime
    state: str  # waiting, half: one of two has agreed
    by: str | None


class Beside(NamedTuple):
    parked: Parked | None
    priority: PutFirst | None
    filing: Filing | None  # None: nobody has entered anything
    write_off: WaitingWriteOff | None
    owner: str  # "": it stands in its queue's pool, or nothing is open
    short_cents: int  # below the fee schedule, and nobody has given it up
    submission_id: int | None  # the newest time it was sent
    coverages: int  # of the patient
    has_answers: bool
    has_denial: bool  # an open one
    has_ticks: bool
    has_stated_days: bool
    has_overrides: bool  # anywhere: some code is judged otherwise than it was shipped
    tellers: tuple[Teller, ...]  # those who have something to tell of the claim


def head_and_beside(session: Session, practice_ids: Sequence[int], claim_id: int) -> tuple[ShownHead, Beside] | None:
    """None when there is no such claim, or it belongs to a practice the asker may not see: the two look alike."""
    known = tellers()
    told = {"claim_id": claim_id, "practice_ids": list(practice_ids)}
    row = session.connection().execute(_head_and_beside(tuple(teller.of for teller in known)), told).first()
    if row is None:
        return None
    parked, first, filed, asked, rest, has_to_tell = (row[part] for part in _PARTS)
    values = (
        Parked(*parked) if parked[0] is not None else None,
        PutFirst(*first) if first[1] is not None else None,
        Filing(*filed) if filed[0] is not None else None,
        WaitingWriteOff(*asked) if asked[0] is not None else None,
        *rest,
        tuple(teller for teller, has in zip(known, has_to_tell, strict=True) if has),
    )
    return head_of(row), Beside._make(values)


# Where each part of `Beside` stands in the row, behind the head.
_JOINED = (Parked, PutFirst, Filing, WaitingWriteOff)
_SINGLE = len(Beside._fields) - len(_JOINED) - 1  # between those and the tellers
_LENGTHS = (HEAD_LENGTH, *(len(part._fields) for part in _JOINED), _SINGLE)
_PARTS = tuple(slice(begin, end) for begin, end in pairwise([*accumulate(_LENGTHS), None]))


@lru_cache(maxsize=8)  # there is one set of tellers, and none where only a command runs
def _head_and_beside(told_of: tuple[Table, ...]) -> Select[Any]:
    return (
        select_head()
        .add_columns(
            *(snooze.c.until, snooze.c.reason, snooze.c.waits_for),
            *(priority.c.reason, priority.c.made_at, put_first_by.c.name),
            *(filing.c.portal, filing.c.appeal_address, filing.c.appeal_fax),
            *(filing.c.records_address, filing.c.records_fax),
            *(write_off.c.cents, write_off.c.requested_at, write_off.c.state, asked_by.c.name),
            func.coalesce(owner.c.name, ""),
            func.coalesce(short.c.short_cents, 0),
            _of_claim(func.max(submission.c.id), submission.c.claim_id == claim.c.id),
            _of_claim(func.count(), coverage.c.patient_id == claim.c.patient_id),
            _is_there(table_of(ClaimPayment)),
            _is_there(denial, denial.c.is_open),
            _is_there(table_of(StepDone)),
            _is_there(table_of(StatedDue)),
            exists().where(override.c.ended_at.is_(None)),
            *(_is_there(table) for table in told_of),
        )
        .outerjoin(score, score.c.claim_id == claim.c.id)
        .outerjoin(owner, owner.c.id == score.c.owner_id)
        .outerjoin(snooze, snooze.c.claim_id == claim.c.id)
        .outerjoin(priority, priority.c.claim_id == claim.c.id)
        .outerjoin(put_first_by, put_first_by.c.id == priority.c.person_id)
        .outerjoin(filing, filing.c.payer_id == claim.c.payer_id)
        .outerjoin(write_off, and_(write_off.c.claim_id == claim.c.id, write_off.c.state.in_(UNDECIDED)))
        .outerjoin(asked_by, asked_by.c.id == write_off.c.requested_by_id)
        .outerjoin(short, and_(short.c.claim_id == claim.c.id, short.c.accepted_entry_id.is_(None)))
    )


def _of_claim(value: ColumnElement[Any], where: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(value).where(where).correlate(claim).scalar_subquery()


def _is_there(table: Table, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(table.c.claim_id == claim.c.id, *where).correlate(claim)

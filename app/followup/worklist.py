"""The ranked list: read from the narrow score table by a covering index, paged by key, never by offset.

Names of patients and payers are joined for the page's rows only. Every query is scoped to the practices that the
person may see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlmodel import Session

from app.claims.tables import Claim, Patient, Payer, PayerControlNumber, Practice
from app.core.bulk import table_of
from app.core.clock import Clock
from app.followup.filters import AGES, OLDEST, Filters
from app.followup.tables import Lease, QueueTotal, WorkScore
from app.matching.tables import ClaimPayment, Remittance
from workqueues.queues import Queue, queues

PAGE_ROWS = 50
COUNT_CAP = 1_000  # an exact count of a narrowed list is not worth a scan: "1,000+"
RESTING = ("waiting", "snoozed")  # not for today: left out of "all open work"

score = table_of(WorkScore)
claim = table_of(Claim)
patient = table_of(Patient)
payer = table_of(Payer)
practice = table_of(Practice)
lease = table_of(Lease)
control_number = table_of(PayerControlNumber)
claim_payment = table_of(ClaimPayment)
remittance = table_of(Remittance)


class QueueLine(NamedTuple):
    """One queue as the left pane shows it."""

    queue: Queue
    claims: int
    open_cents: int


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One line of the list, ready to print."""

    claim_id: int
    patient: str
    patient_control_number: str
    payer: str
    practice: str
    queue: str
    action: str
    why: str
    open_cents: int
    expected_cents: int
    odds: float
    minutes: float
    score: float
    rank_key: float
    tier: int
    deadline: date | None
    days_left: int | None
    age_days: int
    first_service: date | None
    carc: str
    next_on: date | None
    holder: str  # who has it open, if not the reader


class Page(NamedTuple):
    rows: list[WorkRow]
    after: str  # the key of the next page, "" at the end
    claims: int  # of the whole list, exact up to COUNT_CAP
    is_capped: bool
    open_cents: int  # of the counted claims


def queue_lines(session: Session, practice_ids: Sequence[int]) -> list[QueueLine]:
    """Count and dollars of every queue, in the waterfall's order."""
    statement = (
        select(QueueTotal.queue, func.sum(QueueTotal.claims), func.sum(QueueTotal.open_cents))  # type: ignore[call-overload]
        .where(QueueTotal.practice_id.in_(practice_ids))  # type: ignore[attr-defined]
        .group_by(QueueTotal.queue)
    )
    totals = {row[0]: (int(row[1]), int(row[2])) for row in session.execute(statement)}
    return [QueueLine(queue, *totals.get(queue.key, (0, 0))) for queue in queues()]


def page(
    session: Session,
    practice_ids: Sequence[int],
    filters: Filters,
    clock: Clock,
    *,
    person_id: int,
    after: str = "",
    limit: int = PAGE_ROWS,
) -> Page:
    """One page of the ranked list and the list's own count and dollars."""
    conditions = _conditions(practice_ids, filters, clock.today(), person_id)
    order, key = _order(filters.sort)
    statement = _rows().where(*conditions).order_by(*order)
    if after:
        statement = statement.where(_beyond(filters.sort, after))
    found = session.execute(statement.limit(limit + 1)).all()
    rows = [_row(row, clock, person_id) for row in found[:limit]]
    next_key = key(found[limit - 1]) if len(found) > limit else ""
    counted, cents = _count(session, conditions)
    return Page(rows, next_key, min(counted, COUNT_CAP), counted > COUNT_CAP, cents)


def find_row(
    session: Session, practice_ids: Sequence[int], claim_id: int, clock: Clock, person_id: int
) -> WorkRow | None:
    """The line of one claim, or None when it is not open or not theirs to see."""
    statement = _rows().where(score.c.claim_id == claim_id, score.c.practice_id.in_(practice_ids))
    row = session.execute(statement).first()
    return _row(row, clock, person_id) if row is not None else None


def next_claim_id(
    session: Session, practice_ids: Sequence[int], filters: Filters, clock: Clock, *, person_id: int, past: int = 0
) -> int | None:
    """The best claim for this person now: in rank, not held by somebody else, and not the one just left."""
    statement = (
        select(score.c.claim_id)
        .select_from(score.outerjoin(lease, lease.c.claim_id == score.c.claim_id))
        .where(
            *_conditions(practice_ids, filters, clock.today(), person_id),
            score.c.claim_id != past,
            or_(
                lease.c.claim_id.is_(None),
                lease.c.expires_at <= clock.now(),
                lease.c.person_id == person_id,
            ),
        )
        .order_by(*_order(filters.sort)[0])
        .limit(1)
    )
    found: int | None = session.execute(statement).scalar()
    return found


def neighbour_id(
    session: Session,
    practice_ids: Sequence[int],
    filters: Filters,
    clock: Clock,
    *,
    person_id: int,
    row: WorkRow | None,
) -> int | None:
    """The claim behind this one in the list; at the end of the list, the best of what is left."""
    if row is not None:
        conditions = _conditions(practice_ids, filters, clock.today(), person_id)
        statement = (
            select(score.c.claim_id)
            .where(*conditions, _beyond(filters.sort, _key_of(row, filters.sort)), score.c.claim_id != row.claim_id)
            .order_by(*_order(filters.sort)[0])
            .limit(1)
        )
        found: int | None = session.execute(statement).scalar()
        if found is not None:
            return found
    past = row.claim_id if row is not None else 0
    return next_claim_id(session, practice_ids, filters, clock, person_id=person_id, past=past)


def payers_in(session: Session, practice_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Payers with open work, by name."""
    with_work = select(score.c.payer_id).where(score.c.practice_id.in_(practice_ids)).distinct()
    statement = select(payer.c.id, payer.c.name).where(payer.c.id.in_(with_work)).order_by(payer.c.name)
    return [(int(row.id), str(row.name)) for row in session.execute(statement)]


def _rows() -> Select[Any]:
    return select(
        score,
        claim.c.patient_control_number,
        claim.c.first_service,
        patient.c.last_name,
        patient.c.first_name,
        payer.c.name.label("payer_name"),
        practice.c.name.label("practice_name"),
        lease.c.person_id.label("holder_id"),
        lease.c.person_name.label("holder_name"),
        lease.c.expires_at.label("held_until"),
    ).select_from(
        score.join(claim, claim.c.id == score.c.claim_id)
        .join(patient, patient.c.id == claim.c.patient_id)
        .join(payer, payer.c.id == score.c.payer_id)
        .join(practice, practice.c.id == score.c.practice_id)
        .outerjoin(lease, lease.c.claim_id == score.c.claim_id)
    )


def _conditions(
    practice_ids: Sequence[int], filters: Filters, today: date, person_id: int
) -> list[ColumnElement[bool]]:
    seen = [number for number in practice_ids if not filters.practice or number == filters.practice]
    conditions: list[ColumnElement[bool]] = [score.c.practice_id.in_(seen)]
    if filters.queue:
        conditions.append(score.c.queue == filters.queue)
    elif not filters.text:
        conditions.append(score.c.queue.not_in(RESTING))
    if filters.payer:
        conditions.append(score.c.payer_id == filters.payer)
    if filters.category:
        conditions.append(score.c.category == filters.category)
    if filters.carc:
        conditions.append(score.c.carc == filters.carc)
    if filters.age == OLDEST:
        conditions.append(score.c.age_days > 180)
    elif filters.age:
        conditions.append(score.c.age_days.between(*AGES[filters.age]))
    if filters.least:
        conditions.append(score.c.open_cents >= filters.least * 100)
    if filters.due:
        conditions.append(score.c.deadline.between(today, today + timedelta(days=filters.due)))
    if filters.owner == "me":
        conditions.append(score.c.owner_id == person_id)
    elif filters.owner == "nobody":
        conditions.append(score.c.owner_id.is_(None))
    elif filters.owner.isdigit():
        conditions.append(score.c.owner_id == int(filters.owner))
    if filters.text:
        conditions.append(score.c.claim_id.in_(_matching_text(seen, filters.text)))
    return conditions


def _matching_text(practice_ids: Sequence[int], text: str) -> Select[Any]:
    """Claims that anything written on an EOB names: control numbers, member id, name, check or EFT trace."""
    start = _escape(text) + "%"
    key = _escape(text.casefold().replace(" ", "").lstrip("0")) + "%"
    last, _, first = (part.strip() for part in text.partition(","))
    if not first and " " in text:
        first, _, last = (part.strip() for part in text.partition(" "))
    name: ColumnElement[bool] = func.lower(patient.c.last_name).like(_escape(last.lower()) + "%", escape="\\")
    if first:
        name = and_(name, func.lower(patient.c.first_name).like(_escape(first.lower()) + "%", escape="\\"))
    numbers = select(control_number.c.claim_id).where(control_number.c.value.like(start, escape="\\"))
    traces = (
        select(claim_payment.c.claim_id)
        .join(remittance, remittance.c.id == claim_payment.c.remittance_id)
        .where(remittance.c.trace.like(start, escape="\\"), claim_payment.c.claim_id.is_not(None))
    )
    return (
        select(claim.c.id)
        .join(patient, patient.c.id == claim.c.patient_id)
        .where(
            claim.c.practice_id.in_(practice_ids),
            or_(
                claim.c.control_key.like(key, escape="\\"),
                claim.c.member_id.like(start, escape="\\"),
                claim.c.id.in_(numbers),
                claim.c.id.in_(traces),
                name,
            ),
        )
    )


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _order(sort: str) -> tuple[tuple[Any, ...], Any]:
    if sort == "balance":
        return (score.c.open_cents.desc(), score.c.claim_id), lambda row: f"{row.open_cents}.{row.claim_id}"
    if sort == "age":
        return (score.c.age_days.desc(), score.c.claim_id), lambda row: f"{row.age_days}.{row.claim_id}"
    if sort == "deadline":
        due = func.coalesce(score.c.deadline, NEVER)
        return (due, score.c.claim_id), lambda row: f"{(row.deadline or NEVER).isoformat()}.{row.claim_id}"
    return (score.c.rank_key.desc(), score.c.claim_id), lambda row: f"{row.rank_key!r}.{row.claim_id}"


def _key_of(row: WorkRow, sort: str) -> str:
    """The place of a row already read, as `_beyond` takes it."""
    value = {
        "balance": str(row.open_cents),
        "age": str(row.age_days),
        "deadline": (row.deadline or NEVER).isoformat(),
    }.get(sort, repr(row.rank_key))
    return f"{value}.{row.claim_id}"


NEVER = date(9999, 12, 31)  # where a claim without a known deadline sorts


def _beyond(sort: str, after: str) -> ColumnElement[bool]:
    """Rows behind the key of the last row shown. A key that makes no sense starts from the top."""
    value, _, number = after.rpartition(".")
    try:
        claim_id = int(number)
        if sort == "deadline":
            due = func.coalesce(score.c.deadline, NEVER)
            edge = date.fromisoformat(value)
            return or_(due > edge, and_(due == edge, score.c.claim_id > claim_id))
        column = {"balance": score.c.open_cents, "age": score.c.age_days}.get(sort, score.c.rank_key)
        limit = float(value)
    except ValueError:
        return score.c.claim_id > 0
    return or_(column < limit, and_(column == limit, score.c.claim_id > claim_id))


def _count(session: Session, conditions: list[ColumnElement[bool]]) -> tuple[int, int]:
    """Exact up to the cap; beyond it the dollars are those of the capped part."""
    part = select(score.c.open_cents).where(*conditions).limit(COUNT_CAP + 1).subquery()
    counted, cents = session.execute(
        select(func.count(), func.coalesce(func.sum(part.c.open_cents), 0)).select_from(part)
    ).one()
    return int(counted), int(cents)


def _row(row: Any, clock: Clock, person_id: int) -> WorkRow:
    held = row.holder_id is not None and row.holder_id != person_id and row.held_until > clock.now()
    return WorkRow(
        claim_id=row.claim_id,
        patient=", ".join(part for part in (row.last_name, row.first_name) if part),
        patient_control_number=row.patient_control_number,
        payer=row.payer_name,
        practice=row.practice_name,
        queue=row.queue,
        action=row.action,
        why=row.why,
        open_cents=row.open_cents,
        expected_cents=row.expected_cents,
        odds=row.odds,
        minutes=row.minutes,
        score=row.score,
        rank_key=row.rank_key,
        tier=row.tier,
        deadline=row.deadline,
        days_left=(row.deadline - clock.today()).days if row.deadline else None,
        age_days=row.age_days,
        first_service=row.first_service,
        carc=row.carc,
        next_on=row.next_on,
        holder=row.holder_name if held else "",
    )

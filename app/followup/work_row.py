"""One line of the ranked list, ready to print. Names of patients and payers are joined for the shown rows only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, ScalarSelect, Select, and_, bindparam, func, or_, select
from sqlmodel import Session

from app.claims.tables import Payer, Practice
from app.core.bulk import Tested, table_of
from app.core.clock import Clock
from app.followup.find import patient
from app.followup.narrow import claim, come_back, score
from app.followup.tables import Lease

NEVER = date(9999, 12, 31)  # where a claim without a known deadline sorts

payer = table_of(Payer)
practice = table_of(Practice)
lease = table_of(Lease)


class WorkRow(NamedTuple):
    """A tuple, since fifty are made for every list and each is the key under which its rendered line is kept."""

    claim_id: int
    patient: str
    patient_control_number: str
    payer: str
    payer_id: int
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
    owner_id: int | None
    back: str  # why it was parked, when it has come back and nobody touched it since


def find_row(
    session: Session, practice_ids: Sequence[int], claim_id: int, clock: Clock, person_id: int
) -> WorkRow | None:
    """The line of one claim, or None when it is not open or not theirs to see."""
    found = session.execute(_one_row(), {"claim_id": claim_id, "practice_ids": list(practice_ids)}).first()
    return work_row(found, clock.today(), clock.now(), person_id) if found is not None else None


def rows_of(
    session: Session, practice_ids: Sequence[int], claim_ids: Sequence[int], clock: Clock, person_id: int
) -> list[WorkRow]:
    """The lines of these claims in rank, of those that are open and theirs to see."""
    statement = (
        select_rows()
        .where(score.c.claim_id.in_(claim_ids), score.c.practice_id.in_(practice_ids))
        .order_by(*order_by("rank"))
    )
    today, now = clock.today(), clock.now()
    return [work_row(row, today, now, person_id) for row in session.execute(statement)]


@cache
def select_rows() -> Select[Any]:
    """What `work_row` takes, of every row of the score table.

    The names are looked up and not joined: PostgreSQL spends more time on the order of eight tables than on the rows.
    """
    worn = and_(come_back.c.claim_id == score.c.claim_id, come_back.c.touch_id.is_(None))
    return select(
        *(score.c.claim_id, patient.c.last_name, patient.c.first_name, claim.c.patient_control_number),
        *(_looked_up(payer.c.name, payer.c.id == score.c.payer_id).label("payer_name"), score.c.payer_id),
        _looked_up(practice.c.name, practice.c.id == score.c.practice_id).label("practice_name"),
        *(score.c.queue, score.c.action, score.c.why, score.c.open_cents, score.c.expected_cents),
        *(score.c.odds, score.c.minutes, score.c.score, score.c.rank_key, score.c.tier),
        *(score.c.deadline, score.c.age_days, claim.c.first_service, score.c.carc, score.c.next_on),
        *(lease.c.person_id.label("holder_id"), lease.c.person_name.label("holder_name")),
        *(lease.c.expires_at.label("held_until"), score.c.owner_id),
        _looked_up(come_back.c.reason, worn).label("back"),
    ).select_from(
        score.join(claim, claim.c.id == score.c.claim_id)
        .join(patient, patient.c.id == claim.c.patient_id)
        .outerjoin(lease, lease.c.claim_id == score.c.claim_id)
    )


def _looked_up(column: ColumnElement[Any], where: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(column).where(where).correlate(score).scalar_subquery()


def work_row(row: Sequence[Any], today: date, now: datetime, person_id: int) -> WorkRow:
    claim_id, last, first, number, payer_name, payer_id, practice_name, queue, action, why, *figures = row
    open_cents, expected_cents, odds, minutes, points, rank_key, tier, deadline, age_days, *rest = figures
    first_service, carc, next_on, holder_id, holder_name, held_until, owner_id, back = rest
    is_held = holder_id is not None and holder_id != person_id and held_until > now
    return WorkRow(
        claim_id,
        f"{last}, {first}" if last and first else last or first or "",
        number,
        payer_name,
        payer_id,
        practice_name,
        queue,
        action,
        why,
        open_cents,
        expected_cents,
        odds,
        minutes,
        points,
        rank_key,
        tier,
        deadline,
        (deadline - today).days if deadline else None,
        age_days,
        first_service,
        carc,
        next_on,
        holder_name if is_held else "",
        owner_id,
        back or "",
    )


def order_by(sort: str, *, is_walked: bool = True) -> tuple[ColumnElement[Any], ...]:
    """The list's order; the claim's number settles ties, so that a page has one next page.

    `is_walked`: read in this order; else sorted, of the few that are left of it.
    """
    name, is_ascending = _ORDERS[sort]
    column = score.c[name] if is_walked else Tested(score.c[name])
    return column.asc().nulls_last() if is_ascending else column.desc(), score.c.claim_id.asc()


def key_of(row: WorkRow, sort: str) -> str:
    """The place of a row in its list, as an address carries it and `edge_of` reads it."""
    value = {
        "balance": str(row.open_cents),
        "age": str(row.age_days),
        "deadline": (row.deadline or NEVER).isoformat(),
    }.get(sort, repr(row.rank_key))
    return f"{value}.{row.claim_id}"


def beyond(sort: str, *, is_walked: bool = True) -> ColumnElement[bool]:
    """Rows behind the place that `edge_of` gives as values."""
    column: ColumnElement[Any] = _due if sort == "deadline" else score.c[_ORDERS[sort][0]]
    column = column if is_walked else Tested(column)
    edge, at = bindparam("edge", type_=column.type), bindparam("edge_claim_id", type_=score.c.claim_id.type)
    is_further = column > edge if sort == "deadline" else column < edge
    return or_(is_further, and_(column == edge, score.c.claim_id > at))


def edge_of(sort: str, after: str) -> dict[str, Any] | None:
    """The place of the last row shown. A key that makes no sense is None: the list starts from the top."""
    value, _, number = after.rpartition(".")
    try:
        return {"edge": _EDGES.get(sort, float)(value), "edge_claim_id": int(number)}
    except ValueError:
        return None


@cache
def _one_row() -> Select[Any]:
    return select_rows().where(
        score.c.claim_id == bindparam("claim_id"),
        score.c.practice_id.in_(bindparam("practice_ids", expanding=True)),
    )


_EDGES: dict[str, Callable[[str], Any]] = {"balance": int, "age": int, "deadline": date.fromisoformat}
_due = func.coalesce(score.c.deadline, NEVER)
_ORDERS = {  # order → the column, and does the least come first?
    "balance": ("open_cents", False),
    "age": ("age_days", False),
    "deadline": ("deadline", True),
    "rank": ("rank_key", False),
}

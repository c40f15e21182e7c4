"""From filters to conditions on the score table. Every condition stands behind the reader's walls."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select

from app.claims.tables import Claim
from app.core.bulk import table_of
from app.followup.filters import AGES, OLDEST, Filters
from app.followup.find import matching_text, sought
from app.followup.tables import ComeBack, Touch, WorkScore
from app.matching.tables import ClaimPayment, RemarkRow

RESTING = ("waiting", "snoozed")  # not for today: left out of "all open work"

IDLE_TOUCHES = 3  # touched so often and still open: somebody should look at it differently
IDLE_DAYS = 60

score = table_of(WorkScore)
touch = table_of(Touch)
claim = table_of(Claim)
come_back = table_of(ComeBack)
claim_payment = table_of(ClaimPayment)
remark = table_of(RemarkRow)


def conditions(
    practice_ids: Sequence[int], filters: Filters, today: date, person_id: int
) -> list[ColumnElement[bool]]:
    """All of them hold for a row of the list."""
    seen = [number for number in practice_ids if not filters.practice or number == filters.practice]
    found: list[ColumnElement[bool]] = [behind_walls(seen)]
    if filters.tickler == "parked":
        found.append(score.c.queue == "snoozed")
    elif filters.queue:
        found.append(score.c.queue == filters.queue)
    elif not filters.text:
        found.append(score.c.queue.not_in(RESTING))
    if filters.tickler in ("back", "today"):
        found.append(_is_back(today if filters.tickler == "today" else None))
    for column, value in (("payer_id", filters.payer), ("category", filters.category), ("carc", filters.carc)):
        if value:
            found.append(score.c[column] == value)
    if filters.age == OLDEST:
        found.append(score.c.age_days > 180)
    elif filters.age:
        found.append(score.c.age_days.between(*AGES[filters.age]))
    if filters.least:
        found.append(score.c.open_cents >= filters.least * 100)
    if filters.most:
        found.append(score.c.open_cents <= filters.most * 100)
    if filters.due:
        found.append(score.c.deadline.between(today, today + timedelta(days=filters.due)))
    found.extend(_of_owner(filters.owner, person_id))
    if filters.loose:
        found.append(_is_loose(filters.loose, today))
    if filters.state:
        in_state = exists().where(claim.c.id == score.c.claim_id, claim.c.state == filters.state)
        found.append(in_state.correlate(score))
    if filters.rarc:
        found.append(score.c.claim_id.in_(_with_remark(filters.rarc)))
    if filters.text and not sought(filters.text).is_too_little:
        found.append(score.c.claim_id.in_(matching_text(seen, filters.text)))
    return found


def behind_walls(practice_ids: Sequence[int]) -> ColumnElement[bool]:
    """The walls, said so that a list in rank stays a walk down an index.

    With several practices the engine would otherwise read each one's part and sort a million rows; a sum keeps it
    from using that index, and every row is still tested.
    """
    if len(practice_ids) == 1:
        return score.c.practice_id == practice_ids[0]
    return (score.c.practice_id + 0).in_(practice_ids)


def _of_owner(owner: str, person_id: int) -> list[ColumnElement[bool]]:
    if owner == "me":
        return [score.c.owner_id == person_id]
    if owner == "nobody":
        return [score.c.owner_id.is_(None)]
    if owner.isascii() and owner.isdigit():
        return [score.c.owner_id == int(owner)]
    return []


def _is_loose(kind: str, today: date) -> ColumnElement[bool]:
    """What may slip through a team's fingers."""
    if kind == "late":
        return score.c.deadline < today
    if kind == "dateless":
        return exists().where(touch.c.claim_id == score.c.claim_id).correlate(score)
    since = datetime.combine(today - timedelta(days=IDLE_DAYS), time(), UTC)
    often = (
        select(touch.c.claim_id)
        .where(touch.c.at >= since)
        .group_by(touch.c.claim_id)
        .having(func.count() >= IDLE_TOUCHES)
    )
    return score.c.claim_id.in_(often)


def _is_back(since: date | None) -> ColumnElement[bool]:
    wears = [come_back.c.claim_id == score.c.claim_id, come_back.c.touch_id.is_(None)]
    return exists().where(*wears, *([come_back.c.back_on >= since] if since else [])).correlate(score)


def _with_remark(code: str) -> Select[Any]:
    return (
        select(claim_payment.c.claim_id)
        .join(remark, remark.c.claim_payment_id == claim_payment.c.id)
        .where(remark.c.code == code, claim_payment.c.claim_id.is_not(None))
    )

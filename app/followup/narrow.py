"""From filters to conditions on the score table. Every condition stands behind the reader's walls.

Making a statement takes longer than answering it, so one is kept for all lists of a shape (`Listed`) and told the
values of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from app.claims.tables import Claim
from app.core.bulk import Tested, is_one_of, table_of
from app.followup.filters import AGES, OLDEST, Filters
from app.followup.find import matching_text, sought, text_shape, text_values
from app.followup.tables import ComeBack, Snooze, Touch, WorkScore
from app.matching.tables import ClaimPayment, RemarkRow

RESTING = ("waiting", "snoozed")  # not for today: left out of "all open work"
CALL_ACTIONS = ("call", "check-status", "research")  # what a payer's representative can answer

STATEMENTS_KEPT = 256  # of each kind that is made for `Listed`: building one takes longer than the engine to answer
BY_HAND = 10  # the lowest tier of somebody's priority
IDLE_TOUCHES = 3  # touched so often and still open: somebody should look at it differently
IDLE_DAYS = 60

score = table_of(WorkScore)
touch = table_of(Touch)
claim = table_of(Claim)
come_back = table_of(ComeBack)
snooze = table_of(Snooze)
claim_payment = table_of(ClaimPayment)
remark = table_of(RemarkRow)


@dataclass(frozen=True, slots=True)
class Listed:
    """A list. It equals every list of its shape behind the same walls: their statements differ in values alone."""

    walls: tuple[int, ...]
    shape: Filters
    text_shape: tuple[int, ...]
    filters: Filters = field(compare=False)
    today: date = field(compare=False)
    person_id: int = field(compare=False)  # who "me" is

    @classmethod
    def of(cls, practice_ids: Sequence[int], filters: Filters, today: date, person_id: int) -> Listed:
        filters = filters.plain
        text = text_shape(filters.text) if filters.text else ()
        return cls(walls_of(practice_ids, filters), filters.shape, text, filters, today, person_id)

    def conditions(self) -> list[ColumnElement[bool]]:
        return conditions(self.walls, self.filters, self.today, self.person_id)

    def values(self) -> dict[str, Any]:
        """What a statement that was made for another list of this shape is told of this one."""
        return values_of(self.filters, self.today, self.person_id)


def conditions(
    practice_ids: Sequence[int], filters: Filters, today: date, person_id: int
) -> list[ColumnElement[bool]]:
    """All of them hold for a row of the list. Each value has a name, by which it can be told anew."""
    told = values_of(filters, today, person_id)

    def value(name: str, column: ColumnElement[Any] = score.c.age_days) -> ColumnElement[Any]:
        return bindparam(name, told[name], type_=column.type)

    led = leading(filters)

    def column(name: str) -> ColumnElement[Any]:
        return score.c[name] if name in led else Tested(score.c[name])

    seen = walls_of(practice_ids, filters)
    found: list[ColumnElement[bool]] = [behind_walls(seen, is_led="practice_id" in led)]
    if filters.tickler == "parked":
        found.append(score.c.queue == "snoozed")
        if filters.queue:  # a parked claim stands in no other queue: the touch that parked it says in which it stood
            found.append(score.c.claim_id.in_(_parked_out_of(value("queue", touch.c.queue))))
    elif filters.queue:
        found.append(column("queue") == value("queue", score.c.queue))
    elif not filters.text:
        found.append(column("queue").not_in(RESTING))
    if filters.tickler in ("back", "today"):
        found.append(_is_back(value("today", come_back.c.back_on) if filters.tickler == "today" else None))
    for name in ("payer_id", "category", "carc", "state"):
        if told[name]:
            found.append(column(name) == value(name, score.c[name]))
    if filters.age == OLDEST:
        found.append(column("age_days") > 180)
    elif filters.age:
        found.append(column("age_days").between(value("youngest"), value("oldest")))
    if filters.least:
        found.append(column("open_cents") >= value("least", score.c.open_cents))
    if filters.most:
        found.append(column("open_cents") <= value("most", score.c.open_cents))
    if filters.due:
        day = score.c.deadline
        found.append(column("deadline").between(value("today", day), value("due_by", day)))
    if filters.owner == "nobody":
        found.append(column("owner_id").is_(None))
    elif told["owner_id"] is not None:
        found.append(score.c.owner_id == value("owner_id"))
    if filters.loose == "late":
        found.append(column("deadline") < value("today", score.c.deadline))
    elif filters.loose == "first":
        found.append(column("tier") >= BY_HAND)
    elif filters.loose == "dateless":
        found.append(column("touches") > 0)
    elif filters.loose:
        found.append(score.c.claim_id.in_(_touched_often(value("idle_since", touch.c.at))))
    if filters.rarc:
        found.append(score.c.claim_id.in_(_with_remark(value("rarc", remark.c.code))))
    if filters.text and not sought(filters.text).is_too_little:
        found.append(score.c.claim_id.in_(matching_text(seen, filters.text)))
    return found


def leading(filters: Filters) -> frozenset[str]:
    """The columns by which an index may lead to the rows of this list; by any other they are only tested.

    SQLite cannot know how many of a million rows a value has, and takes every equality for a short way. Where the
    rows need no looking up to be tested, a walk down the ranks is never long.
    """
    plain = Filters(queue=filters.queue, payer=filters.payer, practice=filters.practice, guided=filters.guided)
    if filters == plain:
        return frozenset({"practice_id", "queue", "payer_id"})
    is_of_balance = filters == replace(plain, least=filters.least, most=filters.most)
    return frozenset({"queue", "payer_id"}) if filters.queue and is_of_balance else frozenset()


def is_walked(filters: Filters) -> bool:
    """Can the list be read in its order, down the index of that order? Else it is sorted."""
    return filters.sort == "rank" or filters == Filters(
        queue=filters.queue, practice=filters.practice, sort=filters.sort, guided=filters.guided
    )


def values_of(filters: Filters, today: date, person_id: int) -> dict[str, Any]:
    """Every value that `conditions` names, by its name."""
    youngest, oldest = AGES.get(filters.age, (0, 0))
    owner = filters.owner
    told = {
        "queue": filters.queue,
        "payer_id": filters.payer,
        "category": filters.category,
        "carc": filters.carc,
        "youngest": youngest,
        "oldest": oldest,
        "least": filters.least * 100,
        "most": filters.most * 100,
        "today": today,
        "due_by": today + timedelta(days=filters.due),
        "owner_id": person_id if owner == "me" else int(owner) if owner.isascii() and owner.isdigit() else None,
        "idle_since": datetime.combine(today - timedelta(days=IDLE_DAYS), time(), UTC),
        "state": filters.state,
        "rarc": filters.rarc,
    }
    return told | text_values(filters.text) if filters.text else told


def walls_of(practice_ids: Sequence[int], filters: Filters) -> tuple[int, ...]:
    """The practices that a list looks into."""
    return tuple(number for number in practice_ids if not filters.practice or number == filters.practice)


def behind_walls(practice_ids: Sequence[int], *, is_led: bool = True) -> ColumnElement[bool]:
    """The walls, said so that a list in rank stays a walk down an index.

    With several practices SQLite would otherwise read each one's part and sort a million rows.
    """
    if len(practice_ids) == 1 and is_led:
        return score.c.practice_id == practice_ids[0]
    return is_one_of(Tested(score.c.practice_id), practice_ids)


def _touched_often(since: ColumnElement[datetime]) -> Select[Any]:
    """What may slip through a team's fingers: claims that were touched again and again, and are still open."""
    return (
        select(touch.c.claim_id)
        .where(touch.c.at >= since)
        .group_by(touch.c.claim_id)
        .having(func.count() >= IDLE_TOUCHES)
    )


def _is_back(since: ColumnElement[date] | None) -> ColumnElement[bool]:
    worn = select(come_back.c.claim_id).where(come_back.c.touch_id.is_(None))
    return score.c.claim_id.in_(worn if since is None else worn.where(come_back.c.back_on >= since))


def _parked_out_of(queue: ColumnElement[str]) -> Select[Any]:
    return select(snooze.c.claim_id).join(touch, touch.c.id == snooze.c.touch_id).where(touch.c.queue == queue)


def _with_remark(code: ColumnElement[str]) -> Select[Any]:
    return (
        select(claim_payment.c.claim_id)
        .join(remark, remark.c.claim_payment_id == claim_payment.c.id)
        .where(remark.c.code == code, claim_payment.c.claim_id.is_not(None))
    )

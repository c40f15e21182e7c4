"""Claims whose owner cannot work them: disabled, in another role, or without access to the claim's practice.

What somebody owns is served to nobody else. So that it does not die with their account, the claims of whoever works
none any more are anybody's to take (`is_free_for`); the supervisor sees every such owner and can give their claims
back to the pool.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlmodel import Session, col

from app.auth.tables import Person, PersonPractice
from app.core.bulk import Tested, table_of
from app.core.clock import Clock
from app.followup.bulk import Chosen, assign
from app.followup.narrow import score
from app.followup.tables import BulkAct

WORKING_ROLES = ("biller", "supervisor")
RETURNED_AT_ONCE = 2_000  # one act that one undo takes back

person = table_of(Person)


class LostOwner(NamedTuple):
    """Somebody who owns open claims that they cannot work."""

    person_id: int
    name: str
    why: str
    claims: int  # all of them: parked ones come back to nobody
    open_cents: int


def gone() -> Select[tuple[int]]:
    """People who work no claims any more."""
    return select(person.c.id).where(or_(person.c.disabled_at.is_not(None), person.c.role.not_in(WORKING_ROLES)))


def is_free_for(me: ColumnElement[int] | int) -> ColumnElement[bool]:
    """Is the claim nobody's, this person's, or of somebody who works no claims any more?"""
    return or_(func.coalesce(score.c.owner_id, me) == me, score.c.owner_id.in_(gone()))


def owned_behind(practice_ids: Sequence[int]) -> list[ColumnElement[bool]]:
    """Somebody's claims behind these walls, down the index of owners: they are few."""
    return [Tested(score.c.practice_id).in_(practice_ids), score.c.owner_id.is_not(None)]


def lost_owners(session: Session, practice_ids: Sequence[int]) -> list[LostOwner]:
    """Most dollars first."""
    statement = (
        select(
            score.c.owner_id,
            func.coalesce(person.c.name, "somebody unknown").label("name"),
            person.c.disabled_at,
            person.c.role,
            func.count().label("claims"),
            func.sum(score.c.open_cents).label("cents"),
        )
        .select_from(score.outerjoin(person, person.c.id == score.c.owner_id))
        .where(*_lost(practice_ids))
        .group_by(score.c.owner_id, person.c.name, person.c.disabled_at, person.c.role)
        .order_by(func.sum(score.c.open_cents).desc(), score.c.owner_id)
    )
    return [
        LostOwner(row.owner_id, row.name, _why(row.disabled_at, row.role), int(row.claims), int(row.cents))
        for row in session.execute(statement)
    ]


def owner_name(session: Session, practice_ids: Sequence[int], owner_id: int) -> str:
    """Who owns something behind these walls, also when they work no more; "" for anybody else."""
    owns = exists().where(score.c.owner_id == person.c.id, *owned_behind(practice_ids))
    found: str | None = session.execute(select(person.c.name).where(person.c.id == owner_id, owns)).scalar()
    return found or ""


def return_to_pool(
    session: Session, practice_ids: Sequence[int], owner_id: int, *, person_id: int, clock: Clock
) -> BulkAct:
    """What this person owns and cannot work is the pool's again, the best claims first. Raises BulkRefused."""
    statement = (
        select(score.c.claim_id, score.c.open_cents)
        .where(*_lost(practice_ids), score.c.owner_id == owner_id)
        .order_by(score.c.rank_key.desc(), score.c.claim_id)
        .limit(RETURNED_AT_ONCE)
    )
    rows = session.execute(statement).all()
    chosen = Chosen([row.claim_id for row in rows], sum(row.open_cents for row in rows))
    return assign(session, chosen, None, person_id=person_id, clock=clock)


def _lost(practice_ids: Sequence[int]) -> list[ColumnElement[bool]]:
    may_see = exists().where(
        col(PersonPractice.person_id) == score.c.owner_id, col(PersonPractice.practice_id) == score.c.practice_id
    )
    return [
        *owned_behind(practice_ids),
        or_(score.c.owner_id.in_(gone()), ~may_see.correlate(score)),
    ]


def _why(disabled_at: object, role: str | None) -> str:
    if role is None or disabled_at is not None:
        return "whose account is disabled"
    if role not in WORKING_ROLES:
        return "who works no claims any more"
    return "who does not see the claim’s practice any more"

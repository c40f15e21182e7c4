"""The next best claim: to look at, or to hold."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, exists, select
from sqlmodel import Session

from app.core.bulk import at_most
from app.core.clock import Clock
from app.followup.filters import Filters
from app.followup.narrow import STATEMENTS_KEPT, Listed, is_walked, score
from app.followup.owners import is_free_for
from app.followup.work_row import WorkRow, beyond, edge_of, key_of, lease, order_by


class Place(NamedTuple):
    claim_id: int
    practice_id: int


def next_claim_id(
    session: Session,
    practice_ids: Sequence[int],
    filters: Filters,
    clock: Clock,
    *,
    person_id: int,
    past: int = 0,
) -> int | None:
    """The best claim for this person now, to look at; `next_to_hold` is the one to take."""
    found = next_to_hold(session, practice_ids, filters, clock, person_id=person_id, past=past, for_keeps=False)
    return found.claim_id if found is not None else None


def next_to_hold(
    session: Session,
    practice_ids: Sequence[int],
    filters: Filters,
    clock: Clock,
    *,
    person_id: int,
    past: int = 0,
    for_keeps: bool = True,
) -> Place | None:
    """The best claim for this person now: in rank, not held by somebody else, and not the one just left.

    A colleague's own claims are served only to whoever asks for an owner, unless that colleague works none any more.

    `for_keeps`: it is about to be leased. On PostgreSQL the row is then locked and rows that others are taking at
    this moment are skipped, so that no two people wait for each other; SQLite has one
    writer at a time and ignores that clause.
    """
    listed = Listed.of(practice_ids, filters, clock.today(), person_id)
    statement = _next_statement(listed, for_keeps=for_keeps)
    values = {**listed.values(), "now": clock.now(), "me": person_id, "past": past}
    found = session.connection().execute(statement, values).first()
    return Place(found.claim_id, found.practice_id) if found is not None else None


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
        listed = Listed.of(practice_ids, filters, clock.today(), person_id)
        edge = edge_of(filters.sort, key_of(row, filters.sort))
        found: int | None = (
            session.connection().execute(_behind_statement(listed), {**listed.values(), **(edge or {})}).scalar()
        )
        if found is not None:
            return found
    past = row.claim_id if row is not None else 0
    return next_claim_id(session, practice_ids, filters, clock, person_id=person_id, past=past)


@lru_cache(maxsize=STATEMENTS_KEPT)
def _next_statement(listed: Listed, *, for_keeps: bool) -> Select[Any]:
    person = bindparam("me", type_=score.c.owner_id.type)
    is_held = exists().where(
        lease.c.claim_id == score.c.claim_id,
        lease.c.expires_at > bindparam("now", type_=lease.c.expires_at.type),
        lease.c.person_id != person,
    )
    statement = (
        select(score.c.claim_id, score.c.practice_id)
        .where(
            *listed.conditions(),
            score.c.claim_id != bindparam("past", type_=score.c.claim_id.type),
            ~is_held,
            *([] if listed.shape.owner else [is_free_for(person)]),
        )
        .order_by(*order_by(listed.shape.sort, is_walked=is_walked(listed.shape)))
        .limit(at_most(1))
    )
    return statement.with_for_update(skip_locked=True) if for_keeps else statement


@lru_cache(maxsize=STATEMENTS_KEPT)
def _behind_statement(listed: Listed) -> Select[Any]:
    walked = is_walked(listed.shape)
    return (
        select(score.c.claim_id)
        .where(*listed.conditions(), beyond(listed.shape.sort, is_walked=walked))
        .order_by(*order_by(listed.shape.sort, is_walked=walked))
        .limit(at_most(1))
    )

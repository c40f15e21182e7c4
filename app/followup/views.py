"""Saved views: a list somebody wants again, by name. What a view holds is the address, so it can never go stale.

A view is private, shared with those who work for one of its maker's practices, or the list that a role starts with.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from sqlalchemy import Select, bindparam, exists
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, or_, select

from app.auth.tables import PersonPractice
from app.auth.viewer import Viewer
from app.core.bulk import Tested, is_one_of
from app.core.clock import Clock
from app.followup.filters import Filters
from app.followup.list_total import COUNT_CAP, count_list, counting, due_statement, due_values
from app.followup.narrow import RESTING, come_back, score
from app.followup.tables import SavedView

VIEWS_EACH = 30  # more is a menu nobody reads


class StandingLine(NamedTuple):
    """One of the lists that everybody has."""

    label: str
    icon: str
    filters: Filters
    tip: str
    claims: int
    is_capped: bool
    open_cents: int


class Standing(NamedTuple):
    label: str
    icon: str
    filters: Filters
    tip: str


STANDING = (
    Standing("Due within 14 days", "clock", Filters(due=14), ""),
    Standing("Mine", "person", Filters(owner="me"), "Claims that you own"),
    Standing(
        "Back from parking", "reply", Filters(tickler="back"), "Parked claims that are back and wait to be touched"
    ),
)


class ViewLine(NamedTuple):
    """One view as the left pane shows it: count and dollars, capped like the list's own."""

    view: SavedView
    filters: Filters  # as the view holds them
    address: str
    claims: int
    is_capped: bool
    open_cents: int
    is_own: bool

    @property
    def share(self) -> str:
        return share_of(self.view)

    def is_changed(self, filters: Filters) -> bool:
        """Does the list differ from what the view holds?"""
        return filters.plain != self.filters


def views_of(session: Session, viewer: Viewer) -> list[SavedView]:
    """One's own, and what others behind the same walls share; shared views that search for a text stay private."""
    told = {"me": viewer.person_id, "practice_ids": list(viewer.practice_ids)}
    return list(session.exec(_views(), params=told))


@cache
def _views() -> Any:
    seen = col(PersonPractice.practice_id).in_(bindparam("practice_ids", expanding=True))
    beside = exists().where(col(PersonPractice.person_id) == SavedView.person_id, seen)
    is_own = col(SavedView.person_id) == bindparam("me")
    return (
        select(SavedView)
        .where(or_(is_own, col(SavedView.is_shared) & beside.correlate(SavedView)))
        .order_by(SavedView.name, col(SavedView.id))
        .limit(VIEWS_EACH * 2)
    )


def view_lines(session: Session, viewer: Viewer, clock: Clock) -> list[ViewLine]:
    lines = []
    for view in views_of(session, viewer):
        filters = filters_of(view.query)
        count = count_list(session, viewer.practice_ids, filters, clock, viewer.person_id)
        is_own = view.person_id == viewer.person_id
        address = filters.address(view=view.id)
        lines.append(ViewLine(view, filters, address, count.claims, count.is_capped, count.open_cents, is_own))
    return lines


def view_shown(lines: Sequence[ViewLine], filters: Filters) -> ViewLine | None:
    """The view that the list was opened as, changed since or not; or the one that it happens to be."""
    named = next((line for line in lines if filters.view and line.view.id == filters.view), None)
    return named or next((line for line in lines if line.filters == filters.plain), None)


def standing_counts(practice_ids: Sequence[int]) -> list[Select[Any]]:
    """Claims and cents of each of STANDING, told `standing_values`: kept totals, or a short walk down an index."""
    walls = is_one_of(Tested(score.c.practice_id), practice_ids)
    worn = select_columns(come_back.c.claim_id).where(come_back.c.touch_id.is_(None))
    at_work = score.c.queue.not_in(RESTING)
    own = {
        "Mine": [walls, score.c.owner_id == bindparam("me", type_=score.c.owner_id.type), at_work],
        "Back from parking": [walls, score.c.claim_id.in_(worn), at_work],
    }
    return [
        counting(own[label]) if label in own else due_statement(practice_ids) for label, _, filters, _ in STANDING
    ]


def standing_values(viewer: Viewer, clock: Clock) -> dict[str, Any]:
    return {"me": viewer.person_id, **due_values(STANDING[0].filters, clock.today())}


def standing_lines(counted: Sequence[tuple[int, int]]) -> list[StandingLine]:
    """The lists that everybody has, with what `standing_counts` found."""
    lines = []
    for (label, icon, filters, tip), (claims, cents) in zip(STANDING, counted, strict=True):
        is_capped = not filters.due and claims > COUNT_CAP
        lines.append(
            StandingLine(label, icon, filters, tip, COUNT_CAP if is_capped else int(claims), is_capped, int(cents))
        )
    return lines


def title_of(filters: Filters) -> str:
    """What a list that everybody has is called; "" for any other."""
    plain = filters.address(guided="", view=0, sort="rank")
    return next((label for label, _, of, _ in STANDING if of.address() == plain), "")


def default_query(session: Session, viewer: Viewer) -> str:
    """The list that this person's role starts with; "" for all open work."""
    for view in views_of(session, viewer):
        if view.for_role == viewer.role.value:
            return filters_of(view.query).query(view=view.id)
    return ""


def share_of(view: SavedView) -> str:
    """For whom it is, as the form says it: "" for its maker alone, "team", or the role that starts with it."""
    return view.for_role or ("team" if view.is_shared else "")


def filters_of(query: str) -> Filters:
    """What a view holds, as it is kept."""
    return Filters.of(dict(parse_qsl(query)))

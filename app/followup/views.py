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

from app.audit.record import record
from app.audit.tables import Event
from app.auth.permissions import Permission, Role
from app.auth.tables import PersonPractice
from app.auth.viewer import Viewer
from app.core.bulk import Tested, is_one_of
from app.core.clock import Clock
from app.followup.filters import Filters
from app.followup.list_total import COUNT_CAP, count_list, counting, due_statement, due_values
from app.followup.narrow import RESTING, come_back, score
from app.followup.tables import SavedView

NAME_LENGTH = 60
REMOVED = "view.remove"
VIEWS_EACH = 30  # more is a menu nobody reads


class ViewRefused(ValueError):
    """The view cannot be kept; the message says why."""


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
    address: str
    claims: int
    is_capped: bool
    open_cents: int
    is_own: bool


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
        filters = _filters(view.query)
        count = count_list(session, viewer.practice_ids, filters, clock, viewer.person_id)
        is_own = view.person_id == viewer.person_id
        lines.append(ViewLine(view, filters.address(), count.claims, count.is_capped, count.open_cents, is_own))
    return lines


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
    plain = filters.address(guided="", sort="rank")
    return next((label for label, _, of, _ in STANDING if of.address() == plain), "")


def default_query(session: Session, viewer: Viewer) -> str:
    """The list that this person's role starts with; "" for all open work."""
    for view in views_of(session, viewer):
        if view.for_role == viewer.role.value:
            return _filters(view.query).query()
    return ""


def save_view(
    session: Session, viewer: Viewer, *, name: str, query: str, is_shared: bool, for_role: str, clock: Clock
) -> SavedView:
    """Keep the list that the address names. Raises ViewRefused."""
    called = " ".join(name.split())[:NAME_LENGTH]
    if not called:
        raise ViewRefused("Give the view a name.")
    own = [view for view in views_of(session, viewer) if view.person_id == viewer.person_id]
    if len(own) >= VIEWS_EACH:
        raise ViewRefused(f"You have {VIEWS_EACH} views already; remove one first.")
    if any(view.name.casefold() == called.casefold() for view in own):
        raise ViewRefused(f"You have a view called {called} already.")
    filters = _filters(query)
    if (is_shared or for_role) and filters.text:
        raise ViewRefused("A view that searches for a person or a number stays private: take the text away to share.")
    if for_role and (for_role not in set(Role) or not viewer.may(Permission.CLAIMS_ASSIGN)):
        raise ViewRefused("Only a supervisor sets the list that a role starts with.")
    if for_role:
        for other in views_of(session, viewer):
            if other.for_role == for_role:
                other.for_role = ""
                session.add(other)
    made = SavedView(
        person_id=viewer.person_id,
        name=called,
        query=filters.query(guided=""),
        is_shared=is_shared or bool(for_role),
        for_role=for_role,
        made_at=clock.now(),
    )
    session.add(made)
    session.flush()
    detail = {"shared": made.is_shared, "for_role": for_role}
    record(session, "view.save", object_type="view", object_id=made.id or 0, detail=detail)
    return made


def remove_view(session: Session, viewer: Viewer, view_id: int) -> SavedView | None:
    """One's own; a supervisor also takes down what others share. None when there is no such view for them."""
    found = next((view for view in views_of(session, viewer) if view.id == view_id), None)
    if found is None or not (found.person_id == viewer.person_id or viewer.may(Permission.CLAIMS_ASSIGN)):
        return None
    kept = found.model_dump(include={"person_id", "name", "query", "is_shared", "for_role"})
    record(session, REMOVED, object_type="view", object_id=view_id, detail=kept)
    session.delete(found)
    session.flush()
    return found


def restore_view(session: Session, viewer: Viewer, view_id: int, clock: Clock) -> SavedView | None:
    """The view that this person removed, as the log of it says; None when there is none, or it is back already."""
    removed = session.exec(
        select(Event)
        .where(
            Event.object_type == "view",
            Event.object_id == str(view_id),
            Event.action == REMOVED,
            Event.actor_id == viewer.person_id,
        )
        .limit(1)
    ).first()
    if removed is None or "query" not in removed.detail or session.get(SavedView, view_id) is not None:
        return None
    made = SavedView(id=view_id, made_at=clock.now(), **removed.detail)
    session.add(made)
    record(session, "view.restore", object_type="view", object_id=view_id, detail={"name": made.name})
    session.flush()
    return made


def _filters(query: str) -> Filters:
    return Filters.of(dict(parse_qsl(query)))

"""Keeping a list under a name; giving it another name, other filters or other readers; taking it away.

A view belongs to its maker. A supervisor also changes and takes down what others share. Every change can be undone by
whoever made it: the log says how the view was.
"""

from __future__ import annotations

from typing import Any

from sqlmodel import Session, col, select

from app.audit.record import record
from app.audit.tables import Event
from app.auth.permissions import Permission, Role
from app.auth.viewer import Viewer
from app.core.clock import Clock
from app.followup.tables import SavedView
from app.followup.views import VIEWS_EACH, filters_of, share_of, views_of

NAME_LENGTH = 60
CHANGED, REMOVED = "view.change", "view.remove"
HELD = ("name", "query", "is_shared", "for_role")  # what of a view can be changed


class ViewRefused(ValueError):
    """The view cannot be kept; the message says why. `taken_by`: one's own view that has the name, 0 for none."""

    def __init__(self, message: str, *, taken_by: int = 0) -> None:
        super().__init__(message)
        self.taken_by = taken_by


def may_change(viewer: Viewer, view: SavedView) -> bool:
    """One's own; a supervisor also what others share."""
    return view.person_id == viewer.person_id or viewer.may(Permission.CLAIMS_ASSIGN)


def changeable(session: Session, viewer: Viewer, view_id: int) -> SavedView | None:
    """None when there is no such view for this person to change."""
    found = next((view for view in views_of(session, viewer) if view.id == view_id), None)
    return found if found is not None and may_change(viewer, found) else None


def save_view(session: Session, viewer: Viewer, *, name: str, query: str, share: str, clock: Clock) -> SavedView:
    """Keep the list that the address names. `share` is "" for private, "team", or the role that starts with it.

    Raises ViewRefused.
    """
    if len([view for view in views_of(session, viewer) if view.person_id == viewer.person_id]) >= VIEWS_EACH:
        raise ViewRefused(f"You have {VIEWS_EACH} views already; remove one first.")
    made = SavedView(person_id=viewer.person_id, name="", query="", made_at=clock.now())
    _put(session, viewer, made, name=name, query=query, share=share)
    session.add(made)
    session.flush()
    detail = {"shared": made.is_shared, "for_role": made.for_role}
    record(session, "view.save", object_type="view", object_id=made.id or 0, detail=detail)
    return made


def change_view(
    session: Session,
    viewer: Viewer,
    view: SavedView,
    *,
    name: str | None = None,
    query: str | None = None,
    share: str | None = None,
) -> SavedView:
    """What is None stays as it is. The view is one that this person may change. Raises ViewRefused."""
    before = _held(view)
    _put(
        session,
        viewer,
        view,
        name=view.name if name is None else name,
        query=view.query if query is None else query,
        share=share_of(view) if share is None else share,
    )
    session.add(view)
    session.flush()
    detail = {"before": before, "after": _held(view)}
    record(session, CHANGED, object_type="view", object_id=view.id or 0, detail=detail)
    return view


def take_change_back(session: Session, viewer: Viewer, view_id: int) -> SavedView | None:
    """The view as it was before this person's last change to it; None when somebody changed it since."""
    view = changeable(session, viewer, view_id)
    event = _newest(session, viewer, view_id, CHANGED)
    if view is None or event is None or event.detail.get("after") != _held(view):
        return None
    for name, value in event.detail["before"].items():
        setattr(view, name, value)
    session.add(view)
    record(session, "view.change.undone", object_type="view", object_id=view_id, detail={"name": view.name})
    session.flush()
    return view


def remove_view(session: Session, viewer: Viewer, view_id: int) -> SavedView | None:
    """None when there is no such view for them to take away."""
    found = changeable(session, viewer, view_id)
    if found is None:
        return None
    kept = {"person_id": found.person_id, **_held(found)}
    record(session, REMOVED, object_type="view", object_id=view_id, detail=kept)
    session.delete(found)
    session.flush()
    return found


def restore_view(session: Session, viewer: Viewer, view_id: int, clock: Clock) -> SavedView | None:
    """The view that this person removed, as the log of it says; None when there is none, or it is back already."""
    removed = _newest(session, viewer, view_id, REMOVED)
    if removed is None or "query" not in removed.detail or session.get(SavedView, view_id) is not None:
        return None
    made = SavedView(id=view_id, made_at=clock.now(), **removed.detail)
    session.add(made)
    record(session, "view.restore", object_type="view", object_id=view_id, detail={"name": made.name})
    session.flush()
    return made


def _put(session: Session, viewer: Viewer, view: SavedView, *, name: str, query: str, share: str) -> None:
    """Checked before anything of the view is touched: a refusal leaves it as it was."""
    called = " ".join(name.split())[:NAME_LENGTH]
    if not called:
        raise ViewRefused("Give the view a name.")
    seen = views_of(session, viewer)
    owner = view.person_id
    for other in seen:
        if other.id != view.id and other.person_id == owner and other.name.casefold() == called.casefold():
            taken_by = (other.id or 0) if owner == viewer.person_id else 0
            raise ViewRefused(f"There is a view called {other.name} already.", taken_by=taken_by)
    filters = filters_of(query).plain
    if share and filters.text:
        raise ViewRefused("A view that searches for a person or a number stays private: take the text away to share.")
    role = share if share not in ("", "team") else ""
    if role and role != view.for_role and (role not in set(Role) or not viewer.may(Permission.CLAIMS_ASSIGN)):
        raise ViewRefused("Only a supervisor sets the list that a role starts with.")
    for other in seen if role else ():
        if other.for_role == role and other.id != view.id:
            other.for_role = ""
            session.add(other)
    view.name, view.query, view.is_shared, view.for_role = called, filters.query(), bool(share), role


def _held(view: SavedView) -> dict[str, Any]:
    return view.model_dump(include=set(HELD))


def _newest(session: Session, viewer: Viewer, view_id: int, action: str) -> Event | None:
    """What this person last did so to the view."""
    return session.exec(
        select(Event)
        .where(
            Event.object_type == "view",
            Event.object_id == str(view_id),
            Event.action == action,
            Event.actor_id == viewer.person_id,
        )
        .order_by(col(Event.id).desc())
        .limit(1)
    ).first()

"""Saving a list under a name, changing what has one, and taking the name away."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.followup.bench import query_of
from app.followup.bench_page import bench_page
from app.followup.filters import Filters
from app.followup.tables import SavedView
from app.followup.view_acts import (
    ViewRefused,
    change_view,
    changeable,
    remove_view,
    restore_view,
    save_view,
    take_change_back,
)
from app.followup.views import filters_of
from app.web.errors import NotFound
from app.web.pages import redirect
from app.web.product import CurrentClock, Database
from app.web.toasts import toast

router = APIRouter()
CanWork = Annotated[Viewer, Depends(require(Permission.CLAIMS_WORK))]


@router.get("/views")
@router.get("/views/{view_id}")
def bench_again(request: Request, viewer: CanWork) -> Response:
    """The address that stands above a refused form: opened again, it is the bench."""
    return redirect(request, "/work")


@router.post("/views")
def save(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanWork,
    name: Annotated[str, Form()] = "",
    query: Annotated[str, Form()] = "",
    share: Annotated[str, Form()] = "",
    over: Annotated[str, Form()] = "",
) -> Response:
    """`share` is "" for private, "team", or the role that starts with it; `over` the view of that name to replace."""
    replaced = changeable(session, viewer, int(over)) if over.isascii() and over.isdigit() else None
    try:
        if replaced is not None:
            made = change_view(session, viewer, replaced, query=query, share=share or None)
        else:
            made = save_view(session, viewer, name=name, query=query, share=share, clock=clock)
    except ViewRefused as refusal:
        typed = {"name": name, "share": share, "error": str(refusal), "taken_by": refusal.taken_by}
        return bench_page(request, session, clock, viewer, query_of(query), view_form=typed)
    undo = f"/views/{made.id}/undo" if replaced is not None else f"/views/{made.id}/remove"
    toast(request, f"Saved as {made.name}.", undo=undo)
    return redirect(request, _address(made))


@router.post("/views/{view_id}")
def change(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanWork,
    view_id: int,
    name: Annotated[str | None, Form()] = None,
    query: Annotated[str | None, Form()] = None,
    share: Annotated[str | None, Form()] = None,
    back: Annotated[str, Form()] = "",
) -> Response:
    """What the form does not name stays as it is. `back` is the list that the form stood on."""
    view = changeable(session, viewer, view_id)
    if view is None:
        raise NotFound
    try:
        changed = change_view(session, viewer, view, name=name, query=query, share=share)
    except ViewRefused as refusal:
        typed: dict[str, Any] = {"view_id": view_id, "name": name, "share": share, "error": str(refusal)}
        shown = {**query_of(query or back), "view": str(view_id)}
        return bench_page(request, session, clock, viewer, shown, view_form=typed)
    toast(request, f"{changed.name} is changed.", undo=f"/views/{view_id}/undo")
    stays = Filters.of(query_of(back)).address(view=view_id) if back else _address(changed)
    return redirect(request, stays)


@router.post("/views/{view_id}/undo")
def take_back(request: Request, session: Database, viewer: CanWork, view_id: int) -> Response:
    """The view is as it was before one's last change."""
    found = take_change_back(session, viewer, view_id)
    if found is None:
        raise NotFound
    toast(request, f"{found.name} is as it was.")
    return redirect(request, _address(found))


@router.post("/views/{view_id}/remove")
def remove(request: Request, session: Database, viewer: CanWork, view_id: int) -> Response:
    """The name goes; the claims in it are not touched."""
    found = remove_view(session, viewer, view_id)
    if found is None:
        raise NotFound
    toast(request, f"{found.name} is no longer in the list of views.", undo=f"/views/{view_id}/restore")
    return redirect(request, filters_of(found.query).address())


@router.post("/views/{view_id}/restore")
def restore(request: Request, session: Database, clock: CurrentClock, viewer: CanWork, view_id: int) -> Response:
    """Undo: the view is back, for whom it was."""
    found = restore_view(session, viewer, view_id, clock)
    if found is None:
        raise NotFound
    toast(request, f"{found.name} is back.")
    return redirect(request, _address(found))


def _address(view: SavedView) -> str:
    return filters_of(view.query).address(view=view.id)

"""Saving a list under a name, and taking the name away."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.followup.bench import query_of
from app.followup.filters import Filters
from app.followup.views import ViewRefused, remove_view, restore_view, save_view
from app.web.errors import NotFound
from app.web.pages import redirect
from app.web.product import CurrentClock, Database
from app.web.toasts import toast

router = APIRouter()
CanWork = Annotated[Viewer, Depends(require(Permission.CLAIMS_WORK))]


@router.post("/views")
def save(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanWork,
    name: Annotated[str, Form()] = "",
    query: Annotated[str, Form()] = "",
    share: Annotated[str, Form()] = "",
) -> Response:
    """`share` is "" for private, "team", or the role that starts with it."""
    address = Filters.of(query_of(query)).address()
    try:
        made = save_view(
            session,
            viewer,
            name=name,
            query=query,
            is_shared=share == "team",
            for_role=share if share not in ("", "team") else "",
            clock=clock,
        )
    except ViewRefused as refusal:
        toast(request, str(refusal), kind="warning")
    else:
        toast(request, f"Saved as {made.name}.", undo=f"/views/{made.id}/remove")
    return redirect(request, address)


@router.post("/views/{view_id}/remove")
def remove(request: Request, session: Database, viewer: CanWork, view_id: int) -> Response:
    """The name goes; the claims in it are not touched."""
    found = remove_view(session, viewer, view_id)
    if found is None:
        raise NotFound
    toast(request, f"{found.name} is no longer in the list of views.", undo=f"/views/{view_id}/restore")
    return redirect(request, Filters.of(query_of(found.query)).address())


@router.post("/views/{view_id}/restore")
def restore(request: Request, session: Database, clock: CurrentClock, viewer: CanWork, view_id: int) -> Response:
    """Undo: the view is back, for whom it was."""
    found = restore_view(session, viewer, view_id, clock)
    if found is None:
        raise NotFound
    toast(request, f"{found.name} is back.")
    return redirect(request, Filters.of(query_of(found.query)).address())

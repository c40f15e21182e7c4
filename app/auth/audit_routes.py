"""The audit log on screen: newest first, filtered, and the proof that nobody changed it."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request, Response

from app.audit.queries import PAGE_LENGTH, EventFilter, find_events
from app.audit.verify import verify_chain
from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.web.pages import redirect, render
from app.web.product import Database, note_view
from app.web.toasts import toast

router = APIRouter()
Reader = Annotated[Viewer, Depends(require(Permission.AUDIT_READ))]
Text = Annotated[str, Query(max_length=120)]


@router.get("/audit")
def audit_page(
    request: Request,
    session: Database,
    viewer: Reader,
    action: Text = "",
    actor: Text = "",
    object_type: Text = "",
    object_id: Text = "",
    outcome: Text = "",
    before: int | None = None,
) -> Response:
    wanted = EventFilter(
        action.strip(), actor.strip(), object_type.strip(), object_id.strip(), outcome.strip(), before
    )
    events = find_events(session, wanted)
    named = ("action", "actor", "object_type", "object_id", "outcome")
    filters = {name: getattr(wanted, name) for name in named if getattr(wanted, name)}
    note_view(request, "audit.view", detail={"filters": sorted(filters), "shown": len(events)})
    older = f"/audit?{urlencode({**filters, 'before': events[-1].id})}" if len(events) == PAGE_LENGTH else ""
    without = [
        (f"{name.replace('_', ' ')}: {value}", f"/audit?{urlencode({k: v for k, v in filters.items() if k != name})}")
        for name, value in filters.items()
    ]
    return render(request, "audit/log.html", events=events, wanted=wanted, older=older, chips=without)


@router.post("/audit/verify")
def verify(request: Request, session: Database, viewer: Reader) -> Response:
    report = verify_chain(session)
    if report.holds:
        toast(request, f"All {report.events:,} events are whole. Newest: {report.head_hash[:12]}…")
    else:
        first = report.breaks[0]
        toast(request, f"The log was tampered with: event {first.event_id} {first.what}.", kind="error")
    return redirect(request, "/audit")

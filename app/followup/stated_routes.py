"""A person puts a claim first, or states a last day that somebody named; both until they are taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session

from app.audit.record import write_events
from app.audit.tables import Event
from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.tables import Claim
from app.core.clock import Clock
from app.followup.bench import claim_of
from app.followup.priority import STEPS, StatedRefused, clear_priority, put_first, state_due, undo_stated
from app.followup.rank import rerank_claims
from app.web.pages import redirect
from app.web.product import CurrentClock, Database
from app.web.show import day
from app.web.toasts import toast

router = APIRouter()
Said = tuple[str, Event | None]  # what to say, and the event by which it can be undone
CanWork = Annotated[Viewer, Depends(require(Permission.CLAIMS_WORK))]


@router.post("/claims/{claim_id}/priority")
def priority(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanWork,
    claim_id: int,
    level: Annotated[str, Form()] = "1",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """First in every list, with the reason on the claim."""

    def change(claim: Claim) -> Said:
        by = viewer.person_id
        made = put_first(session, claim, level=_level(level), reason=reason, person_id=by, clock=clock)
        return "It goes first until somebody clears that.", made

    return _changed(request, session, clock, viewer, claim_id, change)


@router.post("/claims/{claim_id}/priority/clear")
def clear(request: Request, session: Database, clock: CurrentClock, viewer: CanWork, claim_id: int) -> Response:
    """Back to its place by score."""

    def change(claim: Claim) -> Said:
        made = clear_priority(session, claim)
        return "Back in its place by score." if made else "It had no priority.", made

    return _changed(request, session, clock, viewer, claim_id, change)


@router.post("/claims/{claim_id}/due")
def due(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanWork,
    claim_id: int,
    step: Annotated[str, Form()] = "",
    due_on: Annotated[str, Form()] = "",
    evidence: Annotated[str, Form()] = "",
) -> Response:
    """A stated last day goes before every rule; an empty date takes it back."""

    def change(claim: Claim) -> Said:
        last = _date(due_on)
        made = state_due(session, claim, step, last, evidence=evidence, person_id=viewer.person_id, clock=clock)
        return f"{STEPS[step]}: last day {day(last)}." if last else f"{STEPS[step]}: by the rules again.", made

    return _changed(request, session, clock, viewer, claim_id, change)


@router.post("/claims/{claim_id}/stated/{number}/undo")
def undo(
    request: Request, session: Database, clock: CurrentClock, viewer: CanWork, claim_id: int, number: int
) -> Response:
    """What was stated before stands again; `number` is that of the act's event."""

    def change(claim: Claim) -> Said:
        undo_stated(session, claim, number, person_id=viewer.person_id, clock=clock)
        return "Taken back.", None

    return _changed(request, session, clock, viewer, claim_id, change)


def _changed(
    request: Request,
    session: Session,
    clock: Clock,
    viewer: Viewer,
    claim_id: int,
    change: Callable[[Claim], Said],
) -> Response:
    claim = claim_of(session, viewer, claim_id)
    try:
        said, made = change(claim)
    except StatedRefused as refusal:
        toast(request, str(refusal), kind="warning")
    else:
        rerank_claims(session, clock, [claim_id])
        write_events(session)  # the number of the act's event is what undoes it
        toast(request, said, undo=f"/claims/{claim_id}/stated/{made.id}/undo" if made is not None else "")
    return redirect(request, f"/claims/{claim_id}")


def _level(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise StatedRefused("A priority is a whole number.")
    return int(text)


def _date(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise StatedRefused("The last day should look like 2026-12-31.") from error

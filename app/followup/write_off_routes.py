"""Asking for a write-off, and deciding about one: never the same person."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.core.clock import Clock
from app.core.money import format_cents, parse_dollars
from app.followup.bench import back_query, bench_address, choices, claim_of, query_of, screen_of
from app.followup.filters import Filters
from app.followup.rank import rerank_claims
from app.followup.tables import WriteOffRequest
from app.followup.write_offs import WRITE_OFF, approve, decline, reopen, request_write_off, withdraw
from app.ledger.second_person import RequestRefused, find
from app.web.errors import Conflict, NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database
from app.web.toasts import toast

router = APIRouter()
CanAsk = Annotated[Viewer, Depends(require(Permission.WRITE_OFF_REQUEST))]
CanDecide = Annotated[Viewer, Depends(require(Permission.WRITE_OFF_APPROVE))]


class RefusedForm(NamedTuple):
    """What was typed to ask for a write-off, and what was wrong with it."""

    dollars: str
    reason: str
    said: str
    field: str  # that it is said of; "" when of none


@router.get("/claims/{claim_id}/write-off")
def claim_again(request: Request, session: Database, viewer: CanAsk, claim_id: int) -> Response:
    """The address that stands above a refused form: opened again, it is the claim."""
    return redirect(request, f"/claims/{claim_of(session, viewer, claim_id).id}")


@router.post("/claims/{claim_id}/write-off")
def ask(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanAsk,
    claim_id: int,
    reason: Annotated[str, Form()] = "",
    dollars: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
) -> Response:
    """Nothing moves in the books until somebody else approves."""
    claim = claim_of(session, viewer, claim_id)
    filters = Filters.of(query_of(back))
    try:
        made = request_write_off(session, claim, _cents(dollars), reason, person_id=viewer.person_id, clock=clock)
    except RequestRefused as refusal:
        refused = RefusedForm(dollars, reason, str(refusal), refusal.field)
        return _typed_again(request, session, clock, viewer, claim_id, filters, refused)
    rerank_claims(session, clock, [claim_id])
    undo = f"/write-offs/{made.id}/withdraw?{back_query(filters, claim_id)}"
    toast(request, f"{format_cents(made.cents)} sent to write-off review.", undo=undo)
    return redirect(request, bench_address(filters.query(), claim_id))


@router.post("/write-offs/{request_id}/withdraw")
def take_back(request: Request, session: Database, clock: CurrentClock, viewer: CanAsk, request_id: int) -> Response:
    """By whoever asked, while nobody has decided."""
    asked = _found(session, viewer, request_id)
    claim_id = asked.claim_id
    if asked.requested_by_id != viewer.person_id:
        raise NotFound
    try:
        withdraw(session, asked, person_id=viewer.person_id, clock=clock)
    except RequestRefused as refusal:
        raise Conflict(str(refusal)) from refusal
    toast(request, "Taken back.")
    filters = Filters.of(dict(request.query_params))
    return redirect(request, bench_address(filters.query() or "all=1", claim_id))


@router.post("/write-offs/{request_id}/approve")
def agree(request: Request, session: Database, clock: CurrentClock, viewer: CanDecide, request_id: int) -> Response:
    """The books move, or wait for the second person above the limit."""
    asked = _found(session, viewer, request_id)
    try:
        approve(session, asked, person_id=viewer.person_id, clock=clock)
    except RequestRefused as refusal:
        toast(request, str(refusal), kind="warning")
    else:
        done = asked.state == "approved"
        said = "written off." if done else "agreed to; above the limit a second person decides too."
        toast(request, f"{format_cents(asked.cents)} {said}", undo=f"/write-offs/{request_id}/reopen")
    return redirect(request, "/team#write-offs")


@router.post("/write-offs/{request_id}/refuse")
def say_no(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanDecide,
    request_id: int,
    said: Annotated[str, Form()] = "",
) -> Response:
    """The claim goes on being worked, and its timeline says why."""
    asked = _found(session, viewer, request_id)
    try:
        decline(session, asked, said, person_id=viewer.person_id, clock=clock)
    except RequestRefused as refusal:
        toast(request, str(refusal), kind="warning")
    else:
        said = "Declined: the claim is back in the list, and says why."
        toast(request, said, undo=f"/write-offs/{request_id}/reopen")
    return redirect(request, "/team#write-offs")


@router.post("/write-offs/{request_id}/reopen")
def undo(request: Request, session: Database, clock: CurrentClock, viewer: CanDecide, request_id: int) -> Response:
    """One's own decision is taken back: the request waits again."""
    asked = _found(session, viewer, request_id)
    try:
        reopen(session, asked, person_id=viewer.person_id, clock=clock)
    except RequestRefused as refusal:
        raise Conflict(str(refusal)) from refusal
    toast(request, "Taken back: it waits for a decision again.")
    return redirect(request, "/team#write-offs")


def _found(session: Database, viewer: Viewer, request_id: int) -> WriteOffRequest:
    found = find(session, WRITE_OFF, viewer, request_id)
    if found is None:
        raise NotFound
    return found


def _cents(text: str) -> int | None:
    """Typed dollars; None when nothing was typed. Raises RequestRefused."""
    if not text.strip():
        return None
    try:
        cents = parse_dollars(text)
    except ValueError as error:
        raise RequestRefused("Dollars should look like 120 or 120.50.", field="dollars") from error
    if cents <= 0:
        raise RequestRefused("Ask for more than nothing; left empty, it is all that is open.", field="dollars")
    return cents


def _typed_again(
    request: Request,
    session: Session,
    clock: Clock,
    viewer: Viewer,
    claim_id: int,
    filters: Filters,
    refused: RefusedForm,
) -> Response:
    """The form as it was typed, with what was wrong: nothing is lost. Not the form's fault (409) is what waits."""
    screen, why = screen_of(request, session, clock, viewer, claim_id)
    return render(
        request,
        "work/claim_page.html",
        block="claim",
        status=422 if refused.field else 409,
        screen=screen,
        why=why,
        filters=filters,
        **{**choices(clock), "write_off_refused": refused},
    )

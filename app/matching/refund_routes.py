"""Refunds on screen: asked for on the credit, decided by somebody else; the cash leaves with the last approval."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.queries import find_claim
from app.core.money import format_cents, parse_dollars
from app.ledger.refunds import REFUND, request_refund
from app.ledger.second_person import RequestRefused, approve, find, refuse, reopen, withdraw
from app.ledger.tables import RefundRequest
from app.matching.routes import claims_changed
from app.web.errors import Conflict, NotFound
from app.web.pages import redirect
from app.web.product import CurrentClock, Database
from app.web.toasts import toast

router = APIRouter()
CanAsk = Annotated[Viewer, Depends(require(Permission.REFUND_REQUEST))]
CanDecide = Annotated[Viewer, Depends(require(Permission.REFUND_APPROVE))]
LIST = "/money/credits"


@router.post("/money/credits/{claim_id}/{side}/refund")
def ask(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanAsk,
    claim_id: int,
    side: str,
    dollars: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Nothing leaves until somebody else approves."""
    head = find_claim(session, viewer.practice_ids, claim_id)
    if head is None:
        raise NotFound
    try:
        cents = parse_dollars(dollars)
        made = request_refund(session, head.claim, side, cents, reason, person_id=viewer.person_id, clock=clock)
    except ValueError as refusal:  # the amount cannot be read, or it cannot be asked for
        toast(request, str(refusal), kind="warning")
        return redirect(request, f"{LIST}/{claim_id}/{side}" if side in ("payer", "patient") else LIST)
    said = f"Refund of {format_cents(cents)} asked for; somebody else decides."
    toast(request, said, undo=f"/money/refunds/{made.id}/withdraw")
    return redirect(request, LIST)


@router.post("/money/refunds/{request_id}/withdraw")
def take_back(request: Request, session: Database, viewer: CanAsk, request_id: int) -> Response:
    """By whoever asked, while nobody has decided."""
    asked = _found(session, viewer, request_id)
    if asked.requested_by_id != viewer.person_id:
        raise NotFound
    try:
        withdraw(session, REFUND, asked, person_id=viewer.person_id)
    except RequestRefused as refusal:
        raise Conflict(str(refusal)) from refusal
    toast(request, "Taken back: no refund is asked for.")
    return redirect(request, LIST)


@router.post("/money/refunds/{request_id}/approve")
def agree(request: Request, session: Database, clock: CurrentClock, viewer: CanDecide, request_id: int) -> Response:
    """The cash leaves, or waits for the second person above the limit."""
    asked = _found(session, viewer, request_id)
    try:
        done = approve(session, REFUND, asked, person_id=viewer.person_id, clock=clock)
    except RequestRefused as refusal:
        toast(request, str(refusal), kind="warning")
        return redirect(request, LIST)
    said = "refunded." if done else "agreed to; above the limit a second person decides too."
    toast(request, f"{format_cents(asked.cents)} {said}", undo=f"/money/refunds/{request_id}/reopen")
    if done:
        claims_changed(request, session, clock, (asked.claim_id,))
    return redirect(request, LIST)


@router.post("/money/refunds/{request_id}/refuse")
def decline(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanDecide,
    request_id: int,
    said: Annotated[str, Form()] = "",
) -> Response:
    """The credit stands, and the claim's timeline says why."""
    asked = _found(session, viewer, request_id)
    try:
        refuse(session, REFUND, asked, said, person_id=viewer.person_id, clock=clock)
    except RequestRefused as refusal:
        toast(request, str(refusal), kind="warning")
    else:
        words = "Declined; whoever asked sees why on the claim."
        toast(request, words, undo=f"/money/refunds/{request_id}/reopen")
    return redirect(request, LIST)


@router.post("/money/refunds/{request_id}/reopen")
def undo(request: Request, session: Database, clock: CurrentClock, viewer: CanDecide, request_id: int) -> Response:
    """One's own decision is taken back: the request waits again, and the cash is back by the opposite entry."""
    asked = _found(session, viewer, request_id)
    try:
        moved = reopen(session, REFUND, asked, person_id=viewer.person_id, clock=clock)
    except RequestRefused as refusal:
        raise Conflict(str(refusal)) from refusal
    if moved:
        claims_changed(request, session, clock, (asked.claim_id,))
    toast(request, "Taken back: it waits for a decision again.")
    return redirect(request, LIST)


def _found(session: Database, viewer: Viewer, request_id: int) -> RefundRequest:
    found = find(session, REFUND, viewer, request_id)
    if found is None:
        raise NotFound
    return found

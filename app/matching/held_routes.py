"""Held write-offs on screen: what the payer wants written off, why it is held, and a supervisor's decision."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.core.money import format_cents
from app.matching.held_queries import SHOWN, held_write_offs, write_off_segments
from app.matching.held_write_off import NoHeldWriteOff, drop, post_anyway, undo_decision
from app.matching.routes import claims_changed
from app.matching.tables import ClaimPayment
from app.web.errors import NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database, note_view
from app.web.toasts import toast

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.LEDGER_VIEW))]
CanDecide = Annotated[Viewer, Depends(require(Permission.LEDGER_POST_UNBALANCED))]

LONGEST_REASON = 500


@router.get("/money/held")
def held_list(request: Request, session: Database, viewer: CanView) -> Response:
    """The largest first."""
    rows = held_write_offs(session, viewer.practice_ids)
    note_view(request, "held.view", object_type="claim_payment", detail={"claims": len(rows)})
    return render(
        request, "money/held.html", rows=rows[:SHOWN], held=len(rows), cents=sum(each.cents for each in rows)
    )


@router.get("/money/held/{payment_id}")
def one_held(request: Request, session: Database, viewer: CanView, payment_id: int) -> Response:
    """The segments that say so, what is open, and what would be."""
    rows = held_write_offs(session, viewer.practice_ids)
    place = next((at for at, each in enumerate(rows) if each.payment.id == payment_id), None)
    if place is None:
        raise NotFound
    chosen = rows[place]
    note_view(
        request,
        "claim.view",
        object_type="claim",
        object_id=chosen.head.claim.id or 0,
        practice_id=chosen.payment.practice_id,
    )
    return render(
        request,
        "money/held_one.html",
        one=chosen,
        adjustments=write_off_segments(session, chosen.payment),
        following=rows[(place + 1) % len(rows)] if len(rows) > 1 else None,
        place=place + 1,
        held=len(rows),
    )


@router.post("/money/held/{payment_id}")
def decide(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanDecide,
    payment_id: int,
    act: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
) -> Response:
    """Accepted as contractual, or denied: then the dollars stay as they are."""
    claim_id = _claim_id(session, viewer, payment_id)
    said = reason.strip()
    if act not in ("accept", "deny") or not said or len(said) > LONGEST_REASON:
        toast(request, f"Choose, and say in at most {LONGEST_REASON} letters why.", kind="warning")
        return redirect(request, f"/money/held/{payment_id}")
    try:
        if act == "accept":
            cents = post_anyway(session, payment_id, reason=said, on=clock.today())
        else:
            cents = drop(session, payment_id, reason=said)
    except NoHeldWriteOff as refusal:
        session.rollback()
        toast(request, str(refusal), kind="warning")
        return redirect(request, "/money/held")
    claims_changed(request, session, clock, (claim_id,))
    what = "written off as contractual" if act == "accept" else "not written off; the dollars stay as they are"
    toast(request, f"{format_cents(cents)} {what}.", undo=f"/money/held/{payment_id}/undo")
    return redirect(request, "/money/held")


@router.post("/money/held/{payment_id}/undo")
def undo(request: Request, session: Database, clock: CurrentClock, viewer: CanDecide, payment_id: int) -> Response:
    """Held again, as it was."""
    claim_id = _claim_id(session, viewer, payment_id)
    try:
        cents = undo_decision(session, payment_id, on=clock.today())
    except NoHeldWriteOff as refusal:
        session.rollback()
        toast(request, str(refusal), kind="warning")
        return redirect(request, "/money/held")
    claims_changed(request, session, clock, (claim_id,))
    toast(request, f"{format_cents(cents)} is held again.")
    return redirect(request, f"/money/held/{payment_id}")


def _claim_id(session: Database, viewer: Viewer, payment_id: int) -> int:
    payment = session.get(ClaimPayment, payment_id)
    if payment is None or payment.claim_id is None or not viewer.sees(payment.practice_id):
        raise NotFound
    return payment.claim_id

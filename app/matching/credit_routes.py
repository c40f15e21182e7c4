"""Credit balances on screen: who is owed, what made it, the day by which it goes back, and what to do with it.

A refund is only asked for here; who decides about it is `refund_routes.py`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.queries import find_by_number, find_claim, heads_by_ids
from app.claims.tables import Claim
from app.core.money import format_cents, parse_dollars
from app.ledger.person import CannotPost
from app.ledger.refunds import REFUND, waiting_refunds
from app.ledger.returning import move_credit, stop_waiting, undo_move, wait_for_take_back
from app.ledger.second_person import ONE_APPROVAL_CENTS, may_decide
from app.matching.credit_queries import SHOWN, Credit, candidates, causes_of, clock_words, credits_of
from app.matching.routes import claims_changed
from app.web.errors import NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database, note_view
from app.web.toasts import toast

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.LEDGER_VIEW))]
CanPost = Annotated[Viewer, Depends(require(Permission.LEDGER_POST))]
Text = Annotated[str, Form()]


@router.get("/money/credits")
def credit_list(request: Request, session: Database, viewer: CanView) -> Response:
    """The law's clocks first."""
    rows = credits_of(session, viewer.practice_ids)
    asked = waiting_refunds(session, viewer.practice_ids)
    heads = heads_by_ids(session, [line.request.claim_id for line in asked])
    note_view(request, "credits.view", object_type="claim", detail={"claims": len(rows)})
    return render(
        request,
        "money/credits.html",
        rows=rows[:SHOWN],
        credits=len(rows),
        cents=sum(each.cents for each in rows),
        sides={side: sum(each.cents for each in rows if each.side == side) for side in ("payer", "patient")},
        causes=causes_of(session, rows[:SHOWN]),
        refunds=[(line, heads[line.request.claim_id], may_decide(REFUND, line.request, viewer)) for line in asked],
        over={each.key: each.cents for each in rows},
        refund_cents=sum(line.request.cents for line in asked),
        asked={line.key for line in asked},
        limit_cents=ONE_APPROVAL_CENTS,
    )


@router.get("/money/credits/{claim_id}/{side}")
def one_credit(request: Request, session: Database, viewer: CanView, claim_id: int, side: str) -> Response:
    """The cause, the clock, and the three ways out with their exact entries."""
    return _page(request, session, viewer, claim_id, side)


@router.post("/money/credits/{claim_id}/{side}")
def decide(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanPost,
    claim_id: int,
    side: str,
    act: Text = "",
    dollars: Text = "",
    claim: Text = "",
    reason: Text = "",
) -> Response:
    """Move it, or wait for the take-back."""
    head = find_claim(session, viewer.practice_ids, claim_id)
    if head is None:
        raise NotFound
    try:
        said, undo, moved = _act(
            session, head.claim, side, act, dollars, claim, reason, person_id=viewer.person_id, today=clock.today()
        )
    except (CannotPost, ValueError) as refusal:
        session.rollback()
        toast(request, str(refusal), kind="warning")
        return redirect(
            request, f"/money/credits/{claim_id}/{side}" if side in ("payer", "patient") else "/money/credits"
        )
    claims_changed(request, session, clock, moved)
    toast(request, said, undo=undo)
    return redirect(request, "/money/credits")


@router.post("/money/credits/moved/{entry_id}/undo")
def undo(request: Request, session: Database, clock: CurrentClock, viewer: CanPost, entry_id: int) -> Response:
    """The opposite entry."""
    try:
        moved = undo_move(session, viewer.practice_ids, entry_id, person_id=viewer.person_id, on=clock.today())
    except CannotPost as refusal:
        session.rollback()
        toast(request, str(refusal), kind="warning")
        return redirect(request, "/money/credits")
    claims_changed(request, session, clock, moved)
    toast(request, "Taken back: the credit stands again.")
    return redirect(request, "/money/credits")


@router.post("/money/credits/waiting/{claim_id}/undo")
def no_longer_wait(request: Request, session: Database, viewer: CanPost, claim_id: int) -> Response:
    """Nothing was posted, so nothing is taken back but the note."""
    if find_claim(session, viewer.practice_ids, claim_id) is None:
        raise NotFound
    try:
        stop_waiting(session, claim_id)
    except CannotPost as refusal:
        session.rollback()
        toast(request, str(refusal), kind="warning")
    else:
        toast(request, "No longer waiting.")
    return redirect(request, "/money/credits")


def _act(
    session: Session,
    claim: Claim,
    side: str,
    act: str,
    dollars: str,
    number: str,
    reason: str,
    *,
    person_id: int,
    today: date,
) -> tuple[str, str, list[int]]:
    """What to say, how to undo it, and the claims that moved."""
    assert claim.id is not None
    claim_id = claim.id
    if act == "wait":
        wait_for_take_back(session, claim_id, person_id=person_id, note=reason, on=today)
        return "Waits for the payer’s take-back.", f"/money/credits/waiting/{claim_id}/undo", []
    if act != "move":
        raise CannotPost("Choose what to do with the credit.")
    cents = parse_dollars(dollars)
    found = find_by_number(session, (claim.practice_id,), number.strip())
    if len(found) != 1:
        many = "no claim" if not found else f"{len(found)} claims"
        raise CannotPost(f"This practice has {many} with the number {number.strip()}.")
    other = found[0].claim
    other_id = other.id or 0
    entry = move_credit(session, claim, other, side, cents, person_id=person_id, reason=reason, on=today)
    return f"{format_cents(cents)} moved.", f"/money/credits/moved/{entry}/undo", [claim_id, other_id]


def _page(request: Request, session: Session, viewer: Viewer, claim_id: int, side: str) -> Response:
    rows = credits_of(session, viewer.practice_ids)
    place = next((at for at, each in enumerate(rows) if (each.head.claim.id, each.side) == (claim_id, side)), None)
    if place is None:
        raise NotFound
    chosen: Credit = rows[place]
    waits = next((line for line in waiting_refunds(session, viewer.practice_ids) if line.key == chosen.key), None)
    note_view(
        request, "claim.view", object_type="claim", object_id=claim_id, practice_id=chosen.head.claim.practice_id
    )
    return render(
        request,
        "money/credit.html",
        one=chosen,
        cause=causes_of(session, [chosen])[chosen.key],
        clock_words=clock_words(chosen),
        candidates=candidates(session, chosen),
        following=rows[(place + 1) % len(rows)] if len(rows) > 1 else None,
        place=place + 1,
        credits=len(rows),
        waits=waits,
        may_decide=waits is not None and may_decide(REFUND, waits.request, viewer),
        limit_cents=ONE_APPROVAL_CENTS,
    )

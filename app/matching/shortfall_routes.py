"""Underpaid claims on screen: what was allowed beside what was promised, and what a person makes of it."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.queries import heads_by_ids
from app.claims.tables import Payer
from app.core.money import format_cents, parse_dollars
from app.ledger.person import CannotPost
from app.matching.routes import claims_changed
from app.matching.shortfalls import (
    SHOWN,
    Shortfall,
    accept,
    change_tolerance,
    evidence,
    groups,
    shortfalls,
    tolerance_of,
    undo_accept,
)
from app.web.errors import NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database, note_view
from app.web.toasts import toast

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.LEDGER_VIEW))]
CanPost = Annotated[Viewer, Depends(require(Permission.LEDGER_POST))]
CanManage = Annotated[Viewer, Depends(require(Permission.TABLES_MANAGE))]
Text = Annotated[str, Form()]

MOST_AT_ONCE = 50  # as many as the toast can carry back
LONGEST_REASON = 500
SETTLED = "Somebody has settled this one just now: nothing of it is open any more."


@router.get("/money/underpaid")
def underpaid(request: Request, session: Database, viewer: CanView, payer: int = 0, procedure: str = "") -> Response:
    """By payer and procedure, then claim by claim; a payer and procedure narrow it to one batch."""
    every = shortfalls(session, viewer.practice_ids)
    rows, names = _narrowed(every, payer, procedure), _payers(session, every)
    note_view(request, "underpaid.view", object_type="claim", detail={"claims": len(rows)})
    return render(
        request,
        "money/underpaid.html",
        rows=rows[:SHOWN],
        heads=heads_by_ids(session, [each.row.claim_id for each in rows[:SHOWN]]),
        claims=len(rows),
        cents=sum(_cents(each, procedure) for each in rows),
        cents_of=_cents,
        groups=groups(every, names),
        payer=payer,
        payer_name=names.get(payer, ""),
        procedure=procedure,
        tolerance=tolerance_of(session, payer) if payer else None,
        most=MOST_AT_ONCE,
    )


@router.get("/money/underpaid/{claim_id}")
def one_underpaid(request: Request, session: Database, viewer: CanView, claim_id: int) -> Response:
    """Line by line, with the fee and the segment; the next claim is where the list goes on."""
    every = shortfalls(session, viewer.practice_ids)
    place = next((at for at, each in enumerate(every) if each.row.claim_id == claim_id), None)
    if place is None:
        raise NotFound
    chosen = every[place]
    note_view(request, "claim.view", object_type="claim", object_id=claim_id, practice_id=chosen.row.practice_id)
    return render(
        request,
        "money/shortfall.html",
        one=chosen,
        of_claim=heads_by_ids(session, [claim_id])[claim_id],
        payer_name=_payers(session, [chosen]).get(chosen.row.payer_id, ""),
        lines=evidence(session, chosen.row),
        alike=[each for each in groups(every, {}) if each.payer_id == chosen.row.payer_id and each.claims > 1],
        own={line.procedure for line in chosen.lines},
        following=every[(place + 1) % len(every)] if len(every) > 1 else None,
        place=place + 1,
        claims=len(every),
    )


@router.post("/money/underpaid/accept")
def accept_these(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanPost,
    claim: Annotated[list[int] | None, Form()] = None,
    reason: Text = "",
    then: Text = "",
) -> Response:
    """The difference becomes contractual; undone by the opposite entries."""
    wanted = set(claim or ())
    rows = [each for each in shortfalls(session, viewer.practice_ids) if each.row.claim_id in wanted]
    back = f"/money/underpaid/{then}" if then.isascii() and then.isdigit() else "/money/underpaid"
    try:
        if not rows:
            raise CannotPost(SETTLED if wanted else "Choose the claims first.")
        if len(rows) > MOST_AT_ONCE:
            raise CannotPost(f"At most {MOST_AT_ONCE} claims at once, so that one key takes them all back.")
        cents = sum(each.open_cents for each in rows)
        ids = [each.row.claim_id for each in rows]
        said = reason.strip()[:LONGEST_REASON]
        entries = accept(session, rows, person_id=viewer.person_id, reason=said, on=clock.today())
    except CannotPost as refusal:
        session.rollback()
        toast(request, str(refusal), kind="warning")
        return redirect(request, f"/money/underpaid/{min(wanted)}" if rows and len(wanted) == 1 else back)
    claims_changed(request, session, clock, ids)
    many = "1 claim" if len(entries) == 1 else f"{len(entries)} claims"
    numbers = "-".join(str(entry) for entry in entries)
    toast(request, f"{format_cents(cents)} of {many} accepted.", undo=f"/money/underpaid/accepted/{numbers}/undo")
    return redirect(request, back)


@router.post("/money/underpaid/accepted/{entries}/undo")
def undo(request: Request, session: Database, clock: CurrentClock, viewer: CanPost, entries: str) -> Response:
    """The claims stand in the list again."""
    numbers = [int(each) for each in entries.split("-") if each.isascii() and each.isdigit() and len(each) < 19]
    try:
        ids = undo_accept(session, viewer.practice_ids, numbers, person_id=viewer.person_id, on=clock.today())
    except CannotPost as refusal:
        session.rollback()
        toast(request, str(refusal), kind="warning")
        return redirect(request, "/money/underpaid")
    claims_changed(request, session, clock, ids)
    toast(request, "Taken back: the difference is open again.")
    return redirect(request, f"/money/underpaid/{ids[0]}" if len(ids) == 1 else "/money/underpaid")


@router.post("/money/tolerance")
def tolerance(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanManage,
    payer: Annotated[int, Form()],
    dollars: Text = "",
    percent: Text = "",
) -> Response:
    """How far the payer may fall short before a person looks; its answers are held against it at once."""
    if session.get(Payer, payer) is None:
        raise NotFound
    try:
        permille = _permille(percent)
        cents = parse_dollars(dollars)
        moved = change_tolerance(session, payer, cents=cents, permille=permille, on=clock.today())
    except (CannotPost, ValueError) as refusal:
        session.rollback()
        toast(request, str(refusal), kind="warning")
        return redirect(request, f"/money/underpaid?payer={payer}")
    claims_changed(request, session, clock, moved)
    many = "1 claim" if len(moved) == 1 else f"{len(moved):,} claims"
    toast(request, f"Tolerance kept: {format_cents(cents)} or {permille / 10:g} %; {many} came or went.")
    return redirect(request, f"/money/underpaid?payer={payer}")


def _permille(percent: str) -> int:
    try:
        typed = Decimal(percent.strip() or "0")
    except InvalidOperation:
        raise CannotPost(f"{percent!r} is not a percentage: write it like 1.5") from None
    if not typed.is_finite() or not 0 <= typed <= 100:
        raise CannotPost("A percentage lies between 0 and 100.")
    return int(typed * 10)


def _narrowed(every: list[Shortfall], payer: int, procedure: str) -> list[Shortfall]:
    return [
        each
        for each in every
        if (not payer or each.row.payer_id == payer)
        and (not procedure or any(line.procedure == procedure for line in each.lines))
    ]


def _cents(each: Shortfall, procedure: str) -> int:
    return each.cents_of(procedure) if procedure else each.open_cents


def _payers(session: Session, rows: list[Shortfall]) -> dict[int, Any]:
    found = {number: session.get(Payer, number) for number in {each.row.payer_id for each in rows}}
    return {number: payer.name for number, payer in found.items() if payer is not None}

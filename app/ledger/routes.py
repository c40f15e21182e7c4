"""Payments by hand on screen: take one, place what is unapplied, take one back."""

from __future__ import annotations

import io
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Form, Request, Response, UploadFile
from sqlmodel import Session

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.queries import find_by_number, practices
from app.claims.tables import Claim
from app.core.money import format_cents, parse_dollars
from app.ledger.payment_file import (
    BAD,
    COLUMNS,
    KNOWN,
    MOST_TOLD,
    POSTED,
    TAKEN_BACK,
    UNAPPLIED,
    FileRefused,
    take_payments,
)
from app.ledger.payments import (
    METHODS,
    PAYMENT_ROWS,
    Typed,
    find_payment,
    payments,
    place_unapplied,
    take_payment,
    take_unapplied,
    unapplied_by_hand,
    undo_payment,
)
from app.ledger.person import CannotPost
from app.web.errors import Conflict, NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database
from app.web.toasts import toast

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.LEDGER_VIEW))]
CanPost = Annotated[Viewer, Depends(require(Permission.LEDGER_POST))]
Text = Annotated[str, Form()]

LONGEST_REASON = 500
LARGEST_CSV_BYTES = 8 * 2**20
NOTHING_TYPED = {"claim": ""}
OUTCOMES = (POSTED, UNAPPLIED, TAKEN_BACK, KNOWN, BAD)
OUTCOME_TONES = {POSTED: "good", UNAPPLIED: "warn", TAKEN_BACK: "info", KNOWN: "neutral", BAD: "bad"}


@router.get("/payments")
def payment_list(
    request: Request, session: Database, clock: CurrentClock, viewer: CanView, claim: str = "", before: int = 0
) -> Response:
    """What people took, newest first; `claim` fills its number into the form."""
    return _page(request, session, viewer, clock.today(), {"claim": claim}, before=before)


@router.post("/payments")
def take(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanPost,
    practice: Annotated[int, Form()],
    act: Text = "take",
    claim: Text = "",
    dollars: Text = "",
    on: Text = "",
    method: Text = "check",
    reference: Text = "",
    note: Text = "",
    side: Text = "patient",
) -> Response:
    """To the claim whose number was typed, or unapplied; with `act` place, from what is unapplied."""
    if not viewer.sees(practice):
        raise NotFound
    given = {"practice": practice, "act": act, "claim": claim, "dollars": dollars, "on": on, "method": method}
    given |= {"reference": reference, "note": note, "side": side}
    today, by = clock.today(), viewer.person_id
    try:
        typed = _typed(given)
        found = _claim(session, practice, claim.strip(), is_needed=act == "place")
        claim_id = found.id if found is not None else None
        if found is None:
            entry = take_unapplied(session, practice, typed, person_id=by, today=today)
        elif act == "place":
            entry = place_unapplied(session, found, typed, person_id=by, today=today)
        else:
            entry = take_payment(session, found, typed, person_id=by, today=today)
    except CannotPost as refusal:
        session.rollback()
        return _page(request, session, viewer, today, given, refusal=str(refusal), status=422)
    if claim_id is not None:
        request.app.state.claims_changed(session, clock, (claim_id,))
    words = "placed" if act == "place" else "taken" if claim_id else "taken as unapplied"
    toast(request, f"{format_cents(typed.cents)} {words}.", undo=f"/payments/{entry}/undo")
    return redirect(request, "/payments")


@router.post("/payments/file")
def take_file(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanPost,
    file: Annotated[UploadFile | None, File()] = None,
    text: Text = "",
    name: Text = "",
    act: Text = "look",
) -> Response:
    """A file of the lockbox or portal: looked through, or taken, line by line; a line is taken once. What was looked
    through comes back as its text."""
    content = file.file.read(LARGEST_CSV_BYTES + 1) if file is not None else text.encode()
    name, today = (file.filename if file is not None else name) or "upload.csv", clock.today()
    try:
        if len(content) > LARGEST_CSV_BYTES:
            raise FileRefused(f"It is larger than {LARGEST_CSV_BYTES // 2**20} MB: use `overturn payments import`")
        taken = take_payments(
            session,
            io.StringIO(content.decode("utf-8-sig"), newline=""),
            name=name,
            practice_ids=viewer.practice_ids,
            person_id=viewer.person_id,
            today=today,
        )
    except (FileRefused, UnicodeDecodeError) as refusal:
        session.rollback()
        said = str(refusal) if isinstance(refusal, FileRefused) else "It is not UTF-8 text"
        return _page(
            request, session, viewer, today, NOTHING_TYPED, refusal=f"{said}. Nothing was taken.", status=422
        )
    if act == "take":
        if taken.claim_ids:
            request.app.state.claims_changed(session, clock, taken.claim_ids)
    else:
        session.rollback()
    said_of = [(what, len(taken.of(what)), taken.cents(what)) for what in OUTCOMES if taken.of(what)]
    told = [each for each in taken.outcomes if act != "take" or each.what != POSTED]
    again = "" if act == "take" else content.decode("utf-8-sig")
    looked = {"name": name, "text": again, "is_taken": act == "take", "counts": said_of}
    looked |= {"lines": told[:MOST_TOLD], "told": len(told)}
    return _page(request, session, viewer, today, NOTHING_TYPED, looked=looked)


@router.post("/payments/{entry_id}/undo")
def undo(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanPost,
    entry_id: int,
    reason: Text = "",
) -> Response:
    """By the opposite entry; the first one stays and says that it was taken back."""
    row = find_payment(session, viewer.practice_ids, entry_id)
    if row is None:
        raise NotFound
    if row.was_taken_back:
        raise Conflict("It was taken back already.")
    try:
        said = reason.strip()[:LONGEST_REASON] or "taken back at once"
        claim_ids = undo_payment(session, entry_id, person_id=viewer.person_id, reason=said, on=clock.today())
    except CannotPost as refusal:
        session.rollback()
        toast(request, str(refusal), kind="warning")
        return redirect(request, "/payments")
    request.app.state.claims_changed(session, clock, claim_ids)
    toast(request, f"Taken back: {format_cents(abs(row.cents))}.")
    return redirect(request, "/payments")


def _typed(given: dict[str, Any]) -> Typed:
    try:
        cents = parse_dollars(given["dollars"])
        on = date.fromisoformat(given["on"])
    except ValueError as error:
        said = str(error) if "amount" in str(error) or "larger" in str(error) else "Say on which day it was received"
        raise CannotPost(f"{said}.") from error
    if given["act"] != "place" and not given["reference"].strip() and given["method"] != "cash":
        raise CannotPost("Say the number of the check, the authorization or the line: an auditor asks for it.")
    return Typed(cents, on, given["method"], given["reference"].strip(), given["note"].strip(), given["side"])


def _claim(session: Session, practice_id: int, number: str, *, is_needed: bool) -> Claim | None:
    if not number:
        if is_needed:
            raise CannotPost("Say to which claim it goes.")
        return None
    found = find_by_number(session, (practice_id,), number)
    if len(found) != 1:
        many = "no claim" if not found else f"{len(found)} claims"
        raise CannotPost(f"This practice has {many} with the number {number}.")
    return found[0].claim


def _page(
    request: Request,
    session: Session,
    viewer: Viewer,
    today: date,
    given: dict[str, Any],
    *,
    before: int = 0,
    refusal: str = "",
    status: int = 200,
    looked: dict[str, Any] | None = None,
) -> Response:
    rows = payments(session, viewer.practice_ids, before=before)
    waiting = unapplied_by_hand(session, viewer.practice_ids)
    return render(
        request,
        "payments/index.html",
        status=status,
        rows=rows,
        older=rows[-1].entry.id if len(rows) == PAYMENT_ROWS else 0,
        total_cents=sum(row.cash_cents for row in rows),
        waiting=waiting,
        given={"on": today.isoformat(), "method": "check", "side": "patient", "act": "take", **given},
        refusal=refusal,
        looked=looked,
        tones=OUTCOME_TONES,
        columns=COLUMNS,
        methods=list(METHODS.items()),
        practices=[(each.id, each.name) for each in practices(session, viewer.practice_ids)],
    )

"""Research pages: which payers to ask about how many claims, what was asked, and what came of it."""

from __future__ import annotations

from typing import Annotated, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from sqlmodel import Session

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.queries import ClaimHead, are_large, find_claim, heads_by_ids
from app.claims.tables import Payer
from app.core import worked_out
from app.core.money import format_cents
from app.core.outbox import TooLate, content_of
from app.followup.bench import query_of
from app.followup.filters import Filters
from app.matching.tables import InquiryRefusal
from app.research.ask import MOST, Asked, ask_status, sort_out, take_back
from app.research.pace import pace_of
from app.research.queries import (
    batches,
    candidates_question,
    find_batch,
    inquiries_of,
    open_cents_of,
    outbox_item,
    ready_to_ask,
    report_of,
)
from app.research.question import Question
from app.research.refused import remedy
from app.research.tables import InquiryBatch, InquiryState
from app.web.errors import Conflict, NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database, note_view, product_of
from app.web.toasts import toast

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.CLAIMS_VIEW))]
CanWork = Annotated[Viewer, Depends(require(Permission.CLAIMS_WORK))]

MOST_UNDONE = 50  # files that one Undo takes back: it travels in a cookie, which is small
STATES = {
    InquiryState.QUEUED.value: ("In the outbox", "accent"),
    InquiryState.SENT.value: ("Asked", "info"),
    InquiryState.ANSWERED.value: ("Answered", "good"),
    InquiryState.NOT_FOUND.value: ("Not found", "warn"),
    InquiryState.FAILED.value: ("Inquiry refused", "bad"),
    InquiryState.CANCELLED.value: ("Cancelled", "neutral"),
}


@router.get("/research")
def research(request: Request, session: Database, clock: CurrentClock, viewer: CanView) -> Response:
    """Payers with undecided claims, and the inquiries made."""
    today = clock.today()
    question = candidates_question(viewer.practice_ids, today)
    is_large = are_large(session)
    return render(
        request,
        "research/index.html",
        answer=worked_out.answer(session, product_of(request).engine, clock, question, is_large=is_large),
        batches=batches(session, viewer.practice_ids, today),
    )


@router.post("/research")
def count_again(request: Request, session: Database, clock: CurrentClock, viewer: CanView) -> Response:
    """Count the undecided claims anew: the page that follows begins it."""
    worked_out.ask_again(session, clock, candidates_question(viewer.practice_ids, clock.today()))
    return redirect(request, "/research")


@router.post("/claims/{claim_id}/inquiry")
def ask_claim(request: Request, session: Database, clock: CurrentClock, viewer: CanWork, claim_id: int) -> Response:
    """Ask where one claim stands, now."""
    if find_claim(session, viewer.practice_ids, claim_id) is None:
        raise NotFound
    settings = product_of(request).settings
    asked = ask_status(session, settings, clock, [claim_id], person_id=viewer.person_id)
    _say(request, asked, back=f"/claims/{claim_id}")
    return redirect(request, f"/claims/{claim_id}")


@router.get("/inquiries")
def look_first(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanWork,
    claims: Annotated[list[int] | None, Query()] = None,
    payer: int = 0,
    back: str = "",
) -> Response:
    """Of the chosen claims, which payers would be asked about how many and how much, and which are left out, why.

    `payer`: instead of chosen ones, its claims that are past its usual time and free to be asked about. `back`: the
    list in which the claims were ticked.
    """
    known = session.get(Payer, payer) if payer else None
    if payer and known is None:
        raise NotFound
    if known is not None:
        pace = pace_of(session, known)
        claims = [each.claim_id for each in ready_to_ask(session, viewer.practice_ids, payer, pace, clock.today())]
    found = sort_out(session, product_of(request).settings, clock, _seen(session, viewer, claims))
    cents = open_cents_of(session, [head.claim.id or 0 for asked in found.groups.values() for head, _, _ in asked])
    lines = []
    for asked in found.groups.values():
        first, _, _ = asked[0]
        open_cents = sum(cents[head.claim.id] for head, _, _ in asked)
        lines.append(Line(first.payer.name, first.practice.name, asked, open_cents))
    note_view(request, "research.view", object_type="inquiry_batch", detail={"claims": len(cents)})
    return render(
        request,
        "research/chosen.html",
        lines=sorted(lines, key=lambda line: -line.cents),
        asked=[head.claim.id for line in lines for head, _, _ in line.asked],
        cents=cents,
        left_out=found.refused,
        claims=claims or [],
        payer=known,
        back=back,
        many_practices=len({line.practice for line in lines}) > 1,
    )


@router.post("/inquiries/undo")
def undo(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanWork,
    batch: Annotated[list[int] | None, Query()] = None,
    back: str = "/research",
) -> Response:
    """The files just made are not sent, while they still wait in the outbox."""
    found = [find_batch(session, viewer.practice_ids, number) for number in (batch or [])[:MOST]]
    mine = [one for one in found if one is not None and one.made_by_id == viewer.person_id]
    if not mine:
        raise NotFound
    try:
        take_back(session, clock, mine)
    except TooLate as late:
        raise Conflict(str(late)) from late
    claims = sum(one.inquiries for one in mine)
    count = "1 claim" if claims == 1 else f"{claims:,} claims"
    toast(request, f"Taken back for {count}: nobody is asked.")
    return redirect(request, back)


@router.post("/inquiries")
def ask_claims(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanWork,
    claims: Annotated[list[int] | None, Form()] = None,
    back: Annotated[str, Form()] = "",
) -> Response:
    """Ask where several chosen claims stand, one file for each practice and payer; then back to their list."""
    seen = _seen(session, viewer, claims)
    asked = ask_status(session, product_of(request).settings, clock, seen, person_id=viewer.person_id)
    worked_out.ask_again(session, clock, candidates_question(viewer.practice_ids, clock.today()))
    refused = {one.claim_id for one in asked.refused}
    cents = sum(open_cents_of(session, [number for number in seen if number not in refused]).values())
    their_list = Filters.of(query_of(back)).address() if back else ""
    _say(request, asked, cents=cents, back=their_list or "/research")
    one_file = f"/research/{asked.batches[0].id}" if len(asked.batches) == 1 else "/research"
    return redirect(request, their_list or one_file)


@router.get("/research/{batch_id}")
def batch(request: Request, session: Database, clock: CurrentClock, viewer: CanView, batch_id: int) -> Response:
    """One file of inquiries: each claim, its answer, and the file as it left, in plain words."""
    found = find_batch(session, viewer.practice_ids, batch_id)
    if found is None:
        raise NotFound
    rows = inquiries_of(session, batch_id, clock.today())
    item = outbox_item(session, found)
    note_view(
        request, "research.view", object_type="inquiry_batch", object_id=batch_id, practice_id=found.practice_id
    )
    return render(
        request,
        "research/batch.html",
        batch=found,
        rows=rows,
        payer=session.get_one(Payer, found.payer_id),
        report=report_of([row.inquiry for row in rows], clock.today()),
        item=item,
        wire=content_of(product_of(request).settings, item).decode("utf-8", "replace") if item else "",
        states=STATES,
        remedy=_remedy(session, found),
    )


@router.post("/research/{batch_id}/again")
def ask_again(request: Request, session: Database, clock: CurrentClock, viewer: CanWork, batch_id: int) -> Response:
    """Ask anew about the claims of a file that was refused, when what was wrong is mended."""
    found = find_batch(session, viewer.practice_ids, batch_id)
    if found is None:
        raise NotFound
    refused = [
        row.claim.id or 0
        for row in inquiries_of(session, batch_id, clock.today())
        if row.inquiry.state == InquiryState.FAILED
    ]
    asked = ask_status(session, product_of(request).settings, clock, refused, person_id=viewer.person_id)
    _say(request, asked, nothing="Nothing of it was refused.")
    new = asked.batches[0].id if len(asked.batches) == 1 else batch_id
    return redirect(request, f"/research/{new}")


def _remedy(session: Session, batch: InquiryBatch) -> str:
    refusal = session.get(InquiryRefusal, batch.refusal_id) if batch.refusal_id else None
    return remedy(refusal.kind, refusal.category) if refusal else ""


class Line(NamedTuple):
    """One file as the page before it shows it."""

    payer: str
    practice: str
    asked: list[tuple[ClaimHead, int, Question]]
    cents: int


def _seen(session: Session, viewer: Viewer, claims: list[int] | None) -> list[int]:
    """Of the claims named, those behind no wall."""
    heads = heads_by_ids(session, list(dict.fromkeys(claims or []))[:MOST])
    return [number for number, head in heads.items() if viewer.sees(head.claim.practice_id)]


def _say(
    request: Request,
    asked: Asked,
    *,
    nothing: str = "None of them could be asked about.",
    back: str = "/research",
    cents: int | None = None,
) -> None:
    if asked.inquiries:
        claims = "1 claim" if asked.inquiries == 1 else f"{asked.inquiries:,} claims"
        files = "the file waits" if len(asked.batches) == 1 else f"{len(asked.batches)} files wait"
        made = [("batch", batch.id) for batch in asked.batches[:MOST_UNDONE]]
        undo = f"/inquiries/undo?{urlencode([*made, ('back', back)])}" if len(made) == len(asked.batches) else ""
        dollars = "" if cents is None else f", {format_cents(cents)}"
        toast(request, f"{claims}{dollars}: asked about; {files} in the outbox.", undo=undo)
    for one in asked.refused[:3]:
        toast(request, f"{one.number}: {one.why}", kind="warning")
    if len(asked.refused) > 3:
        toast(request, f"{len(asked.refused) - 3:,} more could not be asked about.", kind="warning")
    if not asked.inquiries and not asked.refused:
        toast(request, nothing, kind="info")

"""Batch appeals on screen: the groups that one argument could answer, the drafts, and the queue with exact counts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from app.appeals.batch import MOST, groups, members, papers_of, queue_batch, start_batch
from app.appeals.leave import mark_sent
from app.appeals.pdf import PdfUnavailable
from app.appeals.queries import appeals_of_batch, find_batch
from app.appeals.start import AppealRefused
from app.appeals.tables import AppealState
from app.appeals.words import WORDS
from app.audit.actor import act_as
from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.tables import Payer
from app.core.db import read_scope, session_scope
from app.core.money import format_cents
from app.core.outbox import TooLate
from app.web.errors import Conflict, Invalid, NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database, actor_in, note_view, product_of
from app.web.toasts import toast
from edi.codes.explain import explain_reason

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.CLAIMS_VIEW))]
CanAppeal = Annotated[Viewer, Depends(require(Permission.APPEALS_SUBMIT))]
Text = Annotated[str, Form()]


@router.get("/appeals/batch")
def choose(
    request: Request, session: Database, viewer: CanView, practice: int = 0, payer: int = 0, reason: str = ""
) -> Response:
    """The groups, or the claims of one of them."""
    found = groups(session, viewer.practice_ids)
    chosen = next(
        (one for one in found if (one.practice_id, one.payer_id, one.reason) == (practice, payer, reason)), None
    )
    rows = members(session, practice, payer, reason) if chosen else []
    note_view(request, "appeals.batch.view", object_type="appeal_batch", detail={"claims": len(rows)})
    return render(
        request,
        "appeals/batch.html",
        groups=found,
        chosen=chosen,
        rows=rows,
        most=MOST,
        meanings={one.reason: explain_reason(one.reason) for one in found},
        **WORDS,
    )


@router.post("/appeals/batch")
def draft(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanAppeal,
    practice: Annotated[int, Form()] = 0,
    payer: Annotated[int, Form()] = 0,
    reason: Text = "",
    claim: Annotated[list[int] | None, Form()] = None,
    argument: Text = "",
) -> Response:
    """Drafts for the chosen claims; nothing leaves yet."""
    if practice not in viewer.practice_ids:
        raise NotFound
    try:
        batch, left_out = start_batch(
            *(session, clock),
            practice_id=practice,
            payer_id=payer,
            reason=reason,
            claim_ids=claim or [],
            argument=argument,
            signer=viewer.name,
            person_id=viewer.person_id,
        )
    except AppealRefused as refusal:
        raise Invalid(str(refusal)) from refusal
    for one in left_out:
        toast(request, f"{one.number} was left out: {one.why}", kind="warning")
    toast(request, f"{batch.claims} drafts for {format_cents(batch.cents)}. Look at them, then queue them.")
    return redirect(request, f"/appeals/batches/{batch.id}")


@router.get("/appeals/batches/{batch_id}")
def one(request: Request, session: Database, viewer: CanView, batch_id: int) -> Response:
    """The batch with its appeals."""
    batch = find_batch(session, viewer.practice_ids, batch_id)
    if batch is None:
        raise NotFound
    rows = appeals_of_batch(session, batch)
    drafts = [row.appeal for row in rows if row.appeal.state == AppealState.DRAFT]
    ready = [row.appeal for row in rows if row.appeal.state == AppealState.READY]
    note_view(
        request, "appeals.batch.view", object_type="appeal_batch", object_id=batch_id, practice_id=batch.practice_id
    )
    return render(
        request,
        "appeals/batch_made.html",
        batch=batch,
        rows=rows,
        payer=session.get_one(Payer, batch.payer_id),
        draft_count=len(drafts),
        draft_cents=sum(appeal.amount_cents for appeal in drafts),
        ready_count=len(ready),
        meaning=explain_reason(batch.reason),
        **WORDS,
    )


@router.post("/appeals/batches/{batch_id}/queue")
def queue(request: Request, viewer: CanAppeal, batch_id: int) -> Response:
    """Every draft's packet into the outbox. The pages are set first, while others may write."""
    product = product_of(request)
    settings, clock = product.settings, product.clock
    try:
        with read_scope(product.engine) as reading:
            found = find_batch(reading, viewer.practice_ids, batch_id)
            papers = papers_of(reading, settings, clock, found) if found else {}
        with session_scope(product.engine) as session:
            act_as(session, lambda: actor_in(request), clock)
            batch = find_batch(session, viewer.practice_ids, batch_id)
            if batch is None:
                raise NotFound
            queued = queue_batch(*(session, settings, clock, batch), person_id=viewer.person_id, papers=papers)
    except (ValueError, PdfUnavailable) as refusal:
        raise Invalid(str(refusal)) from refusal
    for one in queued.left_out:
        toast(request, f"{one.number} stays a draft: {one.why}", kind="warning")
    toast(request, f"{queued.claims} appeals for {format_cents(queued.cents)} are in the outbox.")
    return redirect(request, f"/appeals/batches/{batch_id}")


@router.post("/appeals/batches/{batch_id}/sent")
def say_sent(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanAppeal,
    batch_id: int,
    how: Text = "",
    proof: Text = "",
) -> Response:
    """The whole batch left together, under one proof."""
    batch = find_batch(session, viewer.practice_ids, batch_id)
    if batch is None:
        raise NotFound
    ready = [row.appeal for row in appeals_of_batch(session, batch) if row.appeal.state == AppealState.READY]
    try:
        for appeal in ready:
            mark_sent(session, clock, appeal, how=how, proof=proof, person_id=viewer.person_id)
    except TooLate as late:
        raise Conflict(str(late)) from late
    except ValueError as refusal:
        raise Invalid(str(refusal)) from refusal
    toast(request, f"{len(ready)} appeals sent.")
    return redirect(request, f"/appeals/batches/{batch_id}")

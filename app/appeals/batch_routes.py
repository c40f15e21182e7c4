"""Batch appeals on screen: the groups that one argument could answer, the drafts, and the queue with exact counts."""

from __future__ import annotations

from typing import Annotated, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from sqlmodel import Session

from app.appeals.batch import MOST, Group, groups, members, papers_of, queue_batch, start_batch, undo_batch
from app.appeals.chosen import sort_out
from app.appeals.leave import mark_sent
from app.appeals.pdf import PdfUnavailable
from app.appeals.queries import appeals_of_batch, find_batch
from app.appeals.start import AppealRefused
from app.appeals.tables import AppealBatch, AppealState
from app.appeals.words import WORDS
from app.audit.actor import act_as
from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.tables import Payer
from app.core.clock import Clock
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
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanView,
    practice: int = 0,
    payer: int = 0,
    reason: str = "",
    claims: Annotated[list[int] | None, Query()] = None,
    back: str = "",
) -> Response:
    """The claims that somebody ticked, sorted into batches; else the groups, or the claims of one of them.

    `back`: the list in which they were ticked.
    """
    if claims:
        return _ticked(request, session, clock, viewer, claims, back)
    found = groups(session, viewer.practice_ids)
    chosen = next(
        (one for one in found if (one.practice_id, one.payer_id, one.reason) == (practice, payer, reason)), None
    )
    return _group(request, session, viewer, found, chosen)


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
    claims: Annotated[list[int] | None, Form()] = None,
    argument: Text = "",
    back: Text = "",
) -> Response:
    """Drafts for the chosen claims of one group; nothing leaves yet. `claims`: all that were ticked before."""
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
        session.rollback()
        typed = Typed(practice, payer, reason, claim or [], argument, str(refusal))
        if claims:
            return _ticked(request, session, clock, viewer, claims, back, typed)
        found = groups(session, viewer.practice_ids)
        return _group(request, session, viewer, found, next(filter(typed.is_of, found), None), typed)
    for one in left_out:
        toast(request, f"{one.number} was left out: {one.why}", kind="warning")
    drafts = "1 draft" if batch.claims == 1 else f"{batch.claims} drafts"
    known = _query(claims if claims and len(claims) <= MOST else None)  # a toast travels in a cookie, which is small
    undo = f"/appeals/batches/{batch.id}/undo{known}"
    toast(request, f"{drafts} for {format_cents(batch.cents)}. Look at them, then queue them.", undo=undo)
    return redirect(request, f"/appeals/batches/{batch.id}{_query(claims)}")


@router.post("/appeals/batches/{batch_id}/undo")
def undo(
    request: Request,
    session: Database,
    viewer: CanAppeal,
    batch_id: int,
    claims: Annotated[list[int] | None, Query()] = None,
) -> Response:
    """The drafts go, but for those that somebody has worked on since."""
    batch = _batch_of(session, viewer, batch_id)
    gone = undo_batch(session, batch)
    left = batch.claims
    stays = (
        f" {left} {'stays' if left == 1 else 'stay'}: somebody has worked on {'it' if left == 1 else 'them'} since."
    )
    toast(request, f"Taken back: {gone} {'draft' if gone == 1 else 'drafts'}.{stays if left else ''}")
    if left:
        return redirect(request, f"/appeals/batches/{batch_id}")
    return redirect(request, f"/appeals/batch{_query(claims)}")


class Typed(NamedTuple):
    """What a refused form held, so that nothing of it is lost."""

    practice_id: int
    payer_id: int
    reason: str
    claim_ids: list[int]
    argument: str
    refusal: str

    def is_of(self, group: Group) -> bool:
        return (group.practice_id, group.payer_id, group.reason) == (self.practice_id, self.payer_id, self.reason)


def _batch_of(session: Session, viewer: Viewer, batch_id: int) -> AppealBatch:
    """The batch, or 404: what is behind a wall looks like what is not there."""
    batch = find_batch(session, viewer.practice_ids, batch_id)
    if batch is None:
        raise NotFound
    return batch


def _query(claims: list[int] | None) -> str:
    return "?" + urlencode({"claims": claims}, doseq=True) if claims else ""


def _ticked(
    request: Request,
    session: Session,
    clock: Clock,
    viewer: Viewer,
    claim_ids: list[int],
    back: str,
    typed: Typed | None = None,
) -> Response:
    found = sort_out(session, clock, viewer.practice_ids, claim_ids)
    note_view(request, "appeals.batch.view", object_type="appeal_batch", detail={"claims": found.claims})
    return render(
        request,
        "appeals/chosen.html",
        status=422 if typed else 200,
        sorted_out=found,
        claims=claim_ids,
        back=back,
        typed=typed,
        meanings={each.group.reason: explain_reason(each.group.reason) for each in found.groups},
        **WORDS,
    )


def _group(
    request: Request,
    session: Session,
    viewer: Viewer,
    found: list[Group],
    chosen: Group | None,
    typed: Typed | None = None,
) -> Response:
    rows = members(session, chosen.practice_id, chosen.payer_id, chosen.reason) if chosen else []
    note_view(request, "appeals.batch.view", object_type="appeal_batch", detail={"claims": len(rows)})
    return render(
        request,
        "appeals/batch.html",
        status=422 if typed else 200,
        groups=found,
        chosen=chosen,
        rows=rows,
        most=MOST,
        typed=typed,
        meanings={one.reason: explain_reason(one.reason) for one in found},
        **WORDS,
    )


@router.get("/appeals/batches/{batch_id}")
def one(
    request: Request,
    session: Database,
    viewer: CanView,
    batch_id: int,
    claims: Annotated[list[int] | None, Query()] = None,
) -> Response:
    """The batch with its appeals; `claims` are those ticked before, to go back to the others."""
    batch = _batch_of(session, viewer, batch_id)
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
        claims=claims or [],
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
            batch = _batch_of(session, viewer, batch_id)
            queued = queue_batch(*(session, settings, clock, batch), person_id=viewer.person_id, papers=papers)
    except (ValueError, PdfUnavailable) as refusal:
        raise Invalid(str(refusal)) from refusal
    for one in queued.left_out:
        toast(request, f"{one.number} stays a draft: {one.why}", kind="warning")
    said = "1 appeal" if queued.claims == 1 else f"{queued.claims} appeals"
    toast(request, f"{said} for {format_cents(queued.cents)} in the outbox: there they can still be taken back.")
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
    batch = _batch_of(session, viewer, batch_id)
    ready = [row.appeal for row in appeals_of_batch(session, batch) if row.appeal.state == AppealState.READY]
    try:
        for appeal in ready:
            mark_sent(session, clock, appeal, how=how, proof=proof, person_id=viewer.person_id)
    except TooLate as late:
        raise Conflict(str(late)) from late
    except ValueError as refusal:
        raise Invalid(str(refusal)) from refusal
    toast(request, "1 appeal sent." if len(ready) == 1 else f"{len(ready)} appeals sent.")
    return redirect(request, f"/appeals/batches/{batch_id}")

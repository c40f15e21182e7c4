"""This payer is the same as that one: what it would do, the act, and the way back."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session

from app.audit.actor import act_as
from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.payer_merge import MergeRefused
from app.claims.tables import Payer, PayerMerge
from app.core.db import session_scope
from app.followup.payer_routes import IDENTIFIER_WORDS, KIND_LABELS
from app.followup.payers import payers_of
from app.followup.rank_beside import rank_everything
from app.followup.same_payer import look, make_same, part_again
from app.web.errors import NotFound
from app.web.pages import redirect, render
from app.web.product import Database, actor_in, product_of
from app.web.toasts import toast

router = APIRouter()
CanManage = Annotated[Viewer, Depends(require(Permission.TABLES_MANAGE))]


@router.get("/payers/{payer_id}/same")
def would_do(request: Request, session: Database, viewer: CanManage, payer_id: int, other: int = 0) -> Response:
    """The exact counts and dollars, what goes out of use, and what stands against it."""
    first, second = _pair(session, viewer, payer_id, other)
    return render(
        request,
        "payers/same.html",
        same=look(session, viewer.practice_ids, first, second),
        kind_labels=KIND_LABELS,
        identifier_words=IDENTIFIER_WORDS,
    )


@router.post("/payers/{payer_id}/same")
def make(request: Request, viewer: CanManage, payer_id: int, other: Annotated[int, Form()] = 0) -> Response:
    """Everything moves in one transaction; then all claims are ranked anew."""
    product = product_of(request)
    with session_scope(product.engine) as session:
        act_as(session, lambda: actor_in(request), product.clock)
        first, second = _pair(session, viewer, payer_id, other)
        try:
            made = make_same(
                session, viewer.practice_ids, first, second, person_name=viewer.name, clock=product.clock
            )
        except MergeRefused as refusal:
            session.rollback()
            toast(request, str(refusal), kind="warning")
            return redirect(request, f"/payers/{payer_id}/same?other={other}")
        merge_id, claims, said = made.id, made.claims, f"{first.name} is {second.name} from now on"
    rank_everything(product.engine, product.clock, trigger="payers")
    toast(request, f"{said}; {claims:,} claims moved.", undo=f"/payers/merges/{merge_id}/undo")
    return redirect(request, f"/payers/{other}")


@router.post("/payers/merges/{merge_id}/undo")
def undo(request: Request, viewer: CanManage, merge_id: int) -> Response:
    """Two payers again, each with the rows that it had."""
    product = product_of(request)
    with session_scope(product.engine) as session:
        act_as(session, lambda: actor_in(request), product.clock)
        made = session.get(PayerMerge, merge_id)
        if made is None or made.into_id not in {each.id for each in payers_of(session, viewer.practice_ids)}:
            raise NotFound
        from_id, into_id = made.from_id, made.into_id
        try:
            part_again(session, viewer.practice_ids, made, clock=product.clock)
        except MergeRefused as refusal:
            session.rollback()
            toast(request, str(refusal), kind="warning")
            return redirect(request, f"/payers/{into_id}#same")
    rank_everything(product.engine, product.clock, trigger="payers")
    toast(request, "Taken apart: they are two payers again.")
    return redirect(request, f"/payers/{from_id}")


def _pair(session: Session, viewer: Viewer, payer_id: int, other: int) -> tuple[Payer, Payer]:
    """Both are payers of the viewer's practices, and not the same row."""
    known = {each.id: each for each in payers_of(session, viewer.practice_ids)}
    if payer_id == other or payer_id not in known or other not in known:
        raise NotFound
    return known[payer_id], known[other]

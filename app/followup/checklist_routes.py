"""Ticking off the playbook's steps of a denial, on the claim."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.code_ways import code_ways
from app.followup.bench import bench_address, claim_of, query_of
from app.followup.checklist import UnknownStep, steps_done, tick, untick
from app.followup.claim_screen import denial_view
from app.followup.filters import Filters
from app.matching.tables import Denial
from app.web.errors import Invalid, NotFound
from app.web.pages import is_fragment, redirect, render
from app.web.product import CurrentClock, Database
from app.web.toasts import toast

router = APIRouter()
CanWork = Annotated[Viewer, Depends(require(Permission.CLAIMS_WORK))]


@router.post("/denials/{denial_id}/steps")
def mark_step(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanWork,
    denial_id: int,
    done: Annotated[str, Form(max_length=500)] = "",
    undone: Annotated[str, Form(max_length=500)] = "",
    back: Annotated[str, Form(max_length=2000)] = "",
) -> Response:
    """The button that was pressed names the step, as done or as not done after all."""
    denial = session.get(Denial, denial_id)
    if denial is None or denial.practice_id not in viewer.practice_ids:
        raise NotFound
    claim = claim_of(session, viewer, denial.claim_id)
    try:
        if done and not tick(session, denial, done, person_id=viewer.person_id, clock=clock):
            toast(request, "A colleague had ticked that step already.", kind="info")
        if undone:
            untick(session, denial, undone)
    except UnknownStep as error:
        raise Invalid("The playbook has no such step any more. Load the page again.") from error
    session.flush()
    filters = Filters.of(query_of(back))
    if is_fragment(request):
        ways = code_ways(session.connection())
        view = denial_view(claim.payer_id, denial, ways, steps_done(session, denial.claim_id))
        return render(request, "work/checklist.html", block="checklist", view=view, filters=filters)
    return redirect(request, f"{bench_address(filters.query(), denial.claim_id)}#steps-{denial_id}")

"""The workbench: queues, the ranked list, the claim. The address holds all of it.

One page serves three sizes: the whole bench for a browser, one pane of it when htmx names a pane as its target
(`bench_page.py`).
"""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.queries import successor_of
from app.followup.bench import choices, claim_of, screen_of
from app.followup.bench_page import around, bench_page, claim_form
from app.followup.claim_screen import edi_address
from app.followup.filters import Filters
from app.followup.views import default_query, title_of
from app.followup.wire_source import UnknownSource, charge_of_line, wire_source
from app.followup.worklist import page
from app.web.errors import NotFound
from app.web.pages import is_fragment, redirect, render
from app.web.product import CurrentClock, Database, note_view, product_of
from app.web.toasts import toast
from workqueues.queues import queues

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.CLAIMS_VIEW))]

PRINTED_ROWS = 200  # a worklist on paper: more is a report


@router.get("/work")
def work(request: Request, session: Database, clock: CurrentClock, viewer: CanView) -> Response:
    """The bench with the queue, filters, order and claim that the address names."""
    query = dict(request.query_params)
    if not query:
        first = default_query(session, viewer)
        if first:
            return redirect(request, f"/work?{first}")
    if "" in query.values():  # as a form of choices sends them: the address that stays is the one to pass on
        return redirect(request, _said_shortly(query))
    return bench_page(request, session, clock, viewer, query)


def _said_shortly(query: dict[str, str]) -> str:
    """The same list without what is left open; what is no filter (the claim, a pane) stays."""
    names = {"all", *(field.name for field in fields(Filters))}
    beside = urlencode({name: value for name, value in query.items() if value and name not in names})
    address = Filters.of(query).address()
    return f"{address}&{beside}" if beside else address


@router.get("/work/print")
def worklist_on_paper(request: Request, session: Database, clock: CurrentClock, viewer: CanView) -> Response:
    """The list that the address names, as a table for paper."""
    filters = Filters.of(dict(request.query_params))
    found = page(
        *(session, viewer.practice_ids, filters, clock),
        person_id=viewer.person_id,
        limit=PRINTED_ROWS,
        is_counted=False,
    )
    note_view(request, "worklist.print", object_type="worklist", object_id=filters.query() or "all")
    return render(
        request,
        "work/print.html",
        filters=filters,
        page=found,
        **around(session, viewer, filters, found, clock),
        queue=next((queue for queue in queues() if queue.key == filters.queue), None),
        list_title=title_of(filters),
        **choices(clock),
    )


@router.get("/claims/{claim_id}")
def claim(request: Request, session: Database, clock: CurrentClock, viewer: CanView, claim_id: int) -> Response:
    """One claim by itself: what a link in a message opens, and what is printed.

    A claim that proved to be another one leads there: its answers, money and history went along.
    """
    successor = successor_of(session, viewer.practice_ids, claim_id)
    if successor is not None:
        toast(request, "This claim, known only from a payer's answer, proved to be the one shown here.", kind="info")
        return redirect(request, f"/claims/{successor}")
    screen, why = screen_of(request, session, clock, viewer, claim_id)
    return render(
        request,
        "work/claim_page.html",
        block="claim",
        screen=screen,
        why=why,
        filters=Filters(),
        **claim_form(request, session, clock, viewer, dict(request.query_params), screen),
    )


@router.get("/claims/{claim_id}/edi")
def edi_source(
    request: Request,
    session: Database,
    viewer: CanView,
    claim_id: int,
    of: str = "",
    row: int = 0,
    segment: int = 0,
    element: int = 0,
    line: int = 0,
) -> Response:
    """The wire text behind a figure, the segment lit and the element underlined.

    `line` in place of a segment: what the line of that number charges.
    """
    found = claim_of(session, viewer, claim_id)
    try:
        source = wire_source(session, product_of(request).settings, claim_id, of=of, row=row)
    except UnknownSource as error:
        raise NotFound from error
    if line and not segment:
        segment, element = charge_of_line(source.lines, line)
        if segment and not is_fragment(request):  # a page opens at the segment that its address names
            return redirect(request, edi_address(claim_id, of, row, segment, element))
    note_view(request, "claim.edi.view", object_type="claim", object_id=claim_id, practice_id=found.practice_id)
    return render(
        request, "work/edi.html", block="drawer", claim=found, source=source, segment=segment, element=element
    )

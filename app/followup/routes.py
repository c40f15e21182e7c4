"""The workbench: queues, the ranked list, the claim. The address holds all of it.

One page serves three sizes: the whole bench for a browser, one pane of it when htmx names a pane as its target.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session

from app.auth.kept_forms import kept_form
from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.queries import successor_of
from app.core.clock import Clock
from app.followup.bench import choices, claim_of, kind_for, screen_of
from app.followup.chips import chips_of
from app.followup.choosable import Named, choosable
from app.followup.claim_screen import ClaimScreen
from app.followup.filters import Filters
from app.followup.left_pane import left_pane
from app.followup.list_rows import list_rows, row_address
from app.followup.owed_dates import owed_date
from app.followup.owners import owner_name
from app.followup.recent import recent_claims
from app.followup.views import default_query, title_of, view_lines
from app.followup.wire_source import UnknownSource, wire_source
from app.followup.worklist import Page, page
from app.web.errors import NotFound
from app.web.pages import is_fragment, redirect, render
from app.web.product import CurrentClock, Database, note_view, product_of
from app.web.toasts import toast
from workqueues.queues import queues

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.CLAIMS_VIEW))]

PANES = {"pane-claim": "claim", "pane-list": "list", "list-more": "more"}
PRINTED_ROWS = 200  # a worklist on paper: more is a report


@router.get("/work")
def work(request: Request, session: Database, clock: CurrentClock, viewer: CanView) -> Response:
    """The bench with the queue, filters, order and claim that the address names."""
    query = dict(request.query_params)
    if not query:
        first = default_query(session, viewer)
        if first:
            return redirect(request, f"/work?{first}")
    filters = Filters.of(query)
    named = query.get("claim", "")
    claim_id = int(named) if named.isascii() and named.isdigit() else 0
    block = PANES.get(request.headers.get("hx-target", ""), "content") if is_fragment(request) else "content"
    if block == "claim":
        return _only_claim(request, session, clock, viewer, filters, claim_id)
    found = page(
        session,
        viewer.practice_ids,
        filters,
        clock,
        person_id=viewer.person_id,
        after=query.get("after", ""),
        is_counted=False,
    )
    is_whole = block == "content"
    shown = claim_id or (found.rows[0].claim_id if found.rows and not is_fragment(request) else 0)
    screen, why = screen_of(request, session, clock, viewer, shown) if is_whole else (None, None)
    form = _form(request, session, clock, viewer, query, screen) if is_whole else choices(clock)
    around = {} if block == "more" else _around(session, viewer, found, clock, whole=is_whole)
    return render(
        request,
        "work/bench.html",
        block=block,
        filters=filters,
        queue=next((queue for queue in queues() if queue.key == filters.queue), None),
        list_title=title_of(filters),
        page=found,
        rows=list_rows(
            found.rows,
            filters,
            today=clock.today(),
            may_work=viewer.may(Permission.CLAIMS_WORK),
            shown=shown,
        ),
        row_address=row_address(filters),
        screen=screen,
        why=why,
        chosen=claim_id,
        shown=shown,
        pane="claim" if claim_id else "queues" if query.get("pane") == "queues" else "list",
        **around,
        **form,
    )


def _only_claim(
    request: Request, session: Session, clock: Clock, viewer: Viewer, filters: Filters, claim_id: int
) -> Response:
    """The right pane alone: what a step through the list asks for, so it reads nothing else."""
    screen, why = screen_of(request, session, clock, viewer, claim_id)
    form = _form(request, session, clock, viewer, dict(request.query_params), screen)
    return render(request, "work/claim_page.html", block="pane", filters=filters, screen=screen, why=why, **form)


def _around(session: Session, viewer: Viewer, page: Page, clock: Clock, *, whole: bool = False) -> dict[str, Any]:
    """The list's total, its chips and the choices of the filter form; with the left pane when the whole bench is
    asked for."""
    filters = page.listed.filters
    named, counted = choosable(session, viewer.practice_ids, None if page.counted else page.listed)
    named = named._replace(people=_people(session, viewer, filters, named.people))
    listed = {
        **named._asdict(),
        "chips": chips_of(filters, **named._asdict()),
        "total": page.counted or counted,
    }
    if not whole:
        return listed
    return {
        **listed,
        **left_pane(session, viewer, clock)._asdict(),
        "views": view_lines(session, viewer, clock),
        "recent": recent_claims(session, viewer, clock),
    }


def _people(session: Session, viewer: Viewer, filters: Filters, people: Named) -> Named:
    """Who a list may be narrowed to; also somebody who works no more, where the list is already theirs."""
    asked = int(filters.owner) if filters.owner.isascii() and filters.owner.isdigit() else 0
    if not asked or asked in dict(people):
        return people
    name = owner_name(session, viewer.practice_ids, asked)
    return (*people, (asked, name)) if name else people


def _form(
    request: Request,
    session: Session,
    clock: Clock,
    viewer: Viewer,
    query: dict[str, str],
    screen: ClaimScreen | None,
) -> dict[str, Any]:
    """The claim page's choices; the address may preselect the kind of work (`do`) and a note (`template`).

    `kept`: back from a sign-in that had ended while somebody typed; what they typed stands in the form again.
    """
    found = choices(clock)
    if viewer.may(Permission.CLAIMS_WORK):
        found["owed"] = owed_date(session, viewer, clock, but=screen.head.claim.id if screen else 0)
    action = screen.row.action if screen and screen.row else ""
    if "do" in query or query.get("guided"):
        found["typed"] = {"kind": query.get("do") or kind_for(action)}
    for template in screen.note_templates if screen else []:
        if template.key == query.get("template"):
            found["typed"] = {"kind": template.kind, "note": template.text}
    if "kept" in query and screen is not None:
        kept = kept_form(request, session, viewer, f"/claims/{screen.head.claim.id}/touches")
        found.update(typed=kept or found["typed"], is_restored=bool(kept))
    if query.get("need") == "date":
        found["refusal"] = "Choose when it should come back: it leaves the list with a next date."
    return found


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
        **_around(session, viewer, found, clock),
        queue=next((queue for queue in queues() if queue.key == filters.queue), None),
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
        **_form(request, session, clock, viewer, dict(request.query_params), screen),
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
) -> Response:
    """The wire text behind a figure, the segment lit and the element underlined."""
    found = claim_of(session, viewer, claim_id)
    try:
        source = wire_source(session, product_of(request).settings, claim_id, of=of, row=row)
    except UnknownSource as error:
        raise NotFound from error
    note_view(request, "claim.edi.view", object_type="claim", object_id=claim_id, practice_id=found.practice_id)
    return render(
        request, "work/edi.html", block="drawer", claim=found, source=source, segment=segment, element=element
    )

"""The bench as a page: the list that an address names, its left pane, and the claim beside it.

Routes that refuse a form of the list (a view's name that is taken) answer with the same page, the form as typed.
"""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from sqlmodel import Session

from app.auth.kept_forms import kept_form
from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.core.clock import Clock
from app.followup.bench import choices, kind_for, screen_of
from app.followup.chips import chips_of
from app.followup.choosable import Named, choosable
from app.followup.claim_screen import ClaimScreen
from app.followup.filters import Filters
from app.followup.left_pane import left_pane
from app.followup.list_rows import list_rows, row_address
from app.followup.owed_dates import owed_date
from app.followup.owners import owner_name
from app.followup.recent import recent_claims
from app.followup.views import title_of, view_lines, view_shown
from app.followup.worklist import Page, page
from app.web.pages import is_fragment, render
from workqueues.queues import queues

PANES = {"pane-claim": "claim", "pane-list": "list", "list-more": "more"}


def bench_page(
    request: Request,
    session: Session,
    clock: Clock,
    viewer: Viewer,
    query: dict[str, str],
    *,
    view_form: dict[str, Any] | None = None,
) -> Response:
    """The bench that the address names. `view_form`: what was typed of a view and refused, with the reason."""
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
    form = claim_form(request, session, clock, viewer, query, screen) if is_whole else choices(clock)
    beside = {} if block == "more" else around(session, viewer, filters, found, clock, whole=is_whole)
    return render(
        request,
        "work/bench.html",
        block=block,
        status=422 if view_form else 200,
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
        view_form=view_form or {},
        **beside,
        **form,
    )


def _only_claim(
    request: Request, session: Session, clock: Clock, viewer: Viewer, filters: Filters, claim_id: int
) -> Response:
    """The right pane alone: what a step through the list asks for, so it reads nothing else."""
    screen, why = screen_of(request, session, clock, viewer, claim_id)
    form = claim_form(request, session, clock, viewer, dict(request.query_params), screen)
    return render(request, "work/claim_page.html", block="pane", filters=filters, screen=screen, why=why, **form)


def around(
    session: Session, viewer: Viewer, filters: Filters, page: Page, clock: Clock, *, whole: bool = False
) -> dict[str, Any]:
    """The list's total, its chips and the choices of the filter form; with the left pane when the whole bench is
    asked for."""
    named, counted = choosable(session, viewer.practice_ids, None if page.counted else page.listed)
    named = named._replace(people=_people(session, viewer, filters, named.people))
    listed = {
        **named._asdict(),
        "chips": chips_of(filters, **named._asdict()),
        "total": page.counted or counted,
    }
    if not whole:
        return listed
    views = view_lines(session, viewer, clock)
    return {
        **listed,
        **left_pane(session, viewer, clock)._asdict(),
        "views": views,
        "view": view_shown(views, filters),
        "recent": recent_claims(session, viewer, clock),
    }


def _people(session: Session, viewer: Viewer, filters: Filters, people: Named) -> Named:
    """Who a list may be narrowed to; also somebody who works no more, where the list is already theirs."""
    asked = int(filters.owner) if filters.owner.isascii() and filters.owner.isdigit() else 0
    if not asked or asked in dict(people):
        return people
    name = owner_name(session, viewer.practice_ids, asked)
    return (*people, (asked, name)) if name else people


def claim_form(
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

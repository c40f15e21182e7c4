"""The workbench: queues, the ranked list, the claim. The address holds all of it.

One page serves three sizes: the whole bench for a browser, one pane of it when htmx names a pane as its target.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.queries import find_claim, practices
from app.claims.tables import Claim
from app.core.clock import Clock
from app.followup.claim_screen import ClaimScreen, claim_screen
from app.followup.filters import AGES, OLDEST, SORTS, Filters
from app.followup.lease import give_back, holder_of, take_lease
from app.followup.rank import rerank_claims
from app.followup.tables import Touch
from app.followup.touch import KIND_LABELS, OUTCOME_LABELS, Draft, TouchRefused, touch_claim, undo_touch
from app.followup.why import Why, why_of
from app.followup.wire_source import UnknownSource, wire_source
from app.followup.words import WORDS
from app.followup.worklist import find_row, neighbour_id, next_claim_id, page, payers_in, queue_lines
from app.matching.queries import count_unmatched, unmatched
from app.web.errors import NotFound
from app.web.pages import is_fragment, redirect, render
from app.web.product import CurrentClock, Database, note_view, product_of
from app.web.toasts import toast
from workqueues.queues import queues

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.CLAIMS_VIEW))]
CanWork = Annotated[Viewer, Depends(require(Permission.CLAIMS_WORK))]

PANES = {"pane-claim": "claim", "pane-list": "list", "list-more": "more"}
PARK_DAYS = ("7", "14", "30")
AGE_LABELS = {**{key: f"{key} days" for key in AGES}, OLDEST: "over 180 days"}
SORT_LABELS = {
    "rank": "Dollars per minute",
    "balance": "Largest balance",
    "age": "Oldest",
    "deadline": "Nearest deadline",
}


@router.get("/work")
def work(request: Request, session: Database, clock: CurrentClock, viewer: CanView) -> Response:
    """The bench with the queue, filters, order and claim that the address names."""
    query = dict(request.query_params)
    filters = Filters.of(query)
    claim_id = int(query["claim"]) if query.get("claim", "").isdigit() else 0
    block = PANES.get(request.headers.get("hx-target", ""), "content")
    shown = claim_id or None
    found = page(
        session, viewer.practice_ids, filters, clock, person_id=viewer.person_id, after=query.get("after", "")
    )
    if shown is None and found.rows and block == "content" and not is_fragment(request):
        shown = found.rows[0].claim_id
    screen, why = _screen(request, session, clock, viewer, shown)
    return render(
        request,
        "work/bench.html",
        block=block,
        filters=filters,
        lines=queue_lines(session, viewer.practice_ids),
        queue=next((queue for queue in queues() if queue.key == filters.queue), None),
        queue_labels={queue.key: queue.label for queue in queues()},
        page=found,
        screen=screen,
        why=why,
        chosen=claim_id,
        pane="claim" if claim_id else "list",
        unmatched=count_unmatched(session, viewer.practice_ids),
        practices=[(each.id, each.name) for each in practices(session, viewer.practice_ids)],
        payers=payers_in(session, viewer.practice_ids),
        age_labels=AGE_LABELS,
        sorts={key: SORT_LABELS[key] for key in SORTS},
        **_choices(clock),
    )


@router.get("/work/next")
def next_claim(request: Request, session: Database, clock: CurrentClock, viewer: CanWork) -> Response:
    """The best claim for this person now, in the list that the address names."""
    query = dict(request.query_params)
    filters = Filters.of(query)
    past = int(query["past"]) if query.get("past", "").isdigit() else 0
    found = next_claim_id(session, viewer.practice_ids, filters, clock, person_id=viewer.person_id, past=past)
    if found is None:
        toast(request, "Nothing left to work in this list.", kind="info")
        return redirect(request, f"/work?{filters.query()}")
    return redirect(request, _bench(filters.query(), found))


@router.get("/claims/{claim_id}")
def claim(request: Request, session: Database, clock: CurrentClock, viewer: CanView, claim_id: int) -> Response:
    """One claim by itself: what a link in a message opens, and what is printed."""
    screen, why = _screen(request, session, clock, viewer, claim_id)
    return render(
        request,
        "work/claim_page.html",
        screen=screen,
        why=why,
        filters=Filters(),
        **_choices(clock),
    )


@router.get("/unmatched")
def unmatched_payments(request: Request, session: Database, viewer: CanView) -> Response:
    """Answers that have found no claim of ours, with their money in unapplied cash."""
    return render(request, "unmatched/index.html", rows=unmatched(session, viewer.practice_ids))


@router.post("/claims/{claim_id}/lease")
def lease(request: Request, session: Database, clock: CurrentClock, viewer: CanWork, claim_id: int) -> Response:
    """Take the quiet hold on an opened claim; answers with who holds it."""
    found = _claim(session, viewer, claim_id)
    held = take_lease(
        session,
        claim_id=claim_id,
        practice_id=found.practice_id,
        person_id=viewer.person_id,
        name=viewer.name,
        clock=clock,
    )
    holder = held if held.person_id != viewer.person_id else None
    return render(request, "work/lease.html", block="holder", holder=holder)


@router.post("/claims/{claim_id}/touches")
def add_touch(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanWork,
    claim_id: int,
    kind: Annotated[str, Form()],
    note: Annotated[str, Form()] = "",
    outcome: Annotated[str, Form()] = "",
    minutes: Annotated[str, Form()] = "",
    next_on: Annotated[str, Form()] = "",
    call_reference: Annotated[str, Form()] = "",
    representative: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
    park: Annotated[str, Form()] = "",
) -> Response:
    """Keep a piece of work. With a next date the claim leaves the list and the next one opens."""
    found = _claim(session, viewer, claim_id)
    typed = {
        "kind": kind,
        "note": note,
        "outcome": outcome,
        "minutes": minutes,
        "next_on": _parked_until(park, clock) or next_on,
        "call_reference": call_reference,
        "representative": representative,
    }
    filters = Filters.of(_query(back))
    holder = holder_of(session, claim_id, clock)
    try:
        draft = Draft.checked(**typed, today=clock.today())
        if holder is not None and holder.person_id != viewer.person_id:
            raise TouchRefused(f"{holder.person_name} has this claim open. Your note is still here; try again later.")
    except TouchRefused as refusal:
        return _typed_again(request, session, clock, viewer, claim_id, filters, typed, str(refusal))
    row = find_row(session, viewer.practice_ids, claim_id, clock, viewer.person_id)
    following = None
    if draft.next_on is not None:
        following = neighbour_id(session, viewer.practice_ids, filters, clock, person_id=viewer.person_id, row=row)
    made = touch_claim(
        session,
        found,
        draft,
        person_id=viewer.person_id,
        clock=clock,
        queue=row.queue if row else "",
        action=row.action if row else "",
    )
    rerank_claims(session, clock, [claim_id])
    give_back(session, claim_id=claim_id, person_id=viewer.person_id)
    said = f"Parked until {draft.next_on:%b} {draft.next_on.day}" if draft.next_on else "Kept"
    toast(
        request, f"{said}: {found.patient_control_number}", undo=f"/touches/{made.id}/undo?{_back(filters, claim_id)}"
    )
    return redirect(request, _bench(filters.query(), following or (claim_id if draft.next_on is None else 0)))


@router.post("/touches/{touch_id}/undo")
def take_back(request: Request, session: Database, clock: CurrentClock, viewer: CanWork, touch_id: int) -> Response:
    """Undo one's own touch: the claim is back where it stood."""
    made = session.get(Touch, touch_id)
    filters = Filters.of(dict(request.query_params))
    if made is None or made.practice_id not in viewer.practice_ids or made.person_id != viewer.person_id:
        raise NotFound
    claim_id = made.claim_id
    undo_touch(session, made)
    rerank_claims(session, clock, [claim_id])
    toast(request, "Taken back.")
    return redirect(request, _bench(filters.query(), claim_id))


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
    found = _claim(session, viewer, claim_id)
    try:
        source = wire_source(session, product_of(request).settings, claim_id, of=of, row=row)
    except UnknownSource as error:
        raise NotFound from error
    note_view(request, "claim.edi.view", object_type="claim", object_id=claim_id, practice_id=found.practice_id)
    return render(
        request, "work/edi.html", block="drawer", claim=found, source=source, segment=segment, element=element
    )


def _screen(
    request: Request, session: Session, clock: Clock, viewer: Viewer, claim_id: int | None
) -> tuple[ClaimScreen | None, Why | None]:
    if not claim_id:
        return None, None
    screen = claim_screen(session, viewer.practice_ids, claim_id, clock, person_id=viewer.person_id)
    if screen is None:
        raise NotFound
    claim = screen.head.claim
    note_view(
        request,
        "claim.view",
        object_type="claim",
        object_id=claim_id,
        practice_id=claim.practice_id,
        patient_id=claim.patient_id,
    )
    return screen, why_of(session, claim_id, clock)


def _claim(session: Session, viewer: Viewer, claim_id: int) -> Claim:
    """The claim, or 404: what is behind a wall looks like what is not there."""
    head = find_claim(session, viewer.practice_ids, claim_id)
    if head is None:
        raise NotFound
    return head.claim


def _typed_again(
    request: Request,
    session: Session,
    clock: Clock,
    viewer: Viewer,
    claim_id: int,
    filters: Filters,
    typed: dict[str, str],
    refusal: str,
) -> Response:
    """The form as it was typed, with what was wrong: nothing is lost."""
    screen, why = _screen(request, session, clock, viewer, claim_id)
    return render(
        request,
        "work/claim_page.html",
        block="claim",
        status=422,
        screen=screen,
        why=why,
        filters=filters,
        **{**_choices(clock), "typed": typed, "refusal": refusal},
    )


def _choices(clock: Clock) -> dict[str, Any]:
    """What the forms and the words of the claim page need."""
    return {
        **WORDS,
        "park_days": PARK_DAYS,
        "tomorrow": (clock.today() + timedelta(days=1)).isoformat(),
        "kinds": [(kind.value, label) for kind, label in KIND_LABELS.items()],
        "outcomes": [("", "No outcome yet"), *((key.value, label) for key, label in OUTCOME_LABELS.items())],
        "typed": {},
        "refusal": "",
    }


def _parked_until(days: str, clock: Clock) -> str:
    """The date of a "park for so many days" button."""
    return (clock.today() + timedelta(days=int(days))).isoformat() if days in PARK_DAYS else ""


def _bench(query: str, claim_id: int) -> str:
    parts = [query] if query else []
    if claim_id:
        parts.append(f"claim={claim_id}")
    return "/work" + ("?" + "&".join(parts) if parts else "")


def _back(filters: Filters, claim_id: int) -> str:
    query = filters.query()
    return f"{query}&claim={claim_id}" if query else f"claim={claim_id}"


def _query(text: str) -> dict[str, str]:
    return dict(parse_qsl(text))

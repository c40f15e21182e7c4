"""Taking a claim up, recording what was done, taking it back, and the next one."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session, col, select

from app.auth.kept_forms import forget_form
from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.core.clock import Clock
from app.followup.bench import (
    PARK_DAYS,
    back_query,
    bench_address,
    choices,
    claim_of,
    events_since,
    query_of,
    screen_of,
)
from app.followup.filters import Filters
from app.followup.lease import give_back, give_back_others, holder_of, seize, take_lease
from app.followup.narrow import RESTING
from app.followup.next_best import neighbour_id, next_to_hold
from app.followup.rank import rerank_claims
from app.followup.tables import Touch
from app.followup.touch import OUTCOME_DAYS, Draft, Outcome, TouchRefused, kept_just_now, touch_claim
from app.followup.undo_touch import is_undone, undo_touch
from app.followup.work_row import WorkRow, find_row
from app.web.errors import Conflict, NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database
from app.web.toasts import toast

MOST_TRIES = 100  # to hold a claim that others reach for too: more than ever take at once

router = APIRouter()
CanWork = Annotated[Viewer, Depends(require(Permission.CLAIMS_WORK))]


@router.post("/work/next")
def next_claim(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanWork,
    past: Annotated[str, Form()] = "",
    guided: Annotated[str, Form()] = "",
) -> Response:
    """Serve the best claim for this person now, in the list that the address names, and hold it for them."""
    filters = Filters.of({**dict(request.query_params), **({"guided": guided} if guided else {})})
    past_id = int(past) if past.isascii() and past.isdigit() else 0
    if past_id and _lacks_a_date(session, viewer, past_id, clock):
        toast(request, "Say when it should come back first: a worked claim leaves with a next date.", kind="warning")
        return redirect(request, bench_address(filters.query(), past_id) + "&need=date#touch")
    found = serve(session, viewer, filters, clock, past=past_id)
    if found is None:
        toast(request, "Nothing left to work in this list.", kind="info")
    return redirect(request, bench_address(filters.query(), found or 0))


def serve(session: Session, viewer: Viewer, filters: Filters, clock: Clock, *, past: int = 0) -> int | None:
    """The next best claim, leased to this person; another's faster hand only moves us to the one after."""
    for _ in range(MOST_TRIES):
        found = next_to_hold(session, viewer.practice_ids, filters, clock, person_id=viewer.person_id, past=past)
        if found is None:
            return None
        if seize(
            session,
            claim_id=found.claim_id,
            practice_id=found.practice_id,
            person_id=viewer.person_id,
            name=viewer.name,
            clock=clock,
        ):
            if past:
                give_back(session, claim_id=past, person_id=viewer.person_id)
            return found.claim_id
    raise Conflict("Others are taking from this list at this moment. Ask for the next one again.")


@router.post("/claims/{claim_id}/lease")
def lease(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanWork,
    claim_id: int,
    keep: Annotated[list[int] | None, Form()] = None,
) -> Response:
    """Take the quiet hold on an opened claim, or renew it; answers with who holds it.

    Whoever walks a list holds the claim they look at, not all that they passed; but also those in `keep`: something
    typed there waits to be saved.
    """
    found = claim_of(session, viewer, claim_id)
    give_back_others(session, claim_ids=[claim_id, *(keep or [])], person_id=viewer.person_id)
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


@router.get("/claims/{claim_id}/touches")
def claim_again(request: Request, session: Database, viewer: CanWork, claim_id: int) -> Response:
    """The address that stands above a refused form: opened again, it is the claim."""
    return redirect(request, f"/claims/{claim_of(session, viewer, claim_id).id}")


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
    quick: Annotated[str, Form()] = "",
    seen: Annotated[str, Form()] = "",
    strength: Annotated[str, Form()] = "",
    promised: Annotated[str, Form()] = "",
    promised_on: Annotated[str, Form()] = "",
    join: Annotated[str, Form()] = "",
    then: Annotated[str, Form()] = "",
) -> Response:
    """Keep a piece of work. With a next date the claim leaves the list and the next one opens.

    `join`: save although somebody else has the claim open, by the button pressed before ("park:7", "quick:sent",
    "save"). `then`: the claim to go back to, for one that is only given its next date.
    """
    found = claim_of(session, viewer, claim_id)
    filters = Filters.of(query_of(back))
    typed = {
        "kind": kind,
        "note": note,
        "outcome": outcome,
        "minutes": minutes,
        "next_on": next_on,
        "call_reference": call_reference,
        "representative": representative,
        "strength": strength,
        "promised": promised,
        "promised_on": promised_on,
    }
    how, _, pressed = join.partition(":")
    park, quick = (pressed if how == "park" else park), (pressed if how == "quick" else quick)
    row = find_row(session, viewer.practice_ids, claim_id, clock, viewer.person_id)
    conflict = _conflict(session, viewer, claim_id, row, seen, clock, is_joining=bool(join))
    if conflict:
        typed["join"] = f"park:{park}" if park else f"quick:{quick}" if quick else "save"
        return _typed_again(
            request, session, clock, viewer, claim_id, filters, typed, conflict, seen=seen, status=409
        )
    try:
        draft = Draft.checked(**{**typed, **_chosen(typed, park, quick, row, clock)}, today=clock.today())
    except TouchRefused as refusal:
        return _typed_again(request, session, clock, viewer, claim_id, filters, typed, str(refusal))
    following = None
    if draft.next_on is not None and not filters.guided:
        following = neighbour_id(session, viewer.practice_ids, filters, clock, person_id=viewer.person_id, row=row)
    touch_id = kept_just_now(session, claim_id, draft, person_id=viewer.person_id, clock=clock)
    if touch_id is None:
        queue, action = (row.queue, row.action) if row else ("", "")
        made = touch_claim(session, found, draft, person_id=viewer.person_id, clock=clock, queue=queue, action=action)
        touch_id = made.id
        forget_form(request, session, request.url.path)
        rerank_claims(session, clock, [claim_id])
    if draft.next_on is not None:
        give_back(session, claim_id=claim_id, person_id=viewer.person_id)
        if filters.guided:
            following = serve(session, viewer, filters, clock, past=claim_id)
    said = _said(draft)
    undo = f"/touches/{touch_id}/undo?{back_query(filters, claim_id)}"
    toast(request, f"{said}: {found.patient_control_number}", undo=undo)
    if then.isascii() and then.isdigit():
        return redirect(request, bench_address(filters.query(), int(then)))
    return redirect(request, bench_address(filters.query(), following or (claim_id if draft.next_on is None else 0)))


@router.post("/touches/{touch_id}/undo")
def take_back(request: Request, session: Database, clock: CurrentClock, viewer: CanWork, touch_id: int) -> Response:
    """Undo one's own touch: the claim is back where it stood. Pressed twice, it says so."""
    made = session.get(Touch, touch_id)
    query = dict(request.query_params)
    filters, named = Filters.of(query), query.get("claim", "")
    if made is None and named.isascii() and named.isdigit():
        by, behind = viewer.person_id, viewer.practice_ids
        if is_undone(session, touch_id, claim_id=int(named), person_id=by, practice_ids=behind):
            toast(request, "That was taken back already.", kind="info")
            return redirect(request, bench_address(filters.query(), int(named)))
    if made is None or made.practice_id not in viewer.practice_ids or made.person_id != viewer.person_id:
        raise NotFound
    claim_id = made.claim_id
    undo_touch(session, made, clock=clock)
    rerank_claims(session, clock, [claim_id])
    toast(request, "Taken back.")
    return redirect(request, bench_address(filters.query(), claim_id))


def _chosen(typed: dict[str, str], park: str, quick: str, row: WorkRow | None, clock: Clock) -> dict[str, str]:
    """What the button that was pressed adds to what was typed: a date, an outcome, what wakes the claim.

    `park` is "7" days, "answer", or "deadline-14"; `quick` an outcome, with the days after which it is worth
    looking again unless a date was typed.
    """
    today = clock.today()
    if quick in set(Outcome) and typed["promised_on"] and not typed["next_on"]:
        return {"outcome": quick}  # the day of the promise says when
    if quick in set(Outcome):
        until = typed["next_on"] or (today + timedelta(days=OUTCOME_DAYS[Outcome(quick)])).isoformat()
        return {"outcome": quick, "next_on": until}
    if park in PARK_DAYS:
        return {"next_on": (today + timedelta(days=int(park))).isoformat()}
    if park == "answer":
        return {"wake": "answer"}
    kind, _, days = park.partition("-")
    if kind == "deadline" and days.isascii() and days.isdigit():
        if row is None or row.deadline is None:
            raise TouchRefused("No deadline is configured for this claim: choose a date instead.")
        until_day = row.deadline - timedelta(days=int(days[:3]))
        if until_day <= today:
            raise TouchRefused(f"Its deadline is {row.deadline:%b} {row.deadline.day}: that is too near to park it.")
        return {"wake": "deadline", "next_on": until_day.isoformat()}
    return {}


def _conflict(
    session: Session,
    viewer: Viewer,
    claim_id: int,
    row: WorkRow | None,
    seen: str,
    clock: Clock,
    *,
    is_joining: bool = False,
) -> str:
    """Why this form may not be kept as it is; "" when nothing stands in its way."""
    holder = "" if is_joining else _other_holder(session, viewer, claim_id, row, clock)
    if holder:
        return f"{holder} has this claim open. Nothing is saved yet; your note is still here."
    if events_since(session, claim_id, seen):
        return "This claim has changed since you opened it. Nothing is saved yet; your note is still here."
    return ""


def _other_holder(session: Session, viewer: Viewer, claim_id: int, row: WorkRow | None, clock: Clock) -> str:
    """Who else has it open: its line says so; a claim that is in no list has none."""
    if row is not None:
        return row.holder
    found = holder_of(session, claim_id, clock)
    return found.person_name if found is not None and found.person_id != viewer.person_id else ""


def _lacks_a_date(session: Session, viewer: Viewer, claim_id: int, clock: Clock) -> bool:
    """Did this person touch the claim today and leave it without a next date?"""
    row = find_row(session, viewer.practice_ids, claim_id, clock, viewer.person_id)
    if row is None or row.queue in RESTING:
        return False
    last = session.exec(
        select(Touch)
        .where(Touch.claim_id == claim_id, Touch.person_id == viewer.person_id)
        .order_by(col(Touch.id).desc())
        .limit(1)
    ).first()
    return last is not None and last.next_on is None and last.at >= clock.now() - timedelta(hours=12)


def _said(draft: Draft) -> str:
    if draft.next_on is None:
        return "Kept"
    until = f"{draft.next_on:%b} {draft.next_on.day}"
    return f"Parked until the payer answers, or {until}" if draft.wake == "answer" else f"Parked until {until}"


def _typed_again(
    request: Request,
    session: Session,
    clock: Clock,
    viewer: Viewer,
    claim_id: int,
    filters: Filters,
    typed: dict[str, str],
    refusal: str,
    *,
    seen: str = "",
    status: int = 422,
) -> Response:
    """The form as it was typed, with what was wrong and what is new: nothing is lost."""
    screen, why = screen_of(request, session, clock, viewer, claim_id)
    return render(
        request,
        "work/claim_page.html",
        block="claim",
        status=status,
        screen=screen,
        why=why,
        filters=filters,
        **{
            **choices(clock),
            "typed": typed,
            "refusal": refusal,
            "meanwhile": events_since(session, claim_id, seen),
        },
    )

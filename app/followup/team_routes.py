"""The supervisor's page: today's plan, who is in, what slips through, and write-offs that wait for a decision."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, Response

from app.audit.record import write_events
from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.core.money import format_cents
from app.followup.bench import team_of
from app.followup.bulk import BulkRefused, assign, chosen_claims
from app.followup.narrow import RESTING
from app.followup.owners import lost_owners, return_to_pool
from app.followup.pools import pools
from app.followup.tables import WorkDay
from app.followup.team import loose_ends, team_day
from app.followup.work_day import DayChanged, set_day, undo_day
from app.followup.worklist import payers_in
from app.followup.write_offs import WRITE_OFF, count_waiting, waiting_lines
from app.ledger.second_person import ONE_APPROVAL_CENTS, may_decide
from app.web.errors import Invalid, NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database
from app.web.show import day as long_day
from app.web.toasts import toast
from workqueues.queues import queues

router = APIRouter()
CanAssign = Annotated[Viewer, Depends(require(Permission.CLAIMS_ASSIGN))]
LONGEST_DAY_MINUTES = 720


@router.get("/team")
def team(request: Request, session: Database, clock: CurrentClock, viewer: CanAssign) -> Response:
    """Everything a supervisor decides in the morning."""
    waiting = waiting_lines(session, viewer.practice_ids)
    undecided = [(line, may_decide(WRITE_OFF, line.request, viewer)) for line in waiting]
    plan = team_day(session, viewer.practice_ids, clock)
    return render(
        request,
        "team/index.html",
        team=plan,
        in_all={  # of what the rows show, so that the column foots
            "minutes": sum(round(each.planned_minutes) for each in plan.people),
            "here": sum(each.day.minutes for each in plan.people),
            "expected_cents": sum(round(each.expected_cents) for each in plan.people),
        },
        loose=loose_ends(session, viewer.practice_ids, clock),
        lost=lost_owners(session, viewer.practice_ids),
        waiting=undecided,
        may_count=sum(may for _, may in undecided),
        waiting_count=count_waiting(session, viewer.practice_ids),
        waiting_cents=sum(line.request.cents for line in waiting),
        limit_cents=ONE_APPROVAL_CENTS,
        pools=pools(session, viewer.practice_ids, plan.people),
        queue_labels={queue.key: queue.label for queue in queues()},
        skills=tuple((queue.key, queue.label) for queue in queues() if queue.key not in RESTING),
        payers=tuple(tuple(each) for each in payers_in(session, viewer.practice_ids)),
    )


@router.post("/team/{person_id}/day")
def save_day(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanAssign,
    person_id: int,
    minutes: Annotated[str, Form()] = "",
    queues_worked: Annotated[list[str] | None, Form()] = None,
    payers_known: Annotated[list[int] | None, Form()] = None,
    out_until: Annotated[str, Form()] = "",
) -> Response:
    """Minutes of claim work, special skills, payers this person knows, in or out until a day; one undo."""
    person = next((each for each in team_of(session, viewer.practice_ids) if each.id == person_id), None)
    if person is None:
        raise NotFound
    if not (minutes.isascii() and minutes.isdigit() and int(minutes) <= LONGEST_DAY_MINUTES):
        raise Invalid(f"Minutes should be a whole number up to {LONGEST_DAY_MINUTES}.")
    known = {queue.key for queue in queues()}
    day = WorkDay(
        person_id=person_id,
        minutes=int(minutes),
        queues=" ".join(key for key in queues_worked or [] if key in known),
        payer_ids=" ".join(str(number) for number in payers_known or []),
        out_until=_last_day_out(out_until, clock.today()),
    )
    made = set_day(session, day)
    write_events(session)  # the number of the act's event is what undoes it
    said = f"out until {long_day(day.out_until)}" if day.out_until else f"{day.minutes} minutes a day"
    toast(request, f"{person.name}: {said}.", undo=f"/team/days/{made.id}/undo")
    return redirect(request, "/team")


@router.post("/team/days/{number}/undo")
def undo(request: Request, session: Database, viewer: CanAssign, number: int) -> Response:
    """The day that stood before stands again; `number` is that of the act's event."""
    try:
        undo_day(session, number, by_id=viewer.person_id)
    except DayChanged as refusal:
        toast(request, str(refusal), kind="warning")
    else:
        toast(request, "Taken back.")
    return redirect(request, "/team")


@router.post("/team/deal")
def deal(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanAssign,
    person_id: Annotated[int, Form()],
) -> Response:
    """Give one person what today's plan has for them from the pool; one undo takes it back."""
    plan = team_day(session, viewer.practice_ids, clock)
    found = next((each for each in plan.people if each.account.id == person_id), None)
    if found is None:
        raise NotFound
    chosen = chosen_claims(session, viewer.practice_ids, found.pool_ids)
    try:
        act = assign(session, chosen, person_id, person_id=viewer.person_id, clock=clock)
    except BulkRefused:
        toast(request, f"The plan has nothing from the pool for {found.account.name}.", kind="info")
    else:
        count = "1 claim" if act.claims == 1 else f"{act.claims} claims"
        said = f"{count}, {format_cents(act.open_cents)}: given to {found.account.name}."
        toast(request, said, undo=f"/bulk/{act.id}/undo")
    return redirect(request, "/team")


@router.post("/team/{person_id}/return")
def to_the_pool(
    request: Request, session: Database, clock: CurrentClock, viewer: CanAssign, person_id: int
) -> Response:
    """What somebody owns and cannot work is the pool's again; one undo."""
    try:
        act = return_to_pool(session, viewer.practice_ids, person_id, person_id=viewer.person_id, clock=clock)
    except BulkRefused:
        toast(request, "Nothing is left to return.", kind="info")
    else:
        count = "1 claim is" if act.claims == 1 else f"{act.claims:,} claims are"
        toast(request, f"{count} back in the pool, {format_cents(act.open_cents)}.", undo=f"/bulk/{act.id}/undo")
    return redirect(request, "/team")


def _last_day_out(text: str, today: date) -> date | None:
    if not text.strip():
        return None
    try:
        until = date.fromisoformat(text.strip())
    except ValueError as error:
        raise Invalid("The last day away should look like 2026-12-31.") from error
    return until if until >= today else None  # a day that is over: back

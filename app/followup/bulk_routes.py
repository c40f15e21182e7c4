"""Acts on many claims: a page that says exactly which and how many dollars, the acts, and one undo."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from sqlmodel import Session

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.core.clock import Clock
from app.core.money import format_cents
from app.followup.bench import PARK_DAYS, back_query, bench_address, choices, query_of, team_of
from app.followup.bulk import (
    MOST_CLAIMS,
    BulkRefused,
    Chosen,
    assign,
    chosen_claims,
    note_all,
    owners_of,
    park_all,
    route_to_write_off,
    undo_bulk,
)
from app.followup.bulk_page import about_them, ending_by
from app.followup.filters import Filters
from app.followup.tables import BulkAct
from app.followup.touch import Draft, TouchRefused
from app.followup.work_row import rows_of
from app.followup.worklist import page
from app.followup.write_offs import askable
from app.web.errors import Conflict, NotAllowed, NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database
from app.web.toasts import toast

router = APIRouter()
CanWork = Annotated[Viewer, Depends(require(Permission.CLAIMS_WORK))]

POOL = "pool"


@router.get("/work/bulk")
def choose(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanWork,
    claims: Annotated[list[int] | None, Query()] = None,
    whole: str = "",
    back: str = "",
) -> Response:
    """What was ticked, or the whole list that `back` names up to the limit, with its exact count and dollars."""
    filters = Filters.of(query_of(back))
    wanted, goes_on = claims or [], False
    if whole:
        found = page(session, viewer.practice_ids, filters, clock, person_id=viewer.person_id, limit=MOST_CLAIMS)
        wanted, goes_on = [row.claim_id for row in found.rows], bool(found.after)
    return _page(request, session, clock, viewer, wanted, filters, {}, goes_on=goes_on)


@router.post("/work/bulk")
def act(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanWork,
    act: Annotated[str, Form()],
    claims: Annotated[list[int] | None, Form()] = None,
    ticked: Annotated[list[int] | None, Form()] = None,
    counted: Annotated[int, Form()] = 0,
    owner: Annotated[str, Form()] = "",
    until: Annotated[str, Form()] = "",
    park: Annotated[str, Form()] = "",
    note: Annotated[str, Form()] = "",
    reason: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "",
    then: Annotated[int, Form()] = 0,
) -> Response:
    """Do it to all of `claims`, or to none; `ticked` are those of the page, where the act can do only some.

    `then`: the claim to go back to, for an act on one that is open.
    """
    filters = Filters.of(query_of(back))
    typed = {"act": act, "owner": owner, "until": until, "park": park, "note": note, "reason": reason}
    chosen = chosen_claims(session, viewer.practice_ids, claims or [])
    if counted and len(chosen.claim_ids) != counted:
        left = len(chosen.claim_ids)
        still = f"{left} {'is' if left == 1 else 'are'} still open"
        typed["refusal"] = f"Of the {counted} claims, {still}. Look again, then repeat."
        return _page(request, session, clock, viewer, ticked or chosen.claim_ids, filters, typed, status=409)
    try:
        made, said = _done(session, clock, viewer, chosen, typed)
    except (BulkRefused, TouchRefused) as refusal:
        typed["refusal"] = str(refusal)
        session.rollback()
        return _page(request, session, clock, viewer, ticked or claims or [], filters, typed, status=422)
    count = "1 claim" if made.claims == 1 else f"{made.claims} claims"
    text = f"{count}, {format_cents(made.open_cents)}: {said}"
    toast(request, text, undo=f"/bulk/{made.id}/undo?{back_query(filters, then) if then else filters.query()}")
    return redirect(request, bench_address(filters.query(), then) if then else filters.address())


@router.post("/bulk/{bulk_id}/undo")
def undo(
    request: Request, session: Database, clock: CurrentClock, viewer: CanWork, bulk_id: int, claim: int = 0
) -> Response:
    """One undo for the whole act, by whoever did it."""
    made = session.get(BulkAct, bulk_id)
    if made is None or made.person_id != viewer.person_id:
        raise NotFound
    if made.undone_at is not None:
        raise Conflict("It was taken back already.")
    undone = undo_bulk(session, made, clock=clock)
    left = made.claims - undone
    count = "1 claim" if undone == 1 else f"{undone} claims"
    changed = f" {left} changed since and {'stays as it is' if left == 1 else 'stay as they are'}." if left else ""
    if undone:
        toast(request, f"Taken back for {count}.{changed}")
    else:
        toast(request, f"Nothing was taken back.{changed}", kind="warning")
    filters = Filters.of(dict(request.query_params))
    return redirect(request, bench_address(filters.query(), claim) if claim else filters.address())


def _done(
    session: Session, clock: Clock, viewer: Viewer, chosen: Chosen, typed: dict[str, str]
) -> tuple[BulkAct, str]:
    """The act, and what it did in words. Raises BulkRefused or TouchRefused."""
    by = viewer.person_id
    kind = typed["act"]
    if kind == "assign":
        return _given(session, clock, viewer, chosen, typed["owner"])
    if kind == "park":
        return _parked(session, clock, viewer, chosen, typed)
    if kind == "note":
        return note_all(session, chosen, typed["note"], person_id=by, clock=clock), "noted."
    if kind == "write_off":
        asked = askable(session, chosen.claim_ids)
        chosen = Chosen(chosen.claim_ids, asked.open_cents)
        made = route_to_write_off(session, chosen, typed["reason"], person_id=by, clock=clock)
        return made, "sent to write-off review."
    raise BulkRefused("Choose what to do with them.")


def _given(session: Session, clock: Clock, viewer: Viewer, chosen: Chosen, owner: str) -> tuple[BulkAct, str]:
    """To whom it is to be given, those that are not theirs already."""
    if not viewer.may(Permission.CLAIMS_ASSIGN) and owner not in ("", POOL, str(viewer.person_id)):
        raise NotAllowed("Only a supervisor gives claims to somebody else.")
    person = next((each for each in team_of(session, viewer.practice_ids) if str(each.id) == owner), None)
    if person is None and owner != POOL:
        raise BulkRefused("Choose a person of the team, or the pool.")
    to_id, name = (person.id, person.name) if person else (None, "the pool")
    owners = owners_of(session, chosen.claim_ids)
    others = [number for number in chosen.claim_ids if owners.get(number) != to_id]
    left = len(chosen.claim_ids) - len(others)
    where = "in the pool" if to_id is None else f"{name}’s"
    if chosen.claim_ids and not others:
        raise BulkRefused(f"{'It is' if left == 1 else f'All {left} are'} {where} already.")
    if left:
        chosen = chosen_claims(session, viewer.practice_ids, others)
    made = assign(session, chosen, to_id, person_id=viewer.person_id, clock=clock)
    already = f" {left} {'was' if left == 1 else 'were'} {where} already." if left else ""
    return made, f"given to {name}.{already}"


def _parked(
    session: Session, clock: Clock, viewer: Viewer, chosen: Chosen, typed: dict[str, str]
) -> tuple[BulkAct, str]:
    """Until a day that was typed, so many days, or the payer's answer."""
    park, until = typed["park"], typed["until"]
    if park in PARK_DAYS:
        until = (clock.today() + timedelta(days=int(park))).isoformat()
    draft = Draft.checked(
        kind="note",
        note=typed["note"],
        outcome="",
        minutes="",
        next_on="" if park == "answer" else until,
        call_reference="",
        representative="",
        today=clock.today(),
        wake="answer" if park == "answer" else "date",
    )
    if draft.next_on is None:
        raise BulkRefused("Choose the date on which they come back.")
    made = park_all(
        session, chosen, draft.next_on, draft.note, person_id=viewer.person_id, clock=clock, wake=draft.wake
    )
    ending = ending_by(session, chosen.claim_ids, clock.today(), draft.next_on)
    said = f"parked until {_day(draft.next_on)}"
    if draft.wake == "answer":
        said = f"parked until the payer answers, {_day(draft.next_on)} at the latest"
    return made, said + (
        f". Of these, {ending} {'has its' if ending == 1 else 'have their'} last day before." if ending else "."
    )


def _page(
    request: Request,
    session: Session,
    clock: Clock,
    viewer: Viewer,
    claim_ids: list[int],
    filters: Filters,
    typed: dict[str, str],
    *,
    status: int = 200,
    goes_on: bool = False,
) -> Response:
    """`goes_on`: the list has more than an act can take."""
    chosen = chosen_claims(session, viewer.practice_ids, claim_ids)
    people = [(str(person.id), person.name) for person in team_of(session, viewer.practice_ids)]
    if viewer.may(Permission.CLAIMS_ASSIGN):
        people = [("", "Choose …"), *people]
    else:
        people = [(number, name) for number, name in people if number == str(viewer.person_id)]
    rows = rows_of(session, viewer.practice_ids, chosen.claim_ids, clock, viewer.person_id)
    shown: dict[str, Any] = {
        **choices(clock),
        "chosen": chosen,
        "rows": rows,
        "people": [*people, (POOL, "The pool")],
        "about": about_them(session, rows, clock.today()),
        "goes_on": goes_on,
        "write_off": askable(session, chosen.claim_ids),
        "numbers": {row.claim_id: row.patient_control_number for row in rows},
        "filters": filters,
        "most": MOST_CLAIMS,
        "left_out": len(set(claim_ids)) - len(chosen.claim_ids),
        "typed": typed,
        "refusal": typed.get("refusal", ""),
    }
    return render(request, "work/bulk.html", status=status, **shown)


def _day(value: date) -> str:
    return f"{value:%b} {value.day}"

"""The refile page: which way, the claim as fields, what differs, what stands against it, the EDI, and release."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response
from sqlmodel import Session

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.core.clock import Clock
from app.core.outbox import TooLate
from app.followup.lease import holder_of
from app.refiling.code_groups import DIAGNOSIS_GROUPS, GROUPS
from app.refiling.desk import RefileDesk, refile_desk, writes_a_claim
from app.refiling.form import (
    DATES,
    MOST_NEW_LINES,
    ROLES,
    attachment_rows,
    fields_of,
    is_dependent,
    new_lines_of,
)
from app.refiling.line_sheet import line_sheet
from app.refiling.next_payer import NextPayer, NoNextPayer, next_payer, prepare_next
from app.refiling.paper import NoPaper, claim_form, correction_worksheet, reasons
from app.refiling.prepare import SAMPLE_NUMBER, Prepared, changes_of, prepare, preview, written
from app.refiling.release import Choice, RefileRefused, release, undo_release
from app.refiling.route import ROUTE_LABELS, Route
from app.refiling.tables import Refile
from app.refiling.typed import TypedWrong, edits_of
from app.web.errors import Conflict, Invalid, NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database, note_view, product_of
from app.web.toasts import toast
from edi.describe import OPEN, explained
from edi.x837.difference import ROLES as ROLE_LABELS
from edi.x837.difference import Difference
from edi.x837.edits import NO_EDITS

router = APIRouter()
CanRefile = Annotated[Viewer, Depends(require(Permission.CLAIMS_REFILE))]

LONGEST_MINUTES = 480.0
PDF = "application/pdf"


async def typed_fields(request: Request) -> dict[str, str]:
    """Every text field of the form, by its name. A button that turns the page or adds lines says where to be next."""
    form = await request.form()
    typed = {name: value for name, value in form.items() if isinstance(value, str)}
    for button, place in (("go", "lines_from"), ("more_rows", "new_rows")):
        if button in typed:
            typed[place] = typed.pop(button)
    return typed


Typed = Annotated[dict[str, str], Depends(typed_fields)]


@router.get("/claims/{claim_id}/refile")
def refile_page(
    request: Request, session: Database, clock: CurrentClock, viewer: CanRefile, claim_id: int, route: str = ""
) -> Response:
    """The claim as it was sent, ready to be changed."""
    desk = _desk(request, session, clock, viewer, claim_id, {})
    note_view(
        request,
        "claim.refile.view",
        object_type="claim",
        object_id=claim_id,
        practice_id=desk.head.claim.practice_id,
        patient_id=desk.head.claim.patient_id,
    )
    return _page(request, session, clock, desk, _route(route, desk), {})


@router.post("/claims/{claim_id}/refile/check")
def check(
    request: Request, session: Database, clock: CurrentClock, viewer: CanRefile, claim_id: int, typed: Typed
) -> Response:
    """What was typed, held against every rule; nothing is kept."""
    desk = _desk(request, session, clock, viewer, claim_id, typed)
    return _page(request, session, clock, desk, _route(typed.get("route", ""), desk), typed, is_checked=True)


@router.post("/claims/{claim_id}/refile/lines")
def turn_lines(
    request: Request, session: Database, clock: CurrentClock, viewer: CanRefile, claim_id: int, typed: Typed
) -> Response:
    """Other lines of the claim, or more empty ones; what was typed goes along."""
    desk = _desk(request, session, clock, viewer, claim_id, typed)
    return _page(request, session, clock, desk, _route(typed.get("route", ""), desk), typed)


@router.post("/claims/{claim_id}/refile/difference")
def show_difference(
    request: Request, session: Database, clock: CurrentClock, viewer: CanRefile, claim_id: int, typed: Typed
) -> Response:
    """What differs so far, while it is typed."""
    desk = _desk(request, session, clock, viewer, claim_id, typed)
    changes, trouble = _changes(desk, _route(typed.get("route", ""), desk), typed)
    return render(request, "refiling/difference.html", changes=changes, trouble=trouble)


@router.post("/claims/{claim_id}/refile")
def release_refile(
    request: Request, session: Database, clock: CurrentClock, viewer: CanRefile, claim_id: int, typed: Typed
) -> Response:
    """Into the outbox; or the form as it was typed, with the rule that stands against it."""
    desk = _desk(request, session, clock, viewer, claim_id, typed)
    chosen = _route(typed.get("route", ""), desk)
    settings = product_of(request).settings
    holder = holder_of(session, claim_id, clock)
    destination = desk.destination(_number(typed.get("destination_id", "")))
    envelopes = desk.envelopes(settings, clock, destination)
    try:
        if desk.original is None or not writes_a_claim(chosen):
            raise RefileRefused("There is no claim to send on this way.")
        if holder is not None and holder.person_id != viewer.person_id:
            raise RefileRefused(f"{holder.person_name} has this claim open. What you typed is still here.")
        prepared, following = _prepared(request, session, clock, desk, chosen, typed)
        choice = Choice(
            route=chosen,
            override_reason=typed.get("override_reason", "")[:1000],
            person_id=viewer.person_id,
            destination=destination,
            minutes=_minutes(typed.get("minutes", "")),
            payer_id=following.payer_id if following else None,
        )
        made = release(
            session,
            settings,
            clock,
            head=desk.head,
            original=desk.original,
            known=desk.known,
            prepared=prepared,
            envelopes=envelopes,
            choice=choice,
        )
    except TypedWrong as wrong:
        return _page(request, session, clock, desk, chosen, typed, errors=wrong.errors)
    except (RefileRefused, NoNextPayer) as refused:
        return _page(request, session, clock, desk, chosen, typed, refusal=str(refused), is_checked=True)
    number = desk.head.claim.patient_control_number
    minutes = settings.undo_minutes
    toast(request, f"{number} leaves in {minutes} minutes.", undo=f"/refiles/{made.id}/undo")
    return redirect(request, "/work")


@router.post("/refiles/{refile_id}/undo")
def undo(request: Request, session: Database, clock: CurrentClock, viewer: CanRefile, refile_id: int) -> Response:
    """Take a refile out of the outbox while it waits there."""
    made = session.get(Refile, refile_id)
    if made is None or made.practice_id not in viewer.practice_ids:
        raise NotFound
    try:
        undo_release(session, made, clock)
    except TooLate as late:
        raise Conflict(str(late)) from late
    toast(request, "Taken back: nothing was sent.")
    return redirect(request, f"/claims/{made.claim_id}/refile")


@router.get("/claims/{claim_id}/refile/worksheet.pdf")
def worksheet(request: Request, session: Database, clock: CurrentClock, viewer: CanRefile, claim_id: int) -> Response:
    """What to correct in the practice's own system, on one page."""
    desk = _desk(request, session, clock, viewer, claim_id, {})
    return _pdf(request, desk, correction_worksheet, "worksheet", session)


@router.get("/claims/{claim_id}/refile/cms1500.pdf")
def cms1500(request: Request, session: Database, clock: CurrentClock, viewer: CanRefile, claim_id: int) -> Response:
    """The boxes of a CMS-1500 with what is known, the rest to be completed."""
    desk = _desk(request, session, clock, viewer, claim_id, {})
    return _pdf(request, desk, claim_form, "cms1500", session)


def _pdf(request: Request, desk: RefileDesk, make: Any, name: str, session: Session) -> Response:
    claim = desk.head.claim
    note_view(request, f"claim.{name}", object_type="claim", object_id=claim.id or 0, practice_id=claim.practice_id)
    try:
        content = make(session, desk, product_of(request).clock.today())
    except NoPaper as error:
        raise Invalid(str(error)) from error
    headers = {"content-disposition": f'inline; filename="{name}-{claim.id}.pdf"'}
    return Response(content, media_type=PDF, headers=headers)


def _desk(
    request: Request, session: Session, clock: Clock, viewer: Viewer, claim_id: int, typed: dict[str, str]
) -> RefileDesk:
    wrong_party = bool(typed.get("wrong_party"))
    settings = product_of(request).settings
    found = refile_desk(session, settings, clock, viewer.practice_ids, claim_id, wrong_party=wrong_party)
    if found is None:
        raise NotFound
    return found


def _route(name: str, desk: RefileDesk) -> Route:
    return Route(name) if name in set(Route) else desk.known.decided.route


def _prepared(
    request: Request, session: Session, clock: Clock, desk: RefileDesk, chosen: Route, typed: dict[str, str]
) -> tuple[Prepared, NextPayer | None]:
    """The claim of this route with what was typed. Raises TypedWrong, NoNextPayer, RefileRefused."""
    assert desk.original is not None
    destination = desk.destination(_number(typed.get("destination_id", "")))
    envelopes = desk.envelopes(product_of(request).settings, clock, destination)
    if chosen is Route.NEXT_PAYER:
        following = next_payer(session, desk.head.claim, desk.original)
        return prepare_next(session, desk.original, desk.known.answer, following, envelopes), following
    edits = edits_of(desk.original.claim, typed) if typed else NO_EDITS
    standing = desk.standing
    if chosen not in (Route.REPLACEMENT, Route.VOID, Route.VOID_THEN_NEW):
        standing = standing._replace(is_decided=None, last_day=None)  # a new claim is held against no decision
    try:
        return prepare(desk.original, edits, chosen, desk.original_reference, standing, envelopes), None
    except ValueError as error:
        raise RefileRefused(f"The claim cannot be edited: {error}.") from error


def _page(
    request: Request,
    session: Session,
    clock: Clock,
    desk: RefileDesk,
    chosen: Route,
    typed: dict[str, str],
    *,
    errors: dict[str, str] | None = None,
    refusal: str = "",
    is_checked: bool = False,
) -> Response:
    """The page in every state: opened, checked, refused."""
    errors = dict(errors or {})
    rule = desk.refusal(session, clock, chosen)
    prepared: Prepared | None = None
    following: NextPayer | None = None
    wire: list[tuple[str, str]] = []
    if desk.original is not None and writes_a_claim(chosen) and (is_checked or chosen is Route.NEXT_PAYER):
        try:
            prepared, following = _prepared(request, session, clock, desk, chosen, typed)
            wire = _preview(request, clock, desk, prepared, typed)
        except TypedWrong as wrong:
            errors = wrong.errors
        except (NoNextPayer, RefileRefused) as refused:
            refusal = refusal or str(refused)
    claim = desk.original.claim if desk.original else None
    sent = fields_of(claim, new_lines_of(typed)) if claim else {}
    values = {**sent, **typed}
    changes, trouble = _changes(desk, chosen, typed)
    return render(
        request,
        "refiling/page.html",
        status=422 if errors or (refusal and typed) else 200,
        desk=desk,
        claim=desk.head.claim,
        sent=claim,
        values=values,
        changes=prepared.changes if prepared else changes,
        trouble=trouble,
        errors=errors,
        refusal=refusal,
        rule=rule,
        chosen=chosen,
        proposed=desk.known.decided,
        routes=[(each.value, label) for each, label in ROUTE_LABELS.items()],
        route_labels=ROUTE_LABELS,
        writes=writes_a_claim(chosen),
        prepared=prepared,
        following=following,
        wire=wire,
        reasons=reasons(desk),
        roles=[(role, ROLE_LABELS.get(role, role)) for role in ROLES[claim.kind]] if claim else [],
        dates=list(DATES[claim.kind].items()) if claim else [],
        dependent=is_dependent(claim) if claim else False,
        attachment_rows=attachment_rows(claim) if claim else 0,
        sheet=line_sheet(claim, sent, values, errors) if claim else None,
        new_rows=new_lines_of(typed),
        most_new_rows=MOST_NEW_LINES,
        code_groups=(GROUPS[claim.kind], DIAGNOSIS_GROUPS[claim.kind]) if claim else ({}, {}),
        destinations=[*((each.id, each.name) for each in desk.destinations), (0, "Send by hand")],
        undo_minutes=product_of(request).settings.undo_minutes,
    )


def _changes(desk: RefileDesk, chosen: Route, typed: dict[str, str]) -> tuple[list[Difference], str]:
    """What differs from the claim as sent; or why that cannot be told yet."""
    if desk.original is None or not writes_a_claim(chosen) or chosen is Route.NEXT_PAYER:
        return [], ""
    try:
        edits = edits_of(desk.original.claim, typed) if typed else NO_EDITS
        return changes_of(desk.original, edits, chosen, desk.original_reference), ""
    except ValueError as wrong:
        return [], str(wrong)


def _preview(
    request: Request, clock: Clock, desk: RefileDesk, prepared: Prepared, typed: dict[str, str]
) -> list[tuple[str, str]]:
    """Each segment to be sent, with plain words under it."""
    assert desk.original is not None
    destination = desk.destination(_number(typed.get("destination_id", "")))
    envelopes = desk.envelopes(product_of(request).settings, clock, destination)
    try:
        content = written(desk.original.header, prepared.claim, envelopes, SAMPLE_NUMBER)
    except ValueError:
        return []  # a delimiter in a value: the rules above name the field
    return [("*".join(segment.elements), explained(segment, OPEN)) for segment in preview(content)]


def _number(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _minutes(text: str) -> float:
    try:
        return min(max(float(text), 0.0), LONGEST_MINUTES) if text.strip() else 0.0
    except ValueError:
        return 0.0

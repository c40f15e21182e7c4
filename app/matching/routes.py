"""The books on screen: every remittance, the balance that foots, and posting one that was held."""

from __future__ import annotations

from collections.abc import Collection
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.core.clock import Clock
from app.core.money import format_cents
from app.intake.tables import SetState
from app.matching.held import NotHeld, post_held
from app.matching.remittance_queries import (
    RemittanceFilter,
    RemittanceView,
    claims_of,
    find_remittance,
    held_remittances,
    paying_payers,
    remittance_view,
    remittances,
)
from app.matching.remittance_words import (
    CLASS_LABELS,
    CLASS_TONES,
    STATE_LABELS,
    STATE_TONES,
    adjustment_words,
    contacts_of,
    method_words,
    to_ask,
)
from app.matching.tables import Remittance
from app.matching.wire_parts import remittance_wire
from app.web.errors import Conflict, NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database, note_view, product_of
from app.web.toasts import toast

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.LEDGER_VIEW))]
CanPostUnbalanced = Annotated[Viewer, Depends(require(Permission.LEDGER_POST_UNBALANCED))]

LONGEST_REASON = 500


@router.get("/remittances")
def remittance_list(
    request: Request,
    session: Database,
    viewer: CanView,
    state: str = "",
    payer: str = "",
    text: str = "",
    after: str = "",
) -> Response:
    """Held ones first, with their dollars; then every payment, newest first."""
    wanted = RemittanceFilter.of(state, payer, text)
    held, held_totals = held_remittances(session, viewer.practice_ids)
    page = remittances(session, viewer.practice_ids, wanted, after=after)
    kept = {"state": wanted.state, "payer": wanted.payer_id or "", "text": wanted.text}
    asked = {key: value for key, value in kept.items() if value}
    return render(
        request,
        "remittances/index.html",
        wanted=wanted,
        held=held,
        held_totals=held_totals,
        page=page,
        payers=paying_payers(session, viewer.practice_ids),
        method_words=method_words,
        without={name: _address({key: value for key, value in asked.items() if key != name}) for name in kept},
        older=_address({**asked, "after": page.older}) if page.older else "",
    )


@router.get("/remittances/{remittance_id}")
def one_remittance(
    request: Request, session: Database, viewer: CanView, remittance_id: int, after: int = 0
) -> Response:
    """What it paid and why, to the cent."""
    view = remittance_view(session, _found(session, viewer, remittance_id))
    claims, more = claims_of(session, remittance_id, after=after)
    note_view(
        request,
        "remittance.view",
        object_type="remittance",
        object_id=remittance_id,
        practice_id=view.remittance.practice_id,
    )
    return render(request, "remittances/remittance.html", claims=claims, more=more, **_words(view))


@router.get("/remittances/{remittance_id}/edi")
def remittance_edi(
    request: Request, session: Database, viewer: CanView, remittance_id: int, segment: int = 0, element: int = 0
) -> Response:
    """Header and provider adjustments as received; the claims between them open from their own figures."""
    remittance = _found(session, viewer, remittance_id)
    source = remittance_wire(session, product_of(request).settings, remittance)
    if source is None:
        raise NotFound
    note_view(
        request,
        "remittance.edi.view",
        object_type="remittance",
        object_id=remittance_id,
        practice_id=remittance.practice_id,
    )
    return render(
        request,
        "remittances/edi.html",
        remittance=remittance,
        source=source,
        segment=segment,
        element=element,
    )


@router.get("/remittances/{remittance_id}/post")
def ask_to_post(request: Request, session: Database, viewer: CanPostUnbalanced, remittance_id: int) -> Response:
    """What exactly would be posted, before anything is."""
    remittance = _found(session, viewer, remittance_id)
    if remittance.state != "held":
        raise Conflict("This remittance is not held, or somebody has just posted it.")
    return _confirmation(request, session, remittance)


@router.post("/remittances/{remittance_id}/post")
def post_all_the_same(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanPostUnbalanced,
    remittance_id: int,
    reason: Annotated[str, Form()] = "",
    counted: Annotated[str, Form()] = "",
) -> Response:
    """The books move: claim by claim, the deposit, and the difference under the supervisor's name."""
    remittance = _found(session, viewer, remittance_id)
    if remittance.state != "held":
        raise Conflict("This remittance is not held, or somebody has just posted it.")
    if counted != _counted(remittance):
        raise Conflict("The remittance is not as it was when you looked. Look at its figures again.")
    if not reason.strip() or len(reason) > LONGEST_REASON:
        refusal = f"Say in at most {LONGEST_REASON} letters why it may be posted: the reason is kept with the entry."
        return _confirmation(request, session, remittance, refusal=refusal, reason=reason, status=422)
    try:
        posted = post_held(session, remittance_id, viewer.person_id, reason.strip())
    except NotHeld as error:
        raise Conflict(str(error)) from error
    claims_changed(request, session, clock, posted.touched_claim_ids)
    claims = "1 claim" if posted.claims == 1 else f"{posted.claims:,} claims"
    text = f"Posted {claims}"
    if posted.difference_cents:
        text += f"; {format_cents(posted.difference_cents)} stands in finance review"
    toast(request, text + ".")
    return redirect(request, f"/remittances/{remittance_id}")


def claims_changed(request: Request, session: Session, clock: Clock, claim_ids: Collection[int]) -> None:
    """The queues stand above this slice: whoever put the product together said how they hear of it."""
    request.app.state.claims_changed(session, clock, claim_ids)


def _found(session: Session, viewer: Viewer, remittance_id: int) -> Remittance:
    found = find_remittance(session, viewer.practice_ids, remittance_id)
    if found is None:
        raise NotFound
    return found


def _confirmation(
    request: Request,
    session: Session,
    remittance: Remittance,
    *,
    refusal: str = "",
    reason: str = "",
    status: int = 200,
) -> Response:
    words = _words(remittance_view(session, remittance))
    return render(
        request,
        "remittances/post.html",
        status=status,
        refusal=refusal,
        reason=reason,
        counted=_counted(remittance),
        longest=LONGEST_REASON,
        **words,
    )


def _counted(remittance: Remittance) -> str:
    """What the confirmation showed; posting anything else would not be what was confirmed."""
    figures = (
        remittance.claims,
        remittance.claims_cents,
        remittance.provider_adjustment_cents,
        remittance.paid_cents,
    )
    return ".".join(str(figure) for figure in figures)


def _words(view: RemittanceView) -> dict[str, Any]:
    """A view with its words, as both pages take it."""
    is_posted = view.remittance.state == "posted"
    state = view.loaded.state if view.loaded else SetState.HELD.value
    return {
        "view": view,
        "is_conflict": state == SetState.CONFLICT,
        "words": [adjustment_words(each.row, is_posted=is_posted) for each in view.adjustments],
        "method": method_words(view.remittance.method),
        "contacts": contacts_of(view.remittance),
        "question": to_ask(view.remittance, state, expected_cents=view.expected_cents),
        "class_labels": CLASS_LABELS,
        "class_tones": CLASS_TONES,
        "state_labels": STATE_LABELS,
        "state_tones": STATE_TONES,
    }


def _address(query: dict[str, Any]) -> str:
    return f"/remittances?{urlencode(query)}" if query else "/remittances"

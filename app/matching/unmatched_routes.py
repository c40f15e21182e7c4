"""Answers that found no claim: the evidence, the candidates side by side, and what a person makes of it.

Billers do this: nothing is typed here but the choice, the money moves as the payer said, and each move is an event.
"""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fastapi import APIRouter, Depends, Form, Request, Response
from sqlmodel import Session, select

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.queries import ClaimHead, find_by_number, find_claim
from app.claims.tables import Claim
from app.core.money import format_cents
from app.matching.comparison import Compared, compare
from app.matching.queries import answer_of, count_unmatched, unmatched
from app.matching.remittance_words import CLASS_LABELS, CLASS_TONES
from app.matching.routes import claims_changed
from app.matching.tables import ClaimPayment, PaymentState, Remittance
from app.matching.taking_off import BY_PERSON, CannotTakeOff, applied_by_people, take_off, why_it_stays
from app.matching.unmatched import CannotApply, apply_to_claim, candidates, create_claim_for
from app.matching.wire_parts import answer_wire
from app.web.errors import Conflict, NotFound
from app.web.pages import redirect, render
from app.web.product import CurrentClock, Database, note_view, product_of
from app.web.toasts import toast

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.CLAIMS_VIEW))]
CanWork = Annotated[Viewer, Depends(require(Permission.CLAIMS_WORK))]

MOST_SEARCHED = 10
WORKED = "Somebody has worked this answer just now: it is no longer unmatched."


class Beside(NamedTuple):
    """A candidate beside the answer."""

    head: ClaimHead
    agreements: tuple[str, ...]
    compared: list[Compared]
    was_searched: bool


@router.get("/unmatched")
def unmatched_payments(request: Request, session: Database, viewer: CanView) -> Response:
    """Answers that have found no claim of ours, with their money in unapplied cash."""
    waiting, cents = count_unmatched(session, viewer.practice_ids)
    rows = unmatched(session, viewer.practice_ids)
    return render(
        request,
        "unmatched/index.html",
        rows=rows,
        waiting=waiting,
        cents=cents,
        applied=applied_by_people(session, viewer.practice_ids),
        class_labels=CLASS_LABELS,
        class_tones=CLASS_TONES,
    )


@router.get("/unmatched/{payment_id}")
def one_answer(request: Request, session: Database, viewer: CanView, payment_id: int, number: str = "") -> Response:
    """The answer, its wire text, and every claim that it may be about."""
    payment, remittance = _found(session, viewer, payment_id)
    if payment.state != PaymentState.UNMATCHED:
        if payment.claim_id and payment.match_rule == BY_PERSON:
            return _applied(request, session, payment, remittance)
        if payment.claim_id:
            return redirect(request, f"/claims/{payment.claim_id}")
        return redirect(request, f"/remittances/{remittance.id}")
    note_view(
        request,
        "unmatched.view",
        object_type="claim_payment",
        object_id=payment_id,
        practice_id=payment.practice_id,
    )
    return render(
        request,
        "unmatched/answer.html",
        answer=answer_of(session, payment, remittance),
        beside=_beside(session, payment, remittance, number.strip()),
        source=answer_wire(session, product_of(request).settings, payment, remittance),
        number=number.strip(),
        segment=0,
        element=0,
        class_labels=CLASS_LABELS,
        class_tones=CLASS_TONES,
    )


@router.post("/unmatched/{payment_id}/apply")
def this_is_the_claim(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanWork,
    payment_id: int,
    claim_id: Annotated[int, Form()],
) -> Response:
    """Its money leaves unapplied cash for the claim that a person picked."""
    payment, _ = _found(session, viewer, payment_id)
    if payment.state != PaymentState.UNMATCHED:
        raise Conflict(WORKED)
    if find_claim(session, (payment.practice_id,), claim_id) is None:
        raise NotFound
    paid = payment.paid_cents
    try:
        apply_to_claim(session, payment_id, claim_id)
    except CannotApply as refusal:
        session.rollback()
        toast(request, str(refusal), kind="warning")
        return redirect(request, f"/unmatched/{payment_id}")
    claims_changed(request, session, clock, (claim_id,))
    toast(request, f"Applied: {format_cents(paid)} went from unapplied cash to the claim.")
    return redirect(request, f"/claims/{claim_id}")


@router.post("/unmatched/{payment_id}/create")
def make_a_claim_of_it(
    request: Request, session: Database, clock: CurrentClock, viewer: CanWork, payment_id: int
) -> Response:
    """We do not have the claim: it becomes known from this answer."""
    payment, _ = _found(session, viewer, payment_id)
    if payment.state != PaymentState.UNMATCHED:
        raise Conflict(WORKED)
    paid = payment.paid_cents
    try:
        claim_id = create_claim_for(session, payment_id)
    except CannotApply as refusal:
        session.rollback()
        toast(request, str(refusal), kind="warning")
        return redirect(request, f"/unmatched/{payment_id}")
    claims_changed(request, session, clock, (claim_id,))
    toast(request, f"Made a claim of it: {format_cents(paid)} went from unapplied cash to it.")
    return redirect(request, f"/claims/{claim_id}")


@router.post("/unmatched/{payment_id}/take-off")
def it_was_the_wrong_claim(
    request: Request,
    session: Database,
    clock: CurrentClock,
    viewer: CanWork,
    payment_id: int,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """An answer that a person applied is unmatched again, by the opposite entries."""
    _found(session, viewer, payment_id)
    try:
        taken = take_off(session, payment_id, reason.strip())
    except CannotTakeOff as refusal:
        session.rollback()
        toast(request, str(refusal), kind="warning")
        return redirect(request, f"/unmatched/{payment_id}")
    claims_changed(request, session, clock, (taken.claim_id,))
    toast(request, f"Taken off: it is unmatched again, and the claim stands as before. {taken.stays}".strip())
    return redirect(request, f"/unmatched/{payment_id}")


def _applied(request: Request, session: Session, payment: ClaimPayment, remittance: Remittance) -> Response:
    """What a person applied, and the way back."""
    note_view(
        request,
        "unmatched.view",
        object_type="claim_payment",
        object_id=payment.id or 0,
        practice_id=payment.practice_id,
    )
    claim = session.get_one(Claim, payment.claim_id)
    return render(
        request,
        "unmatched/applied.html",
        payment=payment,
        remittance=remittance,
        claim=claim,
        stays=why_it_stays(session, payment),
        class_labels=CLASS_LABELS,
        class_tones=CLASS_TONES,
    )


def _found(session: Session, viewer: Viewer, payment_id: int) -> tuple[ClaimPayment, Remittance]:
    """Under the wall of the answer's practice."""
    payment = session.exec(select(ClaimPayment).where(ClaimPayment.id == payment_id)).first()
    if payment is None or not viewer.sees(payment.practice_id):
        raise NotFound
    return payment, session.get_one(Remittance, payment.remittance_id)


def _beside(session: Session, payment: ClaimPayment, remittance: Remittance, number: str) -> list[Beside]:
    """What a person searched for first, then what resembles it, most in common first, then what shares a number."""
    assert payment.id is not None
    found: dict[int, Beside] = {}

    def add(head: ClaimHead, agreements: tuple[str, ...], *, was_searched: bool) -> None:
        beside = Beside(head, agreements, compare(payment, remittance, head), was_searched)
        found.setdefault(head.claim.id or 0, beside)

    for head in _numbered(session, payment.practice_id, number):
        add(head, (), was_searched=True)
    for candidate in candidates(session, payment.id):
        add(candidate.head, candidate.agreements, was_searched=False)
    for said in (payment.patient_control_number, payment.payer_control_number):
        for head in _numbered(session, payment.practice_id, said):
            add(head, (), was_searched=False)
    return list(found.values())


def _numbered(session: Session, practice_id: int, number: str) -> list[ClaimHead]:
    return find_by_number(session, (practice_id,), number)[:MOST_SEARCHED] if number else []

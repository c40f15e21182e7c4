"""What a person does about an answer that found no claim: look at the candidates, pick one, or make the claim.

Until then its money is in unapplied cash. Every verb moves it out through the same posting as everything else.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlmodel import Session, col, select

from app.audit.actor import now_of
from app.audit.record import record
from app.claims.numbering import Numbers
from app.claims.queries import ClaimHead, heads_by_ids
from app.claims.register import Register
from app.claims.tables import Claim
from app.matching.answers import AnswerBatch, Numbering
from app.matching.held import header_of
from app.matching.ladder import Ladder, agreements, described
from app.matching.stored import stored_answers
from app.matching.tables import ClaimPayment, PaymentState, Remittance
from edi.x835 import model as x835

MOST_CANDIDATES = 20


class CannotApply(Exception):
    """The answer cannot be applied there; the message says why. Nothing was changed."""


class Candidate(NamedTuple):
    """A claim that the answer may be about."""

    head: ClaimHead
    agreements: tuple[str, ...]  # what the two have in common, in words; most first


def candidates(session: Session, claim_payment_id: int) -> list[Candidate]:
    """Claims of the same practice that share a number, the member, or the patient's name and date; best first."""
    payment = session.get_one(ClaimPayment, claim_payment_id)
    remittance = session.get_one(Remittance, payment.remittance_id)
    (answer,) = stored_answers(session, (payment,))
    fact = described(answer)
    connection = session.connection()
    register = Register(connection, payment.practice_id, now_of(session), Numbers(connection, Claim))
    Ladder(register, remittance.payer_id).load((fact,))
    register.load_payer_numbers(fact.payer_numbers)
    register.load_people(fact.member_ids, fact.name_key)
    scored = [(agreements(claim, fact), claim) for claim in register.by_id.values()]
    scored.sort(key=lambda pair: (-len(pair[0]), pair[1].id))
    best = [(agreed, claim) for agreed, claim in scored if agreed][:MOST_CANDIDATES]
    heads = heads_by_ids(session, [claim.id for _, claim in best])
    return [Candidate(heads[claim.id], tuple(agreed)) for agreed, claim in best]


def apply_to_claim(session: Session, claim_payment_id: int, claim_id: int) -> int:
    """A person picks the claim. Returns it; raises CannotApply with the reason."""
    payment, remittance, answer = _open(session, claim_payment_id)
    claim = session.get(Claim, claim_id)
    if claim is None or claim.practice_id != payment.practice_id or claim.superseded_on is not None:
        raise CannotApply("There is no such claim in this practice.")
    refused = _batch(session, remittance).apply(claim_payment_id, answer, claim_id, _why(session))
    return _close(session, payment, refused, claim_id)


def create_claim_for(session: Session, claim_payment_id: int) -> int:
    """A person says that we do not have the claim: it is made from the answer. Returns it."""
    payment, remittance, answer = _open(session, claim_payment_id)
    refused = _batch(session, remittance).apply_to_new(claim_payment_id, answer, _why(session))
    return _close(session, payment, refused, None)


def _open(session: Session, claim_payment_id: int) -> tuple[ClaimPayment, Remittance, x835.ClaimPayment]:
    payment = session.exec(select(ClaimPayment).where(ClaimPayment.id == claim_payment_id).with_for_update()).one()
    if payment.state != PaymentState.UNMATCHED:
        raise CannotApply("This answer is no longer unmatched: somebody else has just worked it.")
    (answer,) = stored_answers(session, (payment,))
    return payment, session.get_one(Remittance, payment.remittance_id), answer


def _batch(session: Session, remittance: Remittance) -> AnswerBatch:
    now = now_of(session)
    connection = session.connection()
    return AnswerBatch(connection, header_of(session, remittance, now), now, Numbering(connection))


def _why(session: Session) -> str:
    return f"picked by a person on {now_of(session):%Y-%m-%d}"


def _close(session: Session, payment: ClaimPayment, refused: str, claim_id: int | None) -> int:
    if refused:
        raise CannotApply(refused)
    session.flush()
    session.expire_all()
    found = session.exec(select(ClaimPayment).where(col(ClaimPayment.id) == payment.id)).one()
    assert found.claim_id is not None
    record(
        session,
        "remittance.apply" if claim_id else "remittance.create_claim",
        object_type="claim_payment",
        object_id=found.id or 0,
        practice_id=found.practice_id,
        detail={"claim_id": found.claim_id, "paid_cents": found.paid_cents},
    )
    return found.claim_id

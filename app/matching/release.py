"""A later payer's write-off that was held is posted once the earlier payer's answer shows that it fits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import Connection, update
from sqlmodel import Session, col, select

from app.core.bulk import table_of
from app.ledger.journal import Cause, Journal, Leg
from app.ledger.tables import Account, CauseKind, EntryKind
from app.matching.posting import answer_legs
from app.matching.stored import stored_answers
from app.matching.tables import ClaimPayment, PaymentState, ServicePayment

claim_payment = table_of(ClaimPayment)


def release_held(connection: Connection, journal: Journal, claim_ids: Iterable[int], on: date) -> None:
    """Post what fits; what still exceeds the open balance stays held for a person."""
    wanted = sorted(claim_ids)
    if not wanted:
        return
    session = Session(bind=connection)
    payments = session.exec(
        select(ClaimPayment)
        .where(
            col(ClaimPayment.claim_id).in_(wanted),
            ClaimPayment.held_cents > 0,
            ClaimPayment.state == PaymentState.POSTED,
            col(ClaimPayment.reversed_by_id).is_(None),
        )
        .order_by(col(ClaimPayment.id))
    ).all()
    for payment in payments:
        assert payment.claim_id is not None
        if journal.balance(payment.claim_id).open_cents >= payment.held_cents:
            post_held_write_off(session, journal, payment, on)
    journal.flush()


def post_held_write_off(session: Session, journal: Journal, payment: ClaimPayment, on: date, memo: str = "") -> None:
    """The held legs of one answer, against the receivable."""
    assert payment.claim_id is not None
    assert payment.id is not None
    legs = _held_legs(session, payment, payment.claim_id)
    total = sum(leg.cents for leg in legs)
    legs.append(Leg(Account.INSURANCE_AR, -total, payment.claim_id, None, payment.remittance_id))
    cause = Cause(CauseKind.CLAIM_PAYMENT, payment.id, None, payment.segment)
    memo = memo or "the earlier payer's answer shows that it fits"
    journal.post(payment.practice_id, EntryKind.RELEASE, on, cause, legs, memo=memo)
    session.connection().execute(
        update(claim_payment).where(claim_payment.c.id == payment.id).values(held_cents=0, note="")
    )


def _held_legs(session: Session, payment: ClaimPayment, claim_id: int) -> list[Leg]:
    """Worked out again as at posting, when nothing was known to be open."""
    (answer,) = stored_answers(session, (payment,))
    line_ids = session.exec(
        select(ServicePayment.line_id)
        .where(ServicePayment.claim_payment_id == payment.id)
        .order_by(col(ServicePayment.position))
    ).all()
    posted = answer_legs(
        answer,
        claim_id,
        list(line_ids),
        payment.remittance_id,
        is_capitated=False,
        open_cents=answer.paid_cents,
        primary_has_answered=False,
    )
    return posted.held

"""A supervisor decides about a later payer's write-off that was held: it is posted all the same, or dropped; or takes
that decision back, by the opposite entry."""

from __future__ import annotations

from datetime import date

from sqlalchemy import update
from sqlmodel import Session, col, select

from app.audit.actor import now_of
from app.audit.record import record
from app.audit.tables import Event
from app.claims.tables import Claim
from app.core.bulk import table_of
from app.core.money import format_cents
from app.ledger.journal import Cause, Journal, Leg
from app.ledger.tables import Account, CauseKind, EntryKind, JournalEntry, Posting
from app.matching.posting import HELD_NOTE
from app.matching.release import post_held_write_off
from app.matching.tables import ClaimPayment, PaymentState

claim = table_of(Claim)
claim_payment = table_of(ClaimPayment)

POSTED = "held_write_off.posted"
UNDONE = (POSTED, "held_write_off.dropped")  # what can be taken back


class NoHeldWriteOff(Exception):
    """Nothing is held on this answer any more: it was posted, dropped or taken back. Look at the claim again."""


def post_anyway(session: Session, claim_payment_id: int, *, reason: str, on: date) -> int:
    """Write off what was held, although it is more than was open; a credit may come of it. Returns the cents."""
    payment, cents = _take(session, claim_payment_id, reason)
    assert payment.claim_id is not None
    journal = Journal(session.connection(), now_of(session))
    journal.load_balances((payment.claim_id,))
    post_held_write_off(session, journal, payment, on, memo=f"held, and posted by a person: {reason}")
    balance = journal.balance(payment.claim_id)
    is_settled = balance.insurance_cents == 0 and balance.patient_cents == 0
    journal.flush()
    session.connection().execute(
        update(claim).where(claim.c.id == payment.claim_id).values(closed_on=on if is_settled else None)
    )
    _tell(session, payment, "posted", cents, reason)
    return cents


def drop(session: Session, claim_payment_id: int, *, reason: str) -> int:
    """Nothing is written off: the dollars stay as they are. Returns the cents that were held."""
    payment, cents = _take(session, claim_payment_id, reason)
    note = f"Its write-off of {format_cents(cents)} was held and then dropped: {reason}"
    session.connection().execute(
        update(claim_payment).where(claim_payment.c.id == payment.id).values(held_cents=0, note=note)
    )
    _tell(session, payment, "dropped", cents, reason)
    return cents


def undo_decision(session: Session, claim_payment_id: int, *, on: date) -> int:
    """The write-off is held as it was before the last decision. Returns the cents; raises NoHeldWriteOff."""
    payment = session.get(ClaimPayment, claim_payment_id)
    decided = session.exec(
        select(Event)
        .where(
            Event.object_type == "claim_payment",
            Event.object_id == str(claim_payment_id),
            col(Event.action).like("held_write_off.%"),
        )
        .order_by(col(Event.id).desc())
    ).first()
    if payment is None or payment.claim_id is None or decided is None or decided.action not in UNDONE:
        raise NoHeldWriteOff(NoHeldWriteOff.__doc__)
    session.refresh(payment)
    if payment.held_cents or payment.state != PaymentState.POSTED or payment.reversed_by_id is not None:
        raise NoHeldWriteOff(NoHeldWriteOff.__doc__)
    cents = int(decided.detail["cents"])
    if decided.action == POSTED:
        _post_opposite(session, payment, payment.claim_id, on)
    session.connection().execute(
        update(claim_payment).where(claim_payment.c.id == payment.id).values(held_cents=cents, note=HELD_NOTE)
    )
    _tell(session, payment, "undone", cents, "taken back")
    return cents


def _post_opposite(session: Session, payment: ClaimPayment, claim_id: int, on: date) -> None:
    entry = session.exec(
        select(JournalEntry)
        .where(
            JournalEntry.kind == EntryKind.RELEASE.value,
            JournalEntry.cause_kind == CauseKind.CLAIM_PAYMENT.value,
            JournalEntry.cause_id == payment.id,
        )
        .order_by(col(JournalEntry.id).desc())
    ).first()
    assert entry is not None
    rows = session.exec(select(Posting).where(Posting.entry_id == entry.id).order_by(col(Posting.id))).all()
    legs = [
        Leg(
            *(Account(row.account), -row.amount_cents, row.claim_id, row.line_id, row.remittance_id),
            *(row.adjustment_group, row.adjustment_reason, row.segment, row.element),
        )
        for row in rows
    ]
    journal = Journal(session.connection(), now_of(session))
    journal.load_balances((claim_id,))
    cause = Cause(CauseKind.CLAIM_PAYMENT, payment.id or 0, None, payment.segment)
    memo = "the decision to post what was held is taken back"
    journal.post(payment.practice_id, EntryKind.RELEASE, on, cause, legs, reverses_id=entry.id, memo=memo)
    balance = journal.balance(claim_id)
    is_settled = balance.insurance_cents == 0 and balance.patient_cents == 0
    journal.flush()
    session.connection().execute(
        update(claim).where(claim.c.id == claim_id).values(closed_on=on if is_settled else None)
    )


def _take(session: Session, claim_payment_id: int, reason: str) -> tuple[ClaimPayment, int]:
    """Two supervisors at once: the second is told."""
    if not reason.strip():
        raise ValueError("Say why the write-off is posted or dropped.")
    payment = session.get(ClaimPayment, claim_payment_id)
    if payment is None or payment.claim_id is None:
        raise NoHeldWriteOff(NoHeldWriteOff.__doc__)
    session.refresh(payment)
    cents = payment.held_cents
    taken = (
        update(claim_payment)
        .where(
            claim_payment.c.id == claim_payment_id,
            claim_payment.c.held_cents == cents,
            claim_payment.c.held_cents != 0,
            claim_payment.c.state == PaymentState.POSTED.value,
            claim_payment.c.reversed_by_id.is_(None),
        )
        .values(held_cents=0, note="")
    )
    if session.connection().execute(taken).rowcount != 1:
        raise NoHeldWriteOff(NoHeldWriteOff.__doc__)
    return payment, cents


def _tell(session: Session, payment: ClaimPayment, what: str, cents: int, reason: str) -> None:
    session.expire(payment)
    record(
        session,
        f"held_write_off.{what}",
        object_type="claim_payment",
        object_id=payment.id or 0,
        practice_id=payment.practice_id,
        reason=reason,
        detail={"claim_id": payment.claim_id, "cents": cents},
    )

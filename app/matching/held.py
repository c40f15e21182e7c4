"""A supervisor posts a remittance that was held, with a reason. What it is out of balance by is never spread over
claims: it stands by itself in finance review, under the supervisor's name."""

from __future__ import annotations

from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import update
from sqlmodel import Session, col, func, select

from app.audit.actor import now_of
from app.audit.record import record
from app.claims.directory import Directory, KnownPayer
from app.claims.tables import Practice
from app.core.bulk import table_of
from app.core.money import format_cents
from app.intake.tables import LoadedSet, SetState
from app.ledger.journal import Cause, Journal, Leg
from app.ledger.tables import Account, CauseKind, EntryKind
from app.matching.answers import AnswerBatch, Header, Numbering
from app.matching.deposit import post_deposit, post_provider_adjustment
from app.matching.stored import stored_answers
from app.matching.tables import ClaimPayment, ProviderAdjustmentRow, Remittance

BATCH = 500
remittance_table = table_of(Remittance)


class NotHeld(Exception):
    """The remittance is not held, or somebody has just posted it. Look at it again."""


class Posted(NamedTuple):
    """What came of posting a held remittance."""

    remittance_id: int
    claims: int
    difference_cents: int
    touched_claim_ids: tuple[int, ...]


def post_held(session: Session, remittance_id: int, person_id: int, reason: str) -> Posted:
    """Post it claim by claim, as if it had come in balance. `reason` is kept and may not be empty."""
    if not reason.strip():
        raise ValueError("Say why this remittance may be posted although it was held.")
    _take(session, remittance_id)
    remittance = session.get_one(Remittance, remittance_id)
    session.refresh(remittance)
    now = now_of(session)
    header = header_of(session, remittance, now)
    numbering = Numbering(session.connection())
    touched: set[int] = set()
    last = 0
    while batch := _next_batch(session, remittance_id, last):
        last = batch[-1].id or 0
        pairs = zip((payment.id or 0 for payment in batch), stored_answers(session, batch), strict=True)
        worked = AnswerBatch(session.connection(), header, now, numbering)
        worked.post_held(list(pairs))
        touched |= worked.touched
    difference = _post_rest(session, remittance, header, person_id, reason, Journal(session.connection(), now))
    _close(session, remittance, difference, reason)
    session.flush()
    session.expire_all()
    return Posted(remittance_id, remittance.claims, difference, tuple(sorted(touched)))


def header_of(session: Session, remittance: Remittance, now: datetime) -> Header:
    """What the remittance says to all its claims, from its row."""
    assert remittance.id is not None
    payer: KnownPayer = Directory(session.connection(), now).payer_by_id(remittance.payer_id)
    npi = session.exec(select(Practice.npi).where(Practice.id == remittance.practice_id)).one()
    on: date = remittance.payment_date or remittance.production_date or remittance.received_at.date()
    return Header(remittance.practice_id, payer, remittance.id, remittance.file_id, remittance.trace, on, npi)


def _take(session: Session, remittance_id: int) -> None:
    """Two supervisors at once: the second is told."""
    statement = (
        update(remittance_table)
        .where(remittance_table.c.id == remittance_id, remittance_table.c.state == "held")
        .values(state="posted")
    )
    if session.connection().execute(statement).rowcount != 1:
        raise NotHeld(NotHeld.__doc__)


def _next_batch(session: Session, remittance_id: int, after: int) -> list[ClaimPayment]:
    statement = select(ClaimPayment).where(ClaimPayment.remittance_id == remittance_id, col(ClaimPayment.id) > after)
    return list(session.exec(statement.order_by(col(ClaimPayment.id)).limit(BATCH)))


def _post_rest(
    session: Session, remittance: Remittance, header: Header, person_id: int, reason: str, journal: Journal
) -> int:
    """Provider adjustments, the deposit, and the difference; returns it."""
    for row in session.exec(
        select(ProviderAdjustmentRow).where(ProviderAdjustmentRow.remittance_id == remittance.id)
    ):
        assert row.id is not None
        post_provider_adjustment(
            journal, header, row.id, row.reason, row.reference, row.cents, row.segment, row.element
        )
    post_deposit(journal, header, remittance.paid_cents, remittance.segment)
    claims = session.exec(
        select(func.coalesce(func.sum(ClaimPayment.paid_cents), 0)).where(ClaimPayment.remittance_id == remittance.id)
    ).one()
    difference = remittance.paid_cents - (int(claims) - remittance.provider_adjustment_cents)
    legs = [
        Leg(Account.REMITTANCE_CLEARING, difference, None, None, header.remittance_id),
        Leg(Account.FINANCE_REVIEW, -difference, None, None, header.remittance_id),
    ]
    cause = Cause(CauseKind.PERSON, person_id, header.file_id, remittance.segment)
    memo = f"out of balance by {format_cents(difference)}, posted all the same: {reason}"
    journal.post(header.practice_id, EntryKind.PERSON, header.on, cause, legs, memo=memo)
    journal.flush()
    return difference


def _close(session: Session, remittance: Remittance, difference: int, reason: str) -> None:
    session.connection().execute(
        update(remittance_table)
        .where(remittance_table.c.id == remittance.id)
        .values(difference_cents=difference, held_reason="")
    )
    loaded = session.get(LoadedSet, remittance.loaded_set_id)
    if loaded is not None:
        was = loaded.reason
        loaded.state = SetState.LOADED
        loaded.reason = f"Posted by a person: {reason}"
        session.add(loaded)
        session.flush()
        record(
            session,
            "remittance.post_held",
            object_type="remittance",
            object_id=remittance.id or 0,
            practice_id=remittance.practice_id,
            reason=reason,
            detail={"difference_cents": difference, "was_held_because": was},
        )

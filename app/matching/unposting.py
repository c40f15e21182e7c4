"""An answer leaves the claim that it was posted to: the opposite legs, and its money is in unapplied cash again.

Entries are dated as the answer was, so that what the claim owed on any day is told without it; when we came to know
better is the day of the entry.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from app.claims.among import among
from app.claims.numbering import Numbers
from app.claims.tables import PayerControlNumber
from app.core.bulk import table_of
from app.ledger.journal import Cause, Journal, Leg
from app.ledger.tables import Account, CauseKind, EntryKind
from app.matching.posting import RANK_OF_STATUS
from app.matching.tables import ClaimPayment, Denial, PaymentState, Remittance, ServicePayment, StatusEvent

claim_payment = table_of(ClaimPayment)
service_payment = table_of(ServicePayment)
remittance = table_of(Remittance)
status_event = table_of(StatusEvent)
denial = table_of(Denial)
control_number = table_of(PayerControlNumber)

IN_TRANSIT = (Account.REMITTANCE_CLEARING, Account.UNAPPLIED_CASH)


def unpost(connection: Connection, numbers: Iterable[int], now: datetime, entries: Numbers, memo: str) -> set[int]:
    """Take these answers off their claims; returns the claims. They stand unmatched, as if just set aside."""
    wanted = sorted(set(numbers))
    rows = connection.execute(
        select(
            *(claim_payment.c.id, claim_payment.c.practice_id, claim_payment.c.claim_id, claim_payment.c.status),
            *(claim_payment.c.remittance_id, claim_payment.c.segment, remittance.c.file_id),
            func.coalesce(
                remittance.c.payment_date, remittance.c.production_date, func.date(remittance.c.received_at)
            ).label("on"),
        )
        .join(remittance, remittance.c.id == claim_payment.c.remittance_id)
        .where(among(connection, claim_payment.c.id, wanted))
        .order_by(claim_payment.c.id)
    ).all()
    journal = Journal(connection, now, entries)
    journal.load_balances(row.claim_id for row in rows if row.claim_id is not None)
    legs = journal.legs_of(CauseKind.CLAIM_PAYMENT, wanted)
    for row in rows:
        cause = Cause(CauseKind.CLAIM_PAYMENT, row.id, row.file_id, row.segment)
        journal.post(row.practice_id, EntryKind.UNAPPLY, _day(row.on), cause, opposite(legs[row.id]), memo=memo)
    journal.flush()
    _set_aside(connection, rows)
    return {row.claim_id for row in rows if row.claim_id is not None}


def opposite(legs: Sequence[Leg]) -> list[Leg]:
    """What takes a cause's legs off its claim, summed by place. Money that came from the payment is in unapplied cash
    then; what never reached a claim stays where it is."""
    totals: dict[Leg, int] = {}
    for leg in legs:
        if leg.claim_id is None:
            continue
        account = Account.UNAPPLIED_CASH if leg.account in IN_TRANSIT else leg.account
        key = leg._replace(account=account, cents=0, segment=0, element=0)
        totals[key] = totals.get(key, 0) - leg.cents
    return [leg._replace(cents=cents) for leg, cents in totals.items() if cents]


def forget_numbers(connection: Connection, claim_ids: Iterable[int]) -> None:
    """The payer's numbers that no answer and no status on the claim says any more."""
    wanted = sorted(set(claim_ids))
    answers = select(claim_payment.c.payer_control_number).where(
        claim_payment.c.claim_id == control_number.c.claim_id
    )
    statuses = select(status_event.c.payer_control_number).where(status_event.c.claim_id == control_number.c.claim_id)
    connection.execute(
        delete(control_number).where(
            among(connection, control_number.c.claim_id, wanted),
            control_number.c.value.not_in(answers),
            control_number.c.value.not_in(statuses),
        )
    )


def drop_denials(connection: Connection, numbers: Iterable[int]) -> None:
    """The denials of answers that were set aside: whose they are nobody knows."""
    aside = select(claim_payment.c.id).where(
        among(connection, claim_payment.c.id, sorted(numbers)), claim_payment.c.claim_id.is_(None)
    )
    connection.execute(delete(denial).where(denial.c.claim_payment_id.in_(aside)))


def _set_aside(connection: Connection, rows: Sequence[Any]) -> None:
    numbers = [row.id for row in rows]
    for status in {row.status for row in rows}:
        some = [row.id for row in rows if row.status == status]
        connection.execute(
            update(claim_payment)
            .where(among(connection, claim_payment.c.id, some))
            .values(
                claim_id=None,
                state=PaymentState.UNMATCHED.value,
                match_rule="",
                match_evidence="",
                note="",
                held_cents=0,
                payer_rank=RANK_OF_STATUS.get(status, 0),
                reverses_id=None,
                reversed_by_id=None,
            )
        )
    connection.execute(
        update(service_payment)
        .where(among(connection, service_payment.c.claim_payment_id, numbers))
        .values(line_id=None)
    )


def _day(value: date | str) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])

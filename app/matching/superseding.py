"""A claim known only from an answer proved to be another one: it is emptied, closed, and names its successor.

Nothing is deleted. What it was charged at is taken off by an entry of its own; money that people posted to it by hand
goes to the successor the same way.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, func, select, update
from sqlmodel import Session

from app.audit.record import record
from app.claims.among import among
from app.claims.follow import follow_claim
from app.claims.numbering import Numbers
from app.claims.tables import Claim, ClaimState, EventKind
from app.claims.timeline import Timeline
from app.core.bulk import table_of
from app.ledger.journal import Cause, Journal, Leg
from app.ledger.tables import Account, CauseKind, EntryKind, JournalEntry, Posting
from app.matching.responsibility import settle_responsibility
from app.matching.tables import ClaimPayment, PaymentState, StatusEvent, Underpayment

claim = table_of(Claim)
entry = table_of(JournalEntry)
posting = table_of(Posting)
claim_payment = table_of(ClaimPayment)
status_event = table_of(StatusEvent)
underpayment = table_of(Underpayment)

BY_PEOPLE = (EntryKind.PERSON.value, EntryKind.MOVE.value)


def supersede(connection: Connection, claim_ids: Collection[int], now: datetime, entries: Numbers) -> None:
    """Take off what these claims are charged at and close them: no answer is about them any more."""
    if not claim_ids:
        return
    wanted = sorted(claim_ids)
    connection.execute(underpayment.delete().where(among(connection, underpayment.c.claim_id, wanted)))
    journal = Journal(connection, now, entries)
    journal.load_balances(wanted)
    settle_responsibility(connection, journal, wanted, now.date())
    for row in connection.execute(select(claim).where(among(connection, claim.c.id, wanted))).all():
        legs = [
            Leg(Account(account), -cents, row.id) for account, cents in _left(connection, row.id, by_people=False)
        ]
        on = row.first_service or now.date()
        memo = "known only from an answer that is about another claim"
        journal.post(row.practice_id, EntryKind.CHARGE_CHANGE, on, Cause(CauseKind.CLAIM, row.id), legs, memo=memo)
    journal.flush()
    connection.execute(
        update(claim)
        .where(among(connection, claim.c.id, wanted))
        .values(
            charge_cents=0,
            state=ClaimState.CLOSED.value,
            closed_on=now.date(),
            superseded_on=now.date(),
            denied_on=None,
            next_check_on=None,
        )
    )


def name_successor(
    session: Session, claim_id: int, payments: Sequence[int], statuses: Sequence[int], now: datetime
) -> None:
    """Where all its answers went, if that is one claim; people's work on it follows."""
    connection = session.connection()
    went = select(claim_payment.c.claim_id).where(among(connection, claim_payment.c.id, payments))
    heard = select(status_event.c.claim_id).where(among(connection, status_event.c.id, statuses))
    places = set(connection.execute(went).scalars()) | set(connection.execute(heard).scalars())
    row = connection.execute(select(claim).where(claim.c.id == claim_id)).one()
    timeline = Timeline(connection, now)
    successor = places.pop() if len(places) == 1 else None
    aside = update(claim_payment).where(
        claim_payment.c.claim_id == claim_id, claim_payment.c.state != PaymentState.POSTED.value
    )
    connection.execute(aside.values(claim_id=successor))
    named = row.patient_control_number
    if successor is None:
        words = "Its answer resembles several claims and is set aside until a person picks one"
        timeline.add(row.practice_id, claim_id, EventKind.CHANGED, now.date(), words)
    else:
        follow_claim(connection, claim_id, successor)
        _move_by_hand(connection, row, successor, now)
        words = f"Claim {named}, known only from what a payer answered, proved to be this one"
        timeline.add(row.practice_id, successor, EventKind.CHANGED, now.date(), words)
        connection.execute(update(claim).where(claim.c.id == claim_id).values(successor_id=successor))
    timeline.flush()
    record(
        session,
        "claim.supersede",
        object_type="claim",
        object_id=claim_id,
        practice_id=row.practice_id,
        detail={"number": named, "successor_id": successor, "answers": list(payments)},
    )
    session.flush()


def _move_by_hand(connection: Connection, row: object, successor: int, now: datetime) -> None:
    """What people posted to the claim, in one entry."""
    number, practice_id = row.id, row.practice_id  # type: ignore[attr-defined]  # a row of `claim`
    legs = []
    for account, cents in _left(connection, number, by_people=True):
        legs += [Leg(Account(account), -cents, number), Leg(Account(account), cents, successor)]
    journal = Journal(connection, now)
    cause = Cause(CauseKind.CLAIM, number)
    journal.post(practice_id, EntryKind.MOVE, now.date(), cause, legs, memo=f"the claim proved to be {successor}")
    journal.flush()


def _left(connection: Connection, claim_id: int, *, by_people: bool) -> list[tuple[str, int]]:
    """What stands on the claim by account."""
    is_theirs = entry.c.kind.in_(BY_PEOPLE)
    is_charge = entry.c.cause_kind.in_((CauseKind.CLAIM.value, CauseKind.STATUS.value))
    rows = connection.execute(
        select(posting.c.account, func.sum(posting.c.amount_cents))
        .join(entry, entry.c.id == posting.c.entry_id)
        .where(posting.c.claim_id == claim_id, is_theirs if by_people else (~is_theirs & is_charge))
        .group_by(posting.c.account)
        .order_by(posting.c.account)
    )
    return [(row[0], int(row[1])) for row in rows if row[1]]

"""A person put an unmatched answer on a claim, and it was the wrong one: it comes off and is unmatched again.

Nothing is erased from the ledger: the opposite entries take the answer off, dated as it was, and the claim stands as
if it had never come. What was built on top of it since is named, and has to go first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import Connection, func, select
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from app.audit.actor import now_of
from app.audit.record import record
from app.audit.tables import Event
from app.claims.tables import Claim, EventKind
from app.claims.timeline import Timeline
from app.core.bulk import table_of
from app.core.money import format_cents
from app.ledger.journal import Cause, Journal, Leg
from app.ledger.tables import Account, CauseKind, EntryKind, JournalEntry, Posting
from app.matching.answers import Numbering
from app.matching.denial_course import settle_denials
from app.matching.pinned import disputed
from app.matching.retell import retell
from app.matching.reversals import REVERSAL_STATUS
from app.matching.superseding import supersede
from app.matching.tables import ClaimPayment, PaymentState, Remittance, StatusEvent
from app.matching.unposting import drop_denials, forget_numbers, unpost

BY_PERSON = "person"
RECENT = 20
POSTED = (PaymentState.POSTED.value, PaymentState.INFORMATION.value)
APPLYING = ("remittance.apply", "remittance.create_claim")
CLOSING = ("refile.close", "appeals.decided")  # what an answer may have ended, and no undo opens again

entry = table_of(JournalEntry)
posting = table_of(Posting)
claim_payment = table_of(ClaimPayment)
remittance = table_of(Remittance)


class CannotTakeOff(Exception):
    """The answer has to stay where it is; the message says why. Nothing was changed."""


class TakenOff(NamedTuple):
    claim_id: int
    stays: str  # what the answer did to the claim that does not come back, in words; often empty


def applied_by_people(session: Session, practice_ids: Sequence[int]) -> list[tuple[ClaimPayment, Claim]]:
    """The newest answers that people gave a claim, as the log has it."""
    acts = select_rows(Event.object_id).where(
        col(Event.action).in_(APPLYING), col(Event.practice_id).in_(practice_ids)
    )
    newest = [int(number) for number in session.exec(acts.order_by(col(Event.id).desc()).limit(RECENT))]
    statement = (
        select_rows(ClaimPayment, Claim)
        .join(Claim, col(Claim.id) == ClaimPayment.claim_id)
        .where(
            col(ClaimPayment.id).in_(newest),
            col(ClaimPayment.practice_id).in_(practice_ids),
            col(ClaimPayment.state).in_(POSTED),
            ClaimPayment.match_rule == BY_PERSON,
        )
    )
    found = {payment.id: (payment, claim) for payment, claim in session.exec(statement)}
    return [found[number] for number in dict.fromkeys(newest) if number in found]


def why_it_stays(session: Session, payment: ClaimPayment) -> str:
    """Why the answer cannot come off its claim; empty when it can."""
    connection = session.connection()
    assert payment.id is not None
    if payment.state not in POSTED or payment.claim_id is None:
        return "This answer is on no claim: somebody else has just taken it off."
    if payment.status == REVERSAL_STATUS:
        return "It takes back an earlier answer, and the two belong together: neither comes off by hand."
    if payment.match_rule != BY_PERSON:
        return "It found its claim by itself. Only what a person applied is taken off by a person."
    if payment.reversed_by_id is not None:
        return "The payer has taken this answer back since: the two belong together and stay."
    if disputed(connection, (payment.id,)):
        return "An appeal or a refiling is about it or its denial. End that first."
    applied = _applied(connection, payment.id)
    later = _answers_since(connection, payment, applied)
    if later:
        return f"The answer under trace {later} was posted on top of it since: what it says counts on this one."
    by_hand = _by_hand_since(connection, payment.claim_id, applied)
    if by_hand:
        return f"{format_cents(by_hand)} was posted on the claim by hand since. Take that back first."
    return ""


def take_off(session: Session, claim_payment_id: int, reason: str) -> TakenOff:
    """The answer is unmatched again. Raises CannotTakeOff with the reason."""
    payment = session.exec(
        select_rows(ClaimPayment).where(ClaimPayment.id == claim_payment_id).with_for_update()
    ).one()
    refusal = why_it_stays(session, payment) or ("" if reason.strip() else "Say why: the reason is kept with it.")
    if refusal:
        raise CannotTakeOff(refusal)
    assert payment.claim_id is not None
    connection, now, claim_id = session.connection(), now_of(session), payment.claim_id
    claim = session.get_one(Claim, claim_id)
    paid = session.get_one(Remittance, payment.remittance_id)
    on = paid.payment_date or paid.production_date or paid.received_at.date()
    number, practice_id = claim.patient_control_number, claim.practice_id
    paid_cents, trace = payment.paid_cents, paid.trace
    stays = _stays(session, claim_id, _applied(connection, claim_payment_id))
    is_emptied = _is_emptied(session, claim, claim_payment_id)
    numbering = Numbering(connection)
    unpost(connection, (claim_payment_id,), now, numbering.entries, f"taken off by a person: {reason}")
    if not is_emptied:
        _uncharge(connection, claim, payment.segment, paid.file_id, numbering, on, now)
    drop_denials(connection, (claim_payment_id,))
    forget_numbers(connection, (claim_id,))
    session.expire_all()
    if is_emptied:
        supersede(connection, (claim_id,), now, numbering.entries)
    else:
        settle_denials(connection, (claim_id,))
        retell(connection, practice_id, (claim_id,), now, numbering.claims)
    timeline = Timeline(connection, now)
    words = f"Taken off again: the answer under trace {trace} is about another claim. {reason}"
    timeline.add(practice_id, claim_id, EventKind.CHANGED, now.date(), words, cents=-paid_cents)
    timeline.flush()
    session.expire_all()
    answer = session.get_one(ClaimPayment, claim_payment_id)
    answer.match_evidence = answer.note = (
        f"Was on claim {number} and was taken off again on {now:%Y-%m-%d}: {reason.rstrip('.')}."
    )
    session.add(answer)
    record(
        session,
        "remittance.take_off",
        object_type="claim_payment",
        object_id=claim_payment_id,
        practice_id=practice_id,
        reason=reason,
        detail={"claim_id": claim_id, "paid_cents": paid_cents, "stays": stays},
    )
    session.flush()
    return TakenOff(claim_id, stays)


# -- what stands on it -----------------------------------------------------------------------------------------------


def _applied(connection: Connection, number: int) -> int:
    """The entry by which it came to its claim; 0 when it moved no money."""
    statement = select(func.max(entry.c.id)).where(
        entry.c.cause_kind == CauseKind.CLAIM_PAYMENT.value,
        entry.c.cause_id == number,
        entry.c.kind == EntryKind.APPLY.value,
    )
    return int(connection.execute(statement).scalar() or 0)


def _answers_since(connection: Connection, payment: ClaimPayment, applied: int) -> str:
    """The trace of an answer that was posted to the same claim after this one was applied."""
    statement = (
        select(remittance.c.trace)
        .join(claim_payment, claim_payment.c.remittance_id == remittance.c.id)
        .join(entry, entry.c.cause_id == claim_payment.c.id)
        .where(
            claim_payment.c.claim_id == payment.claim_id,
            claim_payment.c.id != payment.id,
            claim_payment.c.state.in_(POSTED),
            entry.c.cause_kind == CauseKind.CLAIM_PAYMENT.value,
            entry.c.id > applied,
        )
        .limit(1)
    )
    return connection.execute(statement).scalar() or "" if applied else ""


def _by_hand_since(connection: Connection, claim_id: int, applied: int) -> int:
    """What people posted since and did not take back, in cents."""
    sums = (
        select(func.sum(posting.c.amount_cents).label("cents"))
        .join(entry, entry.c.id == posting.c.entry_id)
        .where(posting.c.claim_id == claim_id, entry.c.kind == EntryKind.PERSON.value, entry.c.id > applied)
        .group_by(posting.c.account)
        .subquery()
    )
    return int(connection.execute(select(func.max(func.abs(sums.c.cents)))).scalar() or 0) if applied else 0


def _stays(session: Session, claim_id: int, applied: int) -> str:
    """Appeals and refilings that ended since it was applied: they stay ended."""
    known = session.get(JournalEntry, applied) if applied else None
    if known is None:
        return ""
    statement = select_rows(func.count()).where(
        Event.object_type == "claim",
        Event.object_id == str(claim_id),
        col(Event.action).in_(CLOSING),
        Event.at >= known.known_at,
    )
    ended = session.exec(statement).one()
    if not ended:
        return ""
    return f"{ended} appeal{'s' if ended > 1 else ''} or refiling that ended since stays ended: look at the claim."


def _is_emptied(session: Session, claim: Claim, number: int) -> bool:
    """The claim is known only from this answer: no 837, no other answer, no status."""
    if claim.submissions:
        return False
    others = select_rows(func.count()).where(ClaimPayment.claim_id == claim.id, ClaimPayment.id != number)
    statuses = select_rows(func.count()).where(StatusEvent.claim_id == claim.id)
    return not session.exec(others).one() and not session.exec(statuses).one()


def _uncharge(
    connection: Connection, claim: Claim, segment: int, file_id: int, numbering: Numbering, on: date, now: datetime
) -> None:
    """A claim without an 837 was charged anew by what the answer said: by as much less now."""
    statement = (
        select(func.sum(posting.c.amount_cents))
        .join(entry, entry.c.id == posting.c.entry_id)
        .where(
            *(entry.c.cause_kind == CauseKind.CLAIM.value, entry.c.cause_id == claim.id),
            *(entry.c.kind == EntryKind.CHARGE_CHANGE.value, entry.c.file_id == file_id, entry.c.segment == segment),
            posting.c.account == Account.INSURANCE_AR.value,
        )
    )
    cents = int(connection.execute(statement).scalar() or 0)
    if not cents:
        return
    assert claim.id is not None
    journal = Journal(connection, now, numbering.entries)
    journal.load_balances((claim.id,))
    legs = [Leg(Account.INSURANCE_AR, -cents, claim.id), Leg(Account.CHARGES, cents, claim.id)]
    cause = Cause(CauseKind.CLAIM, claim.id, file_id, segment)
    journal.post(
        *(claim.practice_id, EntryKind.CHARGE_CHANGE, claim.first_service or on, cause, legs),
        memo="the answer that said so was taken off",
    )
    journal.flush()
    table = table_of(Claim)
    connection.execute(table.update().where(table.c.id == claim.id).values(charge_cents=table.c.charge_cents - cents))

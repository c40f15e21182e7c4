"""What becomes of a credit: refunded, moved to another claim, or left until the payer takes it back.

    refunded        receivable + / cash −            only by two people: `refunds.py`
    moved           receivable + / unapplied −   on the claim that has too much
                    unapplied + / receivable −   on the claim that is open, in the same entry

Each is undone by its opposite entry; waiting moves nothing, and the clock of the credit runs on.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlmodel import Session, col, select

from app.audit.actor import now_of
from app.audit.record import record
from app.claims.tables import Claim, ClaimEvent, EventKind
from app.core.money import format_cents
from app.ledger.credits import note_credits
from app.ledger.journal import Cause, Journal, Leg
from app.ledger.person import CannotPost, take_back
from app.ledger.tables import (
    UNDECIDED,
    Account,
    CauseKind,
    ClaimBalance,
    CreditBalance,
    EntryKind,
    JournalEntry,
    Posting,
    RefundRequest,
)

SIDES = {"patient": Account.PATIENT_AR, "payer": Account.INSURANCE_AR}
LONGEST_REASON = 500


def credit_cents(session: Session, claim_id: int, side: str) -> int:
    """What is over on one side of a claim, as a positive amount."""
    balance = session.get(ClaimBalance, claim_id)
    if balance is None:
        return 0
    return max(0, -(balance.insurance_cents if side == "payer" else balance.patient_cents))


def post_refund(
    session: Session, claim_id: int, side: str, cents: int, *, person_id: int, reason: str, on: date
) -> int:
    """Money that goes back to whoever paid too much. Returns the entry; raises CannotPost."""
    claim = session.get_one(Claim, claim_id)
    _hold_balances(session, (claim_id,))
    check_return(session, claim, side, cents, reason)
    legs = [Leg(SIDES[side], cents, claim_id), Leg(Account.CASH, -cents, claim_id)]
    words = f"{format_cents(cents)} refunded to the {side}: {reason.strip()}"
    return _post(session, (claim,), legs, "refund", cents, person_id=person_id, reason=words, on=on)


def move_credit(
    session: Session, claim: Claim, other: Claim, side: str, cents: int, *, person_id: int, reason: str, on: date
) -> int:
    """To an open claim of the same payer, or of the same patient; never more than is open there."""
    _hold_balances(session, (claim.id or 0, other.id or 0))
    check_return(session, claim, side, cents, reason)
    assert claim.id is not None
    assert other.id is not None
    if other.id == claim.id or other.practice_id != claim.practice_id:
        raise CannotPost("Choose another claim of the same practice.")
    if side == "payer" and other.payer_id != claim.payer_id:
        raise CannotPost("A payer’s credit goes only to a claim of the same payer.")
    if side == "patient" and other.patient_id != claim.patient_id:
        raise CannotPost("A patient’s credit goes only to a claim of the same patient.")
    balance = session.get(ClaimBalance, other.id)
    is_open = 0 if balance is None else balance.insurance_cents if side == "payer" else balance.patient_cents
    if cents > is_open:
        raise CannotPost(
            f"Only {format_cents(max(is_open, 0))} is open there, {format_cents(cents)} is more than that."
        )
    account = SIDES[side]
    legs = [
        *(Leg(account, cents, claim.id), Leg(Account.UNAPPLIED_CASH, -cents, claim.id)),
        *(Leg(Account.UNAPPLIED_CASH, cents, other.id), Leg(account, -cents, other.id)),
    ]
    numbers = f"from {claim.patient_control_number} to {other.patient_control_number}"
    words = f"{format_cents(cents)} of the {side}’s moved {numbers}: {reason.strip()}"
    entry = _post(session, (claim, other), legs, "move_credit", cents, person_id=person_id, reason=words, on=on)
    for number in (claim.id, other.id):
        session.add(
            ClaimEvent(
                practice_id=claim.practice_id,
                claim_id=number,
                kind=EventKind.POSTED,
                happened_on=on,
                known_at=now_of(session),
                summary=words,
                cents=cents,
                person_id=person_id,
            )
        )
    session.flush()
    return entry


def wait_for_take_back(session: Session, claim_id: int, *, person_id: int, note: str, on: date) -> CreditBalance:
    """The payer said that it takes the money out of a coming payment; nothing is posted until it does."""
    found = session.get(CreditBalance, claim_id)
    if found is None:
        raise CannotPost("There is no credit on this claim any more.")
    asked = select(RefundRequest.id).where(
        RefundRequest.claim_id == claim_id, RefundRequest.side == "payer", col(RefundRequest.state).in_(UNDECIDED)
    )
    if session.exec(asked).first() is not None:
        raise CannotPost("A refund of it is asked for: withdraw or decline that first, or it goes back twice.")
    if not note.strip():
        raise CannotPost("Say who announced the take-back, and when.")
    found.waits_since, found.waits_note, found.waits_by_id = on, note.strip()[:LONGEST_REASON], person_id
    session.add(found)
    _record(session, found, "wait", note)
    return found


def stop_waiting(session: Session, claim_id: int) -> None:
    """The credit stands in the list as before."""
    found = session.get(CreditBalance, claim_id)
    if found is None or found.waits_since is None:
        raise CannotPost("Nobody waits for a take-back here any more.")
    found.waits_since = found.waits_note = found.waits_by_id = None
    session.add(found)
    _record(session, found, "stop_waiting", "")


def take_back_refund(session: Session, claim_id: int, entry_id: int, *, person_id: int, on: date) -> None:
    """The cash is here again, and the credit stands. Raises CannotPost."""
    take_back(session, entry_id, person_id=person_id, reason="decision taken back", on=on)
    _settle(session, [claim_id], on)


def undo_move(
    session: Session, practice_ids: tuple[int, ...], entry_id: int, *, person_id: int, on: date
) -> list[int]:
    """A credit that was moved is taken back by the opposite entry. Returns the claims; raises CannotPost."""
    entry = session.get(JournalEntry, entry_id)
    is_ours = entry is not None and entry.practice_id in practice_ids
    legs = session.exec(select(Posting).where(Posting.entry_id == entry_id)).all() if is_ours else []
    claim_ids = sorted({leg.claim_id for leg in legs if leg.claim_id is not None})
    if entry is None or entry.reverses_id is not None or len(claim_ids) != 2:
        raise CannotPost("There is no such move.")
    take_back(session, entry_id, person_id=person_id, reason="taken back at once", on=on)
    _settle(session, claim_ids, on)
    return claim_ids


def _hold_balances(session: Session, claim_ids: Sequence[int]) -> None:
    """As they are now, and nobody moves them before the commit: what is checked is what is posted against."""
    held = select(ClaimBalance).where(col(ClaimBalance.claim_id).in_(claim_ids)).order_by(col(ClaimBalance.claim_id))
    session.exec(held.with_for_update(), execution_options={"populate_existing": True}).all()


def check_return(session: Session, claim: Claim, side: str, cents: int, reason: str) -> None:
    """No more goes back than is over. Raises CannotPost."""
    if side not in SIDES:
        raise CannotPost("Choose whose credit it is.")
    if cents <= 0:
        raise CannotPost("The amount must be more than nothing.")
    if not reason.strip() or len(reason) > LONGEST_REASON:
        raise CannotPost(f"Say in at most {LONGEST_REASON} letters why, with the number of the check.")
    over = credit_cents(session, claim.id or 0, side)
    if cents > over:
        raise CannotPost(f"Only {format_cents(over)} is over on that side, {format_cents(cents)} is more than that.")


def _post(
    session: Session,
    claims: tuple[Claim, ...],
    legs: list[Leg],
    what: str,
    cents: int,
    *,
    person_id: int,
    reason: str,
    on: date,
) -> int:
    practice_id, ids = claims[0].practice_id, [claim.id or 0 for claim in claims]
    journal = Journal(session.connection(), now_of(session))
    journal.load_balances(ids)
    entry = journal.post(practice_id, EntryKind.PERSON, on, Cause(CauseKind.PERSON, person_id), legs, memo=reason)
    journal.flush()
    assert entry is not None
    _settle(session, ids, on)
    record(
        session,
        f"ledger.{what}",
        object_type="claim",
        object_id=ids[0],
        practice_id=practice_id,
        reason=reason,
        detail={"entry_id": entry, "cents": cents, "claims": ids},
    )
    return entry


def _settle(session: Session, claim_ids: list[int], on: date) -> None:
    """Closed when nothing is open; the credit dated or forgotten, as after a load."""
    session.flush()
    session.expire_all()
    for claim in session.exec(select(Claim).where(col(Claim.id).in_(claim_ids))):
        balance = session.get_one(ClaimBalance, claim.id)
        is_settled = balance.insurance_cents == 0 and balance.patient_cents == 0
        claim.closed_on = (claim.closed_on or on) if is_settled else None
        session.add(claim)
    session.flush()
    note_credits(session.connection(), now_of(session).date(), claim_ids)
    session.expire_all()


def _record(session: Session, credit: CreditBalance, what: str, reason: str) -> None:
    record(
        session,
        f"credit.{what}",
        object_type="claim",
        object_id=credit.claim_id,
        practice_id=credit.practice_id,
        reason=reason,
    )

"""The entries that take an earlier answer back: a payer's reversal, or the void of a payment that was reissued."""

from __future__ import annotations

from datetime import date

from app.claims.register import KnownClaim
from app.ledger.journal import Cause, Journal
from app.ledger.tables import Account, CauseKind, EntryKind
from app.matching.reversals import Answer, opposite_legs
from app.matching.rows import AnswerRows
from app.matching.tables import PaymentState


class TakingBack:
    """Posts the opposite of what the books hold, and ties the two answers together."""

    def __init__(self, journal: Journal, rows: AnswerRows) -> None:
        self._journal = journal
        self._rows = rows

    def take_back(self, reversal: Answer, original: Answer, claim: KnownClaim, *, cash: Account) -> None:
        """Under the reversal's own remittance; `cash` is where its money is: clearing, or unapplied meanwhile."""
        legs = self._journal.legs_of(CauseKind.CLAIM_PAYMENT, (original.id,))[original.id]
        self._journal.post(
            claim.practice_id,
            EntryKind.REVERSAL if cash is Account.REMITTANCE_CLEARING else EntryKind.APPLY,
            reversal.event_date,
            Cause(CauseKind.CLAIM_PAYMENT, reversal.id, reversal.file_id, reversal.segment),
            opposite_legs(legs, claim.id, reversal.remittance_id, cash=cash),
            memo=f"takes back claim payment {original.id}",
        )
        reversal.state, reversal.claim_id, reversal.payer_rank = PaymentState.POSTED, claim.id, original.payer_rank
        original.reversed_by_id, original.held_cents = reversal.id, 0
        self._rows.change(original.id, reversed_by_id=reversal.id, held_cents=0)
        self._rows.change(
            reversal.id,
            state=PaymentState.POSTED.value,
            claim_id=claim.id,
            reverses_id=original.id,
            payer_rank=original.payer_rank,
            note="",
        )

    def void(self, earlier: Answer, claim: KnownClaim, cause: Cause, on: date) -> None:
        """The earlier check never cleared: its cash goes back as if it had not come."""
        legs = self._journal.legs_of(CauseKind.CLAIM_PAYMENT, (earlier.id,))[earlier.id]
        self._journal.post(
            claim.practice_id,
            EntryKind.VOID,
            on,
            cause,
            opposite_legs(legs, claim.id, earlier.remittance_id, cash=Account.CASH),
            memo=f"reissued: the payment under trace {earlier.trace} never cleared",
        )
        earlier.reversed_by_id = cause.id
        self._rows.change(earlier.id, reversed_by_id=cause.id)

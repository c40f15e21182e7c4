"""The entries that take an earlier answer back: a payer's reversal, or the void of a payment that was reissued."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import Connection, select

from app.claims.register import KnownClaim
from app.core.bulk import table_of
from app.ledger.journal import Cause, Journal
from app.ledger.tables import Account, CauseKind, EntryKind
from app.matching.reversals import Answer, opposite_legs
from app.matching.rows import AnswerRows
from app.matching.tables import PaymentState, RemarkRow
from edi.x835 import model as x835

REISSUED = "MA74"  # this payment replaces one that was lost or never cashed (835.md §9)
remark = table_of(RemarkRow)


class TakingBack:
    """Posts the opposite of what the books hold, and ties the two answers together."""

    def __init__(self, connection: Connection, journal: Journal, rows: AnswerRows) -> None:
        self._connection = connection
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

    def reissue_of(
        self, earlier: Sequence[Answer], claim_id: int, answer: x835.ClaimPayment, on: date
    ) -> Answer | None:
        """The check that replaces this answer of this day and came before it: the same answer, with MA74, not older;
        of two that replace, the later one."""
        first = on + timedelta(days=1) if is_reissued(answer) else on
        is_later = (each for each in earlier if each.claim_id == claim_id and each.event_date >= first)
        found = {each.id: each for each in is_later if each.is_standing and answer.paid_cents}
        if not found:
            return None
        reissued = select(remark.c.claim_payment_id).where(
            remark.c.claim_payment_id.in_(found), remark.c.service_payment_id.is_(None), remark.c.code == REISSUED
        )
        number = self._connection.execute(reissued.order_by(remark.c.claim_payment_id).limit(1)).scalar()
        return found[number] if number is not None else None

    def void_replaced(self, original: Answer, reissue: Answer, claim: KnownClaim) -> None:
        """The check that was replaced comes after its replacement: posted, and void since then."""
        cause = Cause(CauseKind.CLAIM_PAYMENT, reissue.id, reissue.file_id, reissue.segment)
        self.void(original, claim, cause, reissue.event_date)
        self._rows.change(reissue.id, note=replaces(original.trace))

    def void(self, earlier: Answer, claim: KnownClaim, cause: Cause, on: date) -> None:
        """The earlier check never cleared: its cash goes back as if it had not come. What it voided itself stays."""
        legs = self._journal.legs_of(CauseKind.CLAIM_PAYMENT, (earlier.id,))[earlier.id]
        legs = [leg for leg in legs if leg.remittance_id in (None, earlier.remittance_id)]
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


def is_reissued(answer: x835.ClaimPayment) -> bool:
    return REISSUED in {each.code for each in answer.remarks}


def replaces(trace: str) -> str:
    """What stands with a reissued payment."""
    return f"Replaces the payment under trace {trace} (MA74), which is voided."

"""Whose the patient's share is while another payer may still cover it.

The primary's PR amounts post to the patient. When the claim has gone on to the next payer (billed, or crossed over by
the primary) and that payer has not answered, they are the next payer's to answer for and stand with insurance; when
it has answered, the patient owes what the last payer says and no more. The difference to what stands is one entry,
so the outcome does not depend on which file came first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Connection, func, select

from app.claims.among import among
from app.claims.tables import Claim, Submission
from app.core.bulk import table_of
from app.ledger.journal import Cause, Journal, Leg
from app.ledger.tables import Account, CauseKind, EntryKind, JournalEntry, Posting
from app.matching.reversals import REVERSAL_STATUS
from app.matching.tables import ClaimPayment, PaymentState

claim = table_of(Claim)
submission = table_of(Submission)
entry = table_of(JournalEntry)
posting = table_of(Posting)
claim_payment = table_of(ClaimPayment)


def settle_responsibility(connection: Connection, journal: Journal, claim_ids: Iterable[int], on: date) -> None:
    """Bring the patient's side of these claims to what the last payer that answered says. Everything else of the
    batch must be written already; this writes its own entries."""
    wanted = sorted(set(claim_ids))
    if wanted:
        _settle(connection, journal, wanted, on)
        journal.flush()


def _settle(connection: Connection, journal: Journal, claim_ids: Sequence[int], on: date) -> None:
    shares = _shares(connection, claim_ids)
    moved = _moved(connection, claim_ids)
    awaited = _awaited_ranks(connection, claim_ids)
    answered = _answered_ranks(connection, claim_ids)
    for claim_id in claim_ids:
        last = answered.get(claim_id, 0)
        by_rank = shares.get(claim_id, {})
        wanted = 0 if awaited.get(claim_id, 0) > last else by_rank.get(last, 0)
        change = wanted - sum(by_rank.values()) - moved.get(claim_id, 0)
        legs = [Leg(Account.PATIENT_AR, change, claim_id), Leg(Account.INSURANCE_AR, -change, claim_id)]
        if change:
            journal.load_balances((claim_id,))
            practice_id = journal.balance(claim_id).practice_id
            memo = (
                "the next payer is to answer for the patient's share" if change < 0 else "the patient's share again"
            )
            journal.post(practice_id, EntryKind.RESPONSIBILITY, on, Cause(CauseKind.CLAIM, claim_id), legs, memo=memo)


def _shares(connection: Connection, claim_ids: Sequence[int]) -> dict[int, dict[int, int]]:
    """What answers put on the patient, by claim and rank of the payer; reversals taken off."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = connection.execute(
        select(posting.c.claim_id, claim_payment.c.payer_rank, func.sum(posting.c.amount_cents).label("cents"))
        .join(entry, entry.c.id == posting.c.entry_id)
        .join(claim_payment, claim_payment.c.id == entry.c.cause_id)
        .where(
            among(connection, posting.c.claim_id, claim_ids),
            posting.c.account == Account.PATIENT_AR.value,
            entry.c.cause_kind == CauseKind.CLAIM_PAYMENT.value,
        )
        .group_by(posting.c.claim_id, claim_payment.c.payer_rank)
    )
    for row in rows:
        found[row.claim_id][row.payer_rank] = int(row.cents)
    return found


def _moved(connection: Connection, claim_ids: Sequence[int]) -> dict[int, int]:
    """What earlier settlements moved."""
    rows = connection.execute(
        select(posting.c.claim_id, func.sum(posting.c.amount_cents).label("cents"))
        .join(entry, entry.c.id == posting.c.entry_id)
        .where(
            among(connection, posting.c.claim_id, claim_ids),
            posting.c.account == Account.PATIENT_AR.value,
            entry.c.kind == EntryKind.RESPONSIBILITY.value,
        )
        .group_by(posting.c.claim_id)
    )
    return {row.claim_id: int(row.cents) for row in rows}


def _awaited_ranks(connection: Connection, claim_ids: Sequence[int]) -> dict[int, int]:
    """The last payer that was billed or that the claim crossed over to."""
    found = {
        row.claim_id: row.rank
        for row in connection.execute(
            select(submission.c.claim_id, func.max(submission.c.payer_rank).label("rank"))
            .where(among(connection, submission.c.claim_id, claim_ids))
            .group_by(submission.c.claim_id)
        )
    }
    forwarded = connection.execute(
        select(claim_payment.c.claim_id, func.max(claim_payment.c.payer_rank).label("rank"))
        .where(
            among(connection, claim_payment.c.claim_id, claim_ids),
            claim_payment.c.status.in_(("19", "20", "21")),
            claim_payment.c.state == PaymentState.POSTED.value,
            claim_payment.c.reversed_by_id.is_(None),
        )
        .group_by(claim_payment.c.claim_id)
    )
    for row in forwarded:
        found[row.claim_id] = max(found.get(row.claim_id, 0), row.rank + 1)
    return found


def _answered_ranks(connection: Connection, claim_ids: Sequence[int]) -> dict[int, int]:
    """The last payer with a decision that stands."""
    rows = connection.execute(
        select(claim_payment.c.claim_id, func.max(claim_payment.c.payer_rank).label("rank"))
        .where(
            among(connection, claim_payment.c.claim_id, claim_ids),
            claim_payment.c.state == PaymentState.POSTED.value,
            claim_payment.c.status != REVERSAL_STATUS,
            claim_payment.c.reversed_by_id.is_(None),
        )
        .group_by(claim_payment.c.claim_id)
    )
    return {row.claim_id: row.rank for row in rows}

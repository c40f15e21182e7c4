"""What a remittance posts outside its claims: the deposit, and the provider adjustments beside it."""

from __future__ import annotations

from app.ledger.accounts import provider_adjustment_account
from app.ledger.journal import Cause, Journal, Leg
from app.ledger.tables import Account, CauseKind, EntryKind
from app.matching.answers import Header


def post_deposit(journal: Journal, header: Header, paid_cents: int, segment: int) -> None:
    """The payment as cash."""
    legs = [
        Leg(Account.CASH, paid_cents, None, None, header.remittance_id, "", "", segment, 2),
        Leg(Account.REMITTANCE_CLEARING, -paid_cents, None, None, header.remittance_id, "", "", segment, 2),
    ]
    cause = Cause(CauseKind.REMITTANCE, header.remittance_id, header.file_id, segment)
    journal.post(header.practice_id, EntryKind.DEPOSIT, header.on, cause, legs, memo=f"trace {header.trace}")


def post_provider_adjustment(
    journal: Journal,
    header: Header,
    number: int,
    reason: str,
    reference: str,
    cents: int,
    segment: int,
    element: int,
) -> None:
    """One PLB pair against its remittance."""
    legs = [
        Leg(
            provider_adjustment_account(reason),
            *(cents, None, None, header.remittance_id, "", reason, segment, element),
        ),
        Leg(
            Account.REMITTANCE_CLEARING,
            *(-cents, None, None, header.remittance_id, "", reason, segment, element),
        ),
    ]
    cause = Cause(CauseKind.PROVIDER_ADJUSTMENT, number, header.file_id, segment)
    memo = f"PLB {reason} {reference}".strip()
    journal.post(header.practice_id, EntryKind.PROVIDER_ADJUSTMENT, header.on, cause, legs, memo=memo)

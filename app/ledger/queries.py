"""The money of a claim as a screen shows it: a strip that foots, each figure with the segment it came from."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from sqlmodel import Session, col, select

from app.ledger.tables import Account, CauseKind, JournalEntry, Posting

ADJUSTING = (
    Account.CONTRACTUAL,
    Account.OTHER_ADJUSTMENT,
    Account.WRITE_OFF,
    Account.BAD_DEBT,
    Account.CAPITATION,
    Account.WITHHOLD,
    Account.FINANCE_REVIEW,
)
PAYING = (Account.REMITTANCE_CLEARING, Account.UNAPPLIED_CASH, Account.CASH)


class Origin(NamedTuple):
    """Where a posted amount came from: the row that caused it and the segment and element that said so."""

    cause_kind: str
    cause_id: int
    segment: int
    element: int


class Figure(NamedTuple):
    """One cell of the strip: an amount and the legs behind it, newest last."""

    key: str
    label: str
    cents: int
    note: str
    origins: tuple[Origin, ...]


class MoneyStrip(NamedTuple):
    """billed − paid − adjusted − patient = open with the payer, to the cent: the legs of a claim sum to zero."""

    billed: Figure
    paid: Figure
    adjusted: tuple[Figure, ...]  # by group and account; only those that are there
    patient: Figure
    open: Figure

    @property
    def difference_cents(self) -> int:
        """Zero, always; a screen that is handed anything else shows it."""
        adjusted = sum(figure.cents for figure in self.adjusted)
        return self.billed.cents - self.paid.cents - adjusted - self.patient.cents - self.open.cents


ADJUSTED_LABELS = {
    Account.CONTRACTUAL: "Contractual",
    Account.OTHER_ADJUSTMENT: "Reductions",
    Account.WRITE_OFF: "Written off",
    Account.BAD_DEBT: "Bad debt",
    Account.CAPITATION: "Capitated",
    Account.WITHHOLD: "Withheld",
    Account.FINANCE_REVIEW: "Finance review",
}


def money_strip(session: Session, claim_id: int) -> MoneyStrip:
    """From the legs themselves, never from a kept balance."""
    statement = (
        select(Posting, JournalEntry)
        .join(JournalEntry, col(JournalEntry.id) == Posting.entry_id)
        .where(Posting.claim_id == claim_id)
        .order_by(col(Posting.id))
    )
    sums: dict[Account, int] = defaultdict(int)
    origins: dict[Account, list[Origin]] = defaultdict(list)
    groups: dict[Account, set[str]] = defaultdict(set)
    for posting, entry in session.exec(statement):
        account = Account(posting.account)
        sums[account] += posting.amount_cents
        origins[account].append(
            Origin(entry.cause_kind, entry.cause_id, posting.segment or entry.segment, posting.element)
        )
        if posting.adjustment_group:
            groups[account].add(posting.adjustment_group)
    adjusted = tuple(
        Figure(
            account.value,
            ADJUSTED_LABELS[account],
            sums[account],
            ", ".join(sorted(groups[account])),
            tuple(origins[account]),
        )
        for account in ADJUSTING
        if sums[account] or origins[account]
    )
    paying = [account for account in PAYING if origins[account]]
    paid_origins = tuple(origin for account in paying for origin in origins[account])
    return MoneyStrip(
        billed=Figure("billed", "Billed", -sums[Account.CHARGES], "", tuple(origins[Account.CHARGES])),
        paid=Figure("paid", "Paid", sum(sums[account] for account in paying), "", paid_origins),
        adjusted=adjusted,
        patient=Figure("patient", "Patient", sums[Account.PATIENT_AR], "", tuple(origins[Account.PATIENT_AR])),
        open=Figure("open", "Open with payer", sums[Account.INSURANCE_AR], "", ()),
    )


def is_from_wire(origin: Origin) -> bool:
    """Did a file say so, or a person?"""
    return origin.cause_kind != CauseKind.PERSON and origin.segment > 0

"""The money of a claim as a screen shows it: a strip that foots, each figure with the segment it came from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session

from app.core.bulk import table_of
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


class ClaimLeg(NamedTuple):
    """One leg on a claim, with the entry that it belongs to."""

    account: str
    amount_cents: int
    adjustment_group: str
    adjustment_reason: str
    leg_segment: int
    element: int
    entry_id: int
    kind: str
    event_date: date
    known_at: datetime
    memo: str
    cause_kind: str
    cause_id: int
    segment: int  # of the entry
    file_id: int | None


class Origin(NamedTuple):
    """Where a posted amount came from: the row that caused it and the segment and element that said so."""

    cause_kind: str
    cause_id: int
    segment: int
    element: int
    file_id: int | None


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


def legs_of(session: Session, claim_id: int) -> list[ClaimLeg]:
    """Everything posted on the claim, oldest first."""
    return [ClaimLeg(*row) for row in session.connection().execute(_legs(), {"claim_id": claim_id})]


@cache
def _legs() -> Select[Any]:
    leg, entry = table_of(Posting), table_of(JournalEntry)
    return (
        select(
            *(leg.c.account, leg.c.amount_cents, leg.c.adjustment_group, leg.c.adjustment_reason),
            *(leg.c.segment.label("leg_segment"), leg.c.element, leg.c.entry_id),
            *(entry.c.kind, entry.c.event_date, entry.c.known_at, entry.c.memo),
            *(entry.c.cause_kind, entry.c.cause_id, entry.c.segment, entry.c.file_id),
        )
        .join(entry, entry.c.id == leg.c.entry_id)
        .where(leg.c.claim_id == bindparam("claim_id"))
        .order_by(leg.c.id)
    )


def money_strip(session: Session, claim_id: int) -> MoneyStrip:
    """From the legs themselves, never from a kept balance."""
    return strip_of(legs_of(session, claim_id))


def strip_of(legs: Sequence[ClaimLeg]) -> MoneyStrip:
    """The strip of a claim's legs, oldest first."""
    sums: dict[Account, int] = defaultdict(int)
    origins: dict[Account, list[Origin]] = defaultdict(list)
    groups: dict[Account, set[str]] = defaultdict(set)
    for leg in legs:
        account = Account(leg.account)
        sums[account] += leg.amount_cents
        said = leg.leg_segment or leg.segment
        origins[account].append(Origin(leg.cause_kind, leg.cause_id, said, leg.element, leg.file_id))
        if leg.adjustment_group:
            groups[account].add(leg.adjustment_group)
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

"""What a screen asks about remittances: the list, one payment with what it brought, and where its money went.

Held ones come first everywhere: nothing of them is on the books, so somebody must act.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import ColumnElement, Date, and_, case, exists, literal, or_
from sqlmodel import Session, col, func, select

from app.claims.tables import Claim, Payer, Practice
from app.core.money import parse_dollars
from app.intake.tables import FileFinding, LoadedSet, StoredFile
from app.ledger.tables import Account, CauseKind, JournalEntry, Posting
from app.matching.tables import ClaimPayment, PaymentState, ProviderAdjustmentRow, Remittance

REMITTANCE_ROWS = 100
CLAIM_ROWS = 200  # of one remittance on one page
HELD_ROWS = 50
FINDING_ROWS = 100
LONGEST_TEXT = 60
UNDATED = date(1, 1, 1)  # sorts behind every payment that says its date


@dataclass(frozen=True, slots=True)
class RemittanceFilter:
    """What the address asks for; anything that makes no sense asks for nothing."""

    state: str = ""  # posted, held
    payer_id: int = 0
    text: str = ""  # part of a trace, or an amount as the bank writes it

    @classmethod
    def of(cls, state: str, payer: str, text: str) -> RemittanceFilter:
        known = state if state in ("posted", "held") else ""
        return cls(known, int(payer) if payer.isdecimal() and len(payer) < 10 else 0, text.strip()[:LONGEST_TEXT])


class Totals(NamedTuple):
    remittances: int
    paid_cents: int


class RemittancePage(NamedTuple):
    rows: list[Remittance]
    totals: Totals  # of all that fit, not only of the page
    older: str  # the place to go on from, "" at the end


class AdjustmentView(NamedTuple):
    row: ProviderAdjustmentRow
    claim_number: str  # of the claim that the reference names, "" for none


class ClassTotal(NamedTuple):
    """The claims of one payment that came to the same."""

    classification: str
    claims: int
    charge_cents: int
    paid_cents: int


class RemittanceView(NamedTuple):
    remittance: Remittance
    payer: Payer
    practice: Practice
    loaded: LoadedSet | None
    file: StoredFile | None
    adjustments: list[AdjustmentView]
    findings: list[FileFinding]
    classes: list[ClassTotal]
    unmatched: Totals
    matched_claims: int
    same_trace: list[Remittance]
    posted_by_person: str  # what a supervisor wrote on posting it all the same

    @property
    def expected_cents(self) -> int:
        """What the payment should be: its claims less its provider adjustments."""
        return self.remittance.claims_cents - self.remittance.provider_adjustment_cents

    @property
    def difference_cents(self) -> int:
        return self.remittance.paid_cents - self.expected_cents


def remittances(
    session: Session, practice_ids: Sequence[int], wanted: RemittanceFilter, *, after: str = ""
) -> RemittancePage:
    """Newest payment first."""
    fits = _fits(practice_ids, wanted)
    order = func.coalesce(Remittance.payment_date, Remittance.production_date, literal(UNDATED, Date))
    statement = select(Remittance, order).where(*fits).order_by(order.desc(), col(Remittance.id).desc())
    place = _place(after)
    if place is not None:
        on, number = place
        on_that_day = literal(on, Date)
        statement = statement.where(or_(order < on_that_day, and_(order == on_that_day, col(Remittance.id) < number)))
    found = session.exec(statement.limit(REMITTANCE_ROWS + 1)).all()
    rows = [row for row, _ in found[:REMITTANCE_ROWS]]
    last = found[REMITTANCE_ROWS - 1] if len(found) > REMITTANCE_ROWS else None
    older = f"{last[1]:%Y-%m-%d}.{last[0].id}" if last is not None else ""
    return RemittancePage(rows, _totals(session, fits), older)


def held_remittances(session: Session, practice_ids: Sequence[int]) -> tuple[list[Remittance], Totals]:
    """Those that wait for a corrected file or a supervisor, largest first."""
    fits = _fits(practice_ids, RemittanceFilter(state="held"))
    statement = select(Remittance).where(*fits).order_by(col(Remittance.paid_cents).desc(), col(Remittance.id))
    return list(session.exec(statement.limit(HELD_ROWS))), _totals(session, fits)


def paying_payers(session: Session, practice_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Payers that sent these practices a remittance, by name."""
    rows = session.exec(select(Payer.id, Payer.name).where(_is_heard(Remittance, practice_ids)).order_by(Payer.name))
    return [(number, name) for number, name in rows if number is not None]


def known_payers(session: Session, practice_ids: Sequence[int]) -> list[tuple[int, str]]:
    """Payers that these practices billed or heard from, by name."""
    known = _is_heard(Claim, practice_ids) | _is_heard(Remittance, practice_ids)
    rows = session.exec(select(Payer.id, Payer.name).where(known).order_by(Payer.name))
    return [(number, name) for number, name in rows if number is not None]


def _is_heard(table: type[Claim] | type[Remittance], practice_ids: Sequence[int]) -> ColumnElement[bool]:
    """Has the payer one of these? Asked of each payer, of whom there are few, and not of every row."""
    return exists().where(col(table.payer_id) == col(Payer.id), col(table.practice_id).in_(practice_ids))


def find_remittance(session: Session, practice_ids: Sequence[int], remittance_id: int) -> Remittance | None:
    """None when there is none, or it is another practice's: the two look alike."""
    is_seen = col(Remittance.practice_id).in_(practice_ids)
    return session.exec(select(Remittance).where(Remittance.id == remittance_id, is_seen)).first()


def remittance_view(session: Session, remittance: Remittance) -> RemittanceView:
    """One payment with everything about it but its claims."""
    loaded = session.get(LoadedSet, remittance.loaded_set_id)
    of_it = ClaimPayment.remittance_id == remittance.id
    aside = session.exec(
        select(func.count(), func.coalesce(func.sum(ClaimPayment.paid_cents), 0)).where(
            of_it, ClaimPayment.state == PaymentState.UNMATCHED
        )
    ).one()
    matched = session.exec(select(func.count()).where(of_it, col(ClaimPayment.claim_id).is_not(None))).one()
    return RemittanceView(
        remittance=remittance,
        payer=session.get_one(Payer, remittance.payer_id),
        practice=session.get_one(Practice, remittance.practice_id),
        loaded=loaded,
        file=session.get(StoredFile, remittance.file_id),
        adjustments=_adjustments(session, remittance),
        findings=_findings(session, remittance, loaded),
        classes=_classes(session, remittance),
        unmatched=Totals(int(aside[0]), int(aside[1])),
        matched_claims=int(matched),
        same_trace=_same_trace(session, remittance),
        posted_by_person=_memo_of_difference(session, remittance),
    )


def claims_of(
    session: Session, remittance_id: int, *, after: int = 0
) -> tuple[list[tuple[ClaimPayment, Claim | None]], int]:
    """Its claims in the order of the file, each with the claim of ours that it answers; and where to go on."""
    statement = (
        select(ClaimPayment, Claim)
        .outerjoin(Claim, col(Claim.id) == ClaimPayment.claim_id)
        .where(ClaimPayment.remittance_id == remittance_id, col(ClaimPayment.id) > after)
        .order_by(col(ClaimPayment.id))
        .limit(CLAIM_ROWS + 1)
    )
    found: list[tuple[ClaimPayment, Claim | None]] = [(payment, claim) for payment, claim in session.exec(statement)]
    more = (found[CLAIM_ROWS - 1][0].id or 0) if len(found) > CLAIM_ROWS else 0
    return found[:CLAIM_ROWS], more


def _fits(practice_ids: Sequence[int], wanted: RemittanceFilter) -> list[ColumnElement[bool]]:
    fits: list[ColumnElement[bool]] = [col(Remittance.practice_id).in_(practice_ids)]
    if wanted.state:
        fits.append(col(Remittance.state) == wanted.state)
    if wanted.payer_id:
        fits.append(col(Remittance.payer_id) == wanted.payer_id)
    if wanted.text:
        named = col(Remittance.trace).icontains(wanted.text, autoescape=True)
        cents = _typed_cents(wanted.text)
        fits.append(named if cents is None else or_(named, col(Remittance.paid_cents) == cents))
    return fits


def _totals(session: Session, fits: Sequence[ColumnElement[bool]]) -> Totals:
    count, cents = session.exec(
        select(func.count(), func.coalesce(func.sum(Remittance.paid_cents), 0)).where(*fits)
    ).one()
    return Totals(int(count), int(cents))


def _typed_cents(text: str) -> int | None:
    try:
        return parse_dollars(text)
    except ValueError:
        return None


def _place(after: str) -> tuple[date, int] | None:
    day, _, number = after.partition(".")
    try:
        return (date.fromisoformat(day), int(number)) if number.isdecimal() else None
    except ValueError:
        return None


def _adjustments(session: Session, remittance: Remittance) -> list[AdjustmentView]:
    statement = (
        select(ProviderAdjustmentRow, Claim.patient_control_number)
        .outerjoin(Claim, col(Claim.id) == ProviderAdjustmentRow.claim_id)
        .where(ProviderAdjustmentRow.remittance_id == remittance.id)
        .order_by(col(ProviderAdjustmentRow.id))
    )
    return [AdjustmentView(row, number or "") for row, number in session.exec(statement)]


def _findings(session: Session, remittance: Remittance, loaded: LoadedSet | None) -> list[FileFinding]:
    """Of its transaction set alone: another set of the file may be another practice's."""
    if loaded is None:
        return []
    statement = select(FileFinding).where(
        FileFinding.file_id == remittance.file_id, FileFinding.set_number == loaded.set_number
    )
    return list(session.exec(statement.order_by(col(FileFinding.segment)).limit(FINDING_ROWS)))


def _classes(session: Session, remittance: Remittance) -> list[ClassTotal]:
    statement = (
        select(
            ClaimPayment.classification,
            func.count(),
            func.sum(ClaimPayment.charge_cents),
            func.sum(ClaimPayment.paid_cents),
        )
        .where(ClaimPayment.remittance_id == remittance.id)
        .group_by(ClaimPayment.classification)
        .order_by(case((func.sum(ClaimPayment.paid_cents) != 0, 0), else_=1), ClaimPayment.classification)
    )
    return [
        ClassTotal(name, int(claims), int(charge), int(paid))
        for name, claims, charge, paid in session.exec(statement)
    ]


def _same_trace(session: Session, remittance: Remittance) -> list[Remittance]:
    """Other payments of the payer to the practice under the same number: a conflict, or parts of one."""
    statement = select(Remittance).where(
        Remittance.trace == remittance.trace,
        Remittance.payer_id == remittance.payer_id,
        Remittance.practice_id == remittance.practice_id,
        col(Remittance.id) != remittance.id,
    )
    return list(session.exec(statement.order_by(col(Remittance.id)).limit(10)))


def _memo_of_difference(session: Session, remittance: Remittance) -> str:
    """The line under which the difference stands in finance review."""
    if not remittance.difference_cents:
        return ""
    statement = (
        select(JournalEntry.memo)
        .join(Posting, col(Posting.entry_id) == JournalEntry.id)
        .where(
            Posting.remittance_id == remittance.id,
            Posting.account == Account.FINANCE_REVIEW.value,
            JournalEntry.cause_kind == CauseKind.PERSON.value,
        )
    )
    return session.exec(statement).first() or ""

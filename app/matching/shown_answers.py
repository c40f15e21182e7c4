"""What payers answered about one claim, as its page prints it: in columns, and the lines of the newest answer only.

`queries.py` has the same as rows of their tables, for whoever acts on them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, literal, null, select, union_all
from sqlmodel import Session

from app.core.bulk import table_of
from app.matching.tables import AdjustmentRow, ClaimPayment, PaymentState, RemarkRow, Remittance, ServicePayment

payment = table_of(ClaimPayment)
remittance = table_of(Remittance)
service = table_of(ServicePayment)
adjustment = table_of(AdjustmentRow)
remark = table_of(RemarkRow)


class ShownPayment(NamedTuple):
    """One claim payment, with what its remittance says of it."""

    id: int
    state: str
    allowed_cents: int | None
    held_cents: int
    reversed_by_id: int | None
    segment: int
    payer_id: int
    trace: str
    payment_date: date | None
    production_date: date | None
    file_id: int
    paid_cents: int

    @property
    def answered_on(self) -> date | None:
        return self.payment_date or self.production_date


class ShownAdjustment(NamedTuple):
    claim_payment_id: int
    group: str
    reason: str
    cents: int
    nature: str
    segment: int
    element: int


class ShownRemark(NamedTuple):
    claim_payment_id: int
    code: str
    segment: int
    element: int


class ShownCodes(NamedTuple):
    """Adjustments and remarks of one line, or of the claim as a whole."""

    adjustments: list[ShownAdjustment]
    remarks: list[ShownRemark]


class ShownLine(NamedTuple):
    id: int
    claim_payment_id: int
    line_id: int | None  # None: a line that we did not send
    procedure: str
    modifiers: str  # colon-separated
    revenue_code: str
    original_procedure: str
    units: str
    charge_cents: int
    paid_cents: int
    allowed_cents: int | None
    first_service: date | None
    segment: int
    codes: ShownCodes

    @property
    def denied_cents(self) -> int:
        return sum(row.cents for row in self.codes.adjustments if row.nature == "denial" and row.cents > 0)


class ShownAnswer(NamedTuple):
    """A claim payment with everything under it."""

    payment: ShownPayment
    codes: ShownCodes  # claim level
    lines: list[ShownLine]


def payments_shown(session: Session, claim_id: int) -> list[ShownPayment]:
    """Every remitted answer about the claim, newest first."""
    return [ShownPayment(*row) for row in session.connection().execute(_payments(), {"claim_id": claim_id})]


def newest_answer(session: Session, payments: Sequence[ShownPayment]) -> ShownAnswer | None:
    """The newest that is posted, with its lines and codes; None: no answer is."""
    newest = next((each for each in payments if each.state == PaymentState.POSTED), None)
    if newest is None:
        return None
    connection, told = session.connection(), {"payment_id": newest.id}
    codes: dict[int | None, ShownCodes] = defaultdict(lambda: ShownCodes([], []))
    for is_remark, _, line, group, code, cents, nature, segment, element in connection.execute(_codes(), told):
        if is_remark:
            codes[line].remarks.append(ShownRemark(newest.id, code, segment, element))
        else:
            codes[line].adjustments.append(ShownAdjustment(newest.id, group, code, cents, nature, segment, element))
    lines = [ShownLine._make((*row, codes[row.id])) for row in connection.execute(_lines(), told)]
    return ShownAnswer(newest, codes[None], lines)


@cache
def _payments() -> Select[Any]:
    return (
        select(
            *(payment.c.id, payment.c.state, payment.c.allowed_cents, payment.c.held_cents),
            *(payment.c.reversed_by_id, payment.c.segment, remittance.c.payer_id, remittance.c.trace),
            *(remittance.c.payment_date, remittance.c.production_date, remittance.c.file_id, payment.c.paid_cents),
        )
        .join(remittance, remittance.c.id == payment.c.remittance_id)
        .where(payment.c.claim_id == bindparam("claim_id"))
        .order_by(payment.c.id.desc())
    )


@cache
def _lines() -> Select[Any]:
    return (
        select(*(service.c[name] for name in ShownLine._fields[:-1]))
        .where(service.c.claim_payment_id == bindparam("payment_id"))
        .order_by(service.c.position)
    )


@cache
def _codes() -> Any:
    """Adjustments and remarks of one payment, each in the order in which they stand in the file."""
    adjustments = select(
        literal(0).label("is_remark"),
        *(adjustment.c.id, adjustment.c.service_payment_id, adjustment.c.group, adjustment.c.reason.label("code")),
        *(adjustment.c.cents, adjustment.c.nature, adjustment.c.segment, adjustment.c.element),
    ).where(adjustment.c.claim_payment_id == bindparam("payment_id"))
    remarks = select(
        literal(1),
        *(remark.c.id, remark.c.service_payment_id, null(), remark.c.code),
        *(null(), null(), remark.c.segment, remark.c.element),
    ).where(remark.c.claim_payment_id == bindparam("payment_id"))
    return union_all(adjustments, remarks).order_by("is_remark", "id")

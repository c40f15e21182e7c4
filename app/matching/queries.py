"""What payers answered about a claim, as a screen shows it: each line billed, allowed, paid, denied, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select

from app.core.bulk import is_one_of, table_of
from app.matching.tables import (
    AdjustmentRow,
    ClaimPayment,
    Denial,
    PaymentState,
    RemarkRow,
    Remittance,
    ServicePayment,
    StatusEvent,
)

UNMATCHED_ROWS = 200


class LineAnswer(NamedTuple):
    service: ServicePayment
    adjustments: list[AdjustmentRow]
    remarks: list[RemarkRow]

    @property
    def denied_cents(self) -> int:
        return sum(row.cents for row in self.adjustments if row.nature == "denial" and row.cents > 0)


class Answer(NamedTuple):
    """One claim payment with everything under it."""

    payment: ClaimPayment
    remittance: Remittance
    adjustments: list[AdjustmentRow]  # claim level
    remarks: list[RemarkRow]  # claim level
    lines: list[LineAnswer]

    @property
    def answered_on(self) -> date | None:
        return self.remittance.payment_date or self.remittance.production_date


def answers_of(session: Session, claim_id: int) -> list[Answer]:
    """Every remitted answer about the claim, newest first."""
    statement = (
        select(ClaimPayment, Remittance)
        .join(Remittance, col(Remittance.id) == ClaimPayment.remittance_id)
        .where(ClaimPayment.claim_id == claim_id)
        .order_by(col(ClaimPayment.id).desc())
    )
    pairs = session.exec(statement).all()
    return _answers(session, [(payment, remittance) for payment, remittance in pairs])


def answer_of(session: Session, payment: ClaimPayment, remittance: Remittance) -> Answer:
    """One claim payment with everything under it, matched or not."""
    (found,) = _answers(session, [(payment, remittance)])
    return found


def open_denials(session: Session, claim_id: int) -> list[Denial]:
    return list(session.exec(_open_denials(), params={"claim_id": claim_id}))


@cache
def _open_denials() -> Any:
    is_theirs = col(Denial.claim_id) == bindparam("claim_id")
    return select(Denial).where(is_theirs, col(Denial.is_open)).order_by(col(Denial.id).desc())


def statuses_of(session: Session, claim_id: int) -> list[StatusEvent]:
    statement = select(StatusEvent).where(StatusEvent.claim_id == claim_id).order_by(col(StatusEvent.id).desc())
    return list(session.exec(statement))


def unmatched(session: Session, practice_ids: Sequence[int]) -> list[tuple[ClaimPayment, Remittance]]:
    """Answers that have found no claim; their money waits in unapplied cash."""
    statement = (
        select(ClaimPayment, Remittance)
        .join(Remittance, col(Remittance.id) == ClaimPayment.remittance_id)
        .where(ClaimPayment.state == PaymentState.UNMATCHED, col(ClaimPayment.practice_id).in_(practice_ids))
        .order_by(col(ClaimPayment.paid_cents).desc(), col(ClaimPayment.id))
        .limit(UNMATCHED_ROWS)
    )
    return [(payment, remittance) for payment, remittance in session.exec(statement)]


def count_unmatched(session: Session, practice_ids: Sequence[int]) -> tuple[int, int]:
    """How many answers wait for their claim, and the dollars they brought."""
    claims, cents = session.connection().execute(unmatched_total(tuple(practice_ids))).one()
    return int(claims), int(cents)


@lru_cache
def unmatched_total(practice_ids: tuple[int, ...]) -> Select[Any]:
    """One row for `count_unmatched`."""
    payment = table_of(ClaimPayment)
    return select_columns(func.count(), func.coalesce(func.sum(payment.c.paid_cents), 0)).where(
        payment.c.state == PaymentState.UNMATCHED, is_one_of(payment.c.practice_id, practice_ids)
    )


def _answers(session: Session, pairs: Sequence[tuple[ClaimPayment, Remittance]]) -> list[Answer]:
    numbers = [payment.id for payment, _ in pairs]
    services: dict[int, list[ServicePayment]] = defaultdict(list)
    for service in session.exec(
        select(ServicePayment)
        .where(col(ServicePayment.claim_payment_id).in_(numbers))
        .order_by(col(ServicePayment.position))
    ):
        services[service.claim_payment_id].append(service)
    adjustments: dict[tuple[int, int | None], list[AdjustmentRow]] = defaultdict(list)
    for adjustment in session.exec(
        select(AdjustmentRow).where(col(AdjustmentRow.claim_payment_id).in_(numbers)).order_by(col(AdjustmentRow.id))
    ):
        adjustments[adjustment.claim_payment_id, adjustment.service_payment_id].append(adjustment)
    remarks: dict[tuple[int, int | None], list[RemarkRow]] = defaultdict(list)
    for remark in session.exec(
        select(RemarkRow).where(col(RemarkRow.claim_payment_id).in_(numbers)).order_by(col(RemarkRow.id))
    ):
        remarks[remark.claim_payment_id, remark.service_payment_id].append(remark)
    answers: list[Answer] = []
    for payment, remittance in pairs:
        assert payment.id is not None
        lines = [
            LineAnswer(service, adjustments[payment.id, service.id], remarks[payment.id, service.id])
            for service in services[payment.id]
        ]
        answers.append(Answer(payment, remittance, adjustments[payment.id, None], remarks[payment.id, None], lines))
    return answers

"""A claim payment read back from its rows as the value that the EDI layer made of it.

Held and unmatched answers are posted later through the same code as everything else, from what the database kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlmodel import Session, col, select

from app.matching.tables import AdjustmentRow, ClaimPayment, RemarkRow, ServicePayment
from edi.parts import Adjustment, Amount, Contact, Dated, Name, Procedure, Quantity, Reference, Remark
from edi.x835 import model as x835
from edi.x835.model import Classification

Adjustments = dict[tuple[int, int | None], list[Adjustment]]


def stored_answers(session: Session, payments: Sequence[ClaimPayment]) -> list[x835.ClaimPayment]:
    """The values, in the order of the rows given."""
    ids = [payment.id for payment in payments]
    adjustments: Adjustments = defaultdict(list)
    rows = session.exec(
        select(AdjustmentRow).where(col(AdjustmentRow.claim_payment_id).in_(ids)).order_by(col(AdjustmentRow.id))
    )
    for row in rows:
        quantity = Decimal(row.quantity) if row.quantity else None
        value = Adjustment(row.group, row.reason, row.cents, quantity, row.segment, row.element)
        adjustments[(row.claim_payment_id, row.service_payment_id)].append(value)
    services: dict[int, list[ServicePayment]] = defaultdict(list)
    lines = select(ServicePayment).where(col(ServicePayment.claim_payment_id).in_(ids))
    for service in session.exec(lines.order_by(col(ServicePayment.position))):
        services[service.claim_payment_id].append(service)
    return [_answer(payment, services[payment.id or 0], adjustments) for payment in payments]


def remark_codes(session: Session, claim_payment_id: int) -> list[str]:
    statement = select(RemarkRow.code).where(RemarkRow.claim_payment_id == claim_payment_id)
    return list(session.exec(statement.order_by(col(RemarkRow.id))))


def _answer(payment: ClaimPayment, services: Sequence[ServicePayment], adjustments: Adjustments) -> x835.ClaimPayment:
    detail: dict[str, Any] = dict(payment.detail)
    assert payment.id is not None
    shared = _shared(detail)
    shared["dates"] += _dates({"232": payment.first_service, "233": payment.last_service})
    shared["dates"] += _dates({"050": payment.received_by_payer_on})
    shared["amounts"] += _amounts({"AU": payment.allowed_cents, "I": payment.interest_cents or None})
    return x835.ClaimPayment(
        patient_control_number=payment.patient_control_number,
        status=payment.status,
        charge_cents=payment.charge_cents,
        paid_cents=payment.paid_cents,
        patient_cents=payment.patient_cents,
        filing_indicator=payment.filing_indicator,
        payer_claim_control_number=payment.payer_control_number,
        facility_code=payment.facility_code,
        frequency=payment.frequency,
        drg=detail.get("drg", ""),
        drg_weight=_decimal(detail.get("drg_weight")),
        discharge_fraction=_decimal(detail.get("discharge_fraction")),
        adjustments=tuple(adjustments[(payment.id, None)]),
        names=tuple(Name(*item) for item in detail.get("names", ())),
        remarks=tuple(Remark(*item) for item in detail.get("remarks", ())),
        inpatient=tuple(detail.get("inpatient", ())),
        outpatient=tuple(detail.get("outpatient", ())),
        contacts=tuple(_contact(item) for item in detail.get("contacts", ())),
        lines=tuple(_line(service, tuple(adjustments[(payment.id, service.id)])) for service in services),
        group_number=detail.get("group", ""),
        classification=Classification(payment.classification),
        failed_checks=(),
        is_damaged=False,
        set_number=0,
        segment=payment.segment,
        last_segment=payment.last_segment,
        start_offset=payment.start_offset,
        end_offset=payment.end_offset,
        **shared,
    )


def _line(service: ServicePayment, adjustments: tuple[Adjustment, ...]) -> x835.ServiceLine:
    detail: dict[str, Any] = dict(service.detail)
    original = detail.get("original")
    qualifier, description = detail.get("procedure", ("HC", ""))
    shared = _shared(detail)
    shared["dates"] += _dates({"472": service.first_service})
    shared["amounts"] += _amounts({"B6": service.allowed_cents})
    modifiers = tuple(part for part in service.modifiers.split(":") if part)
    return x835.ServiceLine(
        procedure=Procedure(qualifier, service.procedure, modifiers, description),
        charge_cents=service.charge_cents,
        paid_cents=service.paid_cents,
        revenue_code=service.revenue_code,
        units=Decimal(service.units),
        original_procedure=Procedure(original[0], original[1], tuple(original[2]), original[3]) if original else None,
        original_units=_decimal(detail.get("original_units")),
        first_date=service.first_service,
        last_date=service.last_service,
        adjustments=adjustments,
        remarks=tuple(Remark(*item) for item in detail.get("remarks", ())),
        line_control_number=service.line_control_number,
        allowed_cents=service.allowed_cents,
        segment=service.segment,
        **shared,
    )


def _shared(detail: dict[str, Any]) -> dict[str, Any]:
    """What a claim and a line keep in the same form."""
    dates, quantities = detail.get("dates", ()), detail.get("quantities", ())
    return {
        "references": tuple(Reference(*item) for item in detail.get("references", ())),
        "dates": tuple(Dated(kind, _day(first), _day(last), segment) for kind, first, last, segment in dates),
        "amounts": tuple(Amount(*item) for item in detail.get("amounts", ())),
        "quantities": tuple(Quantity(kind, Decimal(value), segment) for kind, value, segment in quantities),
    }


def _dates(kept: dict[str, date | None]) -> tuple[Dated, ...]:
    """Dates that have columns of their own."""
    return tuple(Dated(qualifier, day, None, 0) for qualifier, day in kept.items() if day)


def _amounts(kept: dict[str, int | None]) -> tuple[Amount, ...]:
    """Amounts that have columns of their own."""
    return tuple(Amount(qualifier, cents, 0) for qualifier, cents in kept.items() if cents is not None)


def _contact(item: Sequence[Any]) -> Contact:
    function, name, numbers, segment = item
    return Contact(function, name, tuple((kind, number) for kind, number in numbers), segment)


def _decimal(text: str | None) -> Decimal | None:
    return Decimal(text) if text else None


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None

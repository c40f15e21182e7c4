"""835 rows: remittance, claim, provider_adjustment, provider_summary."""

from __future__ import annotations

from datetime import date

from edi.as_json.pieces import (
    Row,
    address,
    adjustment,
    amounts,
    contact,
    dates,
    elements,
    iso,
    name,
    number,
    place,
    procedure,
    quantities,
    references,
    span,
)
from edi.parts import Dated, Procedure
from edi.values import BalanceCheck, SetStart
from edi.x835.model import ClaimPayment, ProviderAdjustment, ProviderSummary, Remittance, ServiceLine

CLAIM_FROM, CLAIM_TO, CLAIM_RECEIVED = "232", "233", "050"  # DTM01


def remittance(value: Remittance, start: SetStart) -> tuple[str, Row]:
    return "remittance", {
        "transaction": start.kind,
        "payer": value.payer.last if value.payer else "",
        "payer_id": value.payer.id if value.payer else "",
        "payer_id_qualifier": value.payer.id_qualifier if value.payer else "",
        "payee": value.payee.last if value.payee else "",
        "payee_id": value.payee.id if value.payee else "",
        "payee_id_qualifier": value.payee.id_qualifier if value.payee else "",
        "trace": value.trace,
        "trace_originator": value.trace_originator,
        "trace_supplement": value.trace_supplement,
        "originating_company": value.originator,
        "originator": value.originator or value.trace_originator,
        "method": value.method,
        "handling": value.handling,
        "format": value.payment_format,
        "date": iso(value.payment_date),
        "paid_cents": value.paid_cents,
        "credit_debit": value.credit_debit,
        "production_date": iso(value.production_date),
        "currency": value.currency,
        "payer_address": address(value.payer_address),
        "payee_address": address(value.payee_address),
        "payer_contacts": [contact(one) for one in value.payer_contacts],
        "payer_references": references(value.payer_references),
        "payee_references": references(value.payee_references),
        "references": references(value.references),
        "dates": dates(value.dates),
        "other_parties": [name(one) for one in value.other_parties],
        "source": place(start.file, start.set_number, value.segment),
    }


def banks(value: Remittance) -> Row:
    """BPR06-09 and 12-15: for who must write the payment again."""
    return {
        "payer_bank_qualifier": value.payer_bank_qualifier,
        "payer_bank": value.payer_bank,
        "payer_account": value.payer_account,
        "payee_bank_qualifier": value.payee_bank_qualifier,
        "payee_bank": value.payee_bank,
        "payee_account": value.payee_account,
    }


def claim(value: ClaimPayment, start: SetStart) -> tuple[str, Row]:
    return "claim", {
        "transaction": start.kind,
        "patient_control_number": value.patient_control_number,
        "status": value.status,
        "charge_cents": value.charge_cents,
        "paid_cents": value.paid_cents,
        "patient_cents": value.patient_cents,
        "payer_claim_control_number": value.payer_claim_control_number,
        "classification": str(value.classification),
        "filing_indicator": value.filing_indicator,
        "facility_code": value.facility_code,
        "frequency": value.frequency,
        "drg": value.drg,
        "drg_weight": number(value.drg_weight),
        "discharge_fraction": number(value.discharge_fraction),
        "group_number": value.group_number,
        "from": iso(date_named(value.dates, CLAIM_FROM)),
        "to": iso(date_named(value.dates, CLAIM_TO)),
        "received": iso(date_named(value.dates, CLAIM_RECEIVED)),
        "adjustments": [adjustment(one) for one in value.adjustments],
        "remarks": [one.code for one in value.remarks],
        "remark_qualifiers": [one.qualifier for one in value.remarks],
        "lines": [line(one) for one in value.lines],
        "names": [name(one) for one in value.names],
        "references": references(value.references),
        "dates": dates(value.dates),
        "amounts": amounts(value.amounts),
        "quantities": quantities(value.quantities),
        "contacts": [contact(one) for one in value.contacts],
        "inpatient": elements(value.inpatient),
        "outpatient": elements(value.outpatient),
        "failed_checks": [failed_check(one) for one in value.failed_checks],
        "damaged": value.is_damaged,
        "source": span(start, value.segment, value.last_segment, value.start_offset, value.end_offset),
    }


def line(value: ServiceLine) -> Row:
    return {
        **procedure(value.procedure),
        "charge_cents": value.charge_cents,
        "paid_cents": value.paid_cents,
        "units": number(value.units),
        **original(value.original_procedure),
        "original_units": number(value.original_units),
        "line_control_number": value.line_control_number,
        "revenue_code": value.revenue_code,
        "from": iso(value.first_date),
        "to": iso(value.last_date),
        "allowed_cents": value.allowed_cents,
        "adjustments": [adjustment(one) for one in value.adjustments],
        "remarks": [one.code for one in value.remarks],
        "remark_qualifiers": [one.qualifier for one in value.remarks],
        "references": references(value.references),
        "dates": dates(value.dates),
        "amounts": amounts(value.amounts),
        "quantities": quantities(value.quantities),
        "segment": value.segment,
    }


def original(value: Procedure | None) -> Row:
    """SVC06: what was billed, where the payer decided about another procedure."""
    if value is None:
        return {
            "original_procedure": None,
            "original_procedure_qualifier": "",
            "original_modifiers": [],
            "original_procedure_description": "",
        }
    return {
        "original_procedure": value.code,
        "original_procedure_qualifier": value.qualifier,
        "original_modifiers": list(value.modifiers),
        "original_procedure_description": value.description,
    }


def failed_check(check: BalanceCheck) -> Row:
    return {
        "rule": check.rule,
        "expected_cents": check.expected_cents,
        "actual_cents": check.actual_cents,
        "difference_cents": check.difference_cents,
        "segment": check.segment,
    }


def provider_adjustment(value: ProviderAdjustment, start: SetStart) -> tuple[str, Row]:
    return "provider_adjustment", {
        "transaction": start.kind,
        "provider_id": value.provider_id,
        "fiscal_period_end": iso(value.fiscal_period_end),
        "reason": value.reason,
        "reference": value.reference,
        "cents": value.cents,
        "source": {**place(start.file, start.set_number, value.segment), "element": value.element},
    }


def provider_summary(value: ProviderSummary, start: SetStart) -> tuple[str, Row]:
    return "provider_summary", {
        "transaction": start.kind,
        "segment_id": value.kind,
        "group_number": value.group_number,
        "elements": elements(value.elements),
        "source": place(start.file, start.set_number, value.segment),
    }


def date_named(every: tuple[Dated, ...], qualifier: str) -> date | None:
    return next((one.first for one in every if one.qualifier == qualifier), None)

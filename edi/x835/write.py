"""Write an 835 from the values that reading one gives: for samples, for tests, and to hand a remittance on.

What was read is written back so that it reads the same. Values made from scratch need less: a line's control
number, allowed amount and dates are written from its own fields where its references, amounts and dates do not
hold them already.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import TypeVar

from edi import scalars
from edi.part_writers import (
    amount_segment,
    cents_element,
    contact_segment,
    date_element,
    name_segment,
    procedure_element,
    quantity_segment,
    reference_segment,
)
from edi.parts import Address, Adjustment, Amount, Contact, Dated, Name, Quantity, Reference, Remark
from edi.writing import Element, OutgoingSet, Segment
from edi.x835.model import ClaimPayment, ProviderAdjustment, ProviderSummary, Remittance, ServiceLine

Part = TypeVar("Part")

VERSION = "005010X221A1"  # GS08; an 835 has no ST03
FUNCTIONAL_ID = "HP"  # GS01
TRIPLETS_IN_A_CAS, PAIRS_IN_A_PLB = 6, 6
OUTCOMES = ("MIA", "MOA")
ROUTING = "01"  # BPR06 and 12: an ABA routing number, unless said otherwise


def payment_set(
    remittance: Remittance,
    claims: Iterable[ClaimPayment],
    provider_adjustments: Sequence[ProviderAdjustment] = (),
    *,
    control_number: str = "",
) -> OutgoingSet:
    """One payment, ready for `edi.writing.write`. `claims` may be a generator of any length."""
    return OutgoingSet("835", payment_segments(remittance, claims, provider_adjustments), "", control_number)


def payment_segments(
    remittance: Remittance, claims: Iterable[ClaimPayment], provider_adjustments: Sequence[ProviderAdjustment] = ()
) -> Iterator[Segment]:
    """What stands between ST and SE. An LX begins each run of claims with the same group number."""
    yield from header_segments(remittance)
    group_number = None
    for claim in claims:
        if claim.group_number != group_number:
            group_number = claim.group_number
            yield ("LX", group_number or "1")
        yield from claim_segments(claim)
    yield from provider_adjustment_segments(provider_adjustments)


def detail_segments(found: Iterable[ClaimPayment | ProviderSummary | ProviderAdjustment]) -> Iterator[Segment]:
    """What stands behind the header, in the order that it comes; an LX where the group number changes."""
    group_number = ""
    for is_adjustment, run in groupby(found, key=lambda one: isinstance(one, ProviderAdjustment)):
        if is_adjustment:
            yield from provider_adjustment_segments(one for one in run if isinstance(one, ProviderAdjustment))
            continue
        for one in run:
            if isinstance(one, ProviderAdjustment):
                continue
            if one.group_number not in ("", group_number):
                group_number = one.group_number
                yield ("LX", group_number)
            if isinstance(one, ProviderSummary):
                yield (one.kind, *one.elements)
            else:
                yield from claim_segments(one)


def header_segments(remittance: Remittance) -> Iterator[Segment]:
    """BPR to the payee (1000B)."""
    payer_bank, payee_bank = remittance.payer_bank, remittance.payee_bank
    yield (
        "BPR",
        remittance.handling,
        scalars.amount(remittance.paid_cents),
        remittance.credit_debit,
        remittance.method,
        remittance.payment_format,
        (remittance.payer_bank_qualifier or ROUTING) if payer_bank else "",
        payer_bank,
        "DA" if remittance.payer_account else "",
        remittance.payer_account,
        remittance.originator,
        "",
        (remittance.payee_bank_qualifier or ROUTING) if payee_bank else "",
        payee_bank,
        "DA" if remittance.payee_account else "",
        remittance.payee_account,
        date_element(remittance.payment_date),
    )
    yield ("TRN", "1", remittance.trace, remittance.trace_originator, remittance.trace_supplement)
    if remittance.currency:
        yield ("CUR", "PR", remittance.currency)
    yield from map(reference_segment, remittance.references)
    if remittance.production_date:
        yield ("DTM", "405", scalars.print_date(remittance.production_date))
    for dated in remittance.dates:
        yield ("DTM", dated.qualifier, date_element(dated.first))
    yield from _party(
        remittance.payer, remittance.payer_address, remittance.payer_references, remittance.payer_contacts
    )
    yield from _party(remittance.payee, remittance.payee_address, remittance.payee_references, ())
    for party in remittance.other_parties:
        yield from _party(party, None, (), ())


def _party(
    name: Name | None, address: Address | None, references: Iterable[Reference], contacts: Iterable[Contact]
) -> Iterator[Segment]:
    if name is None:
        return
    yield ("N1", name.role, name.last, name.id_qualifier, name.id)
    if address is not None:
        if address.line1 or address.line2:
            yield ("N3", address.line1, address.line2)
        if address.city or address.state or address.postal_code or address.country:
            yield ("N4", address.city, address.state, address.postal_code, address.country)
    yield from map(reference_segment, references)
    yield from map(contact_segment, contacts)


def claim_segments(claim: ClaimPayment) -> Iterator[Segment]:
    """CLP with all that belongs to it, lines included."""
    yield (
        "CLP",
        claim.patient_control_number,
        claim.status,
        scalars.amount(claim.charge_cents),
        scalars.amount(claim.paid_cents),
        cents_element(claim.patient_cents),
        claim.filing_indicator,
        claim.payer_claim_control_number,
        claim.facility_code,
        claim.frequency,
        "",
        claim.drg,
        scalars.print_number(claim.drg_weight) if claim.drg_weight is not None else "",
        scalars.print_number(claim.discharge_fraction) if claim.discharge_fraction is not None else "",
    )
    yield from adjustment_segments(claim.adjustments)
    yield from map(name_segment, claim.names)
    for outcome, elements in zip(OUTCOMES, (claim.inpatient, claim.outpatient), strict=True):
        if elements:
            yield (outcome, *elements)
    yield from _details(claim.references, claim.dates, claim.contacts, claim.amounts, claim.quantities, claim.remarks)
    inherited = _first_of(claim.dates, "232")
    for line in claim.lines:
        yield from line_segments(line, inherited=inherited)


def line_segments(line: ServiceLine, *, inherited: date | None = None) -> Iterator[Segment]:
    """SVC with all that belongs to it; `inherited` is the claim's own first day, which need not be repeated."""
    yield (
        "SVC",
        procedure_element(line.procedure),
        scalars.amount(line.charge_cents),
        scalars.amount(line.paid_cents),
        line.revenue_code,
        scalars.print_number(line.units) if line.units != 1 else "",
        procedure_element(line.original_procedure) if line.original_procedure else "",
        scalars.print_number(line.original_units) if line.original_units is not None else "",
    )
    if not line.dates and line.first_date is not None and line.first_date != inherited:
        yield from _own_dates(line.first_date, line.last_date)
    yield from map(_date_segment, line.dates)
    yield from adjustment_segments(line.adjustments)
    yield from map(reference_segment, line.references)
    if line.line_control_number and not any(reference.qualifier == "6R" for reference in line.references):
        yield ("REF", "6R", line.line_control_number)
    if line.allowed_cents is not None and not any(amount.qualifier == "B6" for amount in line.amounts):
        yield ("AMT", "B6", scalars.amount(line.allowed_cents))
    yield from _details((), (), (), line.amounts, line.quantities, line.remarks)


def _own_dates(first: date, last: date | None) -> Iterator[Segment]:
    if last is None or last == first:
        yield ("DTM", "472", scalars.print_date(first))
    else:
        yield ("DTM", "150", scalars.print_date(first))
        yield ("DTM", "151", scalars.print_date(last))


def _details(
    references: Iterable[Reference],
    dates: Iterable[Dated],
    contacts: Iterable[Contact],
    amounts: Iterable[Amount],
    quantities: Iterable[Quantity],
    remarks: Iterable[Remark],
) -> Iterator[Segment]:
    yield from map(reference_segment, references)
    yield from map(_date_segment, dates)
    yield from map(contact_segment, contacts)
    yield from map(amount_segment, amounts)
    yield from map(quantity_segment, quantities)
    for remark in remarks:
        if remark.qualifier not in OUTCOMES:  # those stand in MIA and MOA
            yield ("LQ", remark.qualifier, remark.code)


def _date_segment(dated: Dated) -> Segment:
    if dated.first is None:
        return ("DTM", dated.qualifier)
    if dated.last is None:
        return ("DTM", dated.qualifier, scalars.print_date(dated.first))
    span = f"{scalars.print_date(dated.first)}-{scalars.print_date(dated.last)}"
    return ("DTM", dated.qualifier, "", "", "", "RD8", span)


def _first_of(dates: Iterable[Dated], qualifier: str) -> date | None:
    return next((dated.first for dated in dates if dated.qualifier == qualifier), None)


def adjustment_segments(adjustments: Iterable[Adjustment]) -> Iterator[Segment]:
    """A CAS for each run of adjustments of one group, six to a segment."""
    for group, run in groupby(adjustments, key=lambda adjustment: adjustment.group):
        for part in _in_parts(list(run), TRIPLETS_IN_A_CAS):
            elements: list[Element] = ["CAS", group]
            for adjustment in part:
                quantity = scalars.print_number(adjustment.quantity) if adjustment.quantity is not None else ""
                elements += [adjustment.reason, scalars.amount(adjustment.cents), quantity]
            yield elements


def provider_adjustment_segments(found: Iterable[ProviderAdjustment]) -> Iterator[Segment]:
    """A PLB for each run of one provider and fiscal period, six pairs to a segment."""
    for (provider, period), run in groupby(found, key=lambda one: (one.provider_id, one.fiscal_period_end)):
        for part in _in_parts(list(run), PAIRS_IN_A_PLB):
            elements: list[Element] = ["PLB", provider, date_element(period)]
            for one in part:
                reason: Element = (one.reason, one.reference) if one.reference else one.reason
                elements += [reason, scalars.amount(one.cents)]
            yield elements


def _in_parts(values: list[Part], size: int) -> Iterator[list[Part]]:
    for first in range(0, len(values), size):
        yield values[first : first + size]

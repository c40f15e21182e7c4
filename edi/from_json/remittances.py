"""835 rows as values: remittance, claim, provider_adjustment, provider_summary."""

from __future__ import annotations

from decimal import Decimal

from edi.from_json.fields import Fields
from edi.from_json.pieces import (
    address,
    adjustments,
    amounts,
    contacts,
    dates,
    names,
    procedure,
    quantities,
    references,
)
from edi.parts import Dated, Name, Remark
from edi.x835.model import (
    ClaimPayment,
    Classification,
    ProviderAdjustment,
    ProviderSummary,
    Remittance,
    ServiceLine,
)

NO_PAYMENT, CHECK = "NON", "CHK"  # BPR04, by whether anything is paid
NOTICE, WITH_PAYMENT = "H", "I"  # BPR01
UNKNOWN_KIND_OF_PLAN = "ZZ"  # CLP06: the code for "not known"
CLAIM_DATES = (("232", "from"), ("233", "to"), ("050", "received"))  # DTM01 and the key that stands for it
REMARK_PLACES = 5  # MOA03-07
REMARKS = "HE"  # LQ01


def remittance(fields: Fields) -> Remittance:
    fields.require("payer", "payee", "trace", "date", "paid_cents")
    paid = fields.money("paid_cents")
    method = fields.text("method", CHECK if paid else NO_PAYMENT)
    originator = fields.text("originator")
    read = Remittance(
        handling=fields.text("handling", NOTICE if method == NO_PAYMENT else WITH_PAYMENT),
        paid_cents=paid,
        credit_debit=fields.text("credit_debit", "C"),
        method=method,
        originator=fields.text("originating_company", originator),
        payment_date=fields.day("date"),
        trace=fields.text("trace"),
        trace_originator=fields.text("trace_originator", originator),
        trace_supplement=fields.text("trace_supplement"),
        production_date=fields.day("production_date"),
        currency=fields.text("currency"),
        payer=party(fields, "payer", "PR"),
        payer_address=address(fields.object("payer_address")),
        payer_references=references(fields, "payer_references"),
        payer_contacts=contacts(fields, "payer_contacts"),
        payee=party(fields, "payee", "PE"),
        payee_address=address(fields.object("payee_address")),
        payee_references=references(fields, "payee_references"),
        references=references(fields),
        payer_account=fields.text("payer_account"),
        payee_account=fields.text("payee_account"),
        segment=0,
        trace_segment=0,
        payment_format=fields.text("format"),
        payer_bank=fields.text("payer_bank"),
        payee_bank=fields.text("payee_bank"),
        payer_bank_qualifier=fields.text("payer_bank_qualifier"),
        payee_bank_qualifier=fields.text("payee_bank_qualifier"),
        dates=dates(fields),
        other_parties=names(fields, "other_parties"),
    )
    fields.end()
    return read


def party(fields: Fields, key: str, role: str) -> Name | None:
    """N1: a payer's id is its own number, a payee's an NPI unless said otherwise."""
    last, number = fields.text(key), fields.text(f"{key}_id")
    usual = ("XV" if role == "PR" else "XX") if number else ""
    qualifier = fields.text(f"{key}_id_qualifier", usual)
    stands = (f"{key}_address", f"{key}_references", f"{key}_contacts")
    if not (last or number or qualifier or any(fields.row.get(one) for one in stands)):
        return None
    return Name(role, last, "", "", "", qualifier, number, False, 0)


def claim(fields: Fields) -> ClaimPayment:
    fields.require("patient_control_number", "charge_cents", "paid_cents", "names")
    inpatient, outpatient = fields.texts("inpatient"), fields.texts("outpatient")
    own, remarks = remarks_of(fields)
    if own and not inpatient and not outpatient and not fields.has("remark_qualifiers"):
        outpatient = ("", "", *own[:REMARK_PLACES])
        remarks = ()
    read = ClaimPayment(
        patient_control_number=fields.text("patient_control_number"),
        status=fields.text("status", "1"),
        charge_cents=fields.money("charge_cents"),
        paid_cents=fields.money("paid_cents"),
        patient_cents=fields.cents("patient_cents"),
        filing_indicator=fields.text("filing_indicator", UNKNOWN_KIND_OF_PLAN),
        payer_claim_control_number=fields.text("payer_claim_control_number"),
        facility_code=fields.text("facility_code"),
        frequency=fields.text("frequency"),
        drg=fields.text("drg"),
        drg_weight=fields.number("drg_weight"),
        discharge_fraction=fields.number("discharge_fraction"),
        adjustments=adjustments(fields),
        names=names(fields, "names"),
        remarks=remarks,
        inpatient=inpatient,
        outpatient=outpatient,
        references=references(fields),
        dates=claim_dates(fields),
        contacts=contacts(fields, "contacts"),
        amounts=amounts(fields),
        quantities=quantities(fields),
        lines=tuple(map(line, fields.objects("lines"))),
        group_number=fields.text("group_number", "1"),
        classification=Classification.INFORMATIONAL,  # the reader's to say
        failed_checks=(),
        is_damaged=False,
        set_number=0,
        segment=0,
        last_segment=0,
        start_offset=0,
        end_offset=0,
    )
    fields.pass_over("classification", "failed_checks", "damaged")
    fields.end()
    return read


def claim_dates(fields: Fields) -> tuple[Dated, ...]:
    """The dates as listed; where there is no list, those that have a key of their own."""
    listed = dates(fields)
    own = [Dated(qualifier, day, None, 0) for qualifier, key in CLAIM_DATES if (day := fields.day(key))]
    return listed if fields.has("dates") else tuple(own)


def remarks_of(fields: Fields) -> tuple[tuple[str, ...], tuple[Remark, ...]]:
    """The codes, and each with the list that it is from."""
    codes, qualifiers = fields.texts("remarks"), fields.texts("remark_qualifiers")
    if not fields.has("remark_qualifiers"):
        qualifiers = (REMARKS,) * len(codes)
    if len(codes) != len(qualifiers):
        raise fields.error("remark_qualifiers", f"has {len(qualifiers)} entries for {len(codes)} remarks")
    return codes, tuple(Remark(qualifier, code, 0, 2) for qualifier, code in zip(qualifiers, codes, strict=True))


def line(fields: Fields) -> ServiceLine:
    units = fields.number("units")
    first = fields.day("from")
    last = fields.day("to", first)
    has_dates = fields.has("dates")
    original = procedure(fields, "original_")
    control, allowed = fields.text("line_control_number"), fields.cents("allowed_cents")
    read = ServiceLine(
        procedure=procedure(fields),
        charge_cents=fields.money("charge_cents"),
        paid_cents=fields.money("paid_cents"),
        revenue_code=fields.text("revenue_code"),
        units=Decimal(1) if units is None else units,
        original_procedure=original if fields.row.get("original_procedure") is not None else None,
        original_units=fields.number("original_units"),
        first_date=None if has_dates else first,
        last_date=None if has_dates else last,
        adjustments=adjustments(fields),
        remarks=remarks_of(fields)[1],
        references=references(fields),
        dates=dates(fields),
        amounts=amounts(fields),
        quantities=quantities(fields),
        line_control_number=control,
        allowed_cents=allowed,
        segment=0,
    )
    fields.end()
    return read


def provider_adjustment(fields: Fields) -> ProviderAdjustment:
    fields.require("provider_id", "reason", "cents")
    read = ProviderAdjustment(
        fields.text("provider_id"),
        fields.day("fiscal_period_end"),
        fields.text("reason"),
        fields.text("reference"),
        fields.money("cents"),
        0,
        0,
        0,
    )
    fields.end()
    return read


def provider_summary(fields: Fields) -> ProviderSummary:
    fields.require("segment_id", "elements")
    kind = fields.text("segment_id")
    if kind not in ("TS2", "TS3"):
        raise fields.error("segment_id", f"should be TS2 or TS3, found {kind!r}")
    read = ProviderSummary(kind, fields.texts("elements"), 0, 0, fields.text("group_number", "1"))
    fields.end()
    return read

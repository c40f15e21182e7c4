"""837 rows as values: submission, claim.

A row that carries `segments` is written from them, as it was sent. Without them a claim is made of its other keys,
as when a person wrote it; a few have defaults.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, time
from decimal import Decimal

from edi.from_json.fields import Fields
from edi.from_json.pieces import (
    address,
    adjustments,
    amounts,
    attachments,
    contacts,
    dates,
    name,
    notes,
    procedure,
    quantities,
    references,
)
from edi.parts import Dated
from edi.values import Delimiters
from edi.writing import Printer, Segment
from edi.x837.compose import claim_segments, level_segments, submission_segments
from edi.x837.model import (
    Diagnosis,
    Insured,
    LineAdjudication,
    OtherPayer,
    Party,
    Submission,
    SubmittedClaim,
    SubmittedLine,
)
from edi.x837.reread import claim_from_segments

SELF, UNKNOWN_KIND_OF_PLAN = "18", "ZZ"  # SBR02, SBR09
REQUIRED = ("patient_control_number", "facility_code", "billing_provider", "subscriber", "payer", "lines")
FACILITY_QUALIFIERS = {"837P": "B", "837I": "A", "837D": "B"}  # CLM05-2
PRINCIPAL, OTHER = "ABK", "ABF"
STATEMENT, SERVICE = "434", "472"  # DTP01

Texts = tuple[tuple[str, ...], ...]


def submission(
    fields: Fields, kind: str, version: str, delimiters: Delimiters, usual_reference: str, now: tuple[date, time]
) -> Submission:
    made = not fields.has("segments")
    if made:
        fields.require("submitter", "submitter_contacts", "receiver")
    read = Submission(
        kind=kind,
        purpose=fields.text("purpose", "00"),
        reference=fields.text("reference", usual_reference),
        created=fields.day("date", now[0]),
        claim_or_encounter=fields.text("claim_or_encounter", "CH"),
        submitter=name(fields.object("submitter"), "41"),
        submitter_contacts=contacts(fields, "submitter_contacts"),
        receiver=name(fields.object("receiver"), "40"),
        segment=0,
        segments=fields.segments("segments"),
        version=version,
        component=delimiters.component,
        repetition=delimiters.repetition,
        created_at=fields.hour("time", now[1]),
    )
    fields.end()
    return read._replace(segments=as_text(submission_segments(read), delimiters)) if made else read


def claim(fields: Fields, kind: str, version: str, delimiters: Delimiters, reference: str) -> SubmittedClaim:
    """The claim, with the segments that it is written from."""
    if fields.has("segments"):
        levels, segments = fields.segments("levels"), fields.segments("segments")
    else:
        typed = typed_claim(fields, kind)
        levels = as_text(level_segments(typed), delimiters)
        segments = as_text(claim_segments(typed), delimiters)
    try:
        return claim_from_segments(
            kind, version, levels, segments, reference, delimiters.component, delimiters.repetition
        ).claim
    except ValueError as error:
        raise fields.error("segments", f"cannot be read as a claim: {error}") from None


def as_text(segments: Iterable[Segment], delimiters: Delimiters) -> Texts:
    """Segments as their elements would stand in the file."""
    printer = Printer(delimiters, as_sent=True)
    return tuple(tuple(printer.print(one)[:-1].split(delimiters.element)) for one in segments)


def typed_claim(fields: Fields, kind: str) -> SubmittedClaim:
    fields.require(*REQUIRED)
    if kind != "837D":
        fields.require("diagnoses")
    subscriber = insured(fields.object("subscriber"), "IL", SELF)
    first = fields.day("from")
    last = fields.day("to") or first
    lines = tuple(
        line(one, kind, number, (first, last)) for number, one in enumerate(fields.objects("lines"), start=1)
    )
    charge = fields.cents("charge_cents")
    details = fields.segments("code_details")
    if not fields.has("code_details"):
        details = tuple((one.text("qualifier"), one.text("code")) for one in fields.objects("codes"))
    read = SubmittedClaim(
        kind=kind,
        batch_reference=fields.text("batch_reference"),
        billing_provider=party(fields.object("billing_provider"), "85"),
        pay_to=party(fields.object("pay_to"), "87"),
        subscriber=subscriber,
        patient=insured(fields.object("patient"), "QC", "") or subscriber,
        payer=party(fields.object("payer"), "PR"),
        payer_order=fields.text("payer_order", "P"),
        group_number=fields.text("group_number"),
        plan_name=fields.text("plan_name"),
        filing_indicator=fields.text("filing_indicator", UNKNOWN_KIND_OF_PLAN),
        patient_control_number=fields.text("patient_control_number"),
        charge_cents=sum(one.charge_cents for one in lines) if charge is None else charge,
        facility_code=fields.text("facility_code"),
        facility_qualifier=fields.text("facility_qualifier", FACILITY_QUALIFIERS[kind]),
        frequency=fields.text("frequency", "1"),
        assignment=fields.text("assignment", "A"),
        benefits_assigned=fields.text("benefits_assigned", "Y"),
        release_of_information=fields.text("release_of_information", "Y"),
        delay_reason=fields.text("delay_reason"),
        dates=claim_dates(fields, kind, lines, (first, last)),
        first_date=first,
        last_date=last,
        diagnoses=diagnoses(fields),
        drg=fields.text("drg"),
        codes=(),
        references=references(fields),
        amounts=amounts(fields),
        notes=notes(fields),
        attachments=attachments(fields),
        providers=parties(fields, "providers"),
        other_payers=tuple(map(other_payer, fields.objects("other_payers"))),
        lines=lines,
        is_damaged=False,
        context=(),
        segments=(),
        set_number=0,
        segment=0,
        last_segment=0,
        start_offset=0,
        end_offset=0,
        pay_to_plan=party(fields.object("pay_to_plan"), "PE"),
        inpatient=fields.texts("inpatient"),
        contract=fields.texts("contract"),
        repricing=fields.texts("repricing"),
        conditions=fields.segments("conditions"),
        fixed_format=fields.texts("fixed_format"),
        quantities=quantities(fields),
        code_details=details,
    )
    fields.pass_over("codes", "damaged")
    fields.end()
    return read


def claim_dates(
    fields: Fields, kind: str, lines: Sequence[SubmittedLine], days: tuple[date | None, date | None]
) -> tuple[Dated, ...]:
    """The dates as listed. A hospital's statement is else from the first day to the last."""
    listed = dates(fields)
    if fields.has("dates") or kind == "837P":
        return listed
    served = [day for one in lines for day in (one.first_date, one.last_date) if day]
    first, last = days[0] or min(served, default=None), days[1] or max(served, default=None)
    if first is None:
        return ()
    if kind == "837I":
        return (Dated(STATEMENT, first, last or first, 0),)
    return (Dated(SERVICE, first, last if last != first else None, 0),) if days[0] else ()


def diagnoses(fields: Fields) -> tuple[Diagnosis, ...]:
    """The first is the principal one unless said otherwise."""
    found = []
    for place, one in enumerate(fields.objects("diagnoses")):
        one.require("code")
        qualifier = one.text("qualifier", OTHER if place else PRINCIPAL)
        found.append(Diagnosis(qualifier, one.text("code"), one.text("present_on_admission"), 0))
        one.end()
    return tuple(found)


def party(fields: Fields | None, role: str = "") -> Party | None:
    if fields is None:
        return None
    fields.require("name")
    named = name(fields.object("name"), role)
    if named is None:
        raise fields.error("name", "is missing")
    read = Party(
        named,
        address(fields.object("address")),
        references(fields),
        fields.text("taxonomy"),
        contacts(fields, "contacts"),
    )
    fields.end()
    return read


def parties(fields: Fields, key: str) -> tuple[Party, ...]:
    return tuple(one for one in map(party, fields.objects(key)) if one is not None)


def insured(fields: Fields | None, role: str, relationship: str) -> Insured | None:
    if fields is None:
        return None
    fields.require("name")
    named = name(fields.object("name"), role)
    if named is None:
        raise fields.error("name", "is missing")
    read = Insured(
        named,
        address(fields.object("address")),
        fields.day("birth_date"),
        fields.text("sex"),
        fields.text("relationship", relationship),
        references(fields),
    )
    fields.end()
    return read


def other_payer(fields: Fields) -> OtherPayer:
    relationship = fields.text("relationship", SELF)
    read = OtherPayer(
        order=fields.text("order"),
        relationship=relationship,
        group_number=fields.text("group_number"),
        filing_indicator=fields.text("filing_indicator"),
        adjustments=adjustments(fields),
        amounts=amounts(fields),
        insured=insured(fields.object("insured"), "IL", relationship),
        payer=name(fields.object("payer"), "PR"),
        paid_on=fields.day("paid_on"),
        references=references(fields),
        segment=0,
        plan_name=fields.text("plan_name"),
        insurance_type=fields.text("insurance_type"),
        benefits_assigned=fields.text("benefits_assigned"),
        release_of_information=fields.text("release_of_information"),
        inpatient=fields.texts("inpatient"),
        outpatient=fields.texts("outpatient"),
        providers=parties(fields, "providers"),
    )
    fields.pass_over("remarks")  # they stand in inpatient and outpatient
    fields.end()
    return read


def line(fields: Fields, kind: str, number: int, claimed: tuple[date | None, date | None]) -> SubmittedLine:
    """A line; on a professional claim one without a date has the claim's."""
    units = fields.number("units")
    first, last = fields.day("from"), fields.day("to")
    if first is None and kind == "837P" and not fields.has("dates"):
        first, last = claimed
    shown = fields.text("number", str(number))
    code = procedure(fields)
    pointers = fields.texts("pointers") if fields.has("pointers") or kind != "837P" else ("1",)
    read = SubmittedLine(
        number=shown,
        procedure=code if code.code else None,
        revenue_code=fields.text("revenue_code"),
        charge_cents=fields.money("charge_cents"),
        unit_basis=fields.text("unit_basis", "" if kind == "837D" else "UN"),
        units=Decimal(1) if units is None else units,
        place_of_service=fields.text("place_of_service"),
        pointers=pointers,
        non_covered_cents=fields.cents("non_covered_cents"),
        first_date=first,
        last_date=last,
        dates=dates(fields),
        references=references(fields),
        notes=notes(fields),
        providers=parties(fields, "providers"),
        drug=fields.texts("drug"),
        amounts=amounts(fields),
        quantities=quantities(fields),
        adjudications=tuple(map(adjudication, fields.objects("adjudications"))),
        line_control_number=fields.text("line_control_number"),
        segment=0,
        attachments=attachments(fields),
        conditions=fields.segments("conditions"),
        fixed_format=fields.texts("fixed_format"),
        repricing=fields.texts("repricing"),
        contract=fields.texts("contract"),
        teeth=fields.segments("teeth"),
        forms=forms(fields),
    )
    fields.end()
    return read


def forms(fields: Fields) -> tuple[Texts, ...]:
    every = fields.value("forms") or []
    if not isinstance(every, list):
        raise fields.error("forms", f"should be a list of lists of segments, found {every!r}")
    return tuple(
        Fields(fields.line, {"form": one}, fields.forbidden, f"{fields.path}forms[{place}].").segments("form")
        for place, one in enumerate(every, 1)
    )


def adjudication(fields: Fields) -> LineAdjudication:
    fields.require("payer_id")
    code = procedure(fields)
    read = LineAdjudication(
        payer_id=fields.text("payer_id"),
        paid_cents=fields.money("paid_cents"),
        procedure=code if code.code else None,
        units=fields.number("units"),
        bundled_line=fields.text("bundled_line"),
        adjustments=adjustments(fields),
        amounts=amounts(fields),
        paid_on=fields.day("paid_on"),
        segment=0,
        revenue_code=fields.text("revenue_code"),
    )
    fields.end()
    return read

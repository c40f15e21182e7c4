"""Make a claim from plain facts: for claims typed by hand and for samples. Professional and institutional.

    >>> from datetime import date
    >>> claim = build_claim(
    ...     "837P",
    ...     billing=Provider(npi="1234567893", name="SAMPLE CLINIC PLLC", tax_id="741234567",
    ...                      home=Place("2 CARE ST", "AUSTIN", "TX", "787010001")),
    ...     subscriber=Person(last="ROE", first="JOHN", birth_date=date(1975, 3, 3), sex="M",
    ...                       home=Place("3 ELM", "AUSTIN", "TX", "78702")),
    ...     coverage=Coverage(payer_name="TESTPAYER HEALTH", payer_id="99999", member_id="W200"),
    ...     facts=ClaimFacts(patient_control_number="PCN1", facility_code="11", diagnoses=("L97521",)),
    ...     lines=[Line(code="11042", charge_cents=100_00, first_date=date(2026, 10, 6))],
    ... )
    >>> claim.charge_cents, claim.lines[0].procedure.code
    (10000, '11042')

The segments are made in the guide's order and read by the reader, so the claim is as good as one from a file.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from edi import scalars
from edi.parts import Contact, Name
from edi.x837.model import Submission, SubmittedClaim
from edi.x837.reread import claim_from_segments

VERSIONS = {"837P": "005010X222A1", "837I": "005010X223A2"}
SELF = "18"
PROFESSIONAL_ROLES = ("DN", "82", "77")  # 2310A, B, C
INSTITUTIONAL_ROLES = ("71", "82", "77", "DN")  # 2310A, D, E, F

Elements = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Place:
    line1: str
    city: str
    state: str
    postal_code: str  # nine digits for a provider
    line2: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """A provider or a service place; a person when `first` is given."""

    npi: str
    name: str  # organisation or last name
    first: str = ""
    taxonomy: str = ""
    tax_id: str = ""
    tax_id_qualifier: str = "EI"  # SY: a social security number
    home: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    last: str
    first: str
    middle: str = ""
    suffix: str = ""
    birth_date: date | None = None
    sex: str = "U"
    home: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """The destination payer and how the subscriber is covered by it."""

    payer_name: str
    payer_id: str
    member_id: str
    order: str = "P"  # SBR01
    group_number: str = ""
    plan_name: str = ""
    filing_indicator: str = "CI"
    insurance_type: str = ""  # SBR05, when Medicare is not primary


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    charge_cents: int
    code: str = ""  # HCPCS; "" on a line of a revenue code alone
    modifiers: tuple[str, ...] = ()
    revenue_code: str = ""  # institutional
    units: Decimal = Decimal(1)
    unit_basis: str = "UN"
    pointers: tuple[int, ...] = (1,)  # professional: places in the claim's diagnoses
    place_of_service: str = ""  # where it differs from the claim's
    first_date: date | None = None
    last_date: date | None = None
    control_number: str = ""  # REF*6R


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFacts:
    patient_control_number: str
    facility_code: str  # professional: place of service; institutional: first two digits of the type of bill
    diagnoses: tuple[str, ...]  # principal first, no points
    frequency: str = "1"
    assignment: str = "A"
    benefits_assigned: str = "Y"
    release_of_information: str = "Y"
    original_reference: str = ""  # REF*F8
    authorization: str = ""  # REF*G1
    referral: str = ""  # REF*9F
    note: str = ""  # NTE*ADD
    patient_paid_cents: int = 0  # AMT*F5; institutional AMT*F3: the estimated amount due from the patient
    rendering: Provider | None = None
    referring: Provider | None = None
    service_place: Provider | None = None
    # Institutional only.
    attending: Provider | None = None
    statement_from: date | None = None
    statement_through: date | None = None
    admitted: datetime | None = None
    admission_type: str = "3"
    admission_source: str = "1"
    patient_status: str = "01"
    admitting_diagnosis: str = ""
    drg: str = ""
    value_codes: tuple[tuple[str, int], ...] = ()  # (code, cents)
    condition_codes: tuple[str, ...] = ()


def build_claim(
    kind: str,
    *,
    billing: Provider,
    subscriber: Person,
    coverage: Coverage,
    facts: ClaimFacts,
    lines: Sequence[Line],
    patient: Person | None = None,
    relationship: str = SELF,
) -> SubmittedClaim:
    """A claim as `kind` "837P" or "837I". `patient` with a `relationship` (PAT01, e.g. 19 child) is a dependent."""
    if kind not in VERSIONS:
        raise ValueError(f"only {', '.join(VERSIONS)} can be built, not {kind}")
    if (patient is None) != (relationship == SELF):
        raise ValueError("a patient other than the subscriber needs a relationship other than 18, and the reverse")
    context = map(trimmed, context_segments(billing, subscriber, coverage, patient, relationship))
    segments = map(trimmed, claim_segments(kind, facts, lines))
    return claim_from_segments(kind, VERSIONS[kind], context, segments).claim


def new_submission(
    kind: str,
    *,
    reference: str,
    created: datetime,
    submitter: str,
    submitter_id: str,
    contact: str,
    telephone: str,
    receiver: str,
    receiver_id: str,
) -> Submission:
    """The header of a new batch: BHT and the submitter and receiver."""
    day = scalars.print_date(created.date())
    segments: tuple[Elements, ...] = (
        ("BHT", "0019", "00", reference, day, created.strftime("%H%M"), "CH"),
        ("NM1", "41", "2", submitter, "", "", "", "", "46", submitter_id),
        ("PER", "IC", contact, "TE", telephone),
        ("NM1", "40", "2", receiver, "", "", "", "", "46", receiver_id),
    )
    return Submission(
        kind=kind,
        purpose="00",
        reference=reference,
        created=created.date(),
        claim_or_encounter="CH",
        submitter=Name("41", submitter, "", "", "", "46", submitter_id, False, 2),
        submitter_contacts=(Contact("IC", contact, (("TE", telephone),), 3),),
        receiver=Name("40", receiver, "", "", "", "46", receiver_id, False, 4),
        segment=1,
        segments=segments,
        version=VERSIONS[kind],
    )


def context_segments(
    billing: Provider, subscriber: Person, coverage: Coverage, patient: Person | None, relationship: str
) -> Iterator[Elements]:
    """2000A, 2000B and, for a dependent, 2000C."""
    yield ("HL", "1", "", "20", "1")
    if billing.taxonomy:
        yield ("PRV", "BI", "PXC", billing.taxonomy)
    yield provider_name("85", billing)
    yield from place(billing.home)
    if billing.tax_id:
        yield ("REF", billing.tax_id_qualifier, billing.tax_id)
    yield ("HL", "2", "1", "22", "1" if patient else "0")
    yield (
        "SBR",
        coverage.order,
        "" if patient else SELF,
        coverage.group_number,
        coverage.plan_name,
        coverage.insurance_type,
        "",
        "",
        "",
        coverage.filing_indicator,
    )
    yield person_name("IL", subscriber, "MI", coverage.member_id)
    if not patient:
        yield from place(subscriber.home)
        yield from demographics(subscriber)
    yield ("NM1", "PR", "2", coverage.payer_name, "", "", "", "", "PI", coverage.payer_id)
    if patient:
        yield ("HL", "3", "2", "23", "0")
        yield ("PAT", relationship)
        yield person_name("QC", patient)
        yield from place(patient.home)
        yield from demographics(patient)


def claim_segments(kind: str, facts: ClaimFacts, lines: Sequence[Line]) -> Iterator[Elements]:
    """2300 with its providers, then the lines."""
    is_professional = kind == "837P"
    total = scalars.amount(sum(line.charge_cents for line in lines))
    facility = ":".join((facts.facility_code, "B" if is_professional else "A", facts.frequency))
    signature = "Y" if is_professional else ""
    yield (
        "CLM",
        facts.patient_control_number,
        total,
        "",
        "",
        facility,
        signature,
        facts.assignment,
        facts.benefits_assigned,
        facts.release_of_information,
    )
    if not is_professional:
        yield from stay(facts, lines)
    if facts.patient_paid_cents:
        yield ("AMT", "F5" if is_professional else "F3", scalars.amount(facts.patient_paid_cents))
    yield from references(("9F", facts.referral), ("G1", facts.authorization), ("F8", facts.original_reference))
    if facts.note:
        yield ("NTE", "ADD", facts.note)
    yield from health_codes(kind, facts)
    providers = {"71": facts.attending, "82": facts.rendering, "77": facts.service_place, "DN": facts.referring}
    for role in PROFESSIONAL_ROLES if is_professional else INSTITUTIONAL_ROLES:
        if provider := providers[role]:
            yield from claim_provider(role, provider)
    for number, line in enumerate(lines, start=1):
        yield from line_segments(kind, number, line)


def stay(facts: ClaimFacts, lines: Sequence[Line]) -> Iterator[Elements]:
    """What a hospital says about the stay: statement dates, admission, CL1."""
    served = [day for line in lines for day in (line.first_date, line.last_date) if day]
    first = facts.statement_from or min(served, default=None)
    last = facts.statement_through or max(served, default=first)
    if first and last:
        yield ("DTP", "434", "RD8", f"{scalars.print_date(first)}-{scalars.print_date(last)}")
    if facts.admitted:
        yield ("DTP", "435", "DT", facts.admitted.strftime("%Y%m%d%H%M"))
    yield ("CL1", facts.admission_type, facts.admission_source, facts.patient_status)


def health_codes(kind: str, facts: ClaimFacts) -> Iterator[Elements]:
    """HI: a professional claim sends all diagnoses in one segment, a hospital each kind in its own."""
    principal, *others = facts.diagnoses
    other_codes = tuple(f"ABF:{code}" for code in others)
    if kind == "837P":
        yield ("HI", f"ABK:{principal}", *other_codes)
        return
    yield ("HI", f"ABK:{principal}")
    if facts.admitting_diagnosis:
        yield ("HI", f"ABJ:{facts.admitting_diagnosis}")
    if facts.drg:
        yield ("HI", f"DR:{facts.drg}")
    if other_codes:
        yield ("HI", *other_codes)
    if facts.value_codes:
        yield ("HI", *(f"BE:{code}:::{scalars.amount(cents)}" for code, cents in facts.value_codes))
    if facts.condition_codes:
        yield ("HI", *(f"BG:{code}" for code in facts.condition_codes))


def claim_provider(role: str, provider: Provider) -> Iterator[Elements]:
    yield provider_name(role, provider)
    if role == "77":
        yield from place(provider.home)
    elif provider.taxonomy and role in ("82", "71"):
        yield ("PRV", "PE" if role == "82" else "AT", "PXC", provider.taxonomy)


def line_segments(kind: str, number: int, line: Line) -> Iterator[Elements]:
    yield ("LX", str(number))
    qualifier = "AD" if kind == "837D" else "HC"
    code = ":".join((qualifier, line.code, *line.modifiers)) if line.code else ""
    charge, units = scalars.amount(line.charge_cents), scalars.print_number(line.units)
    if kind == "837P":
        pointers = ":".join(map(str, line.pointers))
        yield ("SV1", code, charge, line.unit_basis, units, line.place_of_service, "", pointers)
    elif kind == "837D":
        yield ("SV3", code, charge, line.place_of_service, "", "", units)
    else:
        yield ("SV2", line.revenue_code, code, charge, line.unit_basis, units)
    if line.first_date:
        first = scalars.print_date(line.first_date)
        if line.last_date and line.last_date != line.first_date:
            yield ("DTP", "472", "RD8", f"{first}-{scalars.print_date(line.last_date)}")
        else:
            yield ("DTP", "472", "D8", first)
    yield from references(("6R", line.control_number))


def provider_name(role: str, provider: Provider) -> Elements:
    kind = "1" if provider.first else "2"
    qualifier = "XX" if provider.npi else ""
    return ("NM1", role, kind, provider.name, provider.first, "", "", "", qualifier, provider.npi)


def person_name(role: str, person: Person, qualifier: str = "", number: str = "") -> Elements:
    return ("NM1", role, "1", person.last, person.first, person.middle, "", person.suffix, qualifier, number)


def place(home: Place | None) -> Iterator[Elements]:
    if home:
        yield ("N3", home.line1, home.line2)
        yield ("N4", home.city, home.state, home.postal_code)


def demographics(person: Person) -> Iterator[Elements]:
    if person.birth_date:
        yield ("DMG", "D8", scalars.print_date(person.birth_date), person.sex)


def trimmed(segment: Elements) -> Elements:
    """Without the empty elements at its end."""
    last = max(index for index, element in enumerate(segment) if element)
    return segment[: last + 1]


def references(*pairs: tuple[str, str]) -> Iterator[Elements]:
    for qualifier, value in pairs:
        if value:
            yield ("REF", qualifier, value)

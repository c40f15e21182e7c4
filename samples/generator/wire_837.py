"""Print sendings as an 837P (005010X222A1) or 837I (005010X223A2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

from edi.scalars import amount, print_date
from edi.writing import Segment
from samples.generator.answers import Adjustment, Answer
from samples.generator.cast import CLEARINGHOUSE, CLEARINGHOUSE_NAME, MEDICARE, Payer, Stream
from samples.generator.claims import Claim, Line
from samples.generator.course import Sending
from samples.generator.people import Patient
from samples.generator.wire_835 import cas

VERSIONS = {"P": "005010X222A1", "I": "005010X223A2"}


def batch_reference(stream: Stream, day: date) -> str:
    """BHT03: how answers name the batch."""
    return f"{stream.code}{day:%Y%m%d}"


def segments(stream: Stream, day: date, reference: str, sendings: Iterable[Sending]) -> Iterator[Segment]:
    """Everything between ST and SE: one billing provider, a subscriber for each claim."""
    practice = stream.practice
    yield ("BHT", "0019", "00", reference, print_date(day), "1830", "CH")
    yield ("NM1", "41", "2", practice.name, "", "", "", "", "46", practice.code)
    yield ("PER", "IC", "BILLING OFFICE", "TE", practice.phone)
    yield ("NM1", "40", "2", CLEARINGHOUSE_NAME, "", "", "", "", "46", CLEARINGHOUSE)
    yield ("HL", "1", "", "20", "1")
    yield ("PRV", "BI", "PXC", practice.taxonomy)
    yield ("NM1", "85", "2", practice.name, "", "", "", "", "XX", practice.npi)
    yield ("N3", practice.place.street)
    yield ("N4", practice.place.city, practice.place.state, practice.place.postal_code)
    yield ("REF", "EI", practice.tax_id)
    level = 1
    for sending in sendings:
        level += 1
        is_dependent = sending.claim.patient.is_dependent
        yield ("HL", str(level), "1", "22", "1" if is_dependent else "0")
        yield from subscriber(sending)
        if is_dependent:
            yield ("HL", str(level + 1), str(level), "23", "0")
            yield from dependent(sending.claim.patient)
            level += 1
        yield from claim(sending)


def subscriber(sending: Sending) -> Iterator[Segment]:
    """2000B and 2010B: who is insured, and with whom."""
    patient, payer = sending.claim.patient, sending.payer
    is_second = sending.prior is not None
    filing = "QQ" if sending.is_broken else payer.filing
    relationship = "" if patient.is_dependent else "18"
    yield ("SBR", "S" if is_second else "P", relationship, patient.group_number, "", "", "", "", "", filing)
    member_id = patient.supplement_id if is_second else patient.member_id
    first = patient.subscriber_first or patient.first
    yield (
        "NM1",
        "IL",
        "1",
        patient.last,
        first,
        "" if patient.is_dependent else patient.middle,
        "",
        "",
        "MI",
        member_id,
    )
    yield ("N3", patient.home.street)
    yield ("N4", patient.home.city, patient.home.state, patient.home.postal_code)
    yield ("DMG", "D8", print_date(patient.subscriber_born), "U" if patient.is_dependent else patient.sex)
    yield from payer_name(payer)


def payer_name(payer: Payer) -> Iterator[Segment]:
    yield ("NM1", "PR", "2", payer.name, "", "", "", "", "PI", payer.code)
    yield ("N3", payer.place.street)
    yield ("N4", payer.place.city, payer.place.state, payer.place.postal_code)


def dependent(patient: Patient) -> Iterator[Segment]:
    yield ("PAT", "19")
    yield ("NM1", "QC", "1", patient.last, patient.first, patient.middle)
    yield ("N3", patient.home.street)
    yield ("N4", patient.home.city, patient.home.state, patient.home.postal_code)
    yield ("DMG", "D8", print_date(patient.born), patient.sex)


def claim(sending: Sending) -> Iterator[Segment]:
    """2300 and what hangs under it."""
    ours = sending.claim
    is_institutional = ours.stream.kind == "I"
    place = (ours.place, "A" if is_institutional else "B", sending.frequency)
    signed = ("", "A", "Y", "Y") if is_institutional else ("Y", "A", "Y", "Y")
    yield ("CLM", ours.control_number, amount(ours.charge_cents), "", "", place, *signed)
    served_on = print_date(ours.served_on)
    if is_institutional:
        yield ("DTP", "434", "RD8", f"{served_on}-{served_on}")
        yield ("CL1", "3", "1", "01")
    if ours.authorization:
        yield ("REF", "G1", ours.authorization)
    if sending.original:
        yield ("REF", "F8", sending.original)
    if sending.note:
        yield ("NTE", "ADD", sending.note)
    kinds = ("ABK", *["ABF"] * (len(ours.diagnoses) - 1))
    if is_institutional:
        yield ("HI", ("ABK", ours.diagnoses[0]))
        if ours.diagnoses[1:]:
            yield ("HI", *(("ABF", code) for code in ours.diagnoses[1:]))
    else:
        yield ("HI", *zip(kinds, ours.diagnoses, strict=True))
    clinician = ours.clinician
    role = "71" if is_institutional else "82"
    yield ("NM1", role, "1", clinician.last, clinician.first, "", "", "", "XX", clinician.npi)
    yield ("PRV", "AT" if is_institutional else "PE", "PXC", clinician.taxonomy)
    yield from other_cover(sending)
    for one in ours.lines:
        yield from line(ours, one, sending)


def other_cover(sending: Sending) -> Iterator[Segment]:
    """2320 and 2330: the supplement behind Medicare, or Medicare before the supplement with what it decided."""
    patient = sending.claim.patient
    if sending.prior is not None:
        yield ("SBR", "P", "18", "", "", "", "", "", "", sending.claim.payer.filing)
        yield ("AMT", "D", amount(sending.prior.paid_cents))
        yield ("AMT", "EAF", amount(sending.prior.patient_cents))
        member_id, payer = patient.member_id, sending.claim.payer
    elif sending.claim.payer in MEDICARE and sending.claim.supplement is not None:
        yield ("SBR", "S", "18", "", "", "", "", "", "", sending.claim.supplement.filing)
        member_id, payer = patient.supplement_id, sending.claim.supplement
    else:
        return
    yield ("OI", "", "", "Y", "", "", "Y")
    yield ("NM1", "IL", "1", patient.last, patient.first, patient.middle, "", "", "MI", member_id)
    yield ("NM1", "PR", "2", payer.name, "", "", "", "", "PI", payer.code)


def line(ours: Claim, one: Line, sending: Sending) -> Iterator[Segment]:
    """2400 and, on a secondary claim, 2430."""
    yield ("LX", str(one.number))
    charge, units = amount(one.charge_cents), str(one.units)
    if ours.stream.kind == "I":
        yield ("SV2", one.revenue_code, one.procedure if one.code else "", charge, "UN", units)
    else:
        pointers = tuple(str(place) for place in range(1, min(4, len(ours.diagnoses)) + 1))
        yield ("SV1", one.procedure, charge, "UN", units, "", "", pointers)
    yield ("DTP", "472", "D8", print_date(ours.served_on))
    yield ("REF", "6R", one.control_number)
    if sending.prior is not None and sending.paid_on is not None:
        yield from adjudication(sending.prior, one, sending.paid_on)


def adjudication(prior: Answer, one: Line, paid_on: date) -> Iterator[Segment]:
    decided = next(each for each in prior.lines if each.line is one)
    adjustments: tuple[Adjustment, ...] = decided.adjustments
    yield (
        "SVD",
        prior.payer.code,
        amount(decided.paid_cents),
        one.procedure if one.code else "",
        one.revenue_code,
        str(one.units),
    )
    yield from cas(adjustments)
    yield ("DTP", "573", "D8", print_date(paid_on))

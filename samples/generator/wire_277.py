"""Print acknowledgments as 277CA (005010X214) and status replies as 277 (005010X212)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from edi.scalars import amount, print_date
from edi.writing import Segment
from samples.generator.cast import CLEARINGHOUSE, CLEARINGHOUSE_NAME, Payer, Practice
from samples.generator.course import Acknowledgment, StatusReply

ACKNOWLEDGMENT_VERSION = "005010X214"
STATUS_VERSION = "005010X212"


def acknowledgment(
    practice: Practice, payer: Payer | None, day: date, reference: str, batch: str, members: Sequence[Acknowledgment]
) -> Iterator[Segment]:
    """One 277CA about one batch, from a payer or (payer None) from the clearinghouse."""
    yield ("BHT", "0085", "08", reference, print_date(day), "0615", "TH")
    yield ("HL", "1", "", "20", "1")
    if payer is None:
        yield ("NM1", "AY", "2", CLEARINGHOUSE_NAME, "", "", "", "", "46", CLEARINGHOUSE)
    else:
        yield ("NM1", "PR", "2", payer.name, "", "", "", "", "PI", payer.code)
    yield ("TRN", "1", reference)
    yield ("DTP", "050", "D8", print_date(members[0].effective))
    yield ("DTP", "009", "D8", print_date(day))
    accepted = [one.claim.charge_cents for one in members if one.action == "WQ"]
    rejected = [one.claim.charge_cents for one in members if one.action != "WQ"]
    total = amount(sum(accepted) + sum(rejected))
    entity = "AY" if payer is None else "PR"
    yield ("HL", "2", "1", "21", "1")
    yield ("NM1", "41", "2", practice.name, "", "", "", "", "46", practice.code)
    yield ("TRN", "2", batch)
    yield ("STC", ("A1", "19", entity), print_date(day), "WQ", total)
    yield from totals(accepted, rejected, "90", "AA")
    yield ("HL", "3", "2", "19", "1")
    yield ("NM1", "85", "2", practice.name, "", "", "", "", "XX", practice.npi)
    yield ("TRN", "1", "0")
    yield ("STC", ("A1", "19", entity), "", "WQ", total)
    yield from totals(accepted, rejected, "QA", "QC")
    for level, one in enumerate(members, start=4):
        yield ("HL", str(level), "3", "PT")
        yield from acknowledged(one)


def totals(accepted: list[int], rejected: list[int], counted: str, refused: str) -> Iterator[Segment]:
    """Counts, then amounts, of what was accepted and rejected; a zero is left out."""
    for qualifier, cents in ((counted, accepted), (refused, rejected)):
        if cents:
            yield ("QTY", qualifier, str(len(cents)))
    for qualifier, cents in (("YU", accepted), ("YY", rejected)):
        if cents:
            yield ("AMT", qualifier, amount(sum(cents)))


def acknowledged(one: Acknowledgment) -> Iterator[Segment]:
    """2200D: one claim."""
    patient = one.claim.patient
    yield ("NM1", "QC", "1", patient.last, patient.first, patient.middle, "", "", "MI", patient.member_id)
    yield ("TRN", "2", one.claim.control_number)
    first = (one.category, one.status, one.entity) if one.entity else (one.category, one.status)
    companion = ("A7", "21") if one.category == "A7" and one.status != "21" else ""
    charge = amount(one.claim.charge_cents)
    yield ("STC", first, print_date(one.effective), one.action, charge, "", "", "", "", "", companion, "", one.text)
    if one.control_number:
        yield ("REF", "1K", one.control_number)
    yield ("REF", "D9", f"WX{one.claim.serial:08d}")
    yield ("DTP", "472", "D8", print_date(one.claim.served_on))


def status(
    practice: Practice, payer: Payer, day: date, reference: str, members: Sequence[StatusReply]
) -> Iterator[Segment]:
    """One 277: the payer's answers to our inquiries."""
    yield ("BHT", "0010", "08", reference, print_date(day), "0905", "DG")
    yield ("HL", "1", "", "20", "1")
    yield ("NM1", "PR", "2", payer.name, "", "", "", "", "PI", payer.code)
    yield ("PER", "IC", "PROVIDER SERVICES", "TE", payer.phone)
    yield ("HL", "2", "1", "21", "1")
    yield ("NM1", "41", "2", practice.name, "", "", "", "", "46", practice.code)
    yield ("HL", "3", "2", "19", "1")
    yield ("NM1", "1P", "2", practice.name, "", "", "", "", "XX", practice.npi)
    level = 3
    for one in members:
        level += 1
        patient = one.claim.patient
        first = patient.subscriber_first or patient.first
        yield ("HL", str(level), "3", "22", "1" if patient.is_dependent else "0")
        yield ("NM1", "IL", "1", patient.last, first, "", "", "", "MI", patient.member_id)
        if patient.is_dependent:
            yield ("HL", str(level + 1), str(level), "23")
            yield ("NM1", "QC", "1", patient.last, patient.first)
            level += 1
        yield from replied(one)


def replied(one: StatusReply) -> Iterator[Segment]:
    """2200D or 2200E: one claim."""
    yield ("TRN", "2", f"Q{one.claim.control_number}{one.asked}")
    code = (one.category, one.status, one.entity) if one.entity else (one.category, one.status)
    charge = amount(one.claim.charge_cents)
    stc: list[str | tuple[str, ...]] = ["STC", code, print_date(one.effective), "", charge]
    if one.paid_cents is not None and one.paid_on is not None:
        stc += [amount(one.paid_cents), print_date(one.paid_on), "", print_date(one.paid_on), one.trace]
    yield tuple(stc)
    if one.control_number:
        yield ("REF", "1K", one.control_number)
    yield ("REF", "EJ", one.claim.control_number)
    yield ("DTP", "472", "D8", print_date(one.claim.served_on))

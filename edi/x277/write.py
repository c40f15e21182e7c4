"""Write a 277 or 277CA: the values that `StatusReader` yields, as segments again. For samples and tests.

Values are written in the order they come: a report, the totals of a level, then the claims below it. Levels are
opened as claims and totals need them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from edi import scalars
from edi.levels import NO_DEMOGRAPHICS
from edi.part_readers import Demographics
from edi.part_writers import (
    amount_segment,
    cents_element,
    contact_segment,
    date_element,
    dated_segment,
    demographics_segment,
    name_segment,
    procedure_element,
    quantity_segment,
    reference_segment,
    time_element,
)
from edi.parts import Contact, Name
from edi.writing import Element, OutgoingSet, Segment
from edi.x277.model import ClaimStatus, StatusCode, StatusInformation, StatusLine, StatusReport, StatusTotals

VERSIONS = {"277": "005010X212", "277CA": "005010X214", "277RFAI": "005010X213"}
FUNCTIONAL_ID = "HN"  # GS01
LEVELS = ("20", "21", "19")  # HL03 above the claims, outermost first
DEPTHS = {"source": 0, "receiver": 1, "provider": 2}
TRACE_TYPES = {"source": "1", "receiver": "2", "provider": "1"}  # TRN01 above the claims

StatusValue = StatusReport | StatusTotals | ClaimStatus


def status_set(kind: str, values: Iterable[StatusValue], *, control_number: str = "") -> OutgoingSet:
    """The transaction set of a "277", "277CA" or "277RFAI"."""
    return OutgoingSet("277", status_segments(values), VERSIONS[kind], control_number)


def status_segments(values: Iterable[StatusValue]) -> Iterator[Segment]:
    """The segments between ST and SE."""
    tree = OpenLevels()
    waiting: StatusTotals | None = None  # whether a level has levels below it is known with the next value
    for value in values:
        if waiting is not None:
            depth = DEPTHS[waiting.level]
            is_deeper = isinstance(value, ClaimStatus) or (
                isinstance(value, StatusTotals) and DEPTHS[value.level] > depth
            )
            yield from totals_segments(tree, waiting, has_children=is_deeper)
            waiting = None
        if isinstance(value, StatusReport):
            created, hour = date_element(value.created), time_element(value.created_at)
            yield ("BHT", value.structure, value.purpose, value.reference, created, hour, value.type_code)
        elif isinstance(value, StatusTotals):
            waiting = value
        else:
            yield from claim_levels(tree, value)
            yield from claim_segments(value)
    if waiting is not None:
        yield from totals_segments(tree, waiting, has_children=False)


class OpenLevels:
    """The HL levels that are open: for each, the party it names, its contacts and its HL01."""

    def __init__(self) -> None:
        self.count = 0
        self.open: list[tuple[Name | None, tuple[Contact, ...], str]] = []

    def begin(
        self,
        depth: int,
        code: str,
        child: str,
        name: Name | None,
        contacts: Sequence[Contact] = (),
        demographics: Demographics = NO_DEMOGRAPHICS,
    ) -> Iterator[Segment]:
        """A new level at a depth, with its party."""
        del self.open[depth:]
        self.count += 1
        parent = self.open[-1][2] if self.open else ""
        self.open.append((bare(name), unplaced(contacts), str(self.count)))
        yield ("HL", str(self.count), parent, code, child)
        if demographics != NO_DEMOGRAPHICS:
            yield demographics_segment(*demographics)
        if name is not None:
            yield name_segment(name)
        for contact in contacts:
            yield contact_segment(contact)

    def has(self, depth: int, name: Name | None, contacts: Sequence[Contact]) -> bool:
        """A claim tells the contacts of the outermost level only."""
        if depth >= len(self.open) or self.open[depth][0] != bare(name):
            return False
        return depth > 0 or self.open[depth][1] == unplaced(contacts)


def unplaced(contacts: Iterable[Contact]) -> tuple[Contact, ...]:
    return tuple(contact._replace(segment=0) for contact in contacts)


def bare(name: Name | None) -> Name | None:
    return name._replace(segment=0) if name is not None else None


def totals_segments(tree: OpenLevels, totals: StatusTotals, *, has_children: bool) -> Iterator[Segment]:
    """A level above the claims with what it says of its own."""
    depth = DEPTHS[totals.level]
    for place, name in enumerate((totals.source, totals.receiver)[:depth]):
        if name is not None and (place >= len(tree.open) or tree.open[place][0] != bare(name)):
            yield from tree.begin(place, LEVELS[place], "1", name, totals.source_contacts if not place else ())
    if depth > len(tree.open):
        raise ValueError(f"totals of the {totals.level}: the levels above it come first")
    yield from tree.begin(depth, LEVELS[depth], "1" if has_children else "0", totals.name, totals.contacts)
    if totals.trace:
        yield ("TRN", TRACE_TYPES[totals.level], totals.trace)
    for status in totals.statuses:
        yield status_segment(status)
    for reference in totals.references:
        yield reference_segment(reference)
    for dated in totals.dates:
        yield dated_segment(dated)
    for quantity in totals.quantities:
        yield quantity_segment(quantity)
    for amount in totals.amounts:
        yield amount_segment(amount)


def claim_levels(tree: OpenLevels, claim: ClaimStatus) -> Iterator[Segment]:
    """The levels above a claim that are not open yet, then its patient."""
    for depth, name in enumerate((claim.source, claim.receiver, claim.provider)):
        contacts = claim.source_contacts if not depth else ()
        if not tree.has(depth, name, contacts):
            yield from tree.begin(depth, LEVELS[depth], "1", name, contacts)
    patient = Demographics(claim.patient_birth_date, claim.patient_sex)
    if is_patient_alone(claim):
        yield from tree.begin(3, "PT", "", claim.patient, (), patient)
        return
    subscriber = Demographics(claim.subscriber_birth_date, claim.subscriber_sex)
    is_dependent = (bare(claim.patient), patient) != (bare(claim.subscriber), subscriber)
    yield from tree.begin(3, "22", "1" if is_dependent else "0", claim.subscriber, (), subscriber)
    if is_dependent:
        yield from tree.begin(4, "23", "", claim.patient, (), patient)


def is_patient_alone(claim: ClaimStatus) -> bool:
    """The level is the patient's (HL03 PT), whoever is insured."""
    if claim.subscriber is None:
        return claim.patient is not None or claim.kind != "277"
    return claim.kind != "277" and claim.subscriber.role == "IL" and bare(claim.subscriber) == bare(claim.patient)


def claim_segments(claim: ClaimStatus) -> Iterator[Segment]:
    """TRN and what stands under it."""
    yield ("TRN", "1" if claim.kind == "277RFAI" else "2", claim.trace)
    for status in claim.statuses:
        yield status_segment(status)
    for reference in claim.references:
        yield reference_segment(reference)
    for dated in claim.dates:
        yield dated_segment(dated)
    for contact in claim.contacts:
        yield contact_segment(contact)
    for report, how, number in claim.attachments:
        yield ("PWK", report, how, "", "", "AC", number)
    for line in claim.lines:
        yield from line_segments(line)


def line_segments(line: StatusLine) -> Iterator[Segment]:
    units = "" if line.units is None else scalars.print_number(line.units)
    charge, paid = cents_element(line.charge_cents), cents_element(line.paid_cents)
    yield ("SVC", procedure_element(line.procedure), charge, paid, line.revenue_code, "", "", units)
    for status in line.statuses:
        yield status_segment(status)
    for reference in line.references:
        yield reference_segment(reference)
    for dated in line.dates:
        yield dated_segment(dated)


def status_segment(status: StatusInformation) -> Segment:
    """STC; the composites go to STC01, STC10 and STC11."""
    first, second, third = (*map(code_element, status.codes), "", "", "")[:3]
    return (
        "STC",
        first,
        date_element(status.effective),
        status.action,
        cents_element(status.charge_cents),
        cents_element(status.paid_cents),
        date_element(status.decided),
        status.payment_method,
        date_element(status.payment_date),
        status.trace,
        second,
        third,
        status.text,
    )


def code_element(code: StatusCode) -> Element:
    return tuple(code)

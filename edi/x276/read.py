"""Read a 276 (X212, and 4010 X093 where it means the same): each claim asked about, as a `StatusInquiry`."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import NamedTuple

from edi import qualifiers
from edi.context import Context, Elements, element_of
from edi.hierarchy import HierarchyReader
from edi.levels import DEPENDENT, NO_DEMOGRAPHICS, PATIENT, PROVIDER, RECEIVER, SOURCE, Level
from edi.part_readers import dated, hour, procedure, reference
from edi.parts import Dated, Reference
from edi.status_qualifiers import CLAIM, CLAIM_LOOP, LINE, LINE_LOOP
from edi.x276.model import InquiryLine, StatusInquiry

SERVICE_DATES = ("472", "232", "434")  # DTP01: service; statement, as 4010 had it
CHARGE = "T3"  # AMT01


class OpenLine:
    """A service line asked about."""

    __slots__ = ("charge_cents", "dates", "procedure", "references", "revenue_code", "segment", "units")

    def __init__(self, context: Context, elements: Elements, segment: int) -> None:
        self.procedure = procedure(context, element_of(elements, 1))
        self.charge_cents = context.optional_cents(elements, 2, segment)
        self.revenue_code = element_of(elements, 4)
        self.units: Decimal | None = context.number(elements, 7 if element_of(elements, 7) else 5, segment)
        self.segment = segment
        self.references: list[Reference] = []
        self.dates: list[Dated] = []

    def value(self) -> InquiryLine:
        first, last = service_dates(self.dates)
        return InquiryLine(
            procedure=self.procedure,
            charge_cents=self.charge_cents,
            line_control_number=referenced(self.references, "FJ"),
            first_date=first,
            last_date=last,
            segment=self.segment,
            revenue_code=self.revenue_code,
            units=self.units,
            references=tuple(self.references),
        )


class Batch(NamedTuple):
    """BHT."""

    reference: str = ""
    created: date | None = None
    created_at: time | None = None


class OpenInquiry:
    """A claim asked about, while its segments come in."""

    __slots__ = ("at", "charge_cents", "dates", "level", "lines", "offset", "references", "segment", "trace")

    def __init__(self, level: Level, trace: str, segment: int, offset: int) -> None:
        self.level = level
        self.trace = trace
        self.segment = segment
        self.offset = offset
        self.charge_cents: int | None = None
        self.references: list[Reference] = []
        self.dates: list[Dated] = []
        self.lines: list[OpenLine] = []
        self.at: OpenInquiry | OpenLine = self

    def value(self, batch: Batch, set_number: int, last_segment: int, end_offset: int) -> StatusInquiry:
        level = self.level
        subscriber, patient = level.at(PATIENT), level.at(DEPENDENT)
        payer, receiver, provider = (level.at(rank) for rank in (SOURCE, RECEIVER, PROVIDER))
        insured = subscriber.demographics if subscriber else NO_DEMOGRAPHICS
        person = patient.demographics if patient else NO_DEMOGRAPHICS
        first, last = service_dates(self.dates)
        return StatusInquiry(
            reference=batch.reference,
            payer=payer.name if payer else None,
            receiver=receiver.name if receiver else None,
            provider=provider.name if provider else None,
            subscriber=subscriber.name if subscriber else None,
            subscriber_birth_date=insured.birth_date,
            subscriber_sex=insured.sex,
            patient=patient.name if patient else None,
            patient_birth_date=person.birth_date,
            patient_sex=person.sex,
            trace=self.trace,
            payer_claim_control_number=referenced(self.references, "1K"),
            patient_control_number=referenced(self.references, "EJ"),
            bill_type=referenced(self.references, "BLT"),
            clearinghouse_number=referenced(self.references, "D9"),
            references=tuple(self.references),
            charge_cents=self.charge_cents,
            first_date=first,
            last_date=last,
            lines=tuple(line.value() for line in self.lines),
            set_number=set_number,
            segment=self.segment,
            last_segment=last_segment,
            start_offset=self.offset,
            end_offset=end_offset,
            created=batch.created,
            created_at=batch.created_at,
        )


class InquiryReader(HierarchyReader[Level]):
    """The `SetReader` of the 276."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, Level)
        self.batch = Batch()
        self.inquiry: OpenInquiry | None = None
        self.handlers |= {
            "BHT": self.on_header,
            "TRN": self.on_trace,
            "REF": self.on_reference,
            "AMT": self.on_amount,
            "DTP": self.on_date,
            "SVC": self.on_line,
        }
        if context.start.version.startswith("004"):
            context.find("276.version", [], context.start.segment, version=context.start.version)

    @property
    def in_claim(self) -> bool:
        return self.inquiry is not None

    def finish(self, segment: int, end_offset: int) -> None:
        self.mark = len(self.context.out)
        self.close()

    def on_header(self, elements: Elements, segment: int, offset: int) -> None:
        created = self.context.date(elements, 4, segment)
        self.batch = Batch(element_of(elements, 3), created, hour(element_of(elements, 5)))

    def on_trace(self, elements: Elements, segment: int, offset: int) -> None:
        self.begin(element_of(elements, 2), segment, offset)

    def begin(self, trace: str, segment: int, offset: int) -> None:
        is_first = self.inquiry is None
        self.close()
        self.context.trouble = False
        level = self.patient_level(["TRN", "1", trace], segment, offset)
        if is_first:
            segment, offset = level.segment, level.offset
        self.inquiry = OpenInquiry(level, trace, segment, offset)

    def inquiry_here(self, elements: Elements, segment: int, offset: int) -> OpenInquiry:
        """The open inquiry; where its TRN is missing, one without a trace."""
        if self.inquiry is None:
            self.begin("", segment, offset)
            self.context.find("276.trace", elements, segment)
            self.context.trouble = True
        assert self.inquiry is not None
        return self.inquiry

    def on_reference(self, elements: Elements, segment: int, offset: int) -> None:
        inquiry = self.inquiry_here(elements, segment, offset)
        self.check_qualifier(inquiry, elements, segment)
        inquiry.at.references.append(reference(elements, segment))

    def on_amount(self, elements: Elements, segment: int, offset: int) -> None:
        inquiry = self.inquiry_here(elements, segment, offset)
        if element_of(elements, 1) != CHARGE:
            self.unexpected(elements, segment)
            return
        inquiry.charge_cents = self.context.optional_cents(elements, 2, segment)

    def on_date(self, elements: Elements, segment: int, offset: int) -> None:
        inquiry = self.inquiry_here(elements, segment, offset)
        self.check_qualifier(inquiry, elements, segment)
        inquiry.at.dates.append(dated(self.context, elements, segment))

    def check_qualifier(self, inquiry: OpenInquiry, elements: Elements, segment: int) -> None:
        known, loop = (CLAIM, CLAIM_LOOP) if inquiry.at is inquiry else (LINE, LINE_LOOP)
        qualifiers.check(self.context, known, elements, segment, loop)

    def on_line(self, elements: Elements, segment: int, offset: int) -> None:
        inquiry = self.inquiry_here(elements, segment, offset)
        line = OpenLine(self.context, elements, segment)
        inquiry.lines.append(line)
        inquiry.at = line

    def close(self) -> None:
        inquiry, self.inquiry = self.inquiry, None
        if inquiry is not None:
            set_number = self.context.start.set_number
            self.context.claim_count += 1
            self.context.damaged_claims += self.context.trouble or self.context.broken
            self.context.broken = False
            self.hand_on(inquiry.value(self.batch, set_number, self.last_segment, self.end_offset))


def referenced(references: list[Reference], qualifier: str) -> str:
    return next((one.value for one in references if one.qualifier == qualifier), "")


def service_dates(dates: list[Dated]) -> tuple[date | None, date | None]:
    """First and last day of service; one day is both."""
    for qualifier in SERVICE_DATES:
        for one in dates:
            if one.qualifier == qualifier and one.first is not None:
                return one.first, one.last or one.first
    return None, None

"""One claim's status while its segments come in, and the value that it becomes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from edi.context import Context, Elements, element_of
from edi.levels import DEPENDENT, PATIENT, PROVIDER, RECEIVER, SOURCE, Level
from edi.part_readers import procedure
from edi.parts import Contact, Dated, Name, Reference
from edi.x277.meaning import ACCEPTING, REJECTING
from edi.x277.model import ClaimStatus, StatusCode, StatusInformation, StatusLine
from edi.x277.totals import Tally

SERVICE_DATES = ("472", "232", "434")  # DTP01 in order of trust: service, statement from (4010), statement
STATEMENT_END = "233"
COMPOSITES = (1, 10, 11)  # the places of a status composite in STC


class StatusLevel(Level):
    """An HL of a 277: with its contacts, trace, and the totals said and counted."""

    __slots__ = ("contacts", "tally", "trace")

    def __init__(
        self, number: str, code: str, rank: int, parent: StatusLevel | None, segment: int, offset: int
    ) -> None:
        super().__init__(number, code, rank, parent, segment, offset)
        self.contacts: tuple[Contact, ...] = ()
        self.trace = ""
        self.tally: Tally | None = None


class OpenLine:
    """A service line under the claim."""

    __slots__ = (
        "charge_cents",
        "dates",
        "paid_cents",
        "procedure",
        "references",
        "revenue_code",
        "segment",
        "statuses",
        "units",
    )

    def __init__(self, context: Context, elements: Elements, segment: int) -> None:
        self.procedure = procedure(context, element_of(elements, 1))
        self.charge_cents = context.optional_cents(elements, 2, segment)
        self.paid_cents = context.optional_cents(elements, 3, segment)
        self.revenue_code = element_of(elements, 4)
        self.units: Decimal | None = context.number(elements, 7 if element_of(elements, 7) else 5, segment)
        self.segment = segment
        self.statuses: list[StatusInformation] = []
        self.references: list[Reference] = []
        self.dates: list[Dated] = []

    def value(self) -> StatusLine:
        return StatusLine(
            self.procedure,
            self.charge_cents,
            self.paid_cents,
            self.revenue_code,
            tuple(self.statuses),
            tuple(self.references),
            tuple(self.dates),
            self.segment,
            self.units,
        )


class OpenClaim:
    """A claim that is still being read. `at` is the line that segments now belong to, or the claim itself."""

    __slots__ = (
        "at",
        "attachments",
        "contacts",
        "dates",
        "is_damaged",
        "level",
        "lines",
        "offset",
        "references",
        "segment",
        "statuses",
        "trace",
    )

    def __init__(self, level: StatusLevel, trace: str, segment: int, offset: int) -> None:
        self.level = level
        self.trace = trace
        self.segment = segment
        self.offset = offset
        self.is_damaged = False
        self.statuses: list[StatusInformation] = []
        self.references: list[Reference] = []
        self.dates: list[Dated] = []
        self.lines: list[OpenLine] = []
        self.contacts: list[Contact] = []
        self.attachments: list[tuple[str, str, str]] = []
        self.at: OpenClaim | OpenLine = self

    def add_line(self, line: OpenLine) -> None:
        self.lines.append(line)
        self.at = line

    def value(self, kind: str, set_number: int, last_segment: int, end_offset: int) -> ClaimStatus:
        level = self.level
        lines = tuple(line.value() for line in self.lines)
        statuses = tuple(self.statuses)
        source, receiver = level.at(SOURCE), level.at(RECEIVER)
        subscriber, patient = level.at(PATIENT), level.at(DEPENDENT) or level.at(PATIENT)
        first, last = service_dates(self.dates)
        claim_number = self.referenced("1K") or (self.trace if kind == "277RFAI" else "")
        return ClaimStatus(
            kind=kind,
            source=party(source),
            source_contacts=source.contacts if source else (),
            receiver=party(receiver),
            provider=party(level.at(PROVIDER)),
            subscriber=subscriber.name if subscriber and is_subscriber(subscriber) else None,
            patient=party(patient),
            trace=self.trace,
            batch_trace=receiver.trace if receiver and kind == "277CA" else "",
            patient_control_number=self.trace if kind == "277CA" else self.referenced("EJ"),
            payer_claim_control_number=claim_number,
            clearinghouse_number=self.referenced("D9"),
            statuses=statuses,
            lines=lines,
            references=tuple(self.references),
            dates=tuple(self.dates),
            first_service=first,
            last_service=last,
            is_rejected=is_rejected(statuses, lines),
            is_accepted=is_accepted(statuses, lines),
            is_damaged=self.is_damaged,
            set_number=set_number,
            segment=self.segment,
            last_segment=last_segment,
            start_offset=self.offset,
            end_offset=end_offset,
            subscriber_birth_date=subscriber.demographics.birth_date if subscriber else None,
            patient_birth_date=patient.demographics.birth_date if patient else None,
            subscriber_sex=subscriber.demographics.sex if subscriber else "",
            patient_sex=patient.demographics.sex if patient else "",
            contacts=tuple(self.contacts),
            attachments=tuple(self.attachments),
        )

    def referenced(self, qualifier: str) -> str:
        """The first value of a reference, so that a second one cannot take its place."""
        return next((one.value for one in self.references if one.qualifier == qualifier), "")

    def charge_cents(self) -> int:
        return next((one.charge_cents for one in self.statuses if one.charge_cents is not None), 0)


def status_information(context: Context, elements: Elements, segment: int) -> StatusInformation:
    """STC."""
    codes = tuple(
        status_code(context, element_of(elements, place)) for place in COMPOSITES if element_of(elements, place)
    )
    return StatusInformation(
        codes=codes,
        effective=context.date(elements, 2, segment),
        action=element_of(elements, 3),
        charge_cents=context.optional_cents(elements, 4, segment),
        paid_cents=context.optional_cents(elements, 5, segment),
        decided=context.date(elements, 6, segment),
        payment_method=element_of(elements, 7),
        payment_date=context.date(elements, 8, segment),
        trace=element_of(elements, 9),
        text=element_of(elements, 12),
        segment=segment,
    )


def status_code(context: Context, text: str) -> StatusCode:
    """category:status:entity:code list."""
    parts = text.split(context.component) if context.component else [text]
    category, status, entity, code_list = (*parts, "", "", "", "")[:4]
    return StatusCode(category, status, entity, code_list)


def is_rejected(statuses: tuple[StatusInformation, ...], lines: tuple[StatusLine, ...]) -> bool:
    """The action is trusted first, the category second."""
    actions = actions_of(statuses, lines)
    if actions:
        return "U" in actions
    return any(code.category in REJECTING for status in statuses for code in status.codes)


def is_accepted(statuses: tuple[StatusInformation, ...], lines: tuple[StatusLine, ...]) -> bool:
    actions = actions_of(statuses, lines)
    if "U" in actions or (actions and "WQ" not in actions):
        return False
    categories = {code.category for status in statuses for code in status.codes}
    return bool(categories & ACCEPTING) and not categories & REJECTING


def actions_of(statuses: tuple[StatusInformation, ...], lines: tuple[StatusLine, ...]) -> set[str]:
    of_lines = (status for line in lines for status in line.statuses)
    return {status.action for status in (*statuses, *of_lines) if status.action}


def service_dates(dates: Iterable[Dated]) -> tuple[date | None, date | None]:
    """First and last day of service; one day is both."""
    by_qualifier: dict[str, Dated] = {}
    for dated in dates:
        by_qualifier.setdefault(dated.qualifier, dated)
    for qualifier in SERVICE_DATES:
        begin = by_qualifier.get(qualifier)
        if begin is not None and begin.first is not None:
            end = by_qualifier.get(STATEMENT_END) if qualifier == "232" else None
            return begin.first, begin.last or (end.first if end else None) or begin.first
    return None, None


def is_subscriber(level: StatusLevel) -> bool:
    return level.code != "PT" or (level.name is not None and level.name.role == "IL")


def party(level: StatusLevel | None) -> Name | None:
    return level.name if level is not None else None

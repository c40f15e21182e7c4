"""Read an 835 (005010X221A1) as a stream: one `Remittance`, its claims one by one, provider adjustments.

One handler per segment id. A handler reads its elements straight away, and only then changes what is held; when a
segment is too short or an element unreadable it fails untouched, `edi/x835/repair.py` mends the segment with a
finding for each element, and the handler is called again. So the usual case costs no checks.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from edi import part_readers, qualifiers
from edi.codes import natures
from edi.context import Context, Elements
from edi.parts import Contact, Name, Remark
from edi.quirks import NO_QUIRKS
from edi.scalars import cents
from edi.x835 import balance, checks
from edi.x835.cached import NUMBERS
from edi.x835.classify import class_by_reasons, positive_reasons
from edi.x835.gather import new
from edi.x835.header import HeaderReader
from edi.x835.lines import LineReader
from edi.x835.model import ClaimPayment, ProviderAdjustment, ProviderSummary
from edi.x835.pieces import (
    SEGMENT_ID,
    provider_adjustments,
    quirked,
)
from edi.x835.qualifiers import CLAIM_LOOP, PARTIES, PROVIDER_ADJUSTMENT_REASONS, REMARKS
from edi.x835.repair import repaired

CLP_LENGTH = 15
NM1_LENGTH = 10
BEGINS_DETAIL = frozenset(("LX", "CLP", "PLB", "TS3"))

MOST_SEGMENTS = 20_000  # of one claim: 999 lines of 20; beyond that a CLP has been lost

Handler = Callable[[Elements, int, int], None]


class RemittanceReader(LineReader):
    """The reader of one 835 set."""

    __slots__ = (
        "between",
        "claim",
        "claim_figures",
        "claim_offset",
        "claim_segment",
        "claim_sent",
        "contacts",
        "group_number",
        "handlers",
        "header",
        "inpatient",
        "is_headless",
        "late",
        "names",
        "nature",
        "out",
        "outcome_remarks",
        "outpatient",
        "totals",
        "within",
    )

    # The claim in hand.
    claim: Elements | None  # CLP, filled up to its full length
    claim_sent: Elements  # CLP as sent, to show it in a finding
    claim_figures: tuple[int, int, int | None, Decimal | None, Decimal | None]  # CLP03, 04, 05, 12, 13
    claim_segment: int
    claim_offset: int
    names: tuple[Name, ...]
    contacts: tuple[Contact, ...]
    inpatient: tuple[str, ...]
    outpatient: tuple[str, ...]
    outcome_remarks: tuple[Remark, ...]

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.out = context.out
        self.late: list[Any] = []  # findings about the value in hand: they follow it
        self.header: HeaderReader | None = HeaderReader(context)
        self.totals = balance.Totals()
        self.nature = natures().get
        self.group_number = ""
        self.is_headless = False  # segments of a claim were met whose CLP is missing, and told
        self.between: dict[str, Handler] = {
            "CLP": self._claim,
            "LX": self._group,
            "TS3": self._summary,
            "TS2": self._summary,
            "PLB": self._provider_adjustments,
        }
        self.within: dict[str, Handler] = {
            **self.between,
            "SVC": self._service_line,
            "CAS": self._adjustments,
            "NM1": self._name,
            "DTM": self._date,
            "REF": self._reference,
            "AMT": self._amount,
            "QTY": self._quantity,
            "LQ": self._remark,
            "MIA": self._outcome,
            "MOA": self._outcome,
            "PER": self._contact,
        }
        self.handlers = self.between
        self._clear_claim()

    def feed(self, elements: Elements, segment: int, offset: int, end_offset: int) -> None:
        if self.header is not None:
            if elements[0] not in BEGINS_DETAIL:
                self.header.feed(elements, segment)
                return
            self._close_header(self.header)
        handler = self.handlers.get(elements[0])
        if handler is None:
            self._unknown(elements, segment)
            return
        try:
            handler(elements, segment, offset)
        except (IndexError, ValueError):
            self.mend(handler, elements, segment, offset)

    def finish(self, segment: int, end_offset: int) -> None:
        if self.header is not None:
            self._close_header(self.header)
        self._close_claim(segment, end_offset)
        self.context.balance = self.totals.check()
        checks.of_set(self.context, self.totals)

    def _close_header(self, header: HeaderReader) -> None:
        self.header = None
        self.context.out = self.late
        remittance = header.remittance()
        checks.of_header(self.context, remittance)
        self.context.out = self.out
        self.totals.payment_cents = remittance.paid_cents
        self.totals.payment_segment = remittance.segment
        self.totals.payment = header.payment
        self.out.append(remittance)
        self._tell_late()

    def _tell_late(self) -> None:
        if self.late:
            self.out.extend(self.late)
            self.late.clear()

    def check_limit(self, segment: int, offset: int) -> None:
        """A claim without end has lost a CLP: it is given up as it stands, and the rest skipped to the next."""
        if self.claim is not None and segment - self.claim_segment > MOST_SEGMENTS:
            self.context.find("835.limit.claim", self.claim_sent, self.claim_segment, limit=MOST_SEGMENTS)
            self.context.trouble = True
            self._close_claim(segment, offset)
            self.is_headless = True

    # Segments that do not read at once.

    def mend(self, handler: Handler, elements: Elements, segment: int, offset: int) -> None:
        """Read a segment again with what is wrong in it taken out and told."""
        if elements[0] in self.between:
            self._close_claim(segment - 1, offset)
        if elements[0] == "CLP":
            self.context.out = self.late
        mended, is_hurt = repaired(self.context, elements, segment)
        handler(mended, segment, offset)
        if is_hurt:
            self.context.trouble = True

    def _unknown(self, elements: Elements, segment: int) -> None:
        """A segment that has no place here; rubbish where a segment should be spoils the claim around it."""
        if elements[0] in self.within:
            if not self.is_headless:
                self.context.find("835.claim.headless", elements, segment)
            self.is_headless = True
        elif SEGMENT_ID.fullmatch(elements[0]):
            self.context.find("segment.unexpected", elements, segment)
        else:
            self.context.find("segment.damaged", elements, segment)
            self.context.trouble = True

    # 2000: groups of claims, and the footer.

    def _group(self, elements: Elements, segment: int, offset: int) -> None:
        group_number = elements[1]
        self._close_claim(segment - 1, offset)
        self.group_number = group_number

    def _summary(self, elements: Elements, segment: int, offset: int) -> None:
        self._close_claim(segment - 1, offset)
        set_number = self.context.start.set_number
        self.out.append(ProviderSummary(elements[0], tuple(elements[1:]), set_number, segment, self.group_number))

    def _provider_adjustments(self, elements: Elements, segment: int, offset: int) -> None:
        found: list[ProviderAdjustment] = provider_adjustments(self.context, elements, segment)
        self._close_claim(segment - 1, offset)
        self.totals.add_provider_adjustments(found)
        self.out.extend(found)
        for one in found:
            if one.reason not in PROVIDER_ADJUSTMENT_REASONS:
                place = one.element - 1
                self.context.find("835.provider_adjustment.reason", elements, segment, place, value=one.reason)

    # 2100: a claim.

    def _claim(self, elements: Elements, segment: int, offset: int) -> None:
        sent = elements
        if len(elements) < CLP_LENGTH:
            elements = elements + [""] * (CLP_LENGTH - len(elements))
        figures = (
            cents(elements[3] or "0"),  # totals seldom come back: not worth keeping
            cents(elements[4] or "0"),
            cents(elements[5]) if elements[5] else None,
            NUMBERS[elements[12]] if elements[12] else None,
            NUMBERS[elements[13]] if elements[13] else None,
        )
        self._close_claim(segment - 1, offset)
        self.claim = elements
        self.claim_sent = sent
        self.claim_figures = figures
        self.claim_segment = segment
        self.claim_offset = offset
        self.is_headless = False
        self.handlers = self.within
        self.context.trouble = False
        self.context.out = self.late

    def _name(self, elements: Elements, segment: int, offset: int) -> None:
        if len(elements) != NM1_LENGTH:
            elements = (elements + [""] * NM1_LENGTH)[:NM1_LENGTH]
        _, role, kind, last, first, middle, _, suffix, qualifier, identifier = elements
        self.names += (new(Name, (role, last, first, middle, suffix, qualifier, identifier, kind == "1", segment)),)
        if role not in PARTIES:
            self._check_qualifier(elements, segment)

    def _outcome(self, elements: Elements, segment: int, offset: int) -> None:
        """MIA or MOA: the only place of remark codes at claim level."""
        if elements[0] == "MIA":
            self.inpatient = tuple(elements[1:])
        else:
            self.outpatient = tuple(elements[1:])
        remarks = part_readers.claim_remarks(elements, segment)
        self.outcome_remarks += remarks
        for remark in remarks:
            if remark.code not in REMARKS:
                qualifiers.tell(self.context, "835.remark", elements, segment, CLAIM_LOOP, remark.element)

    def _contact(self, elements: Elements, segment: int, offset: int) -> None:
        self.contacts += (part_readers.contact(elements, segment),)

    # A claim is complete.

    def _close_claim(self, last_segment: int, end_offset: int) -> None:
        """Append the claim in hand, then what was found about it."""
        clp = self.claim
        if clp is None:
            return
        if self.line is not None:
            self._close_line(self.line)
            gathered = self.of_claim
        else:
            gathered = self._gathered()
        adjustments, remarks, references, dates, amounts, quantities = gathered
        charge, paid, patient, weight, fraction = self.claim_figures
        lines = tuple(self.lines)
        context = self.context
        control_number, status, due = clp[1], clp[2], paid
        if context.quirks is not NO_QUIRKS:
            control_number, status, due = quirked(context.quirks, clp, charge, paid, amounts)
        tally = balance.tally(charge, due, adjustments, lines, self.claim_segment)
        reasons = positive_reasons(adjustments, lines) if tally.has_negative else tally.reasons
        claim = new(
            ClaimPayment,
            (
                control_number,
                clp[2],
                charge,
                paid,
                patient,
                clp[6],
                clp[7],
                clp[8],
                clp[9],
                clp[11],
                weight,
                fraction,
                adjustments,
                self.names,
                self.outcome_remarks + remarks,
                self.inpatient,
                self.outpatient,
                references,
                dates,
                self.contacts,
                amounts,
                quantities,
                lines,
                self.group_number,
                class_by_reasons(status, charge, paid, reasons, adjustments, lines, self.nature),
                tally.failed,
                False,
                context.start.set_number,
                self.claim_segment,
                last_segment,
                self.claim_offset,
                end_offset,
            ),
        )
        claim = checks.of_claim(context, claim, tally, self.claim_sent, self.line_elements)
        self.totals.add_claim(claim)
        self.out.append(claim)
        self._tell_late()
        context.out = self.out
        context.trouble = False
        self.handlers = self.between
        self._clear_claim()

    def _clear_claim(self) -> None:
        """No claim in hand; what only means something with one is set when it begins."""
        self.claim = self.line = None
        if self.lines:
            self.lines = []
            self.line_elements = []
            self._enter_claim()
        self.names = ()
        self.contacts = ()
        self.inpatient = self.outpatient = ()
        self.outcome_remarks = ()

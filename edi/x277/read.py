"""Read a 277: the answer to an inquiry (X212), a claim acknowledgment (X214), a request for information, or one
sent unasked. A segment at a time; each claim is handed on as soon as the next begins.

A patient's level may hold several claims: each TRN begins one. Trouble costs the claim it is in and no other.
"""

from __future__ import annotations

from edi import qualifiers
from edi.context import Context, Elements, element_of
from edi.hierarchy import HierarchyReader
from edi.levels import PROVIDER, RECEIVER, SOURCE
from edi.part_readers import amount, contact, dated, hour, quantity, reference
from edi.parts import Amount, Dated, Quantity, Reference
from edi.status_qualifiers import ABOVE, CLAIM, CLAIM_LOOP, LINE, LINE_LOOP
from edi.x277.claim import OpenClaim, OpenLine, StatusLevel, party, status_information
from edi.x277.meaning import ACCEPTING, MEANINGS, REJECTING
from edi.x277.model import StatusInformation, StatusReport, StatusTotals
from edi.x277.totals import Tally, check_totals

LEVEL_WORDS = ("source", "receiver", "provider")  # by rank, as StatusTotals names them
ACTIONS = ("WQ", "U", "")  # STC03
KINDS = {"0085": "277CA", "TH": "277CA", "RQ": "277RFAI"}  # by BHT01 or BHT06, where GS08 does not tell
ONCE = ("1K", "EJ")  # REF01 that name one claim: a second, different one belongs to another claim


class StatusReader(HierarchyReader[StatusLevel]):
    """The `SetReader` of the 277 family."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, StatusLevel)
        self.kind = context.start.kind if context.start.kind.startswith("277") else "277"
        self.totals: OpenTotals | None = None  # of the level above the claims that is being read
        self.claim: OpenClaim | None = None
        self.tallies: list[Tally] = []
        self.handlers |= {
            "BHT": self.on_header,
            "PER": self.on_contact,
            "TRN": self.on_trace,
            "STC": self.on_status,
            "REF": self.on_reference,
            "DTP": self.on_date,
            "QTY": self.on_quantity,
            "AMT": self.on_amount,
            "SVC": self.on_line,
            "PWK": self.on_attachment,
        }
        if context.start.version.startswith("004"):
            context.find("277.version", [], context.start.segment, version=context.start.version)

    @property
    def in_claim(self) -> bool:
        return self.claim is not None

    def entered(self, level: StatusLevel) -> None:
        super().entered(level)
        self.totals = OpenTotals(level.segment) if level.rank <= PROVIDER else None

    def finish(self, segment: int, end_offset: int) -> None:
        self.mark = len(self.context.out)
        self.close()
        for tally in self.tallies:
            check_totals(self.context, tally)

    def on_header(self, elements: Elements, segment: int, offset: int) -> None:
        structure, type_code = element_of(elements, 1), element_of(elements, 6)
        told = KINDS.get(structure) or KINDS.get(type_code)
        if told and told != self.kind:
            self.context.find("277.kind", elements, segment, kind=told, version=self.context.start.version)
            self.kind = told
        created = self.context.date(elements, 4, segment)
        report = StatusReport(
            kind=self.kind,
            structure=structure,
            purpose=element_of(elements, 2),
            reference=element_of(elements, 3),
            created=created,
            type_code=type_code,
            segment=segment,
            created_at=hour(element_of(elements, 5)),
        )
        self.context.out.append(report)

    def on_contact(self, elements: Elements, segment: int, offset: int) -> None:
        if self.claim is not None:
            self.claim.contacts.append(contact(elements, segment))
        elif self.level is not None:
            self.level.contacts += (contact(elements, segment),)
        else:
            self.unexpected(elements, segment)

    def on_trace(self, elements: Elements, segment: int, offset: int) -> None:
        trace = element_of(elements, 2)
        if self.level is not None and self.totals is not None:
            if not self.level.trace:
                self.level.trace = trace
            else:
                self.unexpected(elements, segment)
            return
        self.begin_claim(trace, segment, offset)

    def begin_claim(self, trace: str, segment: int, offset: int) -> None:
        """The first claim of a level begins with the level's HL, a further one with its TRN."""
        is_first = self.claim is None
        self.close_claim()
        self.context.trouble = False
        level = self.patient_level(["TRN", trace], segment, offset)
        if is_first:
            segment, offset = level.segment, level.offset
        self.claim = OpenClaim(level, trace, segment, offset)

    def claim_here(self, elements: Elements, segment: int, offset: int) -> OpenClaim | None:
        """The open claim; where its TRN is missing, one without a trace. None above the claims."""
        if self.totals is not None:
            return None
        if self.claim is None:
            self.begin_claim("", segment, offset)
            assert self.claim is not None
            self.claim.is_damaged = True
            self.context.find("277.trace", elements, segment)
        return self.claim

    def on_status(self, elements: Elements, segment: int, offset: int) -> None:
        claim = self.claim_here(elements, segment, offset)
        status = status_information(self.context, elements, segment)
        self.check_status(status, elements, segment)
        if claim is not None:
            claim.at.statuses.append(status)
        elif self.totals is not None:
            self.totals.statuses.append(status)

    def check_status(self, status: StatusInformation, elements: Elements, segment: int) -> None:
        categories = {code.category for code in status.codes}
        for unknown in sorted(categories - MEANINGS.keys()):
            self.context.find("277.category", elements, segment, 1, category=unknown)
        if status.action not in ACTIONS:
            self.context.find("277.action", elements, segment, 3)
        against = REJECTING if status.action == "WQ" else ACCEPTING if status.action == "U" else frozenset()
        if self.totals is None and status.codes and status.codes[0].category in against:
            self.context.find("277.action.category", elements, segment, 3, category=status.codes[0].category)

    def on_reference(self, elements: Elements, segment: int, offset: int) -> None:
        claim = self.claim_here(elements, segment, offset)
        self.check_qualifier(claim, elements, segment)
        one = reference(elements, segment)
        if claim is None:
            if self.totals is not None:
                self.totals.references.append(one)
            return
        if claim.at is claim and one.qualifier in ONCE and claim.referenced(one.qualifier) not in ("", one.value):
            claim.is_damaged = True
            self.context.find("277.repeated", elements, segment, 2)
        claim.at.references.append(one)

    def on_date(self, elements: Elements, segment: int, offset: int) -> None:
        claim = self.claim_here(elements, segment, offset)
        self.check_qualifier(claim, elements, segment)
        one = dated(self.context, elements, segment)
        if claim is not None:
            claim.at.dates.append(one)
        elif self.totals is not None:
            self.totals.dates.append(one)

    def check_qualifier(self, claim: OpenClaim | None, elements: Elements, segment: int) -> None:
        if claim is None:
            known, loop = ABOVE, CLAIM_LOOP
        else:
            known, loop = (CLAIM, CLAIM_LOOP) if claim.at is claim else (LINE, LINE_LOOP)
        qualifiers.check(self.context, known, elements, segment, loop)

    def on_quantity(self, elements: Elements, segment: int, offset: int) -> None:
        if self.totals is None:
            self.unexpected(elements, segment)
            return
        self.check_qualifier(None, elements, segment)
        self.totals.quantities.append(quantity(self.context, elements, segment))

    def on_amount(self, elements: Elements, segment: int, offset: int) -> None:
        if self.totals is None:
            self.unexpected(elements, segment)
            return
        self.check_qualifier(None, elements, segment)
        self.totals.amounts.append(amount(self.context, elements, segment))

    def on_line(self, elements: Elements, segment: int, offset: int) -> None:
        claim = self.claim_here(elements, segment, offset)
        if claim is None:
            self.unexpected(elements, segment)
            return
        claim.add_line(OpenLine(self.context, elements, segment))

    def on_attachment(self, elements: Elements, segment: int, offset: int) -> None:
        claim = self.claim_here(elements, segment, offset)
        if claim is None:
            self.unexpected(elements, segment)
            return
        claim.attachments.append((element_of(elements, 1), element_of(elements, 2), element_of(elements, 6)))

    def close(self) -> None:
        """The present level's own segments end: hand on its claim or its totals."""
        self.close_claim()
        if self.level is not None and self.totals is not None:
            self.close_totals(self.level, self.totals)
        self.totals = None

    def close_claim(self) -> None:
        claim, self.claim = self.claim, None
        if claim is None:
            return
        context = self.context
        claim.is_damaged |= context.trouble or context.broken
        context.broken = False
        context.claim_count += 1
        context.damaged_claims += claim.is_damaged
        value = claim.value(self.kind, self.context.start.set_number, self.last_segment, self.end_offset)
        if not value.statuses:
            self.held.append(self.context.find("277.status", [], claim.segment, trace=claim.trace))
            self.context.out.pop()
        self.hand_on(value)
        level: StatusLevel | None = claim.level
        while level is not None:
            if level.tally is not None:
                level.tally.count(claim.charge_cents(), is_rejected=value.is_rejected)
            level = level.parent

    def close_totals(self, level: StatusLevel, totals: OpenTotals) -> None:
        value = totals.value(level, self.context.start.set_number)
        if value is None:
            return
        self.context.out.append(value)
        if self.kind == "277CA" and (value.quantities or value.amounts):
            level.tally = Tally(value.level, level.segment)
            level.tally.quantities, level.tally.amounts = value.quantities, value.amounts
            self.tallies.append(level.tally)


class OpenTotals:
    """What stands at a level above the claims, while it is read."""

    __slots__ = ("amounts", "dates", "quantities", "references", "segment", "statuses")

    def __init__(self, segment: int) -> None:
        self.segment = segment
        self.statuses: list[StatusInformation] = []
        self.quantities: list[Quantity] = []
        self.amounts: list[Amount] = []
        self.references: list[Reference] = []
        self.dates: list[Dated] = []

    def value(self, level: StatusLevel, set_number: int) -> StatusTotals | None:
        """None when the level says nothing of its own."""
        if not (level.trace or self.statuses or self.quantities or self.amounts or self.references or self.dates):
            return None
        above = level.parent
        source = above.at(SOURCE) if above else None
        return StatusTotals(
            level=LEVEL_WORDS[min(level.rank, PROVIDER)],
            name=level.name,
            trace=level.trace,
            statuses=tuple(self.statuses),
            quantities=tuple(self.quantities),
            amounts=tuple(self.amounts),
            references=tuple(self.references),
            dates=tuple(self.dates),
            set_number=set_number,
            segment=self.segment,
            contacts=level.contacts,
            source=party(source),
            source_contacts=source.contacts if source else (),
            receiver=party(above.at(RECEIVER)) if above else None,
        )

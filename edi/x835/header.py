"""The header of an 835: BPR, TRN, dates, payer (1000A) and payee (1000B), as one `Remittance`."""

from __future__ import annotations

from datetime import date

from edi import part_readers, qualifiers
from edi.context import Context, Elements, element_of
from edi.parts import Address, Contact, Dated, Name, Reference
from edi.x835.model import Remittance
from edi.x835.qualifiers import HEADER_LOOPS, HEADER_NAMES

PAYER, PAYEE = "PR", "PE"
PRODUCTION_DATE = "405"
KNOWN_BUT_UNUSED = frozenset(("NTE", "RDM", "N2"))
COMMON_LIMIT = 1_000  # references and contacts kept of one header; more is rubbish


class HeaderReader:
    """Everything before the first LX, CLP or PLB."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.payment: Elements = ["BPR"]
        self.trace: Elements = ["TRN"]
        self.segment = 0
        self.trace_segment = 0
        self.production_date: date | None = None
        self.dates: list[Dated] = []  # other than the production date
        self.currency = ""
        self.party = ""
        self.names: dict[str, Name] = {}
        self.addresses: dict[str, Address] = {}
        self.references: dict[str, list[Reference]] = {"": [], PAYER: [], PAYEE: []}
        self.contacts: list[Contact] = []
        self.kept = 0

    def feed(self, elements: Elements, segment: int) -> None:
        name = elements[0]
        self.kept += 1
        if self.kept > COMMON_LIMIT:
            if self.kept == COMMON_LIMIT + 1:
                self.context.find("835.limit.header", elements, segment, limit=COMMON_LIMIT)
            return
        loop = self.party if self.party in HEADER_LOOPS else ""
        qualifiers.check(self.context, HEADER_LOOPS[loop], elements, segment, HEADER_NAMES[loop])
        if name == "BPR":
            self.payment, self.segment = elements, segment
        elif name == "TRN":
            self.trace, self.trace_segment = elements, segment
        elif name == "CUR":
            self.currency = element_of(elements, 2)
        elif name == "DTM":
            if element_of(elements, 1) == PRODUCTION_DATE:
                self.production_date = self.context.date(elements, 2, segment)
            else:
                read = self.context.date(elements, 2, segment)
                self.dates.append(Dated(element_of(elements, 1), read, None, segment))
        elif name == "N1":
            self._party(elements, segment)
        elif name in ("N3", "N4"):
            self._address(elements, segment)
        elif name == "REF":
            self.references[loop].append(part_readers.reference(elements, segment))
        elif name == "PER":
            self.contacts.append(part_readers.contact(elements, segment))
        elif name not in KNOWN_BUT_UNUSED:
            self.context.find("segment.unexpected", elements, segment)

    def _party(self, elements: Elements, segment: int) -> None:
        self.party = element_of(elements, 1)
        self.names[self.party] = Name(
            self.party,
            element_of(elements, 2),
            "",
            "",
            "",
            element_of(elements, 3),
            element_of(elements, 4),
            False,
            segment,
        )

    def _address(self, elements: Elements, segment: int) -> None:
        known = self.addresses.get(self.party, Address("", "", "", "", "", "", segment))
        if elements[0] == "N3":
            self.addresses[self.party] = known._replace(line1=element_of(elements, 1), line2=element_of(elements, 2))
            return
        self.addresses[self.party] = known._replace(
            city=element_of(elements, 1),
            state=element_of(elements, 2),
            postal_code=element_of(elements, 3),
            country=element_of(elements, 4),
        )

    def remittance(self) -> Remittance:
        """The header as read; with findings where the payment or its trace is missing."""
        context, payment, trace = self.context, self.payment, self.trace
        if not self.segment:
            context.find("835.header.payment", payment, context.start.segment)
        if not self.trace_segment:
            context.find("835.header.trace", trace, self.segment or context.start.segment)
        return Remittance(
            handling=element_of(payment, 1),
            paid_cents=context.cents(payment, 2, self.segment),
            credit_debit=element_of(payment, 3),
            method=element_of(payment, 4),
            originator=element_of(payment, 10),
            payment_date=context.date(payment, 16, self.segment),
            trace=element_of(trace, 2),
            trace_originator=element_of(trace, 3),
            trace_supplement=element_of(trace, 4),
            production_date=self.production_date,
            currency=self.currency,
            payer=self.names.get(PAYER),
            payer_address=self.addresses.get(PAYER),
            payer_references=tuple(self.references[PAYER]),
            payer_contacts=tuple(self.contacts),
            payee=self.names.get(PAYEE),
            payee_address=self.addresses.get(PAYEE),
            payee_references=tuple(self.references[PAYEE]),
            references=tuple(self.references[""]),
            payer_account=element_of(payment, 9),
            payee_account=element_of(payment, 15),
            segment=self.segment,
            trace_segment=self.trace_segment,
            payment_format=element_of(payment, 5),
            payer_bank=element_of(payment, 7),
            payee_bank=element_of(payment, 13),
            payer_bank_qualifier=element_of(payment, 6),
            payee_bank_qualifier=element_of(payment, 12),
            dates=tuple(self.dates),
            other_parties=tuple(name for role, name in self.names.items() if role not in (PAYER, PAYEE)),
        )

"""What a remittance says that can be read but can hardly be so (fact book 835.md §11).

Beside the reader and not in it: two of the rules need to know what day it is, and whoever only reads has no use for
any. Pure and streaming: `findings(edi.read(stream), today)`. Nothing here is a reason to hold a payment.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from edi.context import Context
from edi.findings import Finding
from edi.identifiers import is_npi, is_routing_number, is_tax_id
from edi.parts import Name
from edi.scalars import print_date
from edi.values import SetStart
from edi.x835.model import ClaimPayment, Remittance

FARTHEST_AHEAD = timedelta(days=30)  # a payment dated later is a slip of the pen
NPI, TAX_ID, PAYEE_TAX_ID, ROUTING = "XX", "FI", "TJ", "01"  # NM108 and N103; REF01; BPR06 and 12
SERVICE_DATES = frozenset(("232", "233", "150", "151", "472"))  # DTM01 of the days when the patient was served
MOST_TOLD = 500  # different numbers told in a set


def findings(values: Iterable[object], today: date) -> Iterator[Finding]:
    """What is hardly so in the values of a file, as `edi.read` yields them; other transactions are passed over."""
    looking: Plausibility | None = None
    for value in values:
        if isinstance(value, SetStart):
            looking = Plausibility(value, today)
        elif looking is not None and isinstance(value, Remittance):
            yield from looking.at_payment(value)
        elif looking is not None and isinstance(value, ClaimPayment):
            yield from looking.at_claim(value)


class Plausibility:
    """One payment: what its claims are held against."""

    def __init__(self, start: SetStart, today: date) -> None:
        used = start.delimiters
        self.context = Context(start, used.element, used.component, used.repetition)
        self.today = today
        self.payment_date: date | None = None
        self.told: set[str] = set()

    def at_payment(self, remittance: Remittance) -> list[Finding]:
        self.payment_date = remittance.payment_date
        if self.payment_date is not None and self.payment_date > self.today + FARTHEST_AHEAD:
            shown = self._payment_with(16, print_date(self.payment_date))
            self.context.find("835.date.payment", shown, remittance.segment, 16, day=self.payment_date)
        for place, qualifier, number in (
            (7, remittance.payer_bank_qualifier, remittance.payer_bank),
            (13, remittance.payee_bank_qualifier, remittance.payee_bank),
        ):
            if qualifier == ROUTING and number and not is_routing_number(number):
                shown = self._payment_with(place, number)
                self.context.find("835.number.bank", shown, remittance.segment, place)
        for party in (remittance.payer, remittance.payee):
            if party is not None:
                self._number(party, ["N1", party.role, party.last, party.id_qualifier, party.id])
        for reference in remittance.payee_references:
            if reference.qualifier == PAYEE_TAX_ID and not is_tax_id(reference.value):
                self.context.find("835.number.tax", ["REF", PAYEE_TAX_ID, reference.value], reference.segment, 2)
        return self._taken()

    def at_claim(self, claim: ClaimPayment) -> list[Finding]:
        for name in claim.names:
            kind = "1" if name.is_person else "2"
            shown = [name.role, kind, name.last, name.first, name.middle, "", name.suffix, name.id_qualifier, name.id]
            self._number(name, ["NM1", *shown])
        last_day = min(self.today, self.payment_date or self.today)
        for dated in (*claim.dates, *(dated for line in claim.lines for dated in line.dates)):
            day = dated.last or dated.first
            if day is not None and day > last_day and dated.qualifier in SERVICE_DATES:
                self.context.find(
                    "835.date.service",
                    ["DTM", dated.qualifier, print_date(day)],
                    dated.segment,
                    2,
                    claim=claim.patient_control_number,
                    day=day,
                    last_day=last_day,
                )
                break  # one day of a claim says it
        return self._taken()

    def _number(self, name: Name, shown: list[str]) -> None:
        """The NPI or tax id of a party, each number once."""
        is_wrong = (name.id_qualifier == NPI and not is_npi(name.id)) or (
            name.id_qualifier == TAX_ID and not is_tax_id(name.id)
        )
        if is_wrong and name.id not in self.told and len(self.told) < MOST_TOLD:
            self.told.add(name.id)
            code = "835.number.npi" if name.id_qualifier == NPI else "835.number.tax"
            self.context.find(code, shown, name.segment, len(shown) - 1)

    def _payment_with(self, place: int, text: str) -> list[str]:
        """As much of the BPR as the value still has, to point at."""
        return ["BPR", *[""] * (place - 1), text]

    def _taken(self) -> list[Finding]:
        taken = [value for value in self.context.out if isinstance(value, Finding)]
        self.context.out.clear()
        return taken

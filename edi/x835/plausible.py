"""What a remittance says that can be read but can hardly be so (fact book 835.md §11)."""

from __future__ import annotations

from datetime import date, timedelta

from edi.findings import Finding
from edi.identifiers import is_routing_number, is_tax_id
from edi.parts import Name
from edi.plausibility import Look, shown
from edi.scalars import print_date
from edi.values import SetStart
from edi.x835.model import ClaimPayment, Remittance

FARTHEST_AHEAD = timedelta(days=30)  # a payment dated later is a slip of the pen
TAX_ID, PAYEE_TAX_ID, ROUTING = "FI", "TJ", "01"  # NM108 and N103; REF01; BPR06 and 12
SERVICE_DATES = frozenset(("232", "233", "150", "151", "472"))  # DTM01 of the days when the patient was served


class RemittanceLook(Look):
    """One payment: what its claims are held against."""

    def __init__(self, start: SetStart, today: date) -> None:
        super().__init__(start, today)
        self.payment_date: date | None = None

    def at(self, value: object) -> list[Finding]:
        if isinstance(value, ClaimPayment):
            self.at_claim(value)
        elif isinstance(value, Remittance):
            self.at_payment(value)
        return self.taken() if self.context.out else []

    def at_payment(self, remittance: Remittance) -> None:
        self.payment_date = remittance.payment_date
        if self.payment_date is not None and self.payment_date > self.today + FARTHEST_AHEAD:
            elements = payment_with(16, print_date(self.payment_date))
            self.context.find("835.date.payment", elements, remittance.segment, 16, day=self.payment_date)
        for place, qualifier, number in (
            (7, remittance.payer_bank_qualifier, remittance.payer_bank),
            (13, remittance.payee_bank_qualifier, remittance.payee_bank),
        ):
            if qualifier == ROUTING and number and not is_routing_number(number):
                self.context.find("835.number.bank", payment_with(place, number), remittance.segment, place)
        for party in (remittance.payer, remittance.payee):
            if party is not None:
                self.party(party, ["N1", party.role, party.last, party.id_qualifier, party.id])
        for reference in remittance.payee_references:
            if reference.qualifier == PAYEE_TAX_ID and not is_tax_id(reference.value):
                self.context.find("835.number.tax", ["REF", PAYEE_TAX_ID, reference.value], reference.segment, 2)

    def at_claim(self, claim: ClaimPayment) -> None:
        for name in claim.names:
            self.party(name, shown(name))
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

    def party(self, name: Name, elements: list[str]) -> None:
        """The NPI or tax id of a party."""
        if name.id_qualifier == TAX_ID:
            if not is_tax_id(name.id):
                self.number("835.number.tax", elements, name.id, name.segment)
        else:
            self.provider("835.number.npi", name, elements)


def payment_with(place: int, text: str) -> list[str]:
    """As much of the BPR as the value still has, to point at."""
    return ["BPR", *[""] * (place - 1), text]

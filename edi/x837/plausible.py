"""What a submitted claim says that can be read but can hardly be so."""

from __future__ import annotations

from datetime import date

from edi.findings import Finding
from edi.identifiers import is_tax_id
from edi.plausibility import Look
from edi.scalars import print_date
from edi.values import SetStart
from edi.x837.model import Insured, Party, Submission, SubmittedClaim

EMPLOYER_NUMBER = "EI"  # REF01


class SubmissionLook(Look):
    """One batch: its claims are held against the day when it was made."""

    def __init__(self, start: SetStart, today: date) -> None:
        super().__init__(start, today)
        self.last_day = today
        self.seen: Party | None = None  # the billing provider looked at last: its claims share it

    def at(self, value: object) -> list[Finding]:
        if isinstance(value, SubmittedClaim):
            self.at_claim(value)
        elif isinstance(value, Submission):
            self.last_day = min(self.today, value.created or self.today)
        return self.taken() if self.context.out else []

    def at_claim(self, claim: SubmittedClaim) -> None:
        billing = claim.billing_provider
        if billing is not None and billing is not self.seen:
            self.seen = billing
            self.providers("837.number.npi", [billing.name])
            for reference in billing.references:
                if reference.qualifier == EMPLOYER_NUMBER and not is_tax_id(reference.value):
                    elements = ["REF", EMPLOYER_NUMBER, reference.value]
                    self.number("837.number.tax", elements, reference.value, reference.segment)
        self.providers("837.number.npi", [party.name for party in claim.providers])
        for line in claim.lines:
            self.providers("837.number.npi", [party.name for party in line.providers])
        first = claim.first_date
        if first is not None and first > self.last_day:
            self.context.find(
                "837.date.service",
                ["CLM", claim.patient_control_number],
                claim.segment,
                1,
                day=first,
                last_day=self.last_day,
            )
        self.birth(claim.patient, min(first or self.last_day, self.last_day))

    def birth(self, patient: Insured | None, day: date) -> None:
        if patient is not None and patient.birth_date is not None and patient.birth_date > day:
            elements = ["DMG", "D8", print_date(patient.birth_date)]
            self.context.find("837.date.birth", elements, patient.name.segment, 2, born=patient.birth_date, day=day)

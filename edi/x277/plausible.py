"""What a status says that can be read but can hardly be so."""

from __future__ import annotations

from edi.findings import Finding
from edi.plausibility import Look
from edi.x277.model import ClaimStatus


class StatusLook(Look):
    """The statuses of one set."""

    def at(self, value: object) -> list[Finding]:
        if isinstance(value, ClaimStatus):
            self.providers("277.number.npi", [value.provider])
            day = value.first_service
            if day is not None and day > self.today:
                elements = ["TRN", "2", value.trace]
                self.context.find("277.date.service", elements, value.segment, 2, day=day)
        return self.taken() if self.context.out else []

"""Findings about one claim that is not being read from a file: made or changed here."""

from __future__ import annotations

from edi.context import Context
from edi.findings import Finding
from edi.values import SetStart
from edi.x837.model import SubmittedClaim


class ClaimFindings:
    """Gathers findings whose codes begin with `prefix`, each showing the segment it is about."""

    def __init__(self, claim: SubmittedClaim, prefix: str) -> None:
        self.claim = claim
        self.prefix = prefix
        name = f"claim {claim.patient_control_number}"
        start = SetStart(claim.kind, claim.set_number, "", claim.version, None, None, name, 0, 0)
        self.context = Context(start, "*", claim.component, claim.repetition)

    def tell(self, rule: str, segment: int = 0, element: int = 0, **values: object) -> None:
        """A finding about the segment of that ordinal; 0 is the CLM."""
        segment = segment or self.claim.segment
        place = segment - self.claim.segment
        # In a claim made here, what stands above it comes right before its CLM.
        known = self.claim.segments if place >= 0 else self.claim.context
        elements = list(known[place]) if -len(known) <= place < len(known) else []
        self.context.find(self.prefix + rule, elements, segment, element, 0, **values)

    @property
    def found(self) -> tuple[Finding, ...]:
        return tuple(self.context.out)

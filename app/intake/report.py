"""What became of a file, for the person who brought it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from app.intake.loading_contract import SetOutcome
from app.intake.tables import FileState, SetState
from edi.findings import Finding, Severity

FINDINGS_KEPT = 1_000  # of one file; the counts stay exact


class Refused(NamedTuple):
    """A file that could not even be kept: a broken archive, or unreadable to us."""

    name: str
    reason: str


@dataclass(slots=True)
class FileReport:
    file_id: int
    name: str
    state: FileState = FileState.STORED
    reasons: list[str] = field(default_factory=list)  # why something in it was not posted; each said once
    kinds: list[str] = field(default_factory=list)
    sets: int = 0
    claims: int = 0
    errors: int = 0
    warnings: int = 0
    was_known: bool = False
    states: Counter[SetState] = field(default_factory=Counter)
    touched_claim_ids: set[int] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)  # at most FINDINGS_KEPT
    guide_findings: list[Finding] = field(default_factory=list)  # of the guide check, where a site asks for it

    @property
    def reason(self) -> str:
        return " ".join(self.reasons)

    def begin_set(self, kind: str) -> None:
        self.sets += 1
        if kind not in self.kinds:
            self.kinds.append(kind)

    def end_set(self, outcome: SetOutcome, findings: list[Finding]) -> None:
        self.states[outcome.state] += 1
        self.claims += outcome.claims
        self.touched_claim_ids.update(outcome.touched_claim_ids)
        if outcome.reason and outcome.state is not SetState.LOADED and outcome.reason not in self.reasons:
            self.reasons.append(outcome.reason)
        for finding in findings:
            self.note(finding)

    def note(self, finding: Finding) -> None:
        self.errors += finding.severity is Severity.ERROR
        self.warnings += finding.severity is Severity.WARNING
        if len(self.findings) < FINDINGS_KEPT:
            self.findings.append(finding)

    def quarantine(self, reason: str) -> None:
        self.state = FileState.QUARANTINED
        self.reasons = [reason]

    def conclude(self) -> None:
        """Decide the file's state from what became of its sets."""
        if self.state is FileState.QUARANTINED:
            return
        if not any(self.states[state] for state in KEEPING):
            self.state = FileState.QUARANTINED
            if not self.reasons:
                self.reasons = ["there is no transaction in it"]
            return
        settled = self.states[SetState.LOADED] + self.states[SetState.DUPLICATE]
        whole = sum(self.states.values()) == settled and not self.errors
        self.state = FileState.LOADED if whole else FileState.PARTLY


KEEPING = (SetState.LOADED, SetState.DUPLICATE, SetState.HELD, SetState.CONFLICT, SetState.FAILED)

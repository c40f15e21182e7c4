"""Load a stored file: one database transaction for each transaction set, all of it or none.

A set that was loaded before (a kill in the middle of the file, the same file again) is passed over, so loading can
be cut off anywhere and taken up again. A set that may not post (out of balance, repeated, in conflict) is read a
second time by a loader that keeps what was said and posts nothing. Trouble in one set never touches another.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

import edi
from app.core.db import read_scope
from app.intake.connection import connection_of, guide_findings, quirks_of
from app.intake.desk import Desk
from app.intake.loading_contract import LoadContext, SetLoader, SetOutcome
from app.intake.report import FileReport
from app.intake.sets import LoadedMeanwhile, close_set, find_set, open_set, write_file
from app.intake.store import path_of
from app.intake.tables import FileState, SetState, StoredFile
from edi import plausible
from edi.errors import NotX12Error
from edi.findings import Finding, Severity
from edi.quirks import Quirks
from edi.values import SetEnd, SetStart
from edi.x999.model import InterchangeAcknowledgment

log = logging.getLogger(__name__)

PROGRESS_EVERY = 500  # claims between two calls of the progress hook
OUTGOING = {"276": "is an inquiry that a provider sends to a payer: there is nothing in it to load"}
Progress = Callable[[int], None]  # called with the byte offset reached
Values = Iterator[Any]


class _NotPosted(Exception):
    """Rolls back the posting pass of one set; carries what was decided and what was found on the way."""

    def __init__(self, outcome: SetOutcome, end: SetEnd, findings: list[Finding]) -> None:
        super().__init__(outcome.reason)
        self.outcome = outcome
        self.end = end
        self.findings = findings


def load_file(desk: Desk, file_id: int, *, on_progress: Progress | None = None) -> FileReport:
    """Load every set of a stored file that is not loaded yet. Never raises for what is in the file."""
    with read_scope(desk.engine) as session:
        file = session.get_one(StoredFile, file_id)
    report = FileReport(file_id, file.name)
    path = path_of(desk.settings, file.sha256)
    connection = connection_of(desk.settings, path)
    if connection.guide == "hold" and _is_held_by_guide(path, report):
        report.conclude()
    else:
        loading = _Loading(desk, report, path, quirks_of(connection), on_progress)
        try:
            loading.run()
        except NotX12Error as error:
            report.quarantine(f"not X12: {error.found}. {error.remedy}")
        report.conclude()
        if connection.guide == "warn" and report.state is not FileState.QUARANTINED:
            report.guide_findings = guide_findings(path, report.name)
    with desk.writing() as session:
        write_file(session, report, desk.clock.now())
    return report


def _is_held_by_guide(path: Path, report: FileReport) -> bool:
    """Does the guide find errors in a file of a sender that is held to it? Then nothing of it is posted."""
    found = guide_findings(path, report.name)
    errors = [finding for finding in found if finding.severity is Severity.ERROR]
    if not errors:
        return False
    report.guide_findings = found
    report.quarantine(
        f"Held by the guide check that is set for its sender: {len(errors)} errors, the first in segment "
        f"{errors[0].source.segment}: {errors[0].message}. Ask the sender for a corrected file, or set the check to "
        "warn and ingest it again."
    )
    return True


class _OneSet:
    """The values of one set and no further: draining it cannot run into the next one, wherever work broke off."""

    def __init__(self, values: Values) -> None:
        self._values = values
        self.end: SetEnd | None = None

    def __iter__(self) -> _OneSet:
        return self

    def __next__(self) -> Any:
        if self.end is not None:
            raise StopIteration
        value = next(self._values)
        if isinstance(value, SetEnd):
            self.end = value
        return value


class _Loading:
    """One pass over one file."""

    def __init__(
        self, desk: Desk, report: FileReport, path: Path, quirks: Quirks, on_progress: Progress | None
    ) -> None:
        self.desk = desk
        self.report = report
        self.path = path
        self.quirks = quirks
        self.on_progress = on_progress
        self.interchange_acknowledgments = 0

    def run(self) -> None:
        with self.path.open("rb") as stream:
            values = self._values(stream)
            for value in values:
                if isinstance(value, SetStart):
                    self._set(value, _OneSet(values))
                elif isinstance(value, InterchangeAcknowledgment):
                    self._interchange_acknowledgment(value)
                elif isinstance(value, Finding):
                    self.report.note(value)  # about the envelope

    def _values(self, stream: BinaryIO) -> Values:
        """What the file says, with what can hardly be so about it told behind each value."""
        values = edi.read(stream, file=self.report.name, quirks=self.quirks)
        return plausible.watched(values, self.desk.clock.today())

    def _set(self, start: SetStart, values: _OneSet) -> None:
        self.report.begin_set(start.kind)
        if self._pass_over(start, values):
            return
        try:
            self._take(start, values)
        except (LoadedMeanwhile, IntegrityError) as error:
            findings, _ = _drain(values)
            if not self._pass_over(start, iter(findings)):
                self._keep_failed(start, values.end, error)
        except Exception as error:
            log.exception("%s, set %s: loading failed", self.report.name, start.set_number)
            _drain(values)
            self._keep_failed(start, values.end, error)

    def _take(self, start: SetStart, values: _OneSet) -> None:
        refusal = self._refusal(start)
        if refusal is not None:
            findings, end = _drain(values)
            self._keep(start, end, refusal, findings)
            return
        try:
            self._post(start, values)
        except _NotPosted as refused:
            if refused.outcome.state is SetState.DUPLICATE:  # all it says is here already
                self._keep(start, refused.end, refused.outcome, refused.findings)
            else:
                self._keep_unposted(start, refused.outcome)

    def _pass_over(self, start: SetStart, values: Values) -> bool:
        """True when the set was loaded before; then it is read through without posting."""
        with read_scope(self.desk.engine) as session:
            known = find_set(session, self.report.file_id, start.set_number)
        if known is None or known.state == SetState.FAILED:
            return False
        findings, _ = _drain(values)
        self.report.end_set(SetOutcome(SetState(known.state), known.reason, claims=known.claims), findings)
        return True

    def _refusal(self, start: SetStart) -> SetOutcome | None:
        """Why a set is not even tried: nobody reads its kind, or it is a test."""
        if start.kind not in self.desk.loaders:
            why = OUTGOING.get(start.kind, "is not a transaction that this workbench uses")
            return SetOutcome(SetState.UNREAD, f"{start.kind} {why}.")
        is_test = start.interchange is not None and start.interchange.usage == "T"
        if is_test and not self.desk.settings.accept_test_files:
            return SetOutcome(
                SetState.TEST,
                "Its sender marked it as a test (ISA15 is T), so nothing is posted from it. "
                "To load it all the same, set OVERTURN_ACCEPT_TEST_FILES=true and ingest it again.",
            )
        return None

    def _post(self, start: SetStart, values: Values) -> None:
        findings: list[Finding] = []
        with self.desk.writing() as session:
            outcome, end = self._feed(session, start, values, findings, verdict=None)
            if outcome.state is not SetState.LOADED:
                raise _NotPosted(outcome, end, findings)
            close_set(session, self.report, start, end, outcome, findings)
        self.report.end_set(outcome, findings)

    def _keep_unposted(self, start: SetStart, verdict: SetOutcome) -> None:
        """The second pass over one set: what it said is kept, nothing is posted."""
        findings: list[Finding] = []
        with self.path.open("rb") as stream, self.desk.writing() as session:
            values = self._values(stream)
            for value in values:
                if isinstance(value, SetStart) and value.set_number == start.set_number:
                    break
            outcome, end = self._feed(session, start, values, findings, verdict=verdict)
            outcome = outcome._replace(state=verdict.state, reason=verdict.reason)
            close_set(session, self.report, start, end, outcome, findings)
        self.report.end_set(outcome, findings)

    def _keep(self, start: SetStart, end: SetEnd | None, outcome: SetOutcome, findings: list[Finding]) -> None:
        with self.desk.writing() as session:
            open_set(session, self.report, start, self.desk.clock.now())
            close_set(session, self.report, start, end, outcome, findings)
        claims = outcome.claims or (end.claim_count if end else 0)  # as its row says, so that a second look agrees
        self.report.end_set(outcome._replace(claims=claims), findings)

    def _keep_failed(self, start: SetStart, end: SetEnd | None, error: Exception) -> None:
        """A fault of our own costs this set only; it is told, and tried again next time."""
        reason = f"A fault in this program ({type(error).__name__}: {error}). Nothing was posted; it is tried again."
        try:
            self._keep(start, end, SetOutcome(SetState.FAILED, reason), [])
        except LoadedMeanwhile:  # another process had better luck with it
            self._pass_over(start, iter(()))
        else:
            self.report.errors += 1

    def _feed(
        self,
        session: Session,
        start: SetStart,
        values: Values,
        findings: list[Finding],
        *,
        verdict: SetOutcome | None,
    ) -> tuple[SetOutcome, SetEnd]:
        """Give the set's values to its loader; with a verdict it keeps them and posts nothing."""
        now = self.desk.clock.now()
        set_id = open_set(session, self.report, start, now)
        posting = verdict is None
        context = LoadContext(session, self.report.file_id, set_id, start, now, posting, verdict)
        loader: SetLoader = self.desk.loaders[start.kind](context)
        taken = 0
        for value in values:
            if isinstance(value, SetEnd):
                return loader.end(value), value
            if isinstance(value, Finding):
                findings.append(value)
                continue
            loader.take(value)
            taken += 1
            if self.on_progress is not None and taken % PROGRESS_EVERY == 0:
                self.on_progress(getattr(value, "end_offset", 0))
        raise RuntimeError(f"{self.report.name}: set {start.set_number} has no end")  # edi.read always ends a set

    def _interchange_acknowledgment(self, value: InterchangeAcknowledgment) -> None:
        """A TA1 stands outside any set; it is loaded like a set of its own, numbered below zero."""
        self.interchange_acknowledgments += 1
        number = -self.interchange_acknowledgments
        start = SetStart("TA1", number, value.control_number, "", None, None, self.report.name, value.segment, 0)
        end = SetEnd(number, True, 1, 0, None, 0, 0, "", value.segment, 0)
        self._set(start, _OneSet(iter((value, end))))


def _drain(values: Values) -> tuple[list[Finding], SetEnd | None]:
    """Read to the end of the set, keeping its findings."""
    findings: list[Finding] = []
    for value in values:
        if isinstance(value, SetEnd):
            return findings, value
        if isinstance(value, Finding):
            findings.append(value)
    return findings, None

"""The rows of a loaded set and of its file: opened before loading, closed with what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, col, delete, select

from app.audit.record import record
from app.core.bulk import insert_many
from app.core.turn import Turn, wait_turn
from app.intake.loading_contract import SetOutcome
from app.intake.report import FINDINGS_KEPT, FileReport
from app.intake.tables import FileFinding, FileState, LoadedSet, SetState, StoredFile, TouchedClaim
from edi.findings import Finding
from edi.values import SetEnd, SetStart

USUAL_DELIMITERS = "*:~"  # for a set without an interchange header


class LoadedMeanwhile(Exception):
    """Another process loaded the set between our look and our lock: there is nothing left to do."""


def find_set(session: Session, file_id: int, set_number: int) -> LoadedSet | None:
    statement = select(LoadedSet).where(LoadedSet.file_id == file_id, LoadedSet.set_number == set_number)
    return session.exec(statement).first()


def open_set(session: Session, report: FileReport, start: SetStart, now: datetime) -> int:
    """The row of the set, when it is its turn; a row left by a failed try is replaced. Raises LoadedMeanwhile."""
    wait_turn(session.connection(), Turn.LOAD)
    earlier = find_set(session, report.file_id, start.set_number)
    if earlier is not None:
        if earlier.state != SetState.FAILED:
            raise LoadedMeanwhile(f"{report.name}, set {start.set_number}")
        session.delete(earlier)
        session.flush()
    interchange = start.interchange
    row = LoadedSet(
        file_id=report.file_id,
        set_number=start.set_number,
        kind=start.kind,
        state=SetState.LOADED,
        control_number=start.control_number,
        interchange_control_number=interchange.control_number if interchange else "",
        sender=interchange.sender if interchange else "",
        version=start.version,
        delimiters=_delimiters(start),
        segment=start.segment,
        start_offset=start.offset,
        loaded_at=now,
    )
    session.add(row)
    session.flush()
    assert row.id is not None
    return row.id


def close_set(
    session: Session,
    report: FileReport,
    start: SetStart,
    end: SetEnd | None,
    outcome: SetOutcome,
    findings: list[Finding],
) -> None:
    """Write what became of the set, its findings, the claims it moved, and one audit event."""
    row = find_set(session, report.file_id, start.set_number)
    assert row is not None
    row.state = outcome.state
    row.reason = outcome.reason
    row.practice_id = outcome.practice_id
    row.business_key = outcome.business_key
    row.duplicate_of_id = outcome.duplicate_of_id
    row.claims = outcome.claims or (end.claim_count if end else 0)
    row.fingerprint = end.fingerprint if end else ""
    row.end_offset = end.end_offset if end else start.offset
    session.add(row)
    room = max(0, FINDINGS_KEPT - len(report.findings))
    session.add_all(finding_row(report.file_id, finding) for finding in findings[:room])
    insert_many(session.connection(), TouchedClaim, ("claim_id",), ((one,) for one in outcome.touched_claim_ids))
    record(
        session,
        f"intake.set.{outcome.state}",
        object_type="loaded_set",
        object_id=row.id or 0,
        practice_id=outcome.practice_id,
        reason=outcome.reason,
        detail={"file": report.name, "set": start.set_number, "kind": start.kind, "claims": row.claims},
    )


def write_file(session: Session, report: FileReport, now: datetime) -> None:
    """Write what became of the file, and the findings about its envelope."""
    file = session.get_one(StoredFile, report.file_id)
    changed = file.state != report.state
    file.state = report.state
    file.kinds = " ".join(report.kinds)
    file.reason = report.reason
    file.sets, file.claims = report.sets, report.claims
    file.errors, file.warnings = report.errors, report.warnings
    file.loaded_at = file.loaded_at or now
    session.add(file)
    session.exec(delete(FileFinding).where(col(FileFinding.file_id) == file.id, col(FileFinding.set_number) == 0))
    session.add_all(finding_row(report.file_id, f) for f in report.findings if f.source.set_number == 0)
    if report.guide_findings:
        of_guide = col(FileFinding.code).startswith("guide.")
        session.exec(delete(FileFinding).where(col(FileFinding.file_id) == file.id, of_guide))
        session.add_all(finding_row(report.file_id, finding) for finding in report.guide_findings)
    if changed and report.state is not FileState.LOADED:
        record(
            session,
            f"intake.file.{report.state}",
            object_type="stored_file",
            object_id=report.file_id,
            reason=report.reason,
            detail={"name": report.name, "sets": report.sets, "claims": report.claims},
        )


def _delimiters(start: SetStart) -> str:
    if start.interchange is None:
        return USUAL_DELIMITERS
    found = start.interchange.delimiters
    return found.element + found.component + found.segment


def finding_row(file_id: int, finding: Finding) -> FileFinding:
    source = finding.source
    return FileFinding(
        file_id=file_id,
        set_number=source.set_number,
        code=finding.code,
        severity=finding.severity,
        segment=source.segment,
        element=source.element,
        message=finding.message,
        remedy=finding.remedy,
        excerpt=finding.excerpt,
        caret=finding.caret,
    )

"""The wire text behind a row of ours: a submission, a claim payment, a status, an event on the timeline.

A row is only opened through the claim it belongs to, so the wall around the claim is the wall around its wire text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from sqlmodel import Session, select

from app.claims.tables import ClaimEvent, Submission
from app.core.config import Settings
from app.intake.tables import LoadedSet, StoredFile
from app.intake.wire import WireLine, wire_lines
from app.matching.tables import ClaimPayment, Remittance, StatusEvent
from app.web.show import day

CHARGE_ELEMENTS = {"SV1": 2, "SV2": 3, "SV3": 2}  # what a line of a claim charges: SV102, SV203, SV302


class UnknownSource(LookupError):
    """There is no such row on this claim, or no file behind it."""


class WireSource(NamedTuple):
    """A part of a file, with what it is called."""

    title: str
    file: StoredFile
    kind: str  # 835, 277CA …
    set_number: int
    lines: list[WireLine]


class _Placed(Protocol):
    """Whatever knows its place in a file."""

    segment: int
    start_offset: int
    end_offset: int


def wire_source(session: Session, settings: Settings, claim_id: int, *, of: str, row: int) -> WireSource:
    """Raises UnknownSource. `of` is "submission", "payment", "status" or "event"; `row` its id."""
    placed, file_id, loaded, title = _placed(session, claim_id, of, row)
    file = session.get(StoredFile, file_id)
    if file is None or loaded is None:
        raise UnknownSource(f"{of} {row}")
    lines = wire_lines(
        settings,
        file,
        loaded,
        start_offset=placed.start_offset,
        end_offset=placed.end_offset,
        first_segment=placed.segment,
    )
    return WireSource(title, file, loaded.kind, loaded.set_number, lines)


def charge_of_line(lines: Sequence[WireLine], number: int) -> tuple[int, int]:
    """Segment and element that say what the claim's line of this number, the first is 1, charges; zeros when there is
    none."""
    services = [line for line in lines if line.segment_id in CHARGE_ELEMENTS]
    if not 1 <= number <= len(services):
        return 0, 0
    found = services[number - 1]
    return found.number, CHARGE_ELEMENTS[found.segment_id]


def _placed(session: Session, claim_id: int, of: str, row: int) -> tuple[_Placed, int, LoadedSet | None, str]:
    if of == "submission":
        submission = session.get(Submission, row)
        if submission is not None and submission.claim_id == claim_id:
            loaded = session.get(LoadedSet, submission.loaded_set_id)
            return submission, submission.file_id, loaded, f"As sent on {day(submission.sent_on)}"
    elif of == "payment":
        payment = session.get(ClaimPayment, row)
        if payment is not None and payment.claim_id == claim_id:
            remittance = session.get_one(Remittance, payment.remittance_id)
            loaded = session.get(LoadedSet, remittance.loaded_set_id)
            return payment, remittance.file_id, loaded, f"Remittance {remittance.trace}"
    elif of == "status":
        status = session.get(StatusEvent, row)
        if status is not None and status.claim_id == claim_id:
            return status, status.file_id, session.get(LoadedSet, status.loaded_set_id), f"Status {status.kind}"
    elif of == "event":
        event = session.get(ClaimEvent, row)
        if event is not None and event.claim_id == claim_id and event.file_id is not None:
            return event, event.file_id, _set_around(session, event.file_id, event.start_offset), event.summary
    raise UnknownSource(f"{of} {row}")


def _set_around(session: Session, file_id: int, offset: int) -> LoadedSet | None:
    """The transaction set that an offset of a file lies in."""
    statement = select(LoadedSet).where(
        LoadedSet.file_id == file_id, LoadedSet.start_offset <= offset, LoadedSet.end_offset >= offset
    )
    return session.exec(statement).first()

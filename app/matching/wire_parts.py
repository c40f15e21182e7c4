"""The wire text of a remittance without its claims (header, and PLB at the end), and of one answer."""

from __future__ import annotations

from typing import NamedTuple

from sqlmodel import Session, func, select

from app.core.config import Settings
from app.intake.tables import LoadedSet, StoredFile
from app.intake.wire import WireLine, wire_lines
from app.matching.tables import ClaimPayment, Remittance


class WirePart(NamedTuple):
    """A part of a file, as a page shows it."""

    title: str
    file: StoredFile
    kind: str
    lines: list[WireLine]


def remittance_wire(session: Session, settings: Settings, remittance: Remittance) -> WirePart | None:
    """From ST to the first claim, and from behind the last claim to SE."""
    file, loaded = _behind(session, remittance)
    if file is None or loaded is None:
        return None
    first, last, last_segment = session.exec(
        select(
            func.min(ClaimPayment.start_offset),
            func.max(ClaimPayment.end_offset),
            func.max(ClaimPayment.last_segment),
        ).where(ClaimPayment.remittance_id == remittance.id)
    ).one()
    header = wire_lines(
        settings,
        file,
        loaded,
        start_offset=loaded.start_offset,
        end_offset=first if first is not None else loaded.end_offset,
        first_segment=loaded.segment,
    )
    rest: list[WireLine] = []
    if first is not None:
        rest = wire_lines(
            settings, file, loaded, start_offset=last, end_offset=loaded.end_offset, first_segment=last_segment + 1
        )
    return WirePart(f"Remittance {remittance.trace}", file, loaded.kind, header + rest)


def answer_wire(
    session: Session, settings: Settings, payment: ClaimPayment, remittance: Remittance
) -> WirePart | None:
    """The CLP loop of one answer."""
    file, loaded = _behind(session, remittance)
    if file is None or loaded is None:
        return None
    lines = wire_lines(
        settings,
        file,
        loaded,
        start_offset=payment.start_offset,
        end_offset=payment.end_offset,
        first_segment=payment.segment,
    )
    return WirePart(f"Claim {payment.patient_control_number}", file, loaded.kind, lines)


def _behind(session: Session, remittance: Remittance) -> tuple[StoredFile | None, LoadedSet | None]:
    return session.get(StoredFile, remittance.file_id), session.get(LoadedSet, remittance.loaded_set_id)

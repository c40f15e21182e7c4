"""Enclosures: what a biller adds to a packet. Known by their bytes, not by their names; small enough to be faxed."""

from __future__ import annotations

import re
from typing import Final

from sqlmodel import Session, select

from app.appeals.sheets import MOST_PAGES, Unfit, media_type_of, sheets_of, too_long
from app.appeals.start import AppealRefused
from app.appeals.tables import Appeal, AppealState, Enclosure
from app.audit.record import record
from app.core.clock import Clock
from app.core.config import Settings
from app.intake.store import keep_bytes

LARGEST_BYTES: Final = 15 << 20  # of one file
LARGEST_SUM_BYTES: Final = 40 << 20  # of one packet: what portals and e-fax services take
MOST: Final = 20
TITLE_LENGTH: Final = 120
NOT_IN_A_NAME: Final = re.compile(r"[^\w .()+-]+")


def enclose(
    session: Session, settings: Settings, clock: Clock, appeal: Appeal, *, name: str, content: bytes, title: str
) -> Enclosure:
    """Add a PDF, PNG, JPEG or TIFF to a draft. Raises AppealRefused with what is wrong. The caller commits."""
    if appeal.state != AppealState.DRAFT:
        raise AppealRefused("It is not a draft any more. Take it back from the outbox to add to it.")
    media_type = media_type_of(content)
    if not media_type:
        raise AppealRefused(f"{name}: only PDF, PNG, JPEG and TIFF files can be enclosed.")
    if len(content) > LARGEST_BYTES:
        raise AppealRefused(f"{name}: larger than {LARGEST_BYTES >> 20} MB. Scan it at a lower resolution.")
    known = list(session.exec(select(Enclosure).where(Enclosure.appeal_id == appeal.id)))
    if len(known) >= MOST or sum(each.size_bytes for each in known) + len(content) > LARGEST_SUM_BYTES:
        raise AppealRefused(f"A packet holds at most {MOST} enclosures and {LARGEST_SUM_BYTES >> 20} MB together.")
    pages = _pages(name, media_type, content, sum(each.pages for each in known))
    kept = keep_bytes(settings, name, content)
    if any(each.sha256 == kept.sha256 for each in known):
        raise AppealRefused(f"{name}: it is enclosed already.")
    assert appeal.id is not None
    safe_name = NOT_IN_A_NAME.sub("_", name.rsplit("/")[-1].rsplit("\\")[-1]).strip()[-80:] or "enclosure"
    made = Enclosure(
        practice_id=appeal.practice_id,
        appeal_id=appeal.id,
        name=safe_name,
        title=title.strip()[:TITLE_LENGTH] or safe_name,
        media_type=media_type,
        sha256=kept.sha256,
        size_bytes=kept.size_bytes,
        pages=pages,
        made_by_id=appeal.made_by_id,
        made_at=clock.now(),
    )
    session.add(made)
    session.flush()
    _log(session, "appeals.enclose", appeal, made)
    return made


def take_out(session: Session, appeal: Appeal, enclosure: Enclosure) -> None:
    """Remove an enclosure from a draft; packets made with it keep it. Raises AppealRefused."""
    if appeal.state != AppealState.DRAFT:
        raise AppealRefused("It is not a draft any more. Take it back from the outbox to change it.")
    _log(session, "appeals.enclosure.remove", appeal, enclosure)
    session.delete(enclosure)
    session.flush()


def _pages(name: str, media_type: str, content: bytes, before: int) -> int:
    """How many pages it brings to the packet."""
    try:
        pages = len(sheets_of(name, media_type, content))
        if before + pages > MOST_PAGES:
            raise too_long(name, before + pages)
    except Unfit as unfit:
        raise AppealRefused(str(unfit)) from unfit
    return pages


def _log(session: Session, action: str, appeal: Appeal, enclosure: Enclosure) -> None:
    record(
        session,
        action,
        object_type="appeal",
        object_id=appeal.id or "",
        practice_id=appeal.practice_id,
        detail={
            "sha256": enclosure.sha256,
            "bytes": enclosure.size_bytes,
            "type": enclosure.media_type,
            "pages": enclosure.pages,
        },
    )

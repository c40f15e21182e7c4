"""Appeals, letters and packets on a claim's timeline."""

from __future__ import annotations

from sqlmodel import Session, col, select

from app.appeals.tables import Appeal, Packet
from app.core.tables import OutboxItem
from app.followup.story import Told, told_of_outbox


def appeals_told(session: Session, claim_id: int) -> list[Told]:
    """Each appeal as it was started, its packets as made, and how it left."""
    found = []
    statement = select(Appeal).where(Appeal.claim_id == claim_id).order_by(col(Appeal.id))
    for appeal in session.exec(statement):
        page = f"/appeals/{appeal.id}"
        title = f"{appeal.level_name} started: {appeal.group}-{appeal.reason}"
        found.append(Told("sent", appeal.made_at.date(), appeal.made_at, title, "", "scale", "accent", page))
        for packet in session.exec(select(Packet).where(Packet.appeal_id == appeal.id).order_by(col(Packet.version))):
            pages = f"{packet.pages} page" + ("" if packet.pages == 1 else "s")
            title = f"Letter and packet made, version {packet.version}"
            made = packet.made_at
            found.append(
                Told("sent", made.date(), made, title, pages, "file", href=f"{page}/packets/{packet.version}")
            )
        item = session.get(OutboxItem, appeal.outbox_id) if appeal.outbox_id else None
        if item is not None:
            found.append(told_of_outbox(item))
    return found

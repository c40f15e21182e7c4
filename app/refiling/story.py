"""Refiles on a claim's timeline, by way of the outbox."""

from __future__ import annotations

from sqlmodel import Session, col, select

from app.core.tables import OutboxItem
from app.followup.story import Told, told_of_outbox
from app.refiling.tables import Refile


def refiles_told(session: Session, claim_id: int) -> list[Told]:
    statement = (
        select(OutboxItem).join(Refile, col(Refile.outbox_id) == OutboxItem.id).where(Refile.claim_id == claim_id)
    )
    return [told_of_outbox(item) for item in session.exec(statement)]

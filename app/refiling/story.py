"""Refiles on a claim's timeline, by way of the outbox."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session

from app.core.bulk import table_of
from app.core.tables import OutboxItem
from app.followup.story import SENT_COLUMNS, SentItem, Told, told_of_outbox
from app.refiling.tables import Refile


def refiles_told(session: Session, claim_id: int) -> list[Told]:
    found = session.connection().execute(_refiles(), {"claim_id": claim_id})
    return [told_of_outbox(SentItem(*row)) for row in found]


@cache
def _refiles() -> Select[Any]:
    refile, outbox = table_of(Refile), table_of(OutboxItem)
    return (
        select(*SENT_COLUMNS)
        .join(refile, refile.c.outbox_id == outbox.c.id)
        .where(refile.c.claim_id == bindparam("claim_id"))
        .order_by(outbox.c.id)
    )

"""Appeals, letters and packets on a claim's timeline."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from itertools import groupby
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session

from app.appeals.tables import Appeal, Packet
from app.core.bulk import table_of
from app.core.tables import OutboxItem
from app.followup.story import SENT_COLUMNS, SentItem, Told, told_of_outbox


def appeals_told(session: Session, claim_id: int) -> list[Told]:
    """Each appeal as it was started, its packets as made, and how it left."""
    rows = session.connection().execute(_appeals(), {"claim_id": claim_id})
    found = []
    for (number, level, group, reason, made_at, *sent), packets in groupby(rows, lambda row: tuple(row[:-3])):
        page = f"/appeals/{number}"
        title = f"{level} started: {group}-{reason}"
        found.append(Told("sent", made_at.date(), made_at, title, "", "scale", "accent", page))
        found.extend(_packet(page, *row[-3:]) for row in packets if row.version is not None)
        if sent[0] is not None:
            found.append(told_of_outbox(SentItem(*sent)))
    return found


def _packet(page: str, version: int, pages: int, made: datetime) -> Told:
    said = f"{pages} page" + ("" if pages == 1 else "s")
    title = f"Letter and packet made, version {version}"
    return Told("sent", made.date(), made, title, said, "file", href=f"{page}/packets/{version}")


@cache
def _appeals() -> Select[Any]:
    """A row for each packet, and one for an appeal that has none yet."""
    appeal, packet, outbox = table_of(Appeal), table_of(Packet), table_of(OutboxItem)
    return (
        select(
            *(appeal.c.id, appeal.c.level_name, appeal.c.group, appeal.c.reason, appeal.c.made_at),
            *SENT_COLUMNS,
            *(packet.c.version, packet.c.pages, packet.c.made_at.label("packet_made_at")),
        )
        .select_from(appeal)
        .outerjoin(outbox, outbox.c.id == appeal.c.outbox_id)
        .outerjoin(packet, packet.c.appeal_id == appeal.c.id)
        .where(appeal.c.claim_id == bindparam("claim_id"))
        .order_by(appeal.c.id, packet.c.version)
    )

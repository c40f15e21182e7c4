"""Inquiries on a claim's timeline: the file they left in, and what the payer said."""

from __future__ import annotations

from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select
from sqlmodel import Session

from app.core.bulk import table_of
from app.core.tables import OutboxItem
from app.followup.story import SENT_COLUMNS, SentItem, Told, told_of_outbox
from app.research.tables import Inquiry, InquiryBatch


def inquiries_told(session: Session, claim_id: int) -> list[Told]:
    found = session.connection().execute(_inquiries(), {"claim_id": claim_id})
    return [told_of_outbox(SentItem(*sent))._replace(href=f"/research/{batch_id}") for batch_id, *sent in found]


@cache
def _inquiries() -> Select[Any]:
    inquiry, batch, outbox = table_of(Inquiry), table_of(InquiryBatch), table_of(OutboxItem)
    return (
        select(batch.c.id, *SENT_COLUMNS)
        .select_from(outbox)
        .join(batch, batch.c.outbox_id == outbox.c.id)
        .join(inquiry, inquiry.c.batch_id == batch.c.id)
        .where(inquiry.c.claim_id == bindparam("claim_id"))
        .order_by(outbox.c.id)
    )

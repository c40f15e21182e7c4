"""Inquiries on a claim's timeline: the file they left in, and what the payer said."""

from __future__ import annotations

from sqlmodel import Session, col, select

from app.core.tables import OutboxItem
from app.followup.story import Told, told_of_outbox
from app.research.tables import Inquiry, InquiryBatch


def inquiries_told(session: Session, claim_id: int) -> list[Told]:
    statement = (
        select(OutboxItem, InquiryBatch.id)
        .join(InquiryBatch, col(InquiryBatch.outbox_id) == OutboxItem.id)
        .join(Inquiry, col(Inquiry.batch_id) == InquiryBatch.id)
        .where(Inquiry.claim_id == claim_id)
    )
    return [told_of_outbox(item)._replace(href=f"/research/{batch_id}") for item, batch_id in session.exec(statement)]

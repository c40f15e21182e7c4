"""Inquiries as records: what was asked about which claim, under which trace, and what came of it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from app.core.columns import Instant


class InquiryState(StrEnum):
    QUEUED = "queued"  # waits in the outbox
    SENT = "sent"
    ANSWERED = "answered"
    NOT_FOUND = "not_found"  # the payer searched and found nothing: the next rung of the ladder
    FAILED = "failed"  # the inquiry itself was refused: says nothing about the claim
    CANCELLED = "cancelled"


class InquiryBatch(SQLModel, table=True):
    """One 276 file: one practice, one payer."""

    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id", index=True)
    payer_id: int = Field(foreign_key="payer.id", index=True)
    kind: str  # person, automatic
    reference: str  # BHT03
    control_number: str  # ISA13
    inquiries: int
    outbox_id: int | None = Field(default=None, index=True)
    refusal_id: int | None = None  # what refused it as a whole
    refused_on: date | None = None
    refused_by: str = ""
    refused_words: str = ""
    made_by_id: int | None = None
    made_at: datetime = Field(sa_type=Instant)


class Inquiry(SQLModel, table=True):
    """One claim asked about once."""

    __table_args__ = (Index("inquiry_claim", "claim_id", "id"), Index("inquiry_state", "state", "practice_id"))
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id")
    claim_id: int = Field(foreign_key="claim.id")
    payer_id: int = Field(foreign_key="payer.id", index=True)
    batch_id: int = Field(foreign_key="inquirybatch.id", index=True)
    trace: str = Field(unique=True)  # TRN02: ours, unique for ever
    rung: int = 1  # of the search ladder (277.md §7)
    change: str = ""  # what this rung asks differently
    state: str = InquiryState.QUEUED
    asked_on: date
    sent_on: date | None = None
    answered_on: date | None = None
    category: str = ""  # of the status that answered
    words: str = ""  # the answer in plain words
    found: int = 0  # claims that the payer named in its answer; more than one: a person chooses
    next_check_on: date | None = None
    made_by_id: int | None = None

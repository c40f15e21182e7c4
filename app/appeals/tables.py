"""Appeals as records: what is disputed and why, until when, with which letter and proof, and what came of it.

An appeal keeps the clock as it was worked out (rule, anchor, evidence, days), so that a later change of the payer's
terms does not silently move an old deadline. Letters and packets are versions: none is ever changed in place.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.core.columns import Cents, Instant


class AppealState(StrEnum):
    DRAFT = "draft"
    READY = "ready"  # its packet is made and waits in the outbox
    SENT = "sent"
    DECIDED = "decided"


class Decision(StrEnum):
    OVERTURNED = "overturned"
    PARTLY = "partly"
    UPHELD = "upheld"
    WITHDRAWN = "withdrawn"


class Appeal(SQLModel, table=True):
    __table_args__ = (
        Index("appeal_claim", "claim_id", "id"),
        Index("appeal_due", "practice_id", "state", "legal_last_day"),
        Index(  # two people who start one at once: one wins
            "appeal_one_open",
            "claim_id",
            unique=True,
            sqlite_where=text("state <> 'decided'"),
            postgresql_where=text("state <> 'decided'"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id")
    claim_id: int = Field(foreign_key="claim.id")
    payer_id: int = Field(foreign_key="payer.id", index=True)
    claim_payment_id: int = Field(foreign_key="claimpayment.id")  # the answer that is disputed
    denial_id: int | None = Field(default=None, foreign_key="denial.id")  # None: an underpayment
    batch_id: int | None = Field(default=None, foreign_key="appealbatch.id", index=True)
    state: str = Field(default=AppealState.DRAFT, index=True)
    # what is disputed
    category: str
    group: str  # CAS01
    reason: str  # CARC
    remarks: str = ""  # RARCs, blank-separated
    amount_cents: int = Field(sa_type=Cents)
    argument: str = ""
    # level and clock, as they were when it was started
    level: int
    level_key: str  # reconsideration, appeal, second-appeal, medicare-3 …
    level_name: str
    rule_id: str = ""  # "" and no last day: not configured
    rule_words: str = ""
    rule_authority: str = ""
    rule_confidence: str = ""
    needs_check: bool = False  # nobody has confirmed the rule against the contract
    anchor_on: date | None = None
    evidence: str = ""  # what shows the anchor: which remittance, which letter
    legal_last_day: date | None = None
    safe_day: date | None = None  # the day to aim for
    good_cause: str = ""  # why it is late, when it is
    # letter and packet
    template_id: int | None = Field(default=None, foreign_key="lettertemplate.id")
    letter: str = ""  # the body as a person last left it; "" is as the template renders
    signer: str = ""
    packet_id: int | None = None  # the newest
    # how it left, and how that can be proved
    outbox_id: int | None = Field(default=None, index=True)
    send_how: str = ""
    sent_on: date | None = None
    sent_proof: str = ""
    paid_before_cents: int = Field(default=0, sa_type=Cents)  # by this payer when it was sent
    answer_before_id: int = 0  # the newest claim payment known when it was sent
    decision_due: date | None = None  # the payer's own limit; None: not configured
    follow_up_on: date | None = None
    # what came of it
    decision: str = Field(default="", index=True)
    decided_on: date | None = None
    won_cents: int = Field(default=0, sa_type=Cents)
    decided_by_payment_id: int | None = None  # the claim payment that decided; None: a person wrote it down
    decision_words: str = ""
    made_by_id: int
    made_at: datetime = Field(sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)


class LetterTemplate(SQLModel, table=True):
    """One version of one letter. A letter is chosen by category, payer and level; the most particular one wins."""

    __table_args__ = (UniqueConstraint("key", "version"), Index("letter_current", "is_current", "category"))
    id: int | None = Field(default=None, primary_key=True)
    key: str
    version: int
    is_current: bool = True
    name: str
    category: str  # of denial; "" for any
    payer_id: int | None = Field(default=None, foreign_key="payer.id")
    payer_kind: str = ""  # "" for any kind of payer
    level_key: str = ""  # "" for any level
    body: str  # subject line, then paragraphs; merge fields in double braces
    note: str = ""  # what changed, and why
    made_by_id: int | None = None  # None: came with the product
    made_at: datetime = Field(sa_type=Instant)


class Packet(SQLModel, table=True):
    """One PDF as made. The letter inside knows the template version it came from."""

    __table_args__ = (UniqueConstraint("appeal_id", "version"),)
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id")
    appeal_id: int = Field(foreign_key="appeal.id")
    version: int
    template_id: int | None = Field(default=None, foreign_key="lettertemplate.id")
    letter: str  # as rendered
    sha256: str
    size_bytes: int = Field(sa_type=BigInteger)
    pages: int
    made_by_id: int
    made_at: datetime = Field(sa_type=Instant)


class Enclosure(SQLModel, table=True):
    """A document that the biller adds: records, a policy, an authorization."""

    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id")
    appeal_id: int = Field(foreign_key="appeal.id", index=True)
    name: str
    title: str  # as the list of enclosures says it
    media_type: str
    sha256: str
    size_bytes: int = Field(sa_type=BigInteger)
    pages: int = 1  # that it brings to the packet
    made_by_id: int
    made_at: datetime = Field(sa_type=Instant)


class AppealBatch(SQLModel, table=True):
    """Several claims of one payer denied for one reason: one argument, a letter for each."""

    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id", index=True)
    payer_id: int = Field(foreign_key="payer.id")
    category: str
    reason: str
    argument: str
    claims: int
    cents: int = Field(sa_type=Cents)
    queued_at: datetime | None = Field(default=None, sa_type=Instant)
    made_by_id: int
    made_at: datetime = Field(sa_type=Instant)

"""What payers answered, as received and as matched. Nothing that an 835 or 277 says is dropped.

A claim payment's wire text is found by its file and byte offsets; every amount kept here carries the segment and
element it came from, so any figure on screen opens the segment behind it.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, text
from sqlmodel import Field, SQLModel

from app.core.columns import Cents, Document, Instant, begins

BY_LIKENESS = "match_rule IN ('member', 'name')"


class PaymentState(StrEnum):
    POSTED = "posted"
    UNMATCHED = "unmatched"  # its money is in unapplied cash
    HELD = "held"  # its set is out of balance, in conflict or damaged: nothing posted
    DUPLICATE = "duplicate"  # this claim answer was posted before
    INFORMATION = "information"  # predetermination or forwarded: nothing to post


class Remittance(SQLModel, table=True):
    """One 835 ST: one payment."""

    __table_args__ = (Index("remittance_trace", "trace", postgresql_ops=begins("trace")),)
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id", index=True)
    payer_id: int = Field(foreign_key="payer.id", index=True)
    loaded_set_id: int = Field(index=True)
    file_id: int
    state: str = Field(default="posted", index=True)  # posted, held
    held_reason: str = ""
    trace: str  # TRN02
    originator: str  # TRN03
    method: str  # BPR04
    handling: str  # BPR01
    payment_date: date | None
    production_date: date | None = None
    paid_cents: int = Field(sa_type=Cents, index=True)  # BPR02
    claims_cents: int = Field(default=0, sa_type=Cents)  # sum of CLP04
    provider_adjustment_cents: int = Field(default=0, sa_type=Cents)  # sum of PLB
    difference_cents: int = Field(default=0, sa_type=Cents)  # posted by a person although out of balance by this
    claims: int = 0
    payer_name: str = ""
    payee_name: str = ""
    payee_id: str = ""
    detail: dict[str, object] = Field(default_factory=dict, sa_type=Document)  # header as read
    segment: int = 0
    received_at: datetime = Field(sa_type=Instant)


class ClaimPayment(SQLModel, table=True):
    """One CLP: one claim as adjudicated."""

    __table_args__ = (
        Index("claim_payment_claim", "claim_id", "id"),
        Index("claim_payment_control", "payer_control_number"),
        Index("claim_payment_paid", "paid_cents"),  # found by an amount on an EOB
        Index("claim_payment_state", "practice_id", "state"),  # practice first: alone, a state picks half the table
        Index(  # few: a later payer wants them written off, and they do not fit
            "claim_payment_held_cents",
            *("practice_id", "state", "reversed_by_id"),
            sqlite_where=text("held_cents <> 0"),
            postgresql_where=text("held_cents <> 0"),
        ),
        Index(  # few: those that a second claim just like it would throw into doubt
            "claim_payment_by_likeness",
            "practice_id",
            "first_service",
            sqlite_where=text(BY_LIKENESS),
            postgresql_where=text(BY_LIKENESS),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id")
    remittance_id: int = Field(foreign_key="remittance.id", index=True)
    claim_id: int | None = Field(default=None, foreign_key="claim.id")
    state: str
    match_rule: str = ""  # which step of the ladder found the claim
    match_evidence: str = ""  # what agreed, in words
    note: str = ""  # why it is not posted, or what about it a person should know
    payer_rank: int = 0  # 1 primary, 2 secondary, 3 tertiary; 0 when the answer does not say
    held_cents: int = Field(default=0, sa_type=Cents)  # write-off claimed by a later payer beyond what was open
    classification: str
    status: str  # CLP02
    patient_control_number: str
    payer_control_number: str
    charge_cents: int = Field(sa_type=Cents)
    paid_cents: int = Field(sa_type=Cents)
    patient_cents: int | None = Field(default=None, sa_type=Cents)
    allowed_cents: int | None = Field(default=None, sa_type=Cents)
    interest_cents: int = Field(default=0, sa_type=Cents)  # AMT*I
    filing_indicator: str = ""
    facility_code: str = ""
    frequency: str = ""
    patient_last: str = ""
    patient_first: str = ""
    member_id: str = ""
    crossover_to: str = ""  # NM1*TT
    first_service: date | None = None
    last_service: date | None = None
    received_by_payer_on: date | None = None  # DTM*050
    reverses_id: int | None = Field(default=None, index=True)  # the claim payment it takes back
    reversed_by_id: int | None = Field(default=None, index=True)
    fingerprint: str = Field(default="", index=True)  # 835.md §9 claim level
    detail: dict[str, object] = Field(default_factory=dict, sa_type=Document)  # names, REF, DTM, AMT, QTY, MIA, MOA
    segment: int = 0
    last_segment: int = 0
    start_offset: int = Field(default=0, sa_type=BigInteger)
    end_offset: int = Field(default=0, sa_type=BigInteger)


class ServicePayment(SQLModel, table=True):
    """One SVC."""

    id: int | None = Field(default=None, primary_key=True)
    claim_payment_id: int = Field(foreign_key="claimpayment.id", index=True)
    line_id: int | None = None
    position: int
    procedure: str
    modifiers: str = ""
    revenue_code: str = ""
    original_procedure: str = ""
    units: str = "1"
    charge_cents: int = Field(sa_type=Cents)
    paid_cents: int = Field(sa_type=Cents)
    allowed_cents: int | None = Field(default=None, sa_type=Cents)
    line_control_number: str = ""
    first_service: date | None = None
    last_service: date | None = None
    detail: dict[str, object] = Field(default_factory=dict, sa_type=Document)
    segment: int = 0


class AdjustmentRow(SQLModel, table=True):
    """One CAS triplet, at claim level (service_payment_id None) or line level."""

    id: int | None = Field(default=None, primary_key=True)
    claim_payment_id: int = Field(foreign_key="claimpayment.id", index=True)
    service_payment_id: int | None = None
    group: str
    reason: str
    cents: int = Field(sa_type=Cents)
    quantity: str = ""
    nature: str = ""  # denial, reduction, contractual, patient-share, informational, pended
    segment: int = 0
    element: int = 0


class RemarkRow(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    claim_payment_id: int = Field(foreign_key="claimpayment.id", index=True)
    service_payment_id: int | None = None
    code: str
    segment: int = 0
    element: int = 0


class ProviderAdjustmentRow(SQLModel, table=True):
    """One PLB pair."""

    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id", index=True)
    payer_id: int = Field(foreign_key="payer.id", index=True)
    remittance_id: int = Field(foreign_key="remittance.id", index=True)
    claim_id: int | None = Field(default=None, index=True)  # when the reference names one of ours
    provider_id: str
    reason: str
    reference: str = ""
    cents: int = Field(sa_type=Cents)
    segment: int = 0
    element: int = 0


class Denial(SQLModel, table=True):
    """One denied answer on one claim: what was denied, why, and whether it is still open."""

    __table_args__ = (Index("denial_claim", "claim_id", "is_open"),)
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id", index=True)
    claim_id: int = Field(foreign_key="claim.id")
    claim_payment_id: int = Field(foreign_key="claimpayment.id", index=True)
    category: str  # eligibility, authorization … (denials.md §1)
    group: str
    reason: str  # the primary CARC
    remarks: str = ""  # RARCs, blank-separated
    denied_cents: int = Field(sa_type=Cents)
    denied_on: date
    line_ids: str = ""  # the claim's lines that were denied, blank-separated; "" when the answer does not tell
    is_full: bool
    is_repeat: bool = False
    is_open: bool = True
    closed_on: date | None = None
    closed_as: str = ""  # overturned, partly, upheld, reversed, repeated


class ContractFee(SQLModel, table=True):
    """What a payer has promised for one unit of a procedure, from a loaded fee schedule."""

    __table_args__ = (Index("contract_fee_lookup", "payer_id", "procedure"),)
    id: int | None = Field(default=None, primary_key=True)
    payer_id: int = Field(foreign_key="payer.id")
    practice_id: int | None = Field(default=None, foreign_key="practice.id")  # None: every practice
    procedure: str
    modifiers: str = ""  # sorted, colon-separated
    fee_cents: int = Field(sa_type=Cents)
    valid_from: date
    valid_through: date | None = None


class UnderpaymentTolerance(SQLModel, table=True):
    """How far a payer may fall short of its contract before a person looks."""

    payer_id: int = Field(primary_key=True, foreign_key="payer.id")
    cents: int = Field(sa_type=Cents)
    permille: int  # of what the contract says for the claim


class Underpayment(SQLModel, table=True):
    """A claim that was allowed less than its contract says, beyond the tolerance; follows the answers that stand."""

    claim_id: int = Field(primary_key=True, foreign_key="claim.id")
    practice_id: int = Field(foreign_key="practice.id", index=True)
    payer_id: int = Field(foreign_key="payer.id", index=True)
    contracted_cents: int = Field(sa_type=Cents)  # of the lines that fell short
    allowed_cents: int = Field(sa_type=Cents)
    short_cents: int = Field(sa_type=Cents)
    lines: list[dict[str, object]] = Field(default_factory=list, sa_type=Document)  # as Short, one a line
    found_at: datetime = Field(sa_type=Instant)
    accepted_entry_id: int | None = None  # by which a person gave the difference up; holds while the cents stay


class StatusEvent(SQLModel, table=True):
    """One STC about one claim (or one that found no claim), from a 277 or 277CA."""

    __table_args__ = (Index("status_event_claim", "claim_id", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int | None = Field(default=None, index=True)
    claim_id: int | None = Field(default=None, foreign_key="claim.id")
    loaded_set_id: int = Field(index=True)
    file_id: int
    kind: str  # 277, 277CA, 277RFAI
    category: str
    status: str
    entity: str = ""
    further: str = ""  # STC10 and STC11, blank-separated
    action: str = ""  # STC03
    text: str = ""  # STC12
    effective: date | None = None
    due_on: date | None = None  # DTP*106: the day by which the payer wants what it asks for
    charge_cents: int | None = Field(default=None, sa_type=Cents)
    paid_cents: int | None = Field(default=None, sa_type=Cents)
    trace: str = ""  # STC09
    inquiry_trace: str = Field(default="", index=True)  # 277 TRN02: our trace of the 276 that it answers
    patient_control_number: str = ""
    payer_control_number: str = ""
    name_key: str = ""  # of the patient, as `patient.name_key`
    member_ids: str = ""  # blank-separated
    first_service: date | None = None
    source_name: str = ""  # payer or clearinghouse
    source_is_payer: bool = True
    is_rejected: bool = False
    is_accepted: bool = False
    match_rule: str = ""
    received_at: datetime = Field(sa_type=Instant)
    segment: int = 0
    last_segment: int = 0
    start_offset: int = Field(default=0, sa_type=BigInteger)
    end_offset: int = Field(default=0, sa_type=BigInteger)


class Acknowledgment(SQLModel, table=True):
    """What a 999, 997 or TA1 says of something we sent, or a 277CA of a whole batch: by control numbers alone."""

    id: int | None = Field(default=None, primary_key=True)
    loaded_set_id: int = Field(index=True)
    file_id: int
    kind: str  # 999, 997, TA1, 277CA
    group_control_number: str = Field(default="", index=True)  # AK102: our GS06
    set_control_number: str = ""  # AK202: our ST02; "" all of the group that the answer does not name
    interchange_control_number: str = Field(default="", index=True)  # TA101: our ISA13
    batch_reference: str = Field(default="", index=True)  # 277CA 2200B TRN02: our BHT03
    is_rejected: bool
    words: str = ""  # why it was rejected
    said_on: date
    sent_on: date | None = None  # TA102: the day of our file
    receiver: str = ""  # ISA08: whose sending it answers
    sent_file_id: int | None = Field(default=None, index=True)  # the file of ours that it answers; None: not here yet
    received_at: datetime = Field(sa_type=Instant)
    segment: int = 0
    last_segment: int = 0
    start_offset: int = Field(default=0, sa_type=BigInteger)
    end_offset: int = Field(default=0, sa_type=BigInteger)


class InquiryRefusal(SQLModel, table=True):
    """An inquiry of ours (276) that was refused as a whole: above the claims of a 277, by a 999 or 997, by a TA1."""

    __tablename__ = "inquiry_refusal"
    id: int | None = Field(default=None, primary_key=True)
    loaded_set_id: int = Field(index=True)
    kind: str  # 277, 277CA, 999, 997, TA1
    level: str  # source, receiver, provider; group, set; interchange
    reference: str = Field(default="", index=True)  # 2200B TRN02: BHT03 of our 276
    their_reference: str = ""  # BHT03 of the answer; some payers give ours back in it
    control_number: str = Field(default="", index=True)  # AK102: our GS06, or TA101: our ISA13
    interchange_on: date | None = None  # TA102: the day of our file
    provider_id: str = ""  # NM109 of the provider whose level was refused
    category: str = ""
    status: str = ""
    words: str  # what was refused and why
    sender: str = ""  # ISA06 of the answer
    said_on: date
    received_at: datetime = Field(sa_type=Instant)
    file_id: int
    segment: int = 0
    last_segment: int = 0
    start_offset: int = Field(default=0, sa_type=BigInteger)
    end_offset: int = Field(default=0, sa_type=BigInteger)

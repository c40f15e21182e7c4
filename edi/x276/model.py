"""What a claim status inquiry asks: 276 (005010X212), as values. The same value is read and written."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import NamedTuple

from edi.parts import Name, Procedure, Reference


class InquiryLine(NamedTuple):
    procedure: Procedure
    charge_cents: int | None
    line_control_number: str  # REF*FJ
    first_date: date | None
    last_date: date | None
    segment: int
    revenue_code: str = ""  # SVC04
    units: Decimal | None = None  # SVC07
    references: tuple[Reference, ...] = ()  # every REF of the line, FJ among them


class StatusInquiry(NamedTuple):
    """One claim asked about, with the parties above it."""

    reference: str  # BHT03
    payer: Name | None
    receiver: Name | None  # 41: us
    provider: Name | None  # 1P
    subscriber: Name | None
    subscriber_birth_date: date | None
    subscriber_sex: str
    patient: Name | None  # None when the subscriber is the patient
    patient_birth_date: date | None
    patient_sex: str
    trace: str  # TRN02: ours, unique
    payer_claim_control_number: str  # REF*1K
    patient_control_number: str  # REF*EJ
    bill_type: str  # REF*BLT
    clearinghouse_number: str  # REF*D9
    references: tuple[Reference, ...]
    charge_cents: int | None  # AMT*T3
    first_date: date | None  # DTP*472
    last_date: date | None
    lines: tuple[InquiryLine, ...]
    set_number: int
    segment: int
    last_segment: int
    start_offset: int
    end_offset: int
    created: date | None = None  # BHT04
    created_at: time | None = None  # BHT05

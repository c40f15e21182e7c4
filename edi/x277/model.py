"""What a claim status answer says: 277 (005010X212), 277CA (005010X214), 277 RFAI, as values."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import NamedTuple

from edi.parts import Amount, Contact, Dated, Name, Procedure, Quantity, Reference


class StatusCode(NamedTuple):
    """One composite of STC01, STC10 or STC11: what happened, about what, whose data."""

    category: str  # A1, F2, P3 …
    status: str  # claim status code
    entity: str  # entity code, "" when not given
    code_list: str  # "RX" for NCPDP, else ""


class StatusInformation(NamedTuple):
    """One STC."""

    codes: tuple[StatusCode, ...]  # STC01, STC10, STC11, in that order, those present
    effective: date | None  # STC02
    action: str  # STC03: WQ accepted, U rejected, "" in a 277
    charge_cents: int | None  # STC04
    paid_cents: int | None  # STC05
    decided: date | None  # STC06
    payment_method: str  # STC07
    payment_date: date | None  # STC08
    trace: str  # STC09: check or EFT number
    text: str  # STC12
    segment: int


class StatusLine(NamedTuple):
    """2220: the status of one service line."""

    procedure: Procedure
    charge_cents: int | None
    paid_cents: int | None
    revenue_code: str
    statuses: tuple[StatusInformation, ...]
    references: tuple[Reference, ...]  # FJ line number, XZ prescription
    dates: tuple[Dated, ...]
    segment: int
    units: Decimal | None = None  # SVC07 (SVC05 where a payer has it there)


class StatusReport(NamedTuple):
    """BHT and what stands above the claims; one per transaction set, yielded before its claims."""

    kind: str  # "277", "277CA" or "277RFAI"
    structure: str  # BHT01
    purpose: str  # BHT02
    reference: str  # BHT03
    created: date | None  # BHT04
    type_code: str  # BHT06
    segment: int
    created_at: time | None = None  # BHT05


class StatusTotals(NamedTuple):
    """Status, counts and amounts for a level above the claim: receiver (whole file) or billing provider.

    Also where an inquiry as a whole failed: `statuses` then says why. Yielded when its level ends.
    """

    level: str  # "source", "receiver" or "provider"
    name: Name | None
    trace: str  # TRN02: for the receiver of a 277CA, BHT03 of our 837
    statuses: tuple[StatusInformation, ...]
    quantities: tuple[Quantity, ...]  # 90/QA accepted, AA/QC rejected
    amounts: tuple[Amount, ...]  # YU accepted, YY rejected
    references: tuple[Reference, ...]
    dates: tuple[Dated, ...]
    set_number: int
    segment: int
    contacts: tuple[Contact, ...] = ()  # PER: whom to ask about the level
    source: Name | None = None  # of the levels above this one
    source_contacts: tuple[Contact, ...] = ()
    receiver: Name | None = None

    @property
    def is_rejected(self) -> bool:
        """The whole level was refused: every claim of the file or provider, listed or not."""
        return any(status.action == "U" for status in self.statuses)


class ClaimStatus(NamedTuple):
    """The status of one claim, with the parties above it."""

    kind: str  # "277", "277CA" or "277RFAI"
    source: Name | None  # payer (PR) or clearinghouse (AY)
    source_contacts: tuple[Contact, ...]
    receiver: Name | None  # 41
    provider: Name | None  # 85 / 1P
    subscriber: Name | None  # IL
    patient: Name | None  # QC, or the subscriber when they are the same
    trace: str  # TRN02: 277CA our CLM01, 277 our trace of the inquiry
    batch_trace: str  # 277CA: 2200B TRN02 = BHT03 of our 837
    patient_control_number: str  # 277CA: trace; 277: REF*EJ
    payer_claim_control_number: str  # REF*1K; in a 277RFAI the trace, when there is no REF*1K
    clearinghouse_number: str  # REF*D9
    statuses: tuple[StatusInformation, ...]
    lines: tuple[StatusLine, ...]
    references: tuple[Reference, ...]
    dates: tuple[Dated, ...]
    first_service: date | None  # DTP*472
    last_service: date | None
    is_rejected: bool  # any STC03 = U, or (no STC03) a category of A3 A4 A6 A7 A8
    is_accepted: bool  # not rejected, and WQ (or no STC03 at all) with category A1/A2/A5
    is_damaged: bool
    set_number: int
    segment: int  # of the HL or TRN the claim begins with
    last_segment: int
    start_offset: int
    end_offset: int
    subscriber_birth_date: date | None = None  # DMG02 of the subscriber
    patient_birth_date: date | None = None  # DMG02 of the patient
    subscriber_sex: str = ""  # DMG03
    patient_sex: str = ""
    contacts: tuple[Contact, ...] = ()  # PER inside the claim: whom to answer, in a request for information
    attachments: tuple[tuple[str, str, str], ...] = ()  # PWK: (report type, how sent, control number)

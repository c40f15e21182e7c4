"""What an 835 (005010X221A1) says, as values. See `edi/parts.py` for the shared parts.

A claim is yielded complete with its lines; `start_offset`/`end_offset` are byte offsets in the file of its
first and just behind its last segment, so that the wire text of one claim can be shown without reading the file.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from edi.parts import (
    Address,
    Adjustment,
    Amount,
    Contact,
    Dated,
    Name,
    Procedure,
    Quantity,
    Reference,
    Remark,
)
from edi.values import BalanceCheck


class Classification(StrEnum):
    """What a payer's answer amounts to (fact book 835.md §5)."""

    REVERSAL = "reversal"
    PREDETERMINATION = "predetermination"
    FORWARDED = "forwarded"
    FULL_DENIAL = "full_denial"
    PARTIAL_DENIAL = "partial_denial"
    PENDED_NO_PAY = "pended_no_pay"
    ZERO_PAY_PATIENT = "zero_pay_patient"
    ZERO_PAY_PRIOR_PAYER = "zero_pay_prior_payer"
    CAPITATED = "capitated"
    ZERO_PAY_REVIEW = "zero_pay_review"
    INFORMATIONAL = "informational"
    PAID = "paid"


class Remittance(NamedTuple):
    """The header of one 835 ST: one payment."""

    handling: str  # BPR01
    paid_cents: int  # BPR02
    credit_debit: str  # BPR03
    method: str  # BPR04: ACH CHK FWT BOP NON
    originator: str  # BPR10
    payment_date: date | None  # BPR16
    trace: str  # TRN02
    trace_originator: str  # TRN03
    trace_supplement: str  # TRN04
    production_date: date | None  # DTM*405
    currency: str  # CUR02
    payer: Name | None  # N1*PR
    payer_address: Address | None
    payer_references: tuple[Reference, ...]  # REF*2U, EO, HI, NF
    payer_contacts: tuple[Contact, ...]
    payee: Name | None  # N1*PE
    payee_address: Address | None
    payee_references: tuple[Reference, ...]  # REF*TJ …
    references: tuple[Reference, ...]  # header REF*EV, F2
    payer_account: str  # BPR09
    payee_account: str  # BPR15
    segment: int  # of the BPR
    trace_segment: int
    payment_format: str = ""  # BPR05: CCP, CTX
    payer_bank: str = ""  # BPR07
    payee_bank: str = ""  # BPR13
    payer_bank_qualifier: str = ""  # BPR06: 01 an ABA routing number, 04 Canadian
    payee_bank_qualifier: str = ""  # BPR12
    dates: tuple[Dated, ...] = ()  # header DTM other than 405, which no guide has
    other_parties: tuple[Name, ...] = ()  # N1 of a role that no guide has; their REF are among `references`


class ServiceLine(NamedTuple):
    """2110 SVC: one adjudicated service line."""

    procedure: Procedure  # SVC01
    charge_cents: int  # SVC02
    paid_cents: int  # SVC03
    revenue_code: str  # SVC04
    units: Decimal  # SVC05; 1 when absent
    original_procedure: Procedure | None  # SVC06
    original_units: Decimal | None  # SVC07
    first_date: date | None  # DTM*472 or 150, else the claim's
    last_date: date | None  # DTM*472 or 151, else the claim's
    adjustments: tuple[Adjustment, ...]
    remarks: tuple[Remark, ...]  # LQ
    references: tuple[Reference, ...]
    dates: tuple[Dated, ...]
    amounts: tuple[Amount, ...]
    quantities: tuple[Quantity, ...]
    line_control_number: str  # REF*6R
    allowed_cents: int | None  # AMT*B6; None when not sent
    segment: int  # of the SVC


class ClaimPayment(NamedTuple):
    """2100 CLP: one claim as adjudicated, with its lines."""

    patient_control_number: str  # CLP01
    status: str  # CLP02
    charge_cents: int  # CLP03
    paid_cents: int  # CLP04
    patient_cents: int | None  # CLP05
    filing_indicator: str  # CLP06
    payer_claim_control_number: str  # CLP07
    facility_code: str  # CLP08
    frequency: str  # CLP09
    drg: str  # CLP11
    drg_weight: Decimal | None  # CLP12
    discharge_fraction: Decimal | None  # CLP13
    adjustments: tuple[Adjustment, ...]  # claim-level CAS only
    names: tuple[Name, ...]  # NM1 QC IL 74 82 TT PR GB
    remarks: tuple[Remark, ...]  # MIA05 20-23, MOA03-07
    inpatient: tuple[str, ...]  # MIA elements as sent, () when absent
    outpatient: tuple[str, ...]  # MOA elements as sent, () when absent
    references: tuple[Reference, ...]
    dates: tuple[Dated, ...]
    contacts: tuple[Contact, ...]
    amounts: tuple[Amount, ...]
    quantities: tuple[Quantity, ...]
    lines: tuple[ServiceLine, ...]
    group_number: str  # LX01
    classification: Classification
    failed_checks: tuple[BalanceCheck, ...]  # the balancing rules that do not hold; () when all hold
    is_damaged: bool  # something in it could not be read: do not post unseen
    set_number: int
    segment: int  # of the CLP
    last_segment: int
    start_offset: int
    end_offset: int

    def name(self, role: str) -> Name | None:
        """The first NM1 in the given role, e.g. "QC" for the patient."""
        return next((name for name in self.names if name.role == role), None)

    def reference(self, qualifier: str) -> str:
        """The first REF of the given qualifier, or ""."""
        return next((ref.value for ref in self.references if ref.qualifier == qualifier), "")


class ProviderAdjustment(NamedTuple):
    """One PLB pair: money between payer and provider outside any claim. Positive lowers the payment."""

    provider_id: str  # PLB01
    fiscal_period_end: date | None  # PLB02
    reason: str  # PLB03-1 …
    reference: str  # PLB03-2 …
    cents: int  # PLB04 …
    set_number: int
    segment: int
    element: int  # of the amount: 4, 6, 8, 10, 12 or 14


class ProviderSummary(NamedTuple):
    """TS3 (and TS2 beside it): Medicare Part A batch totals. Kept, never posted."""

    kind: str  # "TS3" or "TS2"
    elements: tuple[str, ...]
    set_number: int
    segment: int
    group_number: str = ""  # LX01

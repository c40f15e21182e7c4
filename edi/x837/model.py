"""What an 837 (005010X222A1 professional, X223A2 institutional, X224A2 dental) says, as values.

A submitted claim keeps its own segments as sent (`segments`), and those of the loops above it (`context`), so
that it can be written back unchanged, segment for segment.
"""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import NamedTuple

from edi.parts import Address, Adjustment, Amount, Contact, Dated, Name, Procedure, Quantity, Reference, Remark


class Party(NamedTuple):
    """A name with its address, references (EI tax id, SY, G2 …), taxonomy and contacts."""

    name: Name
    address: Address | None
    references: tuple[Reference, ...]
    taxonomy: str  # PRV03
    contacts: tuple[Contact, ...]

    @property
    def tax_id(self) -> str:
        return next((ref.value for ref in self.references if ref.qualifier in ("EI", "SY", "TJ")), "")


class Insured(NamedTuple):
    """A person insured: SBR, NM1*IL or NM1*QC, DMG."""

    name: Name
    address: Address | None
    birth_date: date | None
    sex: str
    relationship: str  # SBR02 or PAT01: 18 self
    references: tuple[Reference, ...]


class Submission(NamedTuple):
    """BHT and 1000A/B: one batch as sent."""

    kind: str  # "837P", "837I" or "837D"
    purpose: str  # BHT02
    reference: str  # BHT03: the batch id
    created: date | None  # BHT04
    claim_or_encounter: str  # BHT06: CH, RP, 31
    submitter: Name | None
    submitter_contacts: tuple[Contact, ...]
    receiver: Name | None
    segment: int
    segments: tuple[tuple[str, ...], ...] = ()  # BHT to the last segment before the first HL, as sent
    version: str = ""  # ST03, else GS08
    component: str = ":"  # the separators that the elements of `segments` are written with
    repetition: str = "^"
    created_at: time | None = None  # BHT05


class Diagnosis(NamedTuple):
    qualifier: str  # ABK principal, ABF other, ABJ admitting, APR reason, ABN external; BK/BF ICD-9
    code: str
    present_on_admission: str
    segment: int


class OtherPayer(NamedTuple):
    """2320/2330: another payer of this claim, with what it decided."""

    order: str  # SBR01: P S T
    relationship: str
    group_number: str
    filing_indicator: str
    adjustments: tuple[Adjustment, ...]
    amounts: tuple[Amount, ...]  # D paid, EAF remaining patient share, A8 non-covered
    insured: Insured | None
    payer: Name | None
    paid_on: date | None  # DTP*573
    references: tuple[Reference, ...]
    segment: int
    plan_name: str = ""  # SBR04
    insurance_type: str = ""  # SBR05: 12, 13, 14 … why Medicare is secondary
    benefits_assigned: str = ""  # OI03
    release_of_information: str = ""  # OI06
    inpatient: tuple[str, ...] = ()  # MIA as sent, without its id
    outpatient: tuple[str, ...] = ()  # MOA as sent, without its id
    remarks: tuple[Remark, ...] = ()  # the remark codes in MIA and MOA
    providers: tuple[Party, ...] = ()  # 2330C and on: who the other payer knows as rendering, attending …


class LineAdjudication(NamedTuple):
    """2430: what another payer decided about one line."""

    payer_id: str  # SVD01
    paid_cents: int  # SVD02
    procedure: Procedure | None  # SVD03
    units: Decimal | None  # SVD05
    bundled_line: str  # SVD06
    adjustments: tuple[Adjustment, ...]
    amounts: tuple[Amount, ...]
    paid_on: date | None
    segment: int
    revenue_code: str = ""  # SVD04


class SubmittedLine(NamedTuple):
    """2400: one service line as sent."""

    number: str  # LX01
    procedure: Procedure | None  # SV101 / SV202 / SV301; None for a revenue code without one
    revenue_code: str  # SV201
    charge_cents: int  # SV102 / SV203 / SV302
    unit_basis: str  # UN, MJ, DA
    units: Decimal
    place_of_service: str  # SV105
    pointers: tuple[str, ...]  # SV107
    non_covered_cents: int | None  # SV207
    first_date: date | None  # DTP*472
    last_date: date | None
    dates: tuple[Dated, ...]
    references: tuple[Reference, ...]
    notes: tuple[tuple[str, str], ...]  # NTE
    providers: tuple[Party, ...]
    drug: tuple[str, ...]  # 2410: LIN, CTP and REF elements with their ids, () when absent
    amounts: tuple[Amount, ...]
    quantities: tuple[Quantity, ...]
    adjudications: tuple[LineAdjudication, ...]
    line_control_number: str  # REF*6R, else LX01
    segment: int  # of the LX
    attachments: tuple[tuple[str, str, str], ...] = ()  # PWK01 type, PWK02 how, PWK06 control number
    conditions: tuple[tuple[str, ...], ...] = ()  # CR1 CR3 CRC … as sent, each with its id first
    fixed_format: tuple[str, ...] = ()  # K3
    repricing: tuple[str, ...] = ()  # HCP as sent, without its id
    contract: tuple[str, ...] = ()  # CN1 as sent, without its id
    teeth: tuple[tuple[str, ...], ...] = ()  # TOO as sent, each with its id first (dental)
    forms: tuple[tuple[tuple[str, ...], ...], ...] = ()  # 2440: each LQ with its FRM, ids first


class SubmittedClaim(NamedTuple):
    """2300 with everything above and below it that a follow-up needs."""

    kind: str  # "837P", "837I" or "837D"
    batch_reference: str  # BHT03
    billing_provider: Party | None  # 2010AA
    pay_to: Party | None  # 2010AB
    subscriber: Insured | None  # 2010BA
    patient: Insured | None  # 2010CA, or the subscriber when they are the same
    payer: Party | None  # 2010BB
    payer_order: str  # SBR01: P S T
    group_number: str  # SBR03
    plan_name: str  # SBR04
    filing_indicator: str  # SBR09
    patient_control_number: str  # CLM01
    charge_cents: int  # CLM02
    facility_code: str  # CLM05-1: place of service, or bill type digits 1-2
    facility_qualifier: str  # CLM05-2: A or B
    frequency: str  # CLM05-3
    assignment: str  # CLM07
    benefits_assigned: str  # CLM08
    release_of_information: str  # CLM09
    delay_reason: str  # CLM20
    dates: tuple[Dated, ...]
    first_date: date | None  # earliest service date: lines, else DTP*434, else 435
    last_date: date | None
    diagnoses: tuple[Diagnosis, ...]
    drg: str  # HI*DR
    codes: tuple[tuple[str, str], ...]  # the other HI pairs: BG condition, BH occurrence, BE value, BBR procedure …
    references: tuple[Reference, ...]  # F8 original, G1 authorization, 9F referral, D9, EA, X4 …
    amounts: tuple[Amount, ...]  # F5 patient paid, F3 estimated due
    notes: tuple[tuple[str, str], ...]  # NTE01, NTE02
    attachments: tuple[tuple[str, str, str], ...]  # PWK01 type, PWK02 how, PWK06 control number
    providers: tuple[Party, ...]  # 2310: DN 82 77 71 72 DQ …
    other_payers: tuple[OtherPayer, ...]
    lines: tuple[SubmittedLine, ...]
    is_damaged: bool
    context: tuple[tuple[str, ...], ...]  # segments above: 2000A/2010A*, 2000B/2010B*, 2000C/2010C*, as elements
    segments: tuple[tuple[str, ...], ...]  # CLM to the end of the claim, each as its elements, id first
    set_number: int
    segment: int  # of the CLM
    last_segment: int
    start_offset: int
    end_offset: int
    version: str = ""  # ST03, else GS08
    component: str = ":"  # the separators that the elements of `context` and `segments` are written with
    repetition: str = "^"
    pay_to_plan: Party | None = None  # 2010AC
    inpatient: tuple[str, ...] = ()  # CL1 as sent, without its id: admission type, source, patient status
    contract: tuple[str, ...] = ()  # CN1 as sent, without its id
    repricing: tuple[str, ...] = ()  # HCP as sent, without its id
    conditions: tuple[tuple[str, ...], ...] = ()  # CR1 CR2 CRC … DN1 DN2 as sent, each with its id first
    fixed_format: tuple[str, ...] = ()  # K3
    quantities: tuple[Quantity, ...] = ()  # QTY (4010)
    code_details: tuple[tuple[str, ...], ...] = ()  # `codes` in full: qualifier, code, date format, date, amount …

    def reference(self, qualifier: str) -> str:
        return next((ref.value for ref in self.references if ref.qualifier == qualifier), "")

"""What a biller may change on a claim before it is refiled. None leaves a field as it was sent, "" removes it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from edi.x837.build import Line, Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class DrugEdit:
    """The drug of a line (2410) as it shall be; without a code the loop goes."""

    ndc: str  # eleven digits, LIN03 under N4
    units: str  # CTP04
    basis: str  # CTP05: F2 GR ME ML UN
    prescription: str = ""  # REF*XZ


@dataclass(frozen=True, slots=True, kw_only=True)
class LineEdit:
    """Changes to one line."""

    line: int  # place in `SubmittedClaim.lines`, 1 is the first; beyond them the added ones
    code: str | None = None
    modifiers: tuple[str, ...] | None = None
    revenue_code: str | None = None  # institutional
    charge_cents: int | None = None
    units: Decimal | None = None
    unit_basis: str | None = None
    place_of_service: str | None = None  # professional; "" is the claim's
    pointers: tuple[int, ...] | None = None  # professional
    first_date: date | None = None
    last_date: date | None = None  # with `first_date`, for a range
    note: str | None = None
    authorization: str | None = None  # REF*G1 of the line
    non_covered_cents: int | None = None  # SV207, institutional
    references: tuple[tuple[str, str], ...] = ()  # (qualifier, value) of the line: 9F referral, X4 CLIA …; "" removes
    drug: DrugEdit | None = None
    attachments: tuple[tuple[str, str, str], ...] | None = None  # all PWK of the line: type, how, control number
    providers: tuple[tuple[str, Provider | None], ...] = ()  # (role as in NM101, who); None removes


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonEdit:
    """Changes to the subscriber or the patient."""

    last: str | None = None
    first: str | None = None
    middle: str | None = None
    suffix: str | None = None
    member_id: str | None = None
    birth_date: date | None = None
    sex: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageEdit:
    """Changes to the destination payer and the coverage."""

    payer_name: str | None = None
    payer_id: str | None = None
    order: str | None = None  # SBR01
    group_number: str | None = None
    plan_name: str | None = None
    filing_indicator: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimEdits:
    """All changes of one refile."""

    patient_control_number: str | None = None  # for payers that take a repeated CLM01 for a duplicate
    facility_code: str | None = None  # place of service, or the first two digits of the type of bill
    assignment: str | None = None
    delay_reason: str | None = None  # CLM20
    diagnoses: tuple[str, ...] | None = None  # principal first, no points
    admitting_diagnosis: str | None = None  # institutional
    condition_codes: tuple[str, ...] | None = None  # HI*BG
    code_groups: tuple[tuple[str, tuple[str, ...]], ...] = ()  # HI: qualifier, then every composite behind it
    present_on_admission: tuple[str, ...] | None = None  # of `diagnoses` in their order; "" for none
    drg: str | None = None  # HI*DR, institutional
    statement: tuple[date, date] | None = None  # DTP*434, institutional
    dates: tuple[
        tuple[str, date | None], ...
    ] = ()  # (DTP01, day): 431 onset, 439 accident, 435 admission …; None removes
    references: tuple[tuple[str, str], ...] = ()  # (qualifier, value): G1 authorization, 9F referral, X4 CLIA …
    note: str | None = None  # NTE*ADD
    attachments: tuple[tuple[str, str, str], ...] | None = None  # all PWK: type, how, control number
    subscriber: PersonEdit | None = None
    patient: PersonEdit | None = None  # where the patient is the subscriber, the same person
    coverage: CoverageEdit | None = None
    billing: Provider | None = None
    providers: tuple[tuple[str, Provider | None], ...] = ()  # (role as in NM101, who); None removes
    lines: tuple[LineEdit, ...] = ()
    removed_lines: tuple[int, ...] = ()  # places in `SubmittedClaim.lines`, 1 is the first
    added_lines: tuple[Line, ...] = ()


NO_EDITS = ClaimEdits()

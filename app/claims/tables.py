"""Who and what the work is about: practices, payers, patients, coverages, claims, lines, submissions, timeline.

A practice is a wall: every row below it carries `practice_id` and every query is scoped by it. Payers are shared,
because the same payer answers every practice. Money on a claim is only what was billed; what is open is the
ledger's to say. A claim that no 837 was seen for is created from the 835 or 277 that names it: `known_from` says so.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.core.columns import Cents, Document, Instant, begins


class PayerKind(StrEnum):
    """What rules a payer follows: the ladder of appeals, the clocks, what a correction looks like."""

    MEDICARE = "medicare"
    MEDICARE_ADVANTAGE = "medicare_advantage"
    MEDICAID = "medicaid"
    COMMERCIAL = "commercial"
    BCBS = "bcbs"
    TRICARE = "tricare"
    VETERANS = "veterans"
    WORKERS_COMP = "workers_comp"
    AUTO = "auto"
    OTHER = "other"


class KnownFrom(StrEnum):
    """The first document that told us of a claim."""

    SUBMISSION = "837"
    REMITTANCE = "835"
    STATUS = "277"
    PERSON = "person"


class ClaimState(StrEnum):
    """Where a claim stands with its payer (fact book 277.md §9); derived from its events, newest answer wins.

    A remittance outranks any status: a 277 never overwrites what an 835 decided.
    """

    SUBMITTED = "submitted"
    REJECTED = "rejected"
    ACCEPTED = "accepted"
    PENDING = "pending"
    INFO_REQUESTED = "info_requested"
    NOT_FOUND = "not_found"
    FINALIZED_UNMATCHED = "finalized_unmatched"
    PAID = "paid"
    PARTIALLY_DENIED = "partially_denied"
    DENIED = "denied"
    ZERO_PAY_PATIENT = "zero_pay_patient"
    ZERO_PAY_REVIEW = "zero_pay_review"
    PENDED = "pended"
    CAPITATED = "capitated"
    FORWARDED = "forwarded"
    REVERSED = "reversed"
    PATIENT_BILLED = "patient_billed"
    CLOSED = "closed"


UNDECIDED = (  # states in which a payer can be asked where the claim stands
    *(ClaimState.SUBMITTED, ClaimState.ACCEPTED, ClaimState.PENDING, ClaimState.NOT_FOUND),
    *(ClaimState.INFO_REQUESTED, ClaimState.FINALIZED_UNMATCHED, ClaimState.PENDED),
)
IS_UNDECIDED = f"state IN ({', '.join(repr(state.value) for state in UNDECIDED)})"


class Practice(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    npi: str = Field(index=True)
    tax_id: str = Field(default="", index=True)
    created_at: datetime = Field(sa_type=Instant)


class Letterhead(SQLModel, table=True):
    """What a practice's letters and forms say of it: learned from its 837s until a person keeps their own."""

    practice_id: int = Field(primary_key=True, foreign_key="practice.id")
    name: str
    address: str = ""  # lines
    phone: str = ""
    fax: str = ""
    pay_to: str = ""  # lines; "" the address itself
    contact: str = ""  # whom a payer asks about appeals
    contact_phone: str = ""
    signer: str = ""  # "" whoever makes the letter
    logo: bytes | None = Field(default=None, sa_type=LargeBinary)
    logo_type: str = ""  # image/png, image/jpeg
    kept_by: str = ""  # "": learned from an 837
    changed_at: datetime = Field(sa_type=Instant)


class PracticeIdentifier(SQLModel, table=True):
    """Every NPI and tax id by which a file may name a practice; the newest file cannot move one to another."""

    __table_args__ = (UniqueConstraint("kind", "value"),)
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id", index=True)
    kind: str  # "npi" or "tax_id"
    value: str


class Payer(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    name: str
    kind: str = PayerKind.OTHER
    phone: str = ""
    website: str = ""
    is_capitated: bool = False  # the contract pays by the month: CARC 24, 139 and 308 then close a claim
    created_at: datetime = Field(sa_type=Instant)
    merged_into_id: int | None = None  # it proved to be that payer; this row is only its old name


class PayerIdentifier(SQLModel, table=True):
    """Every id by which a file may name a payer: 837 NM1*PR PI, 835 REF*2U, N1*PR XV, TRN03 with the name."""

    __table_args__ = (UniqueConstraint("kind", "value"),)
    id: int | None = Field(default=None, primary_key=True)
    payer_id: int = Field(foreign_key="payer.id", index=True)
    kind: str  # "payer_code", "plan_id", "name" (case-folded, single-spaced)
    value: str
    merged_from_id: int | None = None  # of a payer that proved to be this one: known by it, and not called by it


class PayerMerge(SQLModel, table=True):
    """One payer proved to be another, as somebody said; with all that is needed to take it apart again."""

    id: int | None = Field(default=None, primary_key=True)
    from_id: int = Field(index=True)  # no foreign keys: what names a payer by one moves with the merge
    into_id: int = Field(index=True)
    merged_at: datetime = Field(sa_type=Instant)
    person_name: str
    undone_at: datetime | None = Field(default=None, sa_type=Instant)
    claims: int  # that moved
    packed: bytes = Field(sa_type=LargeBinary)  # which rows moved, and what they were before (payer_merge.py)


class Patient(SQLModel, table=True):
    __table_args__ = (
        Index("patient_identity", "practice_id", "identity"),
        Index("patient_name", "practice_id", "name_key", postgresql_ops=begins("name_key")),
    )
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id")
    identity: str  # last|first|birth date or member id, case-folded: the same person in the same practice
    name_key: str = ""  # last|first, case-folded, letters and digits only: for matching
    last_name: str
    first_name: str = ""
    middle_name: str = ""
    birth_date: date | None = None
    sex: str = ""
    address_line1: str = ""
    address_line2: str = ""
    city: str = ""
    state: str = ""
    postal_code: str = ""


class Coverage(SQLModel, table=True):
    """One person's cover with one payer. `rank` is 1 primary, 2 secondary, 3 tertiary as last billed."""

    __table_args__ = (UniqueConstraint("patient_id", "payer_id", "member_id"),)
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id", index=True)
    patient_id: int = Field(foreign_key="patient.id")
    payer_id: int = Field(foreign_key="payer.id", index=True)
    member_id: str = Field(index=True)
    rank: int = 1
    group_number: str = ""
    filing_indicator: str = ""
    relationship: str = ""
    is_active: bool = True


class Claim(SQLModel, table=True):
    """One claim to one or more payers in turn: what the practice calls by its patient control number."""

    __table_args__ = (
        Index("claim_control", "practice_id", "control_key", postgresql_ops=begins("control_key")),
        Index("claim_fallback", "practice_id", "member_id", "first_service", postgresql_ops=begins("member_id")),
        Index("claim_patient", "patient_id"),
        Index("claim_charge", "charge_cents"),  # found by an amount on an EOB
        Index(
            "claim_payer", "payer_id", "adjudicated_on", "practice_id"
        ),  # also its newest decisions, and whose it is
        Index(  # the oldest of a payer, and how many there are of each day: for statements that say exactly this
            "claim_undecided",
            *("payer_id", "last_billed_on", "id", "practice_id", "state"),
            sqlite_where=text(f"+{IS_UNDECIDED}"),  # as a tested column: it would take the index of states
            postgresql_where=text(IS_UNDECIDED),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id")
    patient_id: int = Field(foreign_key="patient.id")
    payer_id: int = Field(foreign_key="payer.id")  # whose answer is awaited or was last heard
    patient_control_number: str  # CLM01 / CLP01
    control_key: str  # the same, case-folded, without blanks and leading zeros: for matching
    kind: str = ""  # "P", "I", "D"; "" when only an 835 or 277 was seen
    known_from: str = KnownFrom.SUBMISSION
    state: str = Field(default=ClaimState.SUBMITTED, index=True)
    charge_cents: int = Field(sa_type=Cents)
    member_id: str = ""
    payer_rank: int = 1  # 1 primary, 2 secondary, 3 tertiary: which payer `payer_id` is
    first_service: date | None = None
    last_service: date | None = None
    facility_code: str = ""
    frequency: str = ""
    filing_indicator: str = ""
    billing_npi: str = ""
    rendering_npi: str = ""
    rendering_name: str = ""
    authorization: str = ""
    diagnoses: str = ""  # ICD-10 codes in order, blank-separated, for search and letters
    payer_control_number: str = Field(default="", index=True)  # the newest: CLP07, 277 REF*1K
    first_billed_on: date | None = None
    last_billed_on: date | None = None
    submissions: int = 0
    accepted_on: date | None = None  # payer 277CA A1/A2: proof of timely filing
    last_answer_on: date | None = None  # newest 835 or 277 of any kind
    denied_on: date | None = None
    crossover_on: date | None = None  # the payer said it forwarded the claim
    next_check_on: date | None = None
    closed_on: date | None = None  # nothing open on either side, since
    state_on: date | None = None  # the date of what decided `state`; older news does not change it
    adjudicated_on: date | None = None  # newest 835 decision
    created_at: datetime = Field(sa_type=Instant)
    superseded_on: date | None = None  # known only from an answer, it proved to be no claim of its own
    successor_id: int | None = None  # the claim that it proved to be


class ClaimLine(SQLModel, table=True):
    id: int | None = Field(default=None, primary_key=True)
    claim_id: int = Field(foreign_key="claim.id", index=True)
    number: int  # order as sent, 1 is the first
    control_number: str = ""  # REF*6R, else LX01
    procedure: str = ""
    modifiers: str = ""  # colon-separated
    revenue_code: str = ""
    units: str = "1"  # decimal as text
    charge_cents: int = Field(sa_type=Cents)
    first_service: date | None = None
    last_service: date | None = None
    place_of_service: str = ""
    pointers: str = ""


class PayerControlNumber(SQLModel, table=True):
    """The chain of numbers a payer gave a claim; an adjusted claim gets a new one (835.md §6)."""

    __table_args__ = (
        UniqueConstraint("claim_id", "value"),
        Index("ix_payercontrolnumber_value", "value", postgresql_ops=begins("value")),
    )
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id")
    claim_id: int = Field(foreign_key="claim.id")
    payer_id: int = Field(foreign_key="payer.id")
    value: str
    seen_on: date
    seen_in: str  # "835", "277", "277CA"


class Submission(SQLModel, table=True):
    """One time the claim was sent: where its wire text stands, and the control numbers an answer will name."""

    __table_args__ = (
        Index("submission_control", "practice_id", "control_key", postgresql_ops=begins("control_key")),
        Index("submission_group", "group_control_number", "set_control_number"),
    )
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id", index=True)
    claim_id: int = Field(foreign_key="claim.id", index=True)
    payer_id: int = Field(foreign_key="payer.id")
    payer_rank: int = 1
    patient_control_number: str = ""  # CLM01 as sent this time; a replacement may carry another than the claim's
    control_key: str = ""
    loaded_set_id: int = Field(index=True)
    file_id: int
    batch_reference: str = Field(default="", index=True)  # BHT03
    interchange_control_number: str = ""
    group_control_number: str = ""
    set_control_number: str = ""
    frequency: str = ""
    sent_on: date
    charge_cents: int = Field(sa_type=Cents)
    acknowledgment: str = ""  # "accepted", "rejected", "" not heard
    segment: int = 0
    last_segment: int = 0
    start_offset: int = Field(default=0, sa_type=BigInteger)
    end_offset: int = Field(default=0, sa_type=BigInteger)


class EventKind(StrEnum):
    SUBMITTED = "submitted"
    RECEIVED = "received"  # a 999 accepted the set that it was sent in: its syntax, not the claim
    ACKNOWLEDGED = "acknowledged"
    REJECTED = "rejected"
    STATUS = "status"
    PAID = "paid"
    DENIED = "denied"
    REVERSED = "reversed"
    ADJUDICATED = "adjudicated"  # an answer that neither paid nor denied
    POSTED = "posted"
    TOUCHED = "touched"
    SNOOZED = "snoozed"
    CHANGED = "changed"


class ClaimEvent(SQLModel, table=True):
    """The timeline: what happened, when it happened and when we knew, and the wire text that said so."""

    __table_args__ = (Index("claim_event_timeline", "claim_id", "happened_on", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id")
    claim_id: int = Field(foreign_key="claim.id")
    kind: str
    happened_on: date
    known_at: datetime = Field(sa_type=Instant)
    summary: str  # one plain sentence
    detail: dict[str, object] = Field(default_factory=dict, sa_type=Document)
    cents: int | None = Field(default=None, sa_type=Cents)
    file_id: int | None = None
    segment: int = 0
    last_segment: int = 0
    start_offset: int = Field(default=0, sa_type=BigInteger)
    end_offset: int = Field(default=0, sa_type=BigInteger)
    person_id: int | None = None


class PayerTerm(SQLModel, table=True):
    """One clock of one payer, as its contract or manual sets it; what the ranking's deadlines are worked out from."""

    __table_args__ = (UniqueConstraint("payer_id", "clock"),)
    id: int | None = Field(default=None, primary_key=True)
    payer_id: int = Field(foreign_key="payer.id")
    clock: str  # filing, corrected, reconsideration, appeal, second-appeal, next-payer, records, refund
    count: int
    unit: str  # calendar-days, business-days, months, years, calendar-year, dec-31-next-year
    anchor: str  # service, notice, answer, primary-notice, billed
    presumption_days: int = 0  # a notice is presumed received this many days after its date
    evidence: str = ""  # contract section, manual page, letter


class PayerFiling(SQLModel, table=True):
    """How a payer takes corrected claims, appeals and records, as its manual or contract says; "" is not known."""

    payer_id: int = Field(primary_key=True, foreign_key="payer.id")
    takes_replacement: str = ""  # yes, no: frequency 7 electronically
    takes_void: str = ""  # yes, no: frequency 8 electronically
    corrections_by: str = ""  # electronic, paper, portal: the only way that it takes a corrected claim
    portal: str = ""
    appeal_address: str = ""  # lines
    appeal_fax: str = ""
    records_address: str = ""  # lines
    records_fax: str = ""
    answer_days: int | None = None  # how long it takes to answer a clean claim
    source: str = ""  # manual page, contract section, letter
    person_name: str
    changed_at: datetime = Field(sa_type=Instant)


class CodeOverride(SQLModel, table=True):
    """A supervisor's judgement of one code over the table's, for one payer or for all. Never changed, only ended."""

    __table_args__ = (Index("code_override_code", "list_name", "code"),)
    id: int | None = Field(default=None, primary_key=True)
    payer_id: int | None = Field(default=None, foreign_key="payer.id")  # None: every payer
    list_name: str  # carc, rarc
    code: str
    changes: dict[str, object] = Field(default_factory=dict, sa_type=Document)  # column → word
    from_on: date | None = None  # the first day of decisions that it holds for
    until_on: date | None = None  # the last
    why: str
    person_id: int | None = None
    person_name: str
    made_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)  # None: it stands
    ended_by: str = ""


class OfficialEdition(SQLModel, table=True):
    """A licensed site's own copy of the official texts of one code list: which edition, how many, who loaded it."""

    list_name: str = Field(primary_key=True)
    list_date: date | None = None  # as the site says
    texts: int
    person_name: str
    loaded_at: datetime = Field(sa_type=Instant)


class OfficialText(SQLModel, table=True):
    """The list owner's own words for one code. Not shipped: a site that holds a licence loads them."""

    list_name: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    text: str


class StepUnderWay(SQLModel, table=True):
    """Something we sent on a claim that awaits its payer's decision: at most one of a kind, and never two kinds on
    one issue. Appeals, refilings and the ranking look here, so that none needs to know of the others."""

    claim_id: int = Field(primary_key=True, foreign_key="claim.id")
    step: str = Field(primary_key=True)  # refile, appeal, second_appeal (vocabulary.SUBMISSIONS)
    practice_id: int = Field(foreign_key="practice.id")
    since: date  # when it left, or was made ready to leave
    answer_due: date | None = None  # None: not configured

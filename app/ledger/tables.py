"""Journal entries and their legs. Debits are positive, credits negative; the legs of an entry sum to zero.

Nothing here is ever updated or deleted: a correction is a new entry that reverses. `ClaimBalance` is derived: the
ledger rewrites a claim's row from the sum of its legs, and `overturn verify` proves that it equals them.

How the everyday things post:

    claim billed            insurance_ar + / charges −
    payer paid a claim      remittance_clearing + / insurance_ar −
    contractual, CO45       contractual + / insurance_ar −
    patient share, PR1      patient_ar + / insurance_ar −
    prior payer, OA23       nothing: the prior payer's own remittance posted it
    denial                  nothing: the dollars stay in insurance_ar until somebody decides
    remittance received     cash + / remittance_clearing −
    unmatched claim paid    remittance_clearing + / unapplied_cash −
    PLB WO, FB, 72 …        payer_recoupment + / remittance_clearing −      (signs as in the PLB)
    PLB L6 interest         remittance_clearing + / interest_income −
    reversal                the legs of what it takes back, opposite

`remittance_clearing` of one remittance is zero exactly when sum(CLP04) − sum(PLB) = BPR02.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import Index, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from app.core.columns import Cents, Document, Instant


class Account(StrEnum):
    INSURANCE_AR = "insurance_ar"
    PATIENT_AR = "patient_ar"
    CHARGES = "charges"
    CASH = "cash"
    REMITTANCE_CLEARING = "remittance_clearing"
    UNAPPLIED_CASH = "unapplied_cash"
    PAYER_RECOUPMENT = "payer_recoupment"
    CONTRACTUAL = "contractual"
    OTHER_ADJUSTMENT = "other_adjustment"  # reductions that are neither contract nor denial, e.g. 253 aside
    WRITE_OFF = "write_off"
    BAD_DEBT = "bad_debt"
    INTEREST_INCOME = "interest_income"
    CAPITATION = "capitation"
    WITHHOLD = "withhold"
    FINANCE_REVIEW = "finance_review"


class EntryKind(StrEnum):
    CHARGE = "charge"
    CHARGE_CHANGE = "charge_change"  # a replacement claim billed another amount
    DEPOSIT = "deposit"
    CLAIM_PAYMENT = "claim_payment"
    UNMATCHED_PAYMENT = "unmatched_payment"
    PROVIDER_ADJUSTMENT = "provider_adjustment"
    REVERSAL = "reversal"
    APPLY = "apply"  # unapplied cash finds its claim
    RELEASE = "release"  # an adjustment that was held is posted after all
    RESPONSIBILITY = "responsibility"  # the patient's share waits for the next payer, or comes back from it
    UNDERPAYMENT = "underpayment"  # the part of a write-off that the contract does not allow is open again
    UNAPPLY = "unapply"  # an answer leaves the claim that it was posted to
    MOVE = "move"  # a claim proved to be another one: what was left on it goes there
    VOID = "void"  # a payment that never cleared: a reissued check replaces it
    PERSON = "person"


class CauseKind(StrEnum):
    SUBMISSION = "submission"
    STATUS = "status"  # a claim first heard of from a 277
    CLAIM = "claim"
    REMITTANCE = "remittance"
    CLAIM_PAYMENT = "claim_payment"
    PROVIDER_ADJUSTMENT = "provider_adjustment"
    PERSON = "person"


class JournalEntry(SQLModel, table=True):
    __table_args__ = (
        Index("journal_entry_cause", "cause_kind", "cause_id"),
        Index("journal_entry_day", "event_date"),  # a report of some days reads the entries of those days
    )
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id", index=True)
    kind: str
    event_date: date  # when it happened: service, payment or decision date
    known_at: datetime = Field(sa_type=Instant)  # when we knew it
    cause_kind: str
    cause_id: int  # row id of the submission, remittance, claim payment, provider adjustment or person
    file_id: int | None = None
    segment: int = 0  # of the segment that says so
    reverses_id: int | None = Field(default=None, index=True)
    memo: str = ""


class Posting(SQLModel, table=True):
    """One leg. Debit positive, credit negative."""

    __table_args__ = (Index("posting_claim", "claim_id", "account", "amount_cents"),)
    id: int | None = Field(default=None, primary_key=True)
    entry_id: int = Field(foreign_key="journalentry.id", index=True)
    practice_id: int = Field(foreign_key="practice.id")
    account: str
    amount_cents: int = Field(sa_type=Cents)
    claim_id: int | None = Field(default=None, foreign_key="claim.id")
    line_id: int | None = None
    remittance_id: int | None = Field(default=None, index=True)
    adjustment_group: str = ""  # CO PR OA PI of the CAS that caused it
    adjustment_reason: str = ""  # CARC
    segment: int = 0
    element: int = 0


class CreditBalance(SQLModel, table=True):
    """A claim on which more was received than was owed, and the day on which we found it; gone when it is settled."""

    claim_id: int = Field(primary_key=True, foreign_key="claim.id")
    practice_id: int = Field(foreign_key="practice.id", index=True)
    identified_on: date
    waits_since: date | None = None  # a person leaves it until the payer takes it back; the clock runs on
    waits_note: str | None = None
    waits_by_id: int | None = None


UNDECIDED = ("waiting", "half")  # states of a request


class Asked(SQLModel):
    """The columns of a request that somebody else decides about (`second_person.py`)."""

    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id", index=True)
    claim_id: int = Field(foreign_key="claim.id", index=True)
    cents: int = Field(sa_type=Cents)
    reason: str
    requested_by_id: int
    requested_at: datetime = Field(sa_type=Instant)
    state: str = Field(default="waiting", index=True)  # waiting, half (one of two approvals), approved, refused
    first_by_id: int | None = None  # the first of two approvals
    decided_by_id: int | None = None
    decided_at: datetime | None = Field(default=None, sa_type=Instant)
    said: str = ""  # why it was refused
    entry_id: int | None = None  # of the journal


class RefundRequest(Asked, table=True):
    """Somebody wants to send a credit back; the cash leaves only when somebody else approves."""

    side: str  # payer, patient


class PatientPaymentLine(SQLModel, table=True):
    """One line of a file of patients' payments: taken once, and found again by its reference when it bounces."""

    __table_args__ = (UniqueConstraint("practice_id", "digest"),)
    id: int | None = Field(default=None, primary_key=True)
    practice_id: int = Field(foreign_key="practice.id")
    digest: str  # of all that the line says
    file_name: str
    line: int
    received_on: date
    cents: int = Field(sa_type=Cents)  # below zero: it takes an earlier one back
    method: str
    reference: str = Field(index=True)
    entries: list[int] = Field(default_factory=list, sa_type=Document)  # journal entries, one a claim
    taken_back_by_id: int | None = None  # the line that says it bounced


IS_CREDIT = "insurance_cents < 0 OR patient_cents < 0"  # as the index and its questions say it


class ClaimBalance(SQLModel, table=True):
    """Derived from the legs of each claim, one row a claim; rewritten by the ledger, never edited by hand."""

    __table_args__ = (
        Index(  # few: more was received than was owed
            "claim_balance_credit", "practice_id", sqlite_where=text(IS_CREDIT), postgresql_where=text(IS_CREDIT)
        ),
    )
    claim_id: int = Field(primary_key=True, foreign_key="claim.id")
    practice_id: int = Field(foreign_key="practice.id", index=True)
    billed_cents: int = Field(default=0, sa_type=Cents)
    insurance_cents: int = Field(default=0, sa_type=Cents)  # open, payer's side
    patient_cents: int = Field(default=0, sa_type=Cents)  # open, patient's side
    paid_cents: int = Field(default=0, sa_type=Cents)
    adjusted_cents: int = Field(default=0, sa_type=Cents)

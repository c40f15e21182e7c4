"""What a claim status category tells the person who works the claim: its state and the next step.

A pure table after the category list; the status code (about what) and entity code (whose data) refine it, they do
not change it. A status never overrides the outcome of a remittance: a 277 is not a posting document.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class WorkState(StrEnum):
    SUBMITTED = "submitted"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    NOT_ON_FILE = "not_on_file"
    NOT_FOUND = "not_found"  # by this search; not yet proof that the payer has no claim
    PENDING = "pending"
    ACTION_NEEDED = "action_needed"
    PATIENT_ACTION = "patient_action"
    FIND_REMITTANCE = "find_remittance"
    DENIAL = "denial"
    ZERO_PAY = "zero_pay"
    CROSSOVER = "crossover"
    BILL_SECONDARY = "bill_secondary"
    INQUIRY_ERROR = "inquiry_error"  # says nothing about the claim
    REVIEW = "review"  # a category that this table does not know


class NextStep(StrEnum):
    WAIT_FOR_NEXT_PARTY = "wait_for_next_party"
    WAIT_FOR_ADJUDICATION = "wait_for_adjudication"
    SEND_NEW_CLAIM = "send_new_claim"
    PROVE_SUBMISSION = "prove_submission"
    CHECK_AGAIN = "check_again"
    SEND_INFORMATION = "send_information"
    ASK_PATIENT = "ask_patient"
    FIND_REMITTANCE = "find_remittance"
    OPEN_DENIAL = "open_denial"
    CLASSIFY_ZERO_PAY = "classify_zero_pay"
    WATCH_NEXT_PAYER = "watch_next_payer"
    BILL_NEXT_PAYER = "bill_next_payer"
    WIDEN_SEARCH = "widen_search"
    MEND_INQUIRY = "mend_inquiry"
    REVIEW = "review"


class Meaning(NamedTuple):
    """What one family of categories means to the worker."""

    family: str  # acknowledgment, pending, request, finalized, search, error, reporting, other
    state: WorkState
    step: NextStep
    words: str  # for a person
    recheck_days: int | None  # calendar days to the next look; None: nothing to wait for
    is_rejection: bool = False  # never entered adjudication: a new claim, not an appeal
    is_final: bool = False  # the payer has decided


ACCEPTED = Meaning(
    "acknowledgment",
    WorkState.ACCEPTED,
    NextStep.WAIT_FOR_ADJUDICATION,
    "Accepted into adjudication: the payer's turnaround clock runs.",
    14,
)
REJECTED = Meaning(
    "acknowledgment",
    WorkState.REJECTED,
    NextStep.SEND_NEW_CLAIM,
    "Rejected before adjudication: the payer holds no claim. Correct it, send a new claim; filing time runs on.",
    0,
    is_rejection=True,
)
PENDING = Meaning(
    "pending", WorkState.PENDING, NextStep.CHECK_AGAIN, "In process, in review or on hold: look again later.", 14
)
REQUEST = Meaning(
    "request",
    WorkState.ACTION_NEEDED,
    NextStep.SEND_INFORMATION,
    "The payer waits for something from us: send it now, the usual limit is 30 days.",
    30,
)
FINALIZED = Meaning(
    "finalized",
    WorkState.FIND_REMITTANCE,
    NextStep.FIND_REMITTANCE,
    "Decided: look for the remittance by trace, date and amount; missing after 4 business days, trace the payment.",
    4,
    is_final=True,
)
SEARCH = Meaning(
    "search",
    WorkState.NOT_FOUND,
    NextStep.WIDEN_SEARCH,
    "The search found nothing: ask again with other keys before taking the claim as not on file.",
    0,
)
ERROR = Meaning(
    "error",
    WorkState.INQUIRY_ERROR,
    NextStep.MEND_INQUIRY,
    "The inquiry failed, which says nothing about the claim: correct it or ask again later.",
    1,
)
REPORTING_RECEIVED = ACCEPTED._replace(family="reporting", words="Received for data reporting; not a payment claim.")
REPORTING_RETURNED = REJECTED._replace(
    family="reporting", words="Data reporting returned: correct it and send it again."
)
UNKNOWN = Meaning("other", WorkState.REVIEW, NextStep.REVIEW, "A status that has no fixed meaning: read it.", None)

MEANINGS: dict[str, Meaning] = {
    "A0": Meaning(
        "acknowledgment",
        WorkState.SUBMITTED,
        NextStep.WAIT_FOR_NEXT_PARTY,
        "Handed on by an intermediary: wait for the next party's own answer.",
        2,
    ),
    "A1": ACCEPTED._replace(
        words="Received: expect acceptance or a rejection; the turnaround clock runs.", recheck_days=3
    ),
    "A2": ACCEPTED,
    **dict.fromkeys(("A3", "A6", "A7", "A8"), REJECTED),
    "A4": Meaning(
        "acknowledgment",
        WorkState.NOT_ON_FILE,
        NextStep.PROVE_SUBMISSION,
        "The payer has no such claim: prove that it was sent, check the payer id, resend within the filing limit.",
        0,
        is_rejection=True,
    ),
    "A5": ACCEPTED._replace(words="Accepted and split: follow every part."),
    **dict.fromkeys(("DR01", "DR02", "DR08"), REPORTING_RECEIVED),
    **dict.fromkeys(("DR03", "DR04", "DR05", "DR06", "DR07"), REPORTING_RETURNED),
    **dict.fromkeys(("P0", "P1", "P2", "P5"), PENDING),
    "P3": REQUEST,
    "P4": Meaning(
        "pending",
        WorkState.PATIENT_ACTION,
        NextStep.ASK_PATIENT,
        "The payer waits for the patient: call or write; after 30 days bill by the practice's policy.",
        30,
    ),
    "F0": FINALIZED,
    "F1": FINALIZED,
    "F2": Meaning(
        "finalized",
        WorkState.DENIAL,
        NextStep.OPEN_DENIAL,
        "Decided and denied: get the remittance; the status code hints at the reason.",
        4,
        is_final=True,
    ),
    "F3": FINALIZED,
    "F3F": Meaning(
        "finalized",
        WorkState.CROSSOVER,
        NextStep.WATCH_NEXT_PAYER,
        "Decided and sent on to the next payer: expect that payer's answer.",
        14,
        is_final=True,
    ),
    "F3N": Meaning(
        "finalized",
        WorkState.BILL_SECONDARY,
        NextStep.BILL_NEXT_PAYER,
        "Decided and not sent on: bill the next payer.",
        0,
        is_final=True,
    ),
    "F4": Meaning(
        "finalized",
        WorkState.ZERO_PAY,
        NextStep.CLASSIFY_ZERO_PAY,
        "Decided with nothing payable: get the remittance and see whether it is deductible, duplicate or denial.",
        4,
        is_final=True,
    ),
    "F5": REJECTED._replace(family="finalized"),  # retired: could not be processed
    **dict.fromkeys(("R0", "R1", *(f"R{n}" for n in range(3, 18)), "RQ"), REQUEST),  # there is no R2
    "D0": SEARCH,
    **dict.fromkeys(("E0", "E1", "E2", "E3", "E4"), ERROR),
}

REJECTING = frozenset(code for code, meaning in MEANINGS.items() if meaning.is_rejection)
ACCEPTING = frozenset({"A1", "A2", "A5"})


def meaning(category: str) -> Meaning:
    """The meaning of a claim status category (STC01-1); UNKNOWN for one that the table does not hold."""
    return MEANINGS.get(category, UNKNOWN)

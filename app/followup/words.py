"""What states and actions are called on screen, and the tone of their badges. Colour is never the only sign."""

from __future__ import annotations

from typing import Any

from app.claims.tables import ClaimState

ACTION_LABELS = {
    "none": "Nothing to do",
    "research": "Research",
    "refile-new": "Correct and send as new",
    "refile-replacement": "Correct and replace",
    "void-then-new": "Void, then send new",
    "reopening": "Ask for a reopening",
    "send-records": "Send records",
    "appeal": "Appeal",
    "second-appeal": "Second appeal",
    "bill-next-payer": "Bill the next payer",
    "bill-patient": "Bill the patient",
    "call": "Call the payer",
    "check-status": "Check status",
    "dispute-underpayment": "Dispute the payment",
    "refund-credit": "Refund or reapply",
    "write-off-review": "Review for write-off",
    "wait": "Wait",
    "review": "Review",
}

ACTION_TONES = {
    "research": "info",
    "check-status": "info",
    "call": "info",
    "refile-new": "accent",
    "refile-replacement": "accent",
    "void-then-new": "accent",
    "reopening": "accent",
    "bill-next-payer": "accent",
    "send-records": "accent",
    "appeal": "plum",
    "second-appeal": "plum",
    "dispute-underpayment": "plum",
    "bill-patient": "good",
    "refund-credit": "warn",
    "write-off-review": "warn",
    "review": "warn",
}

STATE_LABELS = {
    ClaimState.SUBMITTED: "Sent, no answer",
    ClaimState.REJECTED: "Rejected",
    ClaimState.ACCEPTED: "Accepted",
    ClaimState.PENDING: "In process",
    ClaimState.INFO_REQUESTED: "Payer wants information",
    ClaimState.NOT_FOUND: "Not on file",
    ClaimState.FINALIZED_UNMATCHED: "Final, remittance missing",
    ClaimState.PAID: "Paid",
    ClaimState.PARTIALLY_DENIED: "Partly denied",
    ClaimState.DENIED: "Denied",
    ClaimState.ZERO_PAY_PATIENT: "Patient owes it",
    ClaimState.ZERO_PAY_REVIEW: "Nothing paid, no reason",
    ClaimState.PENDED: "Pended",
    ClaimState.CAPITATED: "Capitated",
    ClaimState.FORWARDED: "Forwarded",
    ClaimState.REVERSED: "Taken back",
    ClaimState.PATIENT_BILLED: "Patient billed",
    ClaimState.CLOSED: "Closed",
}

STATE_TONES = {
    ClaimState.REJECTED: "bad",
    ClaimState.DENIED: "bad",
    ClaimState.PARTIALLY_DENIED: "warn",
    ClaimState.INFO_REQUESTED: "warn",
    ClaimState.NOT_FOUND: "warn",
    ClaimState.ZERO_PAY_REVIEW: "warn",
    ClaimState.REVERSED: "warn",
    ClaimState.FINALIZED_UNMATCHED: "warn",
    ClaimState.PAID: "good",
    ClaimState.ACCEPTED: "info",
    ClaimState.PENDING: "info",
    ClaimState.PENDED: "info",
}

STATE_MEANINGS = {
    ClaimState.SUBMITTED: "The claim was sent and nobody has acknowledged or answered it yet.",
    ClaimState.REJECTED: "The clearinghouse or payer refused it before adjudication: correct and send as new.",
    ClaimState.ACCEPTED: "The payer acknowledged it (277CA): proof of timely filing; no decision yet.",
    ClaimState.PENDING: "The payer says it is being processed.",
    ClaimState.INFO_REQUESTED: "The payer waits for records or information from us.",
    ClaimState.NOT_FOUND: "The payer says it has no such claim.",
    ClaimState.FINALIZED_UNMATCHED: "The payer says it is decided, but no remittance of ours shows it.",
    ClaimState.PAID: "The payer paid it; what may still be open is the patient's or a difference.",
    ClaimState.PARTIALLY_DENIED: "Some lines were paid and some denied.",
    ClaimState.DENIED: "The payer paid nothing and gave a reason that can be worked.",
    ClaimState.ZERO_PAY_PATIENT: "The payer paid nothing because the patient owes it.",
    ClaimState.ZERO_PAY_REVIEW: "The payer paid nothing and its codes do not say why.",
    ClaimState.PENDED: "The payer decided to decide later.",
    ClaimState.CAPITATED: "Paid by the month under a capitation contract.",
    ClaimState.FORWARDED: "The payer sent it on to another payer.",
    ClaimState.REVERSED: "The payer took its payment back; the corrected answer has not come.",
    ClaimState.PATIENT_BILLED: "A statement went to the patient.",
    ClaimState.CLOSED: "Nothing is open on either side.",
}

WORDS: dict[str, Any] = {
    "action_labels": ACTION_LABELS,
    "action_tones": ACTION_TONES,
    "state_labels": {state.value: STATE_LABELS.get(state, state.value) for state in ClaimState},
    "state_meanings": {state.value: STATE_MEANINGS.get(state, "") for state in ClaimState},
    "state_tones": {state.value: STATE_TONES.get(state, "neutral") for state in ClaimState},
}

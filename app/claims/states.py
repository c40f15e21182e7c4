"""Where a claim stands after each piece of news, and when to look again. Pure rules (fact book 277.md §6, §9).

Newer news wins; an 835 decision is never overwritten by a status, only by a newer decision or a new submission.
"""

from __future__ import annotations

from datetime import date, timedelta

import edi.codes
from app.claims.tables import ClaimState, PayerKind

S = ClaimState

DECIDED = frozenset(
    {
        S.PAID,
        S.PARTIALLY_DENIED,
        S.DENIED,
        S.ZERO_PAY_PATIENT,
        S.ZERO_PAY_REVIEW,
        S.PENDED,
        S.CAPITATED,
        S.FORWARDED,
        S.REVERSED,
        S.PATIENT_BILLED,
        S.CLOSED,
    }
)

# Days until the next look at a claim in a state (277.md §9 aging alarms; business days are counted as calendar days
# with a weekend on top, which is never earlier than the payer can be expected to have answered).
CHECK_AFTER_SUBMISSION_DAYS = 4
CHECK_AFTER_FINALIZED_DAYS = 6
CHECK_PENDING_DAYS = 14
CHECK_PENDED_DAYS = 30
CHECK_CROSSOVER_DAYS = 30  # 835.md §7: wait 30 days for the secondary's own remittance
CHECK_ACCEPTED_DAYS = {PayerKind.MEDICARE: 14, PayerKind.MEDICAID: 30, PayerKind.WORKERS_COMP: 30}
CHECK_ACCEPTED_OTHER_DAYS = 21
CHECK_PATIENT_DAYS = 30  # P4: hold for the patient's answer

STATE_OF_FAMILY = {
    "pending": S.PENDING,
    "finalized": S.FINALIZED_UNMATCHED,
    "request": S.INFO_REQUESTED,
    "search": S.NOT_FOUND,
}
STATE_OF_CATEGORY = {
    "A0": S.SUBMITTED,
    "A1": S.ACCEPTED,
    "A2": S.ACCEPTED,
    "A4": S.NOT_FOUND,
    "A5": S.ACCEPTED,
    "P3": S.INFO_REQUESTED,
    "P4": S.INFO_REQUESTED,
}


def state_of_status(category: str, *, is_rejected: bool) -> ClaimState | None:
    """The state that a status category puts a claim in; None when it says nothing about the claim (E family)."""
    if category == "A4":
        return S.NOT_FOUND
    if is_rejected:
        return S.REJECTED
    if category in STATE_OF_CATEGORY:
        return STATE_OF_CATEGORY[category]
    row = edi.codes.status_category(category)
    return STATE_OF_FAMILY.get(row.family) if row else None


def next_check(state: ClaimState, on: date, kind: str, category: str = "") -> date | None:
    """When to look again if nothing comes; None when the claim waits for us and not for the payer."""
    if category == "P4":
        return on + timedelta(days=CHECK_PATIENT_DAYS)
    if state is S.SUBMITTED:
        return on + timedelta(days=CHECK_AFTER_SUBMISSION_DAYS)
    if state is S.ACCEPTED:
        days = CHECK_ACCEPTED_DAYS.get(PayerKind(kind), CHECK_ACCEPTED_OTHER_DAYS)
        return on + timedelta(days=days)
    if state is S.PENDING:
        row = edi.codes.status_category(category) if category else None
        return on + timedelta(days=(row.recheck_days if row else None) or CHECK_PENDING_DAYS)
    if state is S.FINALIZED_UNMATCHED:
        return on + timedelta(days=CHECK_AFTER_FINALIZED_DAYS)
    if state in (S.PENDED, S.REVERSED):
        return on + timedelta(days=CHECK_PENDED_DAYS)
    if state is S.FORWARDED:
        return on + timedelta(days=CHECK_CROSSOVER_DAYS)
    return None

"""Whether a claim has anything to appeal, from what its page has read already; if not, why in words."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.claims.tables import ClaimState
from app.matching.shown_answers import ShownPayment
from app.matching.tables import Denial, PaymentState
from workqueues.refusals import Case, Step, refusals


def nothing_to_appeal(
    state: str, denials: Sequence[Denial], answers: Sequence[ShownPayment], *, is_appealed: bool, today: date
) -> str:
    """ "" when there is a decision to dispute (an open denial, or a payment that may be too small: the issues of
    `app.appeals.case`), or when it was appealed before: then the way leads to those appeals."""
    newest = next((answer for answer in answers if answer.state == PaymentState.POSTED), None)
    is_denied = bool(denials) or (newest is not None and newest.paid_cents > 0)
    if is_denied or is_appealed:
        return ""
    case = Case(is_rejected=state == ClaimState.REJECTED, is_denied=False)
    return " ".join(refusal.text for refusal in refusals(Step.APPEAL, case, today))

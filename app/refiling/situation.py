"""What the decision table needs to know of a claim, gathered from its rows."""

from __future__ import annotations

from typing import NamedTuple

from sqlmodel import Session

from app.claims.payer_filing import filing_of
from app.claims.queries import ClaimHead, coverages_of
from app.claims.tables import ClaimState, Submission
from app.followup.open_work import open_work
from app.ledger.queries import money_strip
from app.matching.queries import Answer, answers_of, open_denials, statuses_of
from app.matching.tables import PaymentState, StatusEvent
from app.refiling.route import Decided, Situation, route_of
from app.refiling.tables import Refile
from edi.x837.replace import VOID

MEDICARE_PART_B = "MB"
REVERSAL = "22"  # CLP02
CHANGES = ("7", "8")  # CLM05-3: what stands at the payer is changed
DENIED = "denial"
YES_NO = {"yes": True, "no": False}


class Known(NamedTuple):
    """A claim's situation with the papers it was read from."""

    situation: Situation
    decided: Decided
    answer: Answer | None  # the decision that stands
    answers: list[Answer]
    open_work: str


def known_of(session: Session, head: ClaimHead, sending: Submission | None, *, wrong_party: bool = False) -> Known:
    """The situation of a claim as it stands now."""
    claim = head.claim
    assert claim.id is not None
    answers = answers_of(session, claim.id)
    standing = standing_answer(answers)
    statuses = statuses_of(session, claim.id)
    newest = statuses[0] if statuses and _is_newer(statuses[0], standing) else None
    denials = open_denials(session, claim.id)
    adjustments = [row for line in standing.lines for row in line.adjustments] if standing else []
    adjustments += standing.adjustments if standing else []
    remarks = [row.code for line in standing.lines for row in line.remarks] if standing else []
    remarks += [row.code for row in standing.remarks] if standing else []
    was_change = sending is not None and sending.frequency in CHANGES
    # A rejected replacement leaves the decision as it stands: the next try is a replacement again.
    is_rejected = claim.state == ClaimState.REJECTED and not (was_change and standing is not None)
    filing = filing_of(session, claim.payer_id)
    situation = Situation(
        is_adjudicated=standing is not None and not is_rejected,
        is_paid=standing is not None and standing.payment.paid_cents > 0,
        is_credit=money_strip(session, claim.id).open.cents < 0,
        is_voided=standing is None and bool(answers) and sending is not None and sending.frequency == VOID,
        is_set_rejected=is_rejected and newest is None,
        is_part_b=claim.kind == "P" and claim.filing_indicator == MEDICARE_PART_B,
        category=denials[0].category if denials else "",
        reasons=frozenset(row.reason for row in adjustments if row.nature == DENIED or row.reason == "18"),
        remarks=frozenset(remarks) if not is_rejected else frozenset(),
        status_category=newest.category if newest else "",
        status_code=newest.status if newest else "",
        status_rejected=newest is not None and newest.is_rejected,
        wrong_party=wrong_party,
        has_next_payer=any(
            row.rank > claim.payer_rank and row.is_active for row in coverages_of(session, claim.patient_id)
        ),
        takes_replacement=YES_NO.get(filing.takes_replacement) if filing else None,
        takes_void=YES_NO.get(filing.takes_void) if filing else None,
        corrections_by=filing.corrections_by if filing else "",
        terms_source=filing.source if filing else "",
    )
    return Known(situation, route_of(situation), standing, answers, open_work(session, claim.id, but="refile"))


def standing_answer(answers: list[Answer]) -> Answer | None:
    """The newest decision that was posted and not taken back."""
    return next(
        (
            answer
            for answer in answers
            if answer.payment.state == PaymentState.POSTED
            and answer.payment.status != REVERSAL
            and answer.payment.reversed_by_id is None
        ),
        None,
    )


def paid_cents(answers: list[Answer]) -> int:
    """What payers have paid so far, reversals counted."""
    return sum(answer.payment.paid_cents for answer in answers if answer.payment.state == PaymentState.POSTED)


def newest_answer_id(answers: list[Answer]) -> int:
    return max((answer.payment.id or 0 for answer in answers), default=0)


def _is_newer(status: StatusEvent, standing: Answer | None) -> bool:
    """A status after the decision; an older one was overtaken by it."""
    if standing is None:
        return True
    on = status.effective or status.received_at.date()
    return standing.answered_on is None or on > standing.answered_on


def summary_of(refile: Refile) -> str:
    return f"refile of {refile.made_at:%b} {refile.made_at.day}"

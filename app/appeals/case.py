"""The file of an appeal: the claim, what was decided, what stands against it, when it was sent and accepted.

Everything that the start page, the letter and the packet say is gathered here once.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from sqlmodel import Session, col, select

from app.appeals.levels import Anchor, AppealClock, Level, clock_of, configured_clocks, levels_of
from app.appeals.tables import Appeal, AppealState, Decision
from app.claims.code_ways import CodeWays, code_ways
from app.claims.letterhead import letterhead_of
from app.claims.payer_filing import filing_of
from app.claims.queries import ClaimHead, heads_by_ids, lines_of, submissions_of
from app.claims.tables import ClaimEvent, ClaimLine, ClaimState, EventKind, Letterhead, PayerFiling, Submission
from app.claims.terms import terms_in_force
from app.claims.under_way import APPEAL, REFILE, SECOND_APPEAL, steps_under_way
from app.followup.open_work import open_work
from app.matching.queries import Answer, answers_of, open_denials
from app.matching.tables import AdjustmentRow, Denial, PaymentState, StatusEvent
from app.web.show import day
from workqueues.deadlines import Terms
from workqueues.refusals import Case, Step

UNDERPAYMENT = "underpayment"
RESENT_DAYS = 45  # a claim sent again and not answered by then was lost: it no longer stands against an appeal


class Issue(NamedTuple):
    """One decision that can be disputed."""

    key: str  # "denial-12", "answer-7"
    denial: Denial | None  # None: an underpayment
    answer: Answer
    category: str
    group: str
    reason: str
    remarks: tuple[str, ...]
    cents: int
    on: date | None

    @property
    def code(self) -> str:
        return f"{self.group}-{self.reason}" if self.group else self.reason


class Proof(NamedTuple):
    """One step of the proof that the claim was filed, and when."""

    on: date
    what: str
    by: str  # who said so
    reference: str  # the control numbers under which it can be found
    is_strong: bool  # a payer's own acceptance; a clearinghouse's is weak (277.md §1)


class CaseFile(NamedTuple):
    head: ClaimHead
    issues: list[Issue]
    answers: list[Answer]
    lines: list[ClaimLine]
    submissions: list[Submission]
    proofs: list[Proof]
    appeals: list[Appeal]  # newest first
    levels: tuple[Level, ...]
    terms: Terms
    under_way: tuple[Step, ...]
    resent_on: date | None  # the practice sent the claim again after the denial, and no answer came
    ways: CodeWays  # how the payers' codes are judged here
    letterhead: Letterhead  # the practice's
    filing: PayerFiling | None  # where the payer takes appeals

    @property
    def open_appeal(self) -> Appeal | None:
        return next((appeal for appeal in self.appeals if appeal.state != AppealState.DECIDED), None)

    @property
    def next_level(self) -> Level:
        """After the last level that was decided and not won; never beyond the last there is."""
        lost = (Decision.UPHELD, Decision.PARTLY)
        done = max((appeal.level for appeal in self.appeals if appeal.decision in lost), default=0)
        return self.levels[min(done, len(self.levels) - 1)]

    def issue(self, key: str) -> Issue | None:
        return next((issue for issue in self.issues if issue.key == key), None)

    def disputed(self, appeal: Appeal) -> Issue | None:
        """The decision that an appeal disputes, while it stands."""
        return self.issue(f"denial-{appeal.denial_id}" if appeal.denial_id else f"answer-{appeal.claim_payment_id}")

    def level(self, number: int) -> Level | None:
        return next((level for level in self.levels if level.number == number), None)

    def clock(self, level: Level, issue: Issue) -> AppealClock:
        payer = self.head.payer
        assert payer.id is not None
        return clock_of(
            self.terms, level, payer_id=payer.id, payer_kind=payer.kind, anchors=self._anchors(issue, level)
        )

    def case(self, issue: Issue | None, level: Level, *, amount_cents: int, good_cause: str, today: date) -> Case:
        """What the rules look at."""
        resent = self.resent_on is not None and today <= self.resent_on + timedelta(days=RESENT_DAYS)
        claim = self.head.claim
        payer_id = self.head.payer.id or 0
        row = self.ways.carc(issue.reason, payer_id, issue.on) if issue and issue.reason else None
        return Case(
            remarks=issue.remarks if issue else (),
            group=issue.group if issue else "",
            reason=issue.reason if issue else "",
            category=issue.category if issue else "",
            carc_action=row.next_action if row else "",
            payer_kind=self.head.payer.kind,
            is_rejected=issue is None and claim.state == ClaimState.REJECTED,
            is_denied=issue is not None,
            under_way=tuple({*self.under_way, *([Step.REFILE] if resent else [])}),
            last_day=self.clock(level, issue).last_day if issue else None,
            good_cause=good_cause,
            amount_cents=amount_cents,
            minimum_cents=level.minimum_cents,
        )

    def _anchors(self, issue: Issue, level: Level) -> dict[str, Anchor]:
        claim = self.head.claim
        trace = issue.answer.remittance.trace
        notice = Anchor(issue.on, f"Remittance {trace} of {day(issue.on)}" if issue.on else "")
        earlier = next((one for one in self.appeals if one.decided_on and one.level == level.number - 1), None)
        decided = (
            Anchor(earlier.decided_on, f"Decision of {day(earlier.decided_on)} on the {earlier.level_name.lower()}")
            if earlier
            else Anchor(None, "")
        )
        prior = self.prior_answer(issue)
        return {
            "notice": notice,
            "answer": notice if level.number == 1 else decided,
            "service": Anchor(claim.first_service, "Date of service on the claim"),
            "billed": Anchor(claim.last_billed_on, "Last sending of the claim"),
            "primary-notice": Anchor(
                prior.answered_on if prior else None, f"Remittance {prior.remittance.trace}" if prior else ""
            ),
        }

    def is_taken_back(self, issue: Issue) -> bool:
        """The payer had paid and took money back: its decision is about an overpayment."""
        payer_id = issue.answer.remittance.payer_id
        return any(
            one.remittance.payer_id == payer_id and one.payment.reverses_id is not None and one.payment.paid_cents < 0
            for one in self.answers
        )

    def prior_answer(self, issue: Issue) -> Answer | None:
        """What an earlier payer decided about the claim."""
        payer_id = issue.answer.remittance.payer_id
        rank = issue.answer.payment.payer_rank
        earlier = [
            one
            for one in self.answers
            if one.remittance.payer_id != payer_id and (not rank or 0 < one.payment.payer_rank < rank)
        ]
        return earlier[0] if earlier and rank != 1 else None


def case_file(session: Session, claim_id: int, *, terms: Terms | None = None) -> CaseFile:
    """The file of a claim that was found under a wall already."""
    head = heads_by_ids(session, [claim_id])[claim_id]
    known = terms or terms_in_force(session)
    assert head.payer.id is not None
    answers = answers_of(session, claim_id)
    issues = issues_of(answers, open_denials(session, claim_id))
    submissions = submissions_of(session, claim_id)
    return CaseFile(
        head,
        issues,
        answers,
        lines_of(session, claim_id),
        submissions,
        proofs_of(session, claim_id, submissions),
        appeals_of(session, claim_id),
        levels_of(head.payer.kind, configured_clocks(known, head.payer.id)),
        known,
        _under_way(session, head),
        _resent_on(head, issues),
        code_ways(session.connection()),
        letterhead_of(session, head.practice),
        filing_of(session, head.payer.id),
    )


def appeals_of(session: Session, claim_id: int) -> list[Appeal]:
    """Every appeal of the claim, newest first."""
    return list(session.exec(select(Appeal).where(Appeal.claim_id == claim_id).order_by(col(Appeal.id).desc())))


def issues_of(answers: Sequence[Answer], denials: Sequence[Denial]) -> list[Issue]:
    """The open denials, newest first; then the newest payment that was cut, as an underpayment."""
    by_payment = {answer.payment.id: answer for answer in answers}
    issues = [
        Issue(
            f"denial-{denial.id}",
            denial,
            by_payment[denial.claim_payment_id],
            denial.category,
            denial.group,
            denial.reason,
            tuple(denial.remarks.split()),
            denial.denied_cents,
            denial.denied_on,
        )
        for denial in denials
        if denial.claim_payment_id in by_payment
    ]
    posted = [answer for answer in answers if answer.payment.state == PaymentState.POSTED]
    if posted and posted[0].payment.paid_cents > 0:
        issues.append(_underpayment(posted[0]))
    return issues


def _underpayment(answer: Answer) -> Issue:
    cut = [row for row in _all_adjustments(answer) if row.nature == "reduction" and row.cents > 0]
    leading = max(cut, key=lambda row: row.cents, default=None)
    remarks = [remark.code for remark in answer.remarks]
    remarks += [remark.code for line in answer.lines for remark in line.remarks]
    return Issue(
        f"answer-{answer.payment.id}",
        None,
        answer,
        UNDERPAYMENT,
        leading.group if leading else "CO",
        leading.reason if leading else "45",
        tuple(dict.fromkeys(remarks)),
        sum(row.cents for row in cut),
        answer.answered_on,
    )


def _all_adjustments(answer: Answer) -> list[AdjustmentRow]:
    return [*answer.adjustments, *(row for line in answer.lines for row in line.adjustments)]


def proofs_of(session: Session, claim_id: int, submissions: Sequence[Submission]) -> list[Proof]:
    """Each sending, each acceptance or rejection of it, in order of their days."""
    found = [
        Proof(
            sent.sent_on,
            "Sent electronically" if number == 0 else "Sent again",
            "our 837",
            " · ".join(
                f"{label} {value}"
                for label, value in (
                    ("interchange", sent.interchange_control_number),
                    ("group", sent.group_control_number),
                    ("batch", sent.batch_reference),
                )
                if value
            ),
            False,
        )
        for number, sent in enumerate(submissions)
    ]
    received = select(ClaimEvent).where(ClaimEvent.claim_id == claim_id, ClaimEvent.kind == EventKind.RECEIVED)
    found += [Proof(event.happened_on, event.summary, "999", "", False) for event in session.exec(received)]
    statuses = select(StatusEvent).where(StatusEvent.claim_id == claim_id, StatusEvent.kind == "277CA")
    for status in session.exec(statuses):
        on = status.effective or status.received_at.date()
        words = (
            "Accepted for adjudication" if status.is_accepted else "Rejected" if status.is_rejected else "Received"
        )
        codes = ":".join(part for part in (status.category, status.status, status.entity) if part)
        number = f" · payer's number {status.payer_control_number}" if status.payer_control_number else ""
        who = status.source_name or "the payer"
        strong = status.is_accepted and status.source_is_payer
        found.append(Proof(on, words, f"{who}, 277CA", f"status {codes}{number}", strong))
    return sorted(found, key=lambda proof: proof.on)


def _under_way(session: Session, head: ClaimHead) -> tuple[Step, ...]:
    """What was sent on this claim from here and awaits its answer."""
    assert head.claim.id is not None
    steps = {
        {REFILE: Step.REFILE, APPEAL: Step.APPEAL, SECOND_APPEAL: Step.APPEAL}[row.step]
        for row in steps_under_way(session, head.claim.id)
    }
    if open_work(session, head.claim.id, but="appeal"):
        steps.add(Step.REFILE)
    return tuple(sorted(steps))


def _resent_on(head: ClaimHead, issues: Sequence[Issue]) -> date | None:
    """When the practice's own system sent it again after the newest denial."""
    denied = [issue.on for issue in issues if issue.denial is not None and issue.on is not None]
    billed = head.claim.last_billed_on
    return billed if denied and billed is not None and billed > max(denied) else None

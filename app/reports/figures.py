"""The key figures of a period, each with its two sides, its definition, and the period before.

Formulas as in the fact book (kpis.md §2). There is no snapshot table: the ledger is append only and every entry knows
when it happened and when we knew it, so the same question gets the same answer whenever it is asked.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, func, select
from sqlmodel import Session

from app.appeals.tables import Appeal, AppealState, Decision
from app.claims.tables import Submission
from app.core.bulk import table_of
from app.ledger.queries import PAYING
from app.ledger.tables import Account
from app.reports.aging import Aged, aging
from app.reports.denials import first_answers
from app.reports.report import Kind, Value, share
from app.reports.scope import Scope, claim, entry, posting

CHARGE_DAYS = 90  # average daily charges are taken over as many days (kpis.md §2)

appeal = table_of(Appeal)
submission = table_of(Submission)


class Figure(NamedTuple):
    key: str
    label: str
    value: Value
    kind: Kind | str  # a Kind, or "days"
    parts: str  # what was divided by what, in numbers
    meaning: str
    before: Value = None  # the same, one period earlier
    less_is_better: bool = False

    @property
    def change(self) -> str:
        """In words: a colour alone would not say it."""
        if self.value is None or self.before is None or self.kind == "count":
            return ""
        moved = self.value - self.before
        if abs(moved) < (0.0005 if self.kind == "share" else 0.05):
            return "as before"
        better = (moved < 0) == self.less_is_better
        return "better than before" if better else "worse than before"


def figures(session: Session, scope: Scope, aged: Aged) -> list[Figure]:
    """`aged` is the aging of the same scope, so that nothing is summed twice."""
    now = _values(session, scope, aged)
    earlier = _values(session, scope.before, aging(session, scope.before))
    return [each._replace(before=old.value) for each, old in zip(now, earlier, strict=True)]


def _values(session: Session, scope: Scope, aged: Aged) -> list[Figure]:
    answers = first_answers(session, scope)
    heard, rejected = _submissions(session, scope)
    decided, won, won_cents = _appeals(session, scope)
    paid = _moved(session, scope, [account.value for account in PAYING])
    given_up = _moved(session, scope, [Account.WRITE_OFF.value, Account.BAD_DEBT.value])
    daily = -_charges(session, scope) / CHARGE_DAYS
    open_cents = aged.open_cents + aged.patient_cents
    old = aged.older_than(180)
    return [
        Figure(
            "paid",
            "Paid on claims",
            paid,
            "money",
            f"in {scope.days} days",
            "By payers and patients, less what was taken back.",
        ),
        Figure(
            "old_share",
            "Older than 180 days",
            share(old, aged.open_cents),
            "share",
            f"{_dollars(old)} of {_dollars(aged.open_cents)} open with payers",
            "Of what is open with payers, the part older than 180 days.",
            less_is_better=True,
        ),
        Figure(
            "days_in_ar",
            "Days in receivable",
            round(open_cents / daily, 1) if daily > 0 else None,
            "days",
            f"{_dollars(open_cents)} open, {_dollars(round(daily))} billed a day",
            f"Open with payers and patients, credits left out, over average charges of {CHARGE_DAYS} days.",
            less_is_better=True,
        ),
        Figure(
            "denial_rate",
            "Denied at first answer",
            share(answers.denied, answers.claims),
            "share",
            f"{answers.denied:,} of {answers.claims:,} claims; "
            f"{_dollars(answers.denied_charge_cents)} of {_dollars(answers.charge_cents)} billed",
            "Claims whose first answer denied something, of all that were answered for the first time in the period.",
            less_is_better=True,
        ),
        Figure(
            "rejection_rate",
            "Rejected before a decision",
            share(rejected, heard),
            "share",
            f"{rejected:,} of {heard:,} sent and acknowledged",
            "Turned away by a 999 or 277CA, of what was sent in the period and acknowledged. It is no denial.",
            less_is_better=True,
        ),
        Figure(
            "appeals_won",
            "Appeals won",
            share(won, decided),
            "share",
            f"{won:,} of {decided:,} decided, {_dollars(won_cents)} won",
            "Overturned in whole or part, of the appeals decided in the period; withdrawn ones are left out.",
        ),
        Figure(
            "written_off",
            "Given up",
            given_up,
            "money",
            f"in {scope.days} days",
            "Written off by a decision, and bad debt; what a contract takes off is not counted.",
            less_is_better=True,
        ),
    ]


def _moved(session: Session, scope: Scope, accounts: list[str]) -> int:
    """Cents on these accounts in the period, of the claims counted."""
    statement = (
        select(func.coalesce(func.sum(posting.c.amount_cents), 0))
        .join(entry, entry.c.id == posting.c.entry_id)
        .join(claim, claim.c.id == posting.c.claim_id)
        .where(
            posting.c.account.in_(accounts),
            scope.in_period(entry.c.event_date),
            *scope.of_entries(),
            *scope.of_claims(),
        )
    )
    return int(session.execute(statement).scalar_one())


def _charges(session: Session, scope: Scope) -> int:
    """Charges of the last CHARGE_DAYS days, as the ledger has them: below zero."""
    return _moved(session, scope.ending_with(CHARGE_DAYS), [Account.CHARGES.value])


def _submissions(session: Session, scope: Scope) -> tuple[int, int]:
    row = session.execute(
        select(func.count(), _counted(submission.c.acknowledgment == "rejected"))
        .select_from(submission.join(claim, claim.c.id == submission.c.claim_id))
        .where(submission.c.acknowledgment != "", scope.in_period(submission.c.sent_on), *scope.of_claims())
    ).one()
    return int(row[0]), int(row[1])


def _appeals(session: Session, scope: Scope) -> tuple[int, int, int]:
    won = appeal.c.decision.in_([Decision.OVERTURNED.value, Decision.PARTLY.value])
    row = session.execute(
        select(func.count(), _counted(won), func.coalesce(func.sum(appeal.c.won_cents), 0))
        .select_from(appeal.join(claim, claim.c.id == appeal.c.claim_id))
        .where(
            appeal.c.state == AppealState.DECIDED.value,
            appeal.c.decision != Decision.WITHDRAWN.value,
            scope.in_period(appeal.c.decided_on),
            *scope.of_claims(),
        )
    ).one()
    return int(row[0]), int(row[1]), int(row[2])


def _counted(condition: ColumnElement[bool]) -> ColumnElement[Any]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


def _dollars(cents: int) -> str:
    return f"${round(cents / 100):,}"

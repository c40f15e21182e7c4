"""Why this claim, why now: the sum behind its place in the list, and every clock that runs on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Select, bindparam, select
from sqlmodel import Session

from app.claims.code_ways import CodeWays
from app.core.bulk import table_of
from app.core.clock import Clock
from app.followup.facts import fact_row
from app.followup.priority import StatedDay
from app.followup.rank import Basis, basis_of_payer
from app.ledger.credits import RETURN_AUTHORITY, RETURN_DAYS, return_by
from app.matching.tables import StatusEvent
from app.web.show import day
from workqueues.deadlines import STATED, DeadlineRule, Terms, anchor_days, owed_by_patient
from workqueues.explain import Explanation, explain
from workqueues.facts import FactRow, Facts, day_number, day_of
from workqueues.outlook import first_outlook

CLOCK_LABELS = {
    "filing": "First filing",
    "corrected": "Corrected claim",
    "reconsideration": "Reconsideration",
    "appeal": "First appeal",
    "second-appeal": "Second appeal",
    "next-payer": "Next payer",
    "records": "Records",
}

RIGHTS = tuple(CLOCK_LABELS[clock] for clock in ("reconsideration", "appeal", "second-appeal", "records"))
ENDING_DAYS = 14
CLOCK_OF_STEP = {"refile": "corrected", "appeal": "appeal", "second_appeal": "second-appeal", "records": "records"}
STATED_DAYS = {clock: f"{step}_due_on" for step, clock in CLOCK_OF_STEP.items()}  # clock → fact

UNIT_WORDS = {
    "calendar-days": "days",
    "business-days": "business days",
    "months": "months",
    "years": "years",
    "calendar-year": "calendar year",
    "dec-31-next-year": "to December 31 of the next year",
}

ANCHOR_WORDS = {
    "service": "the date of service",
    "notice": "the remittance",
    "answer": "the last answer",
    "primary-notice": "the primary's remittance",
    "billed": "the last bill",
    "other": "the event named",
}


class ClockView(NamedTuple):
    """One clock: its last day and the rule behind it, or that nobody has set it."""

    label: str
    last_day: date | None
    rule: str  # "120 days from the remittance (Oct 22, 2026), presumed received after 5"
    authority: str
    confidence: str
    needs_check: bool  # nobody has confirmed the window against the contract

    @property
    def is_first_filing(self) -> bool:
        return self.label == CLOCK_LABELS["filing"]


class Why(NamedTuple):
    explanation: Explanation
    clocks: list[ClockView]

    def ending(self, today: date) -> list[ClockView]:
        """Rights that end soon while another step is proposed: whoever follows the proposal alone would lose them."""
        proposed = self.explanation.deadline_on
        return [
            clock
            for clock in self.clocks
            if clock.label in RIGHTS
            and clock.last_day is not None
            and 0 <= (clock.last_day - today).days <= ENDING_DAYS
            and (proposed is None or clock.last_day < proposed)
        ]


def why_of(
    session: Session, claim_id: int, clock: Clock, *, ways: CodeWays, stated: Sequence[StatedDay]
) -> Why | None:
    """None when nothing is open on the claim. How codes are judged here and what is stated for the claim are read
    already where its page is made."""
    today = clock.today()
    row = fact_row(session, today, claim_id, ways)
    if row is None:
        return None
    facts = Facts.from_rows([row])
    basis = basis_of_payer(session, row.payer_id)
    evidence = {CLOCK_OF_STEP[due.step]: due.evidence for due in stated}
    if row.records_due_on is not None and "records" not in evidence:
        evidence["records"] = _request_words(session, claim_id)
    clocks = [*_credit_clock(session, row), *_payer_clocks(facts, basis.terms, evidence)]
    return Why(_explained(facts, basis, today), clocks)


def _payer_clocks(facts: Facts, terms: Terms, evidence: Mapping[str, str]) -> list[ClockView]:
    """What the patient owes has none but the next payer's; a day that somebody stated for the claim is shown."""
    clocks = clocks_of(facts, terms, evidence)
    if not owed_by_patient(facts)[0]:
        return clocks
    kept = {CLOCK_LABELS[clock] for clock in ("next-payer", *evidence)}
    none = ClockView(
        "Payers’ windows", None, "none: the patient owes what is open", "", "confirmed", needs_check=False
    )
    return [*(clock for clock in clocks if clock.label in kept), none]


def _credit_clock(session: Session, row: FactRow) -> list[ClockView]:
    """A credit has a clock of its own, from the day it was identified; only some payers' have an end by law."""
    found = return_by(session, row.claim_id, row.payer_kind)
    if found is None:
        return []
    identified_on, last_day = found
    rule = f"identified on {identified_on:%B %d, %Y}"
    rule = f"{RETURN_DAYS} days, {rule}" if last_day else f"{rule}; the contract says by when"
    authority = RETURN_AUTHORITY if last_day else ""
    return [ClockView("Return of the credit", last_day, rule, authority, "confirmed", needs_check=last_day is None)]


def _explained(facts: Facts, basis: Basis, today: date) -> Explanation:
    outlook = basis.outlook or first_outlook(day_number(today))
    return explain(facts, 0, basis.strategy, basis.beliefs, basis.terms, today, outlook, playbook=basis.playbook)


def _request_words(session: Session, claim_id: int) -> str:
    """Where the day for records is stated, when no person wrote it: the payer's own newest request."""
    effective, received_at = session.connection().execute(_newest_request(), {"claim_id": claim_id}).one()
    on = effective or received_at.date()
    return f"the payer’s request of {on:%B} {on.day}, {on.year} (277, DTP*106)"


@cache
def _newest_request() -> Select[Any]:
    status = table_of(StatusEvent)
    return (
        select(status.c.effective, status.c.received_at)
        .where(status.c.claim_id == bindparam("claim_id"), status.c.due_on.is_not(None))
        .order_by(status.c.id.desc())
        .limit(1)
    )


def clocks_of(facts: Facts, terms: Terms, evidence: Mapping[str, str] = MappingProxyType({})) -> list[ClockView]:
    """Every clock of one claim (facts of one row), the set ones by date, then those that nobody has set."""
    views: list[ClockView] = []
    for clock, label in CLOCK_LABELS.items():
        due = terms.due(facts, clock)
        if clock in STATED_DAYS:
            due = terms.stated(due, getattr(facts, STATED_DAYS[clock]))
        legal, number = due.legal[0], int(due.rule[0])
        if np.isnan(legal) or number < 0:
            views.append(ClockView(label, None, "not configured", "", "", needs_check=False))
            continue
        rule = terms.rules[number]
        if rule.id == STATED.id:
            told = evidence.get(clock, "for this claim")
            views.append(
                ClockView(label, day_of(float(legal)), f"stated: {told}", "", rule.confidence, needs_check=False)
            )
            continue
        views.append(
            ClockView(
                label,
                day_of(float(legal)),
                rule_words(rule, day_of(float(anchor_days(facts, rule.anchor)[0]))),
                rule.authority,
                rule.confidence,
                needs_check=rule.verify,
            )
        )
    return sorted(views, key=lambda view: (view.last_day is None, view.last_day or date.max))


def rule_words(rule: DeadlineRule, started: date | None = None) -> str:
    """A clock's rule as a person says it: `120 days from the remittance, presumed received 5 days later`; with the
    day of its anchor where it runs on a claim: `… from the remittance (Oct 22, 2026), presumed …`."""
    unit = UNIT_WORDS.get(rule.unit, rule.unit)
    if rule.length == 1 and unit.endswith("s"):
        unit = unit.removesuffix("s")
    words = f"{rule.length} {unit}" if rule.length else unit
    words += f" from {ANCHOR_WORDS[rule.anchor]}"
    if started is not None:
        words += f" ({day(started)})"
    if rule.presumption_days:
        words += f", presumed received {rule.presumption_days} days later"
    return words

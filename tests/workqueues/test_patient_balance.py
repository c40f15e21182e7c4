"""What the patient owes has no payer's window: none runs out on it, none presses, and none is said to be unknown."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from tests.workqueues.made import TODAY, charged, claim, ranked
from workqueues.beliefs import prior_beliefs
from workqueues.deadlines import Terms, contract_rule
from workqueues.explain import Explanation, explain
from workqueues.facts import FactRow, Facts
from workqueues.outlook import WINDOW_KINDS
from workqueues.strategy import Strategy

OWED: dict[str, Any] = {
    "status": "paid",
    "insurance_open_cents": 0,
    "patient_open_cents": 20_000,
    "open_cents": 20_000,
    "denied_cents": 0,
    "carc": "",
    "group": "",
    "category": "other",
    "denied_on": None,
}


def owed(**changes: Any) -> FactRow:
    """A claim that its last payer has settled; the patient's share is open."""
    return claim(**{**OWED, **changes})


def explained(row: FactRow, terms: Terms | None = None) -> Explanation:
    ranking = ranked(row, terms=terms)
    known = terms or Terms.build()
    return explain(Facts.from_rows([row]), 0, Strategy(), prior_beliefs(), known, TODAY, ranking.outlook)


def test_a_filing_limit_that_passed_long_ago_takes_nothing_from_what_the_patient_owes() -> None:
    passed = {1: [contract_rule("acme", "corrected", 5, "calendar-days", "service", is_confirmed=True)]}
    row = owed(payer_id=1)
    with_limit = ranked(row, terms=Terms.build(contracts=passed)).decisions
    without = ranked(row).decisions

    assert with_limit.score[0] == pytest.approx(without.score[0])
    assert with_limit.score[0] > 0
    assert np.isnan(with_limit.deadline_on[0])


def test_a_limit_that_is_near_does_not_press_on_it() -> None:
    near = {1: [contract_rule("acme", "corrected", 95, "calendar-days", "service", is_confirmed=True)]}
    assert explained(owed(payer_id=1), Terms.build(contracts=near)).lift == 1
    denied = claim(payer_id=1, service_on=date(2026, 8, 25))
    assert explained(denied, Terms.build(contracts=near)).lift > 1  # the payer's dollars it does press on


def test_it_is_wholly_open_where_a_payers_unknown_window_leaves_a_doubt() -> None:
    long_ago = {"last_billed_on": date(2026, 1, 5), "first_billed_on": date(2026, 1, 5)}
    patients = explained(owed(**long_ago)).outcomes
    payers = explained(claim(**long_ago, denied_on=date(2026, 2, 1))).outcomes
    assert {outcome.open for outcome in patients} == {1}
    assert all(outcome.open < 1 for outcome in payers)


def test_the_line_says_that_no_payer_has_a_deadline_for_it() -> None:
    made = explained(owed())
    assert (made.action, made.has_no_deadline) == ("bill-patient", True)
    assert "no payer’s deadline" in made.line
    assert made.deadline_rule == "the patient owes it: no payer sets a last day for billing a patient"
    assert made.recomputed() == pytest.approx(made.score)
    assert "deadline not configured" in explained(claim()).line


def test_the_next_payers_window_stays_on_the_patients_share() -> None:
    row = owed(payer_id=1, has_other_coverage=True, primary_paid_on=date(2026, 10, 1))
    terms = {1: [contract_rule("acme", "next-payer", 180, "calendar-days", "primary-notice", is_confirmed=True)]}
    made = explained(row, Terms.build(contracts=terms))

    assert made.action == "bill-next-payer"
    assert made.deadline_on == date(2027, 3, 30)
    assert not made.has_no_deadline


def test_a_share_beside_open_insurance_dollars_is_the_payers_until_it_is_for_the_patient_to_pay() -> None:
    both = claim(status="partially_denied", patient_open_cents=2_000, open_cents=52_000)
    assert not explained(both).has_no_deadline
    left = claim(category="patient-responsibility", group="PR", carc="204", status="denied", remarks=())
    made = explained(left)
    assert (made.action, made.has_no_deadline) == ("bill-patient", True)


def test_windows_of_what_patients_owe_are_not_learned_as_a_payers() -> None:
    limit = {1: [contract_rule("acme", "corrected", 200, "calendar-days", "service", is_confirmed=True)]}
    terms = Terms.build(contracts=limit)
    refile = WINDOW_KINDS.index("refile")

    def learned(*rows: FactRow) -> float:
        return float(ranked(*rows, terms=terms).next_outlook.windows[refile].sum())

    nothing = learned(charged(1, 10_000, payer_id=2))
    assert learned(charged(1, 10_000, payer_id=1)) > nothing
    assert learned(owed(payer_id=1)) == nothing

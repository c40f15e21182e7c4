"""Deadlines: counted as the law counts, and "not configured" where nobody has said."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tests.workqueues.made import claim, ranked
from workqueues.deadlines import (
    DeadlineRule,
    Due,
    Terms,
    business_day_before,
    contract_rule,
    earliest_open,
    last_day,
    standard_rules,
    warning_level,
)
from workqueues.facts import Facts, day_number, day_of


def window(length: int, unit: str) -> DeadlineRule:
    return DeadlineRule("T", "test", "appeal", length, unit, "notice", 0, "high", "test", False)


def ends(started: date, length: int, unit: str) -> date | None:
    return day_of(float(last_day(np.array([day_number(started)], np.float32), window(length, unit))[0]))


@pytest.mark.parametrize(
    ("started", "length", "unit", "last"),
    [
        (date(2026, 1, 1), 120, "calendar-days", date(2026, 5, 1)),  # the day after the trigger is day 1
        (date(2024, 2, 28), 1, "calendar-days", date(2024, 2, 29)),
        (date(2026, 1, 31), 1, "months", date(2026, 2, 28)),  # no such day: the last of the month
        (date(2026, 1, 15), 4, "months", date(2026, 5, 15)),
        (date(2024, 2, 29), 1, "calendar-year", date(2025, 2, 28)),
        (date(2025, 11, 22), 1, "calendar-year", date(2026, 11, 22)),
        (date(2025, 3, 1), 4, "years", date(2029, 3, 1)),
        (date(2025, 3, 1), 1, "dec-31-next-year", date(2026, 12, 31)),
        (date(2026, 11, 20), 4, "business-days", date(2026, 11, 27)),  # Friday; Thanksgiving is skipped
        (date(2026, 11, 21), 3, "business-days", date(2026, 11, 25)),  # a Saturday: Monday is day 1
        (date(2026, 7, 1), 3, "business-days", date(2026, 7, 7)),  # 4 July 2026 is a Saturday, observed on Friday
    ],
)
def test_windows_are_counted_by_their_unit(started: date, length: int, unit: str, last: date) -> None:
    assert ends(started, length, unit) == last


def test_a_redetermination_runs_from_presumed_receipt_and_aims_five_days_earlier() -> None:
    facts = Facts.from_rows([claim(payer_kind="medicare", denied_on=date(2026, 6, 1))])
    terms = Terms.build()

    due = terms.due(facts, "appeal")

    assert terms.rules[int(due.rule[0])].id == "MCR-RDT"
    assert day_of(float(due.legal[0])) == date(2026, 10, 4)  # 5 + 120 days
    assert day_of(float(terms.safe(due)[0])) == date(2026, 9, 29)  # 120 days, a Tuesday


def test_the_safe_day_is_never_a_weekend_or_holiday() -> None:
    days = np.array(
        [day_number(day) for day in (date(2026, 11, 26), date(2026, 11, 29), date(2026, 12, 1))], np.float32
    )

    assert [day_of(float(day)) for day in business_day_before(days)] == [
        date(2026, 11, 25),
        date(2026, 11, 27),
        date(2026, 12, 1),
    ]


def test_an_institutional_claim_files_from_its_last_day_of_service() -> None:
    stay = {"service_on": date(2026, 1, 1), "service_through": date(2026, 1, 20), "payer_kind": "medicare"}
    facts = Facts.from_rows([claim(claim_kind="I", **stay), claim(claim_kind="P", **stay)])

    due = Terms.build().due(facts, "filing")

    assert [day_of(float(day)) for day in due.legal] == [date(2027, 1, 20), date(2027, 1, 1)]


def test_a_commercial_payer_that_nobody_configured_has_no_deadline() -> None:
    due = Terms.build().due(Facts.from_rows([claim()]), "appeal")

    assert np.isnan(due.legal[0])
    assert due.rule[0] == -1


def test_open_negotiation_runs_thirty_business_days_whoever_the_payer_is() -> None:
    due = Terms.build().due(Facts.from_rows([claim(denied_on=date(2026, 10, 1))]), "negotiation")

    assert day_of(float(due.legal[0])) == date(2026, 11, 16)  # Columbus Day and Veterans Day are skipped


def test_medicare_owes_interest_after_thirty_days() -> None:
    facts = Facts.from_rows([claim(payer_kind="medicare", last_billed_on=date(2026, 9, 1))])

    assert day_of(float(Terms.build().due(facts, "prompt-pay").legal[0])) == date(2026, 10, 1)


def test_a_payer_assigned_to_a_family_gets_its_typical_windows_with_a_warning() -> None:
    terms = Terms.build(families={1: "aetna"})

    due = terms.due(Facts.from_rows([claim(payer_id=1, denied_on=date(2026, 10, 1))]), "appeal")

    assert day_of(float(due.legal[0])) == date(2026, 11, 30)
    assert terms.rules[int(due.rule[0])].verify


def test_a_contract_goes_before_the_family() -> None:
    own = contract_rule("Acme", "appeal", 30, "calendar-days", "notice", is_confirmed=True)
    terms = Terms.build(families={1: "aetna"}, contracts={1: [own]})

    due = terms.due(Facts.from_rows([claim(payer_id=1, denied_on=date(2026, 10, 1))]), "appeal")

    assert day_of(float(due.legal[0])) == date(2026, 10, 31)
    assert terms.rules[int(due.rule[0])].confidence == "confirmed"


@pytest.mark.parametrize(("unit", "last"), [("months", date(2026, 8, 6)), ("business-days", date(2026, 6, 9))])
def test_presumed_receipt_starts_every_kind_of_window(unit: str, last: date) -> None:
    own = DeadlineRule("T", "contract", "appeal", 2, unit, "notice", 5, "confirmed", "test", False)
    facts = Facts.from_rows([claim(payer_id=1, denied_on=date(2026, 6, 1))])  # a Monday; received on Saturday

    due = Terms.build(contracts={1: [own]}).due(facts, "appeal")

    assert day_of(float(due.legal[0])) == last


def test_of_a_payers_reconsideration_and_appeal_the_nearer_runs_the_appeal() -> None:
    own = [
        contract_rule("Acme", clock, days, "calendar-days", "notice", is_confirmed=True)
        for clock, days in (("appeal", 180), ("reconsideration", 60))
    ]
    row = claim(payer_id=1, category="medical-necessity", carc="50", carc_action="appeal")

    made = ranked(row, terms=Terms.build(contracts={1: own})).decisions

    assert day_of(float(made.deadline_on[0])) == date(2026, 11, 30)  # 60 days from the denial of October 1


def test_a_contract_window_of_unknown_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="fortnights"):
        contract_rule("Acme", "appeal", 3, "fortnights", "notice", is_confirmed=True)


def test_a_date_stated_for_the_claim_goes_before_every_rule() -> None:
    facts = Facts.from_rows([claim(payer_kind="medicare", appeal_due_on=date(2026, 12, 1))])
    terms = Terms.build()

    due = terms.stated(terms.due(facts, "appeal"), facts.appeal_due_on)

    assert day_of(float(due.legal[0])) == date(2026, 12, 1)
    assert terms.rules[int(due.rule[0])].id == "STATED"


def test_of_two_clocks_the_earliest_that_still_runs_counts() -> None:
    today = day_number(date(2026, 11, 23))
    first = Due(np.array([today - 5, today + 9, today - 9], np.float32), np.zeros(3, np.int16))
    second = Due(np.array([today + 30, today + 3, today - 2], np.float32), np.ones(3, np.int16))

    assert earliest_open(first, second, today).legal.tolist() == [today + 30, today + 3, today - 2]


@pytest.mark.parametrize(("left", "level"), [(31, None), (30, 30), (10, 14), (7, 7), (2, 3), (1, 1), (0, 1), (-1, 0)])
def test_warnings_come_at_thirty_fourteen_seven_three_and_one_days(left: int, level: int | None) -> None:
    today = date(2026, 11, 23)

    assert warning_level(date.fromordinal(today.toordinal() + left), today) == level


def test_every_shipped_rule_has_an_id_of_its_own_and_a_known_confidence() -> None:
    rules = standard_rules()

    assert len({rule.id for rule in rules}) == len(rules) == 90
    assert {rule.confidence for rule in rules} == {"low", "med", "high"}

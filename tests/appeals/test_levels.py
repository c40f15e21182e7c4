"""Each level has its clock: from the contract, else from the law, else it reads "not configured"."""

from __future__ import annotations

from datetime import date

from app.appeals.levels import NOT_CONFIGURED, Anchor, clock_of, configured_clocks, levels_of
from workqueues.deadlines import Terms, contract_rule

REMITTED = {
    "notice": Anchor(date(2026, 11, 18), "Remittance EFT0001 of Nov 18, 2026"),
    "answer": Anchor(date(2026, 11, 18), "Decision"),
}
CONTRACT = Terms.build(
    contracts={
        7: [
            contract_rule("Calloway", "reconsideration", 90, "calendar-days", "notice", is_confirmed=True),
            contract_rule("Calloway", "appeal", 60, "calendar-days", "notice", is_confirmed=False),
        ]
    }
)


def test_medicares_redetermination_runs_from_presumed_receipt_and_the_safe_day_does_not() -> None:
    (first, *_) = levels_of("medicare", frozenset())
    clock = clock_of(Terms.build(), first, payer_id=1, payer_kind="medicare", anchors=REMITTED)

    assert (first.name, first.form) == ("Redetermination", "CMS-20027")
    assert clock.last_day == date(2027, 3, 23)  # Nov 18 + 5 presumed + 120
    assert clock.safe_day == date(2027, 3, 18)
    assert (clock.rule_id, clock.authority, clock.confidence) == ("MCR-RDT", "42 CFR 405.942", "high")
    assert clock.decision_due(date(2026, 12, 1)) == date(2027, 1, 30)
    assert clock.follow_up_on(date(2026, 12, 1)) == date(2027, 2, 4)


def test_medicare_has_five_levels_and_a_minimum_from_the_third() -> None:
    levels = levels_of("medicare", frozenset())

    assert [level.number for level in levels] == [1, 2, 3, 4, 5]
    assert [level.minimum_cents for level in levels] == [0, 0, 20_000, 0, 196_000]
    third = clock_of(Terms.build(), levels[2], payer_id=1, payer_kind="medicare", anchors=REMITTED)
    assert (third.rule_id, third.last_day) == ("MCR-ALJ", date(2027, 1, 22))


def test_a_contract_sets_its_own_levels_and_says_when_nobody_confirmed_them() -> None:
    levels = levels_of("commercial", configured_clocks(CONTRACT, 7))
    clocks = [clock_of(CONTRACT, level, payer_id=7, payer_kind="commercial", anchors=REMITTED) for level in levels]

    assert [level.name for level in levels] == ["Reconsideration", "Appeal"]
    assert [clock.last_day for clock in clocks] == [date(2027, 2, 16), date(2027, 1, 17)]
    assert [clock.needs_check for clock in clocks] == [False, True]
    assert clocks[1].safe_day == date(2027, 1, 15)  # January 17, 2027 is a Sunday


def test_what_nobody_configured_says_so() -> None:
    (level,) = levels_of("commercial", configured_clocks(CONTRACT, 8))
    clock = clock_of(CONTRACT, level, payer_id=8, payer_kind="commercial", anchors=REMITTED)

    assert (clock.words, clock.last_day, clock.decision_due(date(2026, 12, 1))) == (NOT_CONFIGURED, None, None)


def test_a_clock_without_its_anchor_has_a_rule_and_no_day() -> None:
    (first, *_) = levels_of("medicare", frozenset())
    clock = clock_of(Terms.build(), first, payer_id=1, payer_kind="medicare", anchors={})

    assert (clock.rule_id, clock.last_day) == ("MCR-RDT", None)

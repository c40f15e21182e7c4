"""The decision table, row by row (fact book 837-refile §3)."""

from __future__ import annotations

from typing import Any

import pytest

from app.refiling.route import TABLE, Route, Situation, forbidden, route_of

DECIDED: dict[str, Any] = {"is_adjudicated": True}
R = Route

CASES: tuple[tuple[dict[str, Any], str, Route], ...] = (
    ({"is_set_rejected": True}, "set-rejected", R.NEW),  # TA1 R, 999 R
    ({"status_category": "A7", "status_code": "562"}, "front-end", R.NEW),
    ({"status_category": "A3"}, "front-end", R.NEW),
    ({"status_category": "A1", "status_rejected": True}, "front-end", R.NEW),  # STC03 = U decides
    ({"is_voided": True}, "voided", R.NEW),
    ({"status_category": "A4"}, "not-on-file", R.NEW),
    ({"status_category": "D0"}, "not-on-file", R.NEW),
    ({"status_category": "F0", "status_code": "35"}, "not-on-file", R.NEW),
    ({"status_category": "P1"}, "in-process", R.WAIT),
    # CARC 16 alone is a data error; with MA130 it is no claim at all.
    ({**DECIDED, "reasons": frozenset({"16"}), "category": "missing-info"}, "data-error", R.REPLACEMENT),
    ({**DECIDED, "reasons": frozenset({"16"}), "remarks": frozenset({"MA130", "N382"})}, "unprocessable", R.NEW),
    ({**DECIDED, "remarks": frozenset({"N142"})}, "new-wanted", R.NEW),
    ({**DECIDED, "remarks": frozenset({"N517"})}, "new-wanted", R.NEW),
    ({**DECIDED, "status_code": "787"}, "new-wanted", R.NEW),
    ({**DECIDED, "remarks": frozenset({"N380"})}, "replacement-wanted", R.REPLACEMENT),
    ({**DECIDED, "status_code": "799"}, "replacement-wanted", R.REPLACEMENT),
    ({**DECIDED, "remarks": frozenset({"N798"})}, "void-wanted", R.VOID_THEN_NEW),
    ({**DECIDED, "remarks": frozenset({"N779"})}, "wait-then-replace", R.WAIT),
    ({**DECIDED, "remarks": frozenset({"N704"})}, "resubmit", R.REPLACEMENT),
    ({**DECIDED, "remarks": frozenset({"N185"})}, "do-not-resubmit", R.NONE),
    ({**DECIDED, "remarks": frozenset({"N938"})}, "do-not-resubmit", R.NONE),
    ({**DECIDED, "remarks": frozenset({"N368"})}, "do-not-resubmit", R.NONE),
    ({**DECIDED, "reasons": frozenset({"18"}), "category": "duplicate"}, "duplicate", R.NONE),
    ({**DECIDED, "wrong_party": True}, "wrong-party", R.VOID_THEN_NEW),
    ({**DECIDED, "reasons": frozenset({"109"}), "category": "eligibility"}, "wrong-payer", R.OTHER_PAYER),
    ({**DECIDED, "remarks": frozenset({"N418"})}, "wrong-payer", R.OTHER_PAYER),
    ({"status_category": "F2", "status_code": "116"}, "wrong-payer", R.OTHER_PAYER),
    ({**DECIDED, "is_paid": True, "is_credit": True}, "overpaid", R.REPLACEMENT),
    ({**DECIDED, "has_next_payer": True, "is_paid": True}, "next-payer", R.NEXT_PAYER),
    ({**DECIDED, "has_next_payer": True, "category": "COB", "remarks": frozenset({"MA04"})}, "next-payer",
     R.NEXT_PAYER),
    ({**DECIDED, "reasons": frozenset({"252"}), "category": "documentation"}, "records", R.RECORDS),
    ({**DECIDED, "reasons": frozenset({"226"})}, "records", R.RECORDS),
    ({**DECIDED, "is_part_b": True, "category": "coding"}, "part-b", R.REOPENING),
    ({**DECIDED, "is_part_b": True, "category": "missing-info", "remarks": frozenset({"MA130"})}, "unprocessable",
     R.NEW),
    ({**DECIDED, "category": "medical-necessity", "reasons": frozenset({"50"})}, "payer-wrong", R.APPEAL),
    ({**DECIDED, "category": "underpayment", "is_paid": True}, "payer-wrong", R.APPEAL),
    ({**DECIDED, "category": "coding", "reasons": frozenset({"4"})}, "data-error", R.REPLACEMENT),
    ({**DECIDED, "category": "bundling", "reasons": frozenset({"97"})}, "data-error", R.REPLACEMENT),
    ({**DECIDED, "is_paid": True}, "data-error", R.REPLACEMENT),
    ({**DECIDED}, "adjudicated", R.REPLACEMENT),
    ({}, "unanswered", R.WAIT),
)  # fmt: skip


@pytest.mark.parametrize(
    ("known", "rule", "route"), CASES, ids=[f"{rule}-{n}" for n, (_, rule, _) in enumerate(CASES)]
)
def test_the_first_row_that_fits_decides(known: dict[str, Any], rule: str, route: Route) -> None:
    decided = route_of(Situation(**known))
    assert (decided.rule, decided.route) == (rule, route)
    assert decided.reason.endswith(".")


def test_every_row_of_the_table_has_a_case() -> None:
    assert {rule for _, rule, _ in CASES} == {row.rule for row in TABLE}


@pytest.mark.parametrize(
    ("route", "known", "words"),
    [
        (R.REPLACEMENT, {**DECIDED, "remarks": frozenset({"N185"})}, "N185"),
        (R.NEW, {**DECIDED, "remarks": frozenset({"N522"})}, "not to submit"),
        (R.REPLACEMENT, {**DECIDED, "remarks": frozenset({"MA130"})}, "Send it as a new claim"),
        (R.APPEAL, {**DECIDED, "remarks": frozenset({"MA130"})}, "no appeal right"),
        (R.REPLACEMENT, {}, "has not decided"),
        (R.VOID, {**DECIDED, "is_part_b": True}, "only frequency 1"),
        (R.NEW, {**DECIDED, "category": "coding"}, "duplicate"),
        (R.NEXT_PAYER, {}, "has not decided yet"),
    ],
)
def test_what_no_reason_can_override_says_its_rule(route: Route, known: dict[str, Any], words: str) -> None:
    assert words in forbidden(route, Situation(**known))


@pytest.mark.parametrize(
    ("route", "known"),
    [
        (R.NEW, {**DECIDED, "remarks": frozenset({"MA130"})}),
        (R.NEW, {**DECIDED, "remarks": frozenset({"N142"})}),
        (R.NEW, {"status_category": "A7"}),
        (R.REPLACEMENT, {**DECIDED, "category": "medical-necessity"}),  # a person may see more than the table
        (R.VOID, {**DECIDED, "remarks": frozenset({"N185"})}),
        (R.OTHER_PAYER, {**DECIDED}),
        (R.RECORDS, {}),
    ],
)
def test_what_a_person_may_choose_with_a_reason(route: Route, known: dict[str, Any]) -> None:
    assert forbidden(route, Situation(**known)) == ""


CODING: dict[str, Any] = {**DECIDED, "category": "coding"}  # the table's own way is a replacement
MANUAL: dict[str, Any] = {"terms_source": "Manual, page 12"}


@pytest.mark.parametrize(
    ("known", "route", "frequency"),
    [
        ({}, R.REPLACEMENT, "7"),  # nobody entered anything: nothing changes
        ({"takes_replacement": True}, R.REPLACEMENT, "7"),
        ({"takes_replacement": False}, R.PAPER, "7"),
        ({"takes_replacement": False, "takes_void": True}, R.VOID_THEN_NEW, "8"),
        ({"takes_replacement": False, "takes_void": True, "corrections_by": "paper"}, R.PAPER, "7"),
        ({"corrections_by": "portal"}, R.PORTAL, "7"),
        ({"corrections_by": "electronic"}, R.REPLACEMENT, "7"),
        ({"takes_void": False}, R.REPLACEMENT, "7"),  # a replacement is no void
        ({"takes_void": False, "wrong_party": True}, R.PAPER, "8"),
        ({"corrections_by": "portal", "remarks": frozenset({"MA130"})}, R.NEW, "1"),  # a new claim corrects nothing
    ],
)
def test_a_correction_goes_the_way_that_the_payer_takes_it(
    known: dict[str, Any], route: Route, frequency: str
) -> None:
    decided = route_of(Situation(**{**CODING, **MANUAL, **known}))

    assert (decided.route, decided.frequency) == (route, frequency)
    is_turned = route is R.PAPER or route is R.PORTAL or frequency == "8"
    assert ("(Manual, page 12)" in decided.reason) == is_turned


def test_what_a_payer_does_not_take_may_not_be_sent_to_it() -> None:
    takes_none = Situation(**CODING, **MANUAL, takes_replacement=False, takes_void=False)

    assert "takes no frequency 7 electronically (Manual, page 12)" in forbidden(R.REPLACEMENT, takes_none)
    assert "takes no frequency 8" in forbidden(R.VOID, takes_none)
    assert forbidden(R.PAPER, takes_none) == ""
    assert forbidden(R.REPLACEMENT, Situation(**CODING)) == ""

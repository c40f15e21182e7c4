"""Comparing two files by what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import pytest

from edi import difference
from edi.difference import Change, compare


def claim(number: str, paid_cents: int = 1000, status: str = "1", segment: int = 5, **more: Any) -> dict[str, Any]:
    return {
        "kind": "claim",
        "schema_version": 1,
        "patient_control_number": number,
        "status": status,
        "paid_cents": paid_cents,
        "source": {"segment": segment},
        **more,
    }


def rows(*every: dict[str, Any]) -> Callable[[], Iterable[dict[str, Any]]]:
    return lambda: iter(every)


def test_the_same_claims_in_another_order_and_place_are_no_difference() -> None:
    first, second = rows(claim("A"), claim("B", segment=9)), rows(claim("B", segment=4), claim("A", segment=70))
    assert list(compare(first, second)) == []


def test_a_changed_amount_is_told_by_its_field() -> None:
    one = claim("A", lines=[{"paid_cents": 5, "adjustments": []}])
    two = claim("A", lines=[{"paid_cents": 7, "adjustments": [{"reason": "45", "cents": 2}]}])
    assert [(found.field, found.first, found.second) for found in compare(rows(one), rows(two))] == [
        ("lines[1].paid_cents", 5, 7),
        ("lines[1].adjustments[1]", None, {"reason": "45", "cents": 2}),
    ]


def test_what_only_one_file_has_is_told_from_either_side() -> None:
    found = list(compare(rows(claim("A"), claim("B")), rows(claim("B"), claim("C"))))
    assert [(one.change, one.key) for one in found] == [(Change.ONLY_FIRST, "A"), (Change.ONLY_SECOND, "C")]


def test_a_reversal_is_compared_with_a_reversal() -> None:
    first = rows(claim("A", -1000, "22"), claim("A", 800))
    second = rows(claim("A", 800), claim("A", -1000, "22"))
    assert list(compare(first, second)) == []


def test_a_control_number_that_came_twice_is_compared_in_order() -> None:
    found = list(compare(rows(claim("A", 1), claim("A", 2)), rows(claim("A", 1), claim("A", 3))))
    assert [(one.occurrence, one.field, one.first, one.second) for one in found] == [(2, "paid_cents", 2, 3)]


def test_findings_and_ends_are_not_compared() -> None:
    assert list(compare(rows({"kind": "finding"}, claim("A")), rows(claim("A"), {"kind": "end"}))) == []


def test_beyond_the_limit_changes_are_told_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(difference, "DETAIL_LIMIT", 1)
    found = list(compare(rows(claim("A", 1), claim("B", 1)), rows(claim("A", 2), claim("B", 2))))
    assert [(one.key, one.field) for one in found] == [("A", "paid_cents"), ("B", "")]

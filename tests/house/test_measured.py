"""The benchmark of pages asks every address: a new parameter needs a value there."""

from __future__ import annotations

from benchmarks.pages import addresses


def test_every_address_that_answers_a_get_can_be_measured() -> None:
    asked = list(addresses(1_000))

    assert "/reports" in asked
    assert not [path for path in asked if "{" in path]

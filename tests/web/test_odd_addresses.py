"""Addresses that no page of ours leads to."""

from __future__ import annotations

import pytest

from tests.browser_double import Browser

HUGE = "9" * 30


@pytest.mark.parametrize(
    "path",
    [
        f"/claims/{HUGE}",
        f"/claims/{HUGE}/edi",
        f"/work?all=1&claim={HUGE}",
        f"/work?all=1&after=1.{HUGE}",
        f"/files/{HUGE}",
        f"/remittances/{HUGE}",
        f"/appeals/{HUGE}",
    ],
)
def test_a_number_that_no_row_can_have_names_nothing(supervisor: Browser, path: str) -> None:
    assert supervisor.get(path).status_code == 404

"""Killed in the middle of its work and started again, the books are the same. `make soak` does it a hundred times."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.soak.crash import Place, Tally, differences, disturbed, disturbed_by_two, undisturbed

STORIES = Path(__file__).resolve().parent.parent.parent / "samples" / "stories"
INBOX = [
    STORIES / name
    for name in (
        "277ca-accepted.edi",
        "835-duplicate-1-original.edi",
        "835-duplicate-2-new-envelope.edi",
        "835-out-of-balance-payment.edi",
        "835-partial-denial.edi",
        "835-reversal-and-correction.edi",
        "835-suspect-match.edi",
        "837p-original.edi",
    )
]
MOST_RUNS = 12


@pytest.mark.parametrize("trial", [disturbed, disturbed_by_two], ids=["one process", "two processes"])
def test_an_inbox_emptied_between_kills_ends_as_if_nothing_had_happened(trial: object, tmp_path: Path) -> None:
    assert callable(trial)
    calm, tally, draw, trials = Place.with_sqlite(tmp_path / "calm"), Tally(), random.Random(277), 0
    seconds = undisturbed(calm, INBOX)

    while tally.kills < 3 and tally.runs < MOST_RUNS:
        trials += 1
        place = Place.with_sqlite(tmp_path / f"trial{trials}")
        trial(place, INBOX, draw, tally, seconds=seconds * 0.4)
        assert differences(calm, place) == []

    assert tally.kills, "no blow fell on a working process"

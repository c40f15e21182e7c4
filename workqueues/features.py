"""What the learned models look at: the claim's place among payers, categories, codes, and a few plain numbers.

The same features are made from facts when a claim is scored and from outcomes when they are learned from, so that
what was learned is applied to the same thing.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workqueues.facts import Codes, Facts
from workqueues.vocabulary import CATEGORIES, PAYER_ANSWERS

NO_ANSWER: Final = CATEGORIES.index("no-answer")
CATEGORY_COUNT: Final = len(CATEGORIES)
BALANCE_MIDDLE_CENTS: Final = 30_000.0  # a balance at which size has no effect
WAIT_MIDDLE_DAYS: Final = 100.0  # a wait since the denial at which waiting has no effect
WAIT_DAYS_MAX: Final = 720.0


class Roster(NamedTuple):
    """Payers and reason patterns that have outcomes; others are "new" and stand at the end."""

    payers: NDArray[np.int32]  # sorted ids
    patterns: NDArray[np.int64]  # sorted (CARC, first RARC) numbers

    @property
    def payer_count(self) -> int:
        return len(self.payers) + 1

    @property
    def pattern_count(self) -> int:
        return len(self.patterns) + 1


class Features(NamedTuple):
    """Columns of equal length."""

    payer: NDArray[np.int64]  # place in the roster; the last is "new"
    category: Codes
    pattern: NDArray[np.int64]
    is_facility: NDArray[np.int8]
    answer: Codes  # what the payer last said
    is_unanswered: NDArray[np.int8]  # 1: the trouble is silence
    overturn: Codes  # the code table's grade
    waited: NDArray[np.float32]  # hundreds of days since the denial, from the middle
    size: NDArray[np.float32]  # log of balance against the middle
    age_days: NDArray[np.float32]  # since the service; 60 when not known

    def take(self, rows: NDArray[np.bool_]) -> Features:
        """The features of some of the claims."""
        columns: list[Any] = [column[rows] for column in self]
        return Features(*columns)


def pattern_number(carc: NDArray[np.int32], remark: NDArray[np.int32]) -> NDArray[np.int64]:
    """CARC and leading RARC as one number."""
    return carc.astype(np.int64) * 100_000_000 + remark


def place(
    sorted_ids: NDArray[np.int32] | NDArray[np.int64], ids: NDArray[np.int32] | NDArray[np.int64]
) -> NDArray[np.int64]:
    """Position of each id in a sorted list; one past the end for those not in it."""
    count = len(sorted_ids)
    if not count:
        return np.zeros(len(ids), np.int64)
    found = np.minimum(np.searchsorted(sorted_ids, ids), count - 1)
    return np.where(sorted_ids[found] == ids, found, count)


def features_of(facts: Facts, category: Codes, roster: Roster, today: float) -> Features:
    """Features of open claims; `category` is the one whose odds apply (the playbook may have changed it)."""
    now = np.float32(today)
    since = np.where(np.isnan(facts.denied_on), facts.last_billed_on, facts.denied_on)
    age = np.where(np.isnan(facts.service_on), facts.first_billed_on, facts.service_on)
    return Features(
        place(roster.payers, facts.payer_id),
        category,
        place(roster.patterns, pattern_number(facts.carc, facts.remark)),
        (facts.claim_kind == 2).astype(np.int8),
        facts.payer_answer,
        (category == NO_ANSWER).astype(np.int8),
        facts.carc_overturn,
        waited(now - since),
        balance_size(facts.billed_cents, facts.open_cents),
        np.nan_to_num((now - age).astype(np.float32), nan=60.0),
    )


def waited(days: NDArray[np.float32]) -> NDArray[np.float32]:
    """Days since the denial as hundreds from the middle; not known is the middle."""
    known = np.clip(np.nan_to_num(days, nan=WAIT_MIDDLE_DAYS), 0, WAIT_DAYS_MAX)
    return ((known - WAIT_MIDDLE_DAYS) / 100).astype(np.float32)


def balance_size(billed_cents: NDArray[np.int64], open_cents: NDArray[np.int64]) -> NDArray[np.float32]:
    """How large the claim is, as a logarithm; what is open stands in where the charge is not known."""
    cents = np.where(billed_cents > 0, billed_cents, open_cents)
    return np.log(np.maximum(cents, 100) / BALANCE_MIDDLE_CENTS).astype(np.float32)


ANSWER_COUNT: Final = len(PAYER_ANSWERS)

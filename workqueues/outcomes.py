"""What happened to the claims that were worked: the practice's own evidence, one row an event.

Five kinds of event teach five things: research (what the claim was, and the minutes), submission (the minutes),
check (the minutes, and whether the payer had lost it), answer (paid or refused, and after how long), left-alone
(nobody worked it for a stated time: did it pay by itself?). Each row says what was known of the claim at that moment.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workqueues.facts import Codes, Days, Flags, day_number
from workqueues.vocabulary import (
    CATEGORIES,
    CLAIM_KINDS,
    OVERTURNS,
    PAYER_ANSWERS,
    ROUTES,
    SUBMISSIONS,
    code_number,
)

EVENTS: Final = ("research", "submission", "check", "answer", "left-alone")


class OutcomeRow(NamedTuple):
    """One event on one claim, in plain values."""

    event: str  # EVENTS
    happened_on: date
    payer_id: int
    category: str  # CATEGORIES: the one whose odds applied
    carc: str = ""
    remark: str = ""  # the leading RARC
    claim_kind: str = "P"
    payer_answer: str = "none"
    overturn: str = ""
    billed_cents: int = 0
    strength: int = -1
    days_since_denial: int = 0  # on that day
    age_days: int = 60  # since the service, on the day of the submission (of the event, for research)
    minutes: float = 0.0  # 0: not timed
    route: str = "unknown"  # research: what it found
    submission: str = "none"  # submission, check and answer: of what
    is_after_refile: bool = False
    days_pending: int = 0  # check and answer: since the submission
    was_lost: bool = False  # check
    followups: int = 0  # check: earlier checks of the same submission
    paid_cents: int = 0  # answer, 0: refused; left-alone, 0: nothing came
    expected_cents: int = 0  # answer: the allowed amount that was expected


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The same as columns."""

    event: Codes
    happened_on: Days
    payer_id: NDArray[np.int32]
    category: Codes
    carc: NDArray[np.int32]
    remark: NDArray[np.int32]
    claim_kind: Codes
    payer_answer: Codes
    overturn: Codes
    billed_cents: NDArray[np.int64]
    strength: Codes
    days_since_denial: NDArray[np.float32]
    age_days: NDArray[np.float32]
    minutes: NDArray[np.float32]
    route: Codes
    submission: Codes
    is_after_refile: Flags
    days_pending: NDArray[np.float32]
    was_lost: Flags
    followups: NDArray[np.int16]
    paid_cents: NDArray[np.int64]
    expected_cents: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.event)

    @classmethod
    def from_rows(cls, rows: Sequence[OutcomeRow]) -> Outcomes:
        values: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(OutcomeRow._fields)
        plain = dict(zip(OutcomeRow._fields, values, strict=True))
        return cls(**{name: _encode(name, column) for name, column in plain.items()})

    @classmethod
    def join(cls, parts: Sequence[Outcomes]) -> Outcomes:
        names = [field.name for field in fields(cls)]
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})

    def take(self, rows: NDArray[Any]) -> Outcomes:
        return Outcomes(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def of(self, event: str) -> Outcomes:
        """The events of one kind."""
        return self.take(self.event == EVENTS.index(event))


_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "event": EVENTS,
    "category": CATEGORIES,
    "claim_kind": CLAIM_KINDS,
    "payer_answer": PAYER_ANSWERS,
    "overturn": OVERTURNS,
    "route": ROUTES,
    "submission": SUBMISSIONS,
}
_PLAIN: Final[dict[str, Any]] = {
    "payer_id": np.int32,
    "billed_cents": np.int64,
    "strength": np.int8,
    "days_since_denial": np.float32,
    "age_days": np.float32,
    "minutes": np.float32,
    "is_after_refile": np.bool_,
    "days_pending": np.float32,
    "was_lost": np.bool_,
    "followups": np.int16,
    "paid_cents": np.int64,
    "expected_cents": np.int64,
}


def _encode(name: str, column: Sequence[Any]) -> NDArray[Any]:
    if name in _WORDS:
        known = {word: index for index, word in enumerate(_WORDS[name])}
        return np.array([known.get(word, 0) for word in column], np.int8)
    if name in ("carc", "remark"):
        return np.array([code_number(code) for code in column], np.int32)
    if name == "happened_on":
        return np.array([day_number(day) for day in column], np.float32)
    return np.array(column, _PLAIN[name])

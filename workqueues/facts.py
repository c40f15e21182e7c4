"""What a decision may look at about each claim: columns, not rows, so that a million claims are a few arrays.

The product fills one `FactRow` per open claim from its database and calls `Facts.from_rows`; for a very large
practice it does so in chunks and joins them with `Facts.join`. Everything a decision uses is here and nothing else
is: no database, no clock (today is given), no file.

Units: cents (int64), days as day numbers since 1970-01-01 (float32, NaN = not known; exact for any date),
words as positions in the lists of `vocabulary.py` (int8), CARC and RARC as `code_number` (int32).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from workqueues.remarks import NOTHING_JUDGED, bits_of_remarks
from workqueues.vocabulary import (
    CATEGORIES,
    CLAIM_KINDS,
    CODE_ACTIONS,
    GROUPS,
    OVERTURNS,
    PAYER_ANSWERS,
    PAYER_KINDS,
    ROUTES,
    STATUSES,
    SUBMISSIONS,
    code_number,
)

EPOCH: Final = date(1970, 1, 1)
_EPOCH_ORDINAL: Final = EPOCH.toordinal()

Cents = NDArray[np.int64]
Days = NDArray[np.float32]
Codes = NDArray[np.int8]
Flags = NDArray[np.bool_]


class FactRow(NamedTuple):
    """One open claim in plain Python values. Everything after `open_cents` may be left at "not known"."""

    claim_id: int
    practice_id: int
    payer_id: int  # the payer whose turn it is; 0 when no payer is (patient balance, unmatched)
    open_cents: int  # everything still open on the claim: insurance plus patient, credits not netted
    # who and what
    payer_kind: str = "other"  # PAYER_KINDS
    claim_kind: str = "P"  # CLAIM_KINDS
    status: str = "unknown"  # STATUSES: the claim's own state, 277.md §9
    payer_answer: str = "none"  # PAYER_ANSWERS: what a 277 last said; never overrides a remittance
    # money
    billed_cents: int = 0
    insurance_open_cents: int = 0
    patient_open_cents: int = 0  # group PR after the final payer
    credit_cents: int = 0  # what we hold too much, as a positive amount
    denied_cents: int = 0  # sum of the denial-nature adjustments still open; not the whole charge
    underpaid_cents: int = 0  # contract less allowed, when beyond the tolerance
    allowed_share: float | None = None  # expected allowed ÷ billed for these procedures, from paid history
    # dates
    service_on: date | None = None  # first date of service
    service_through: date | None = None  # last date of service: where institutional filing limits start
    first_billed_on: date | None = None
    last_billed_on: date | None = None
    last_answer_on: date | None = None  # last remittance or status of any kind
    denied_on: date | None = None  # notice date of the denial that stands (BPR16 or DTM*405)
    primary_paid_on: date | None = None  # notice date of the earlier payer: a secondary's clock
    crossover_on: date | None = None  # the earlier payer said it forwarded the claim
    arrived_on: date | None = None  # when it became follow-up work here (denial loaded, turnaround passed)
    # the denial that leads (835.md §5)
    carc: str = ""
    group: str = ""  # GROUPS
    category: str = "other"  # CATEGORIES
    remarks: tuple[str, ...] = ()  # all RARCs, the most telling first
    carc_action: str = ""  # CODE_ACTIONS, the code table's next_action (a supervisor may have edited it)
    carc_overturn: str = ""  # OVERTURNS, the code table's grade
    judged_effects: Mapping[str, str] = NOTHING_JUDGED  # RARC → effect, where the site judges otherwise
    is_repeat_denial: bool = False  # same claim, line and service date were denied before
    # coverage and the patient
    has_other_coverage: bool = False  # an active coverage after the payer whose turn it is
    other_coverage_billed: bool = False  # that payer has been billed, or a crossover is on its way
    patient_protected: bool = False  # QMB, Medicaid, workers' comp, No Surprises Act: may not be billed
    patient_on_hold: bool = False  # bankruptcy, dispute, assistance application, cease request …
    has_signed_notice: bool = False  # valid ABN or consent on file
    # how it can be worked
    has_payer_claim_number: bool = False
    is_known_from_837: bool = True  # False: made from an 835 or a 277 alone; cannot be refiled from here
    is_unmatched: bool = False  # money or status that no claim of ours answers to
    is_institutional_part_a: bool = False  # Medicare Part A: frequency 7 is allowed
    is_sibling_open: bool = False  # a split or duplicate whose original is still being decided
    # what has been done
    route: str = "unknown"  # ROUTES: what research found
    strength: int = -1  # the biller's judgement of the case: 0 weak, 1 fair, 2 strong, -1 not judged
    submission: str = "none"  # SUBMISSIONS: what we sent that awaits an answer
    submitted_on: date | None = None
    is_after_refile: bool = False  # the appeal follows a refile that was denied again
    followups: int = 0  # checks made since the submission
    touches: int = 0
    last_touch_on: date | None = None
    snoozed_until: date | None = None
    next_check_on: date | None = None  # the earliest day a check is worth it, when somebody or a 277 said so
    manual_priority: int = 0  # 0 none; higher is worked earlier; stays until cleared
    # deadlines that are known for this very claim (a letter, a portal, a person), not worked out from terms
    refile_due_on: date | None = None
    appeal_due_on: date | None = None
    second_appeal_due_on: date | None = None
    records_due_on: date | None = None  # the request's own due date
    # carried along for lists, decides nothing
    state: int = 0  # the claim's own state, as whoever reads it numbers them


@dataclass(frozen=True, slots=True)
class Facts:
    """The same, as columns of equal length. Made by `from_rows` or `from_columns`."""

    claim_id: NDArray[np.int64]
    practice_id: NDArray[np.int32]
    payer_id: NDArray[np.int32]
    open_cents: Cents
    payer_kind: Codes
    claim_kind: Codes
    status: Codes
    payer_answer: Codes
    billed_cents: Cents
    insurance_open_cents: Cents
    patient_open_cents: Cents
    credit_cents: Cents
    denied_cents: Cents
    underpaid_cents: Cents
    allowed_share: NDArray[np.float32]
    service_on: Days
    service_through: Days
    first_billed_on: Days
    last_billed_on: Days
    last_answer_on: Days
    denied_on: Days
    primary_paid_on: Days
    crossover_on: Days
    arrived_on: Days
    carc: NDArray[np.int32]
    group: Codes
    category: Codes
    remark: NDArray[np.int32]  # the first of the row's remarks
    remark_effects: NDArray[np.uint32]  # bits, vocabulary.REMARK_EFFECTS
    carc_action: Codes
    carc_overturn: Codes
    is_repeat_denial: Flags
    has_other_coverage: Flags
    other_coverage_billed: Flags
    patient_protected: Flags
    patient_on_hold: Flags
    has_signed_notice: Flags
    has_payer_claim_number: Flags
    is_known_from_837: Flags
    is_unmatched: Flags
    is_institutional_part_a: Flags
    is_sibling_open: Flags
    route: Codes
    strength: Codes
    submission: Codes
    submitted_on: Days
    is_after_refile: Flags
    followups: NDArray[np.int16]
    touches: NDArray[np.int16]
    last_touch_on: Days
    snoozed_until: Days
    next_check_on: Days
    manual_priority: Codes
    refile_due_on: Days
    appeal_due_on: Days
    second_appeal_due_on: Days
    records_due_on: Days
    state: Codes

    def __len__(self) -> int:
        return len(self.claim_id)

    @property
    def nbytes(self) -> int:
        return sum(getattr(self, field.name).nbytes for field in fields(self))

    @classmethod
    def from_rows(cls, rows: Sequence[FactRow]) -> Facts:
        """Columns of plain rows. For more than some 100,000 rows do it in chunks and `join` them."""
        values: Sequence[Sequence[Any]] = list(zip(*rows, strict=True)) if rows else [()] * len(FactRow._fields)
        plain = dict(zip(FactRow._fields, values, strict=True))
        remarks: Sequence[tuple[str, ...]] = plain.pop("remarks")
        judged: Sequence[Mapping[str, str]] = plain.pop("judged_effects")
        columns = {name: _encode(name, column) for name, column in plain.items()}
        columns["remark"] = np.array([code_number(r[0]) if r else 0 for r in remarks], np.int32)
        columns["remark_effects"] = np.array(
            [bits_of_remarks(codes, here) for codes, here in zip(remarks, judged, strict=True)], np.uint32
        )
        return cls(**columns)

    @classmethod
    def from_columns(cls, columns: Mapping[str, NDArray[Any]], count: int) -> Facts:
        """Already coded columns (positions, day numbers, cents); a column that is left out is "not known"."""
        unknown = sorted(set(columns) - {field.name for field in fields(cls)})
        if unknown:
            raise KeyError(f"no such fact columns: {', '.join(unknown)}")
        made: dict[str, NDArray[Any]] = {}
        for name, kind in _KINDS.items():
            given = columns.get(name)
            made[name] = (
                np.full(count, _BLANKS[name], kind) if given is None else np.ascontiguousarray(given).astype(kind)
            )
        return cls(**made)

    @classmethod
    def join(cls, parts: Sequence[Facts]) -> Facts:
        """Several sets of facts as one, in order."""
        names = [field.name for field in fields(cls)]
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})

    def take(self, rows: NDArray[Any] | slice) -> Facts:
        """Some of the claims: a mask, positions or a slice (a slice copies nothing)."""
        return Facts(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def day_number(day: date | None) -> float:
    """A date as days since 1970-01-01; NaN for none."""
    return float("nan") if day is None else float(day.toordinal() - _EPOCH_ORDINAL)


def day_of(number: float) -> date | None:
    """The date of a day number; None for NaN."""
    return None if np.isnan(number) else EPOCH + timedelta(days=int(number))


_WORDS: Final[dict[str, tuple[str, ...]]] = {
    "payer_kind": PAYER_KINDS,
    "claim_kind": CLAIM_KINDS,
    "status": STATUSES,
    "payer_answer": PAYER_ANSWERS,
    "group": GROUPS,
    "category": CATEGORIES,
    "carc_action": CODE_ACTIONS,
    "carc_overturn": OVERTURNS,
    "route": ROUTES,
    "submission": SUBMISSIONS,
}


def _column_kinds() -> dict[str, Any]:
    """Column → NumPy type, read off the field names and the vocabulary."""
    kinds: dict[str, Any] = {}
    for field in fields(Facts):
        name = field.name
        if name.endswith("_cents") or name == "claim_id":
            kinds[name] = np.int64
        elif name.endswith(("_on", "_through", "_until")):
            kinds[name] = np.float32
        elif name in _WORDS or name in ("strength", "manual_priority", "state"):
            kinds[name] = np.int8
        elif name in ("followups", "touches"):
            kinds[name] = np.int16
        elif name == "allowed_share":
            kinds[name] = np.float32
        elif name == "remark_effects":
            kinds[name] = np.uint32
        elif name in ("practice_id", "payer_id", "carc", "remark"):
            kinds[name] = np.int32
        else:
            kinds[name] = np.bool_
    return kinds


_KINDS: Final = _column_kinds()
_BLANKS: Final[dict[str, Any]] = {
    name: float("nan") if kind is np.float32 else 0 for name, kind in _KINDS.items()
} | {"strength": -1, "is_known_from_837": True, "claim_kind": 1}


def _encode(name: str, column: Sequence[Any]) -> NDArray[Any]:
    kind = _KINDS[name]
    if name in _WORDS:
        words = _WORDS[name]
        known = {word: index for index, word in enumerate(words)}
        return np.array([known.get(word, 0) for word in column], np.int8)
    if name == "carc":
        return np.array([code_number(code) for code in column], np.int32)
    if name == "allowed_share":
        return np.array([float("nan") if share is None else share for share in column], np.float32)
    if kind is np.float32:
        return np.array([day_number(day) for day in column], np.float32)
    if name == "manual_priority":
        return np.clip(np.array(column, np.int64), -100, 100).astype(np.int8)
    if kind is np.int16:
        return np.minimum(np.array(column, np.int64), 30_000).astype(np.int16)
    return np.array(column, kind)

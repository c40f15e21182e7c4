"""Two files compared by what they say: claims by their control number, payments by their trace.

Envelopes, control numbers, order and layout do not count; a claim that moved is the same claim. The first file is
read twice and held as one digest per claim, so that files of a million claims can be compared.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from typing import Any, NamedTuple

from edi.as_json import Row, text

# Where a value stands, not what it says.
IGNORED = frozenset(("schema_version", "source", "segment", "element", "envelope"))
KEYS: dict[str, tuple[str, ...]] = {
    "remittance": ("trace",),
    "claim": ("patient_control_number",),
    "provider_adjustment": ("reason", "reference"),
    "provider_summary": ("segment_id",),
    "report": ("reference",),
    "totals": ("level", "trace"),
    "status": ("trace",),
    "inquiry": ("trace",),
    "submission": ("reference",),
    "acknowledgment": ("group_control_number",),
    "interchange_acknowledgment": ("control_number",),
}
REVERSAL = "22"  # CLP02: a reversal is compared with a reversal, not with its correction
DETAIL_LIMIT = 10_000  # rows of the second file held to be told field by field; further ones are told as a whole


class Change(StrEnum):
    ONLY_FIRST = "only_first"
    ONLY_SECOND = "only_second"
    CHANGED = "changed"


class Difference(NamedTuple):
    """One thing that the two files do not say alike."""

    change: Change
    what: str  # the kind of row: claim, remittance, status …
    key: str  # its control number or trace
    occurrence: int  # 1, or more when the same key came several times
    field: str  # e.g. `lines[2].paid_cents`; "" for the whole
    first: Any  # the value in each file; None where it is not there
    second: Any


class Key(NamedTuple):
    what: str
    name: str
    side: str  # "reversal" or ""
    occurrence: int


Rows = Callable[[], Iterable[Row]]  # reads the file anew each time


def compare(first: Rows, second: Rows) -> Iterator[Difference]:
    """The differences: what is missing or changed in file order of the first, then what only the second has."""
    digests = {key: digest(row) for key, row in keyed(first())}
    changed: dict[Key, Row | None] = {}
    only_second: list[Key] = []
    for key, row in keyed(second()):
        known = digests.pop(key, None)
        if known is None:
            only_second.append(key)
        elif known != digest(row):
            changed[key] = row if len(changed) < DETAIL_LIMIT else None
    if digests or changed:
        yield from of_first(first, digests, changed)
    for key in only_second:
        yield whole(Change.ONLY_SECOND, key)


def of_first(first: Rows, missing: dict[Key, bytes], changed: dict[Key, Row | None]) -> Iterator[Difference]:
    for key, row in keyed(first()):
        if key in missing:
            yield whole(Change.ONLY_FIRST, key)
        elif key in changed:
            other = changed[key]
            if other is None:
                yield whole(Change.CHANGED, key)
                continue
            for field, one, two in fields("", row, other):
                yield Difference(Change.CHANGED, key.what, key.name, key.occurrence, field, one, two)


def keyed(rows: Iterable[Row]) -> Iterator[tuple[Key, Row]]:
    """The rows that say something, by what they are about; findings and ends are left out."""
    seen: Counter[tuple[str, str, str]] = Counter()
    for row in rows:
        what = row["kind"]
        names = KEYS.get(what)
        if names is None:
            continue
        name = " ".join(str(row[field]) for field in names if row[field])
        side = "reversal" if what == "claim" and row.get("status") == REVERSAL else ""
        seen[what, name, side] += 1
        yield Key(what, name, side, seen[what, name, side]), bare(row)


def bare(value: Any) -> Any:
    """Without what tells only where it stands."""
    if isinstance(value, dict):
        return {field: bare(inner) for field, inner in value.items() if field not in IGNORED}
    if isinstance(value, list):
        return [bare(inner) for inner in value]
    return value


def digest(row: Row) -> bytes:
    return hashlib.blake2b(text(row).encode(), digest_size=16).digest()


def fields(path: str, one: Any, two: Any) -> Iterator[tuple[str, Any, Any]]:
    """Where two values differ, as deep as they are alike in shape."""
    if isinstance(one, dict) and isinstance(two, dict):
        for field in (*one, *(field for field in two if field not in one)):
            yield from fields(f"{path}.{field}" if path else field, one.get(field), two.get(field))
    elif isinstance(one, list) and isinstance(two, list):
        for index in range(max(len(one), len(two))):
            inner = one[index] if index < len(one) else None
            yield from fields(f"{path}[{index + 1}]", inner, two[index] if index < len(two) else None)
    elif one != two:
        yield path, one, two


def whole(change: Change, key: Key) -> Difference:
    return Difference(change, key.what, key.name, key.occurrence, "", None, None)

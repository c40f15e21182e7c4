"""What is written is read at once, and must say what its row says.

Every value that a row gives is held against what the reader finds in the segments made of it. So nothing is lost
in silence: a key that a transaction has no place for, or that contradicts another, is told by line and name.
"""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple

from edi import as_json
from edi.context import Context
from edi.findings import Finding
from edi.from_json.fields import RowError
from edi.reading import READERS
from edi.values import SetStart

PLACES = frozenset(("kind", "schema_version", "source", "envelope", "segment"))
CONCLUSIONS = frozenset(("classification", "failed_checks", "damaged", "rejected", "accepted", "meaning"))
NOT_COMPARED = PLACES | CONCLUSIONS
BANKS = frozenset(
    f"{side}_{what}" for side in ("payer", "payee") for what in ("bank", "bank_qualifier", "account")
)  # not printed unless asked for


class Given(NamedTuple):
    """A row that was given, and its line."""

    line: int
    row: dict[str, Any]


class Difference(NamedTuple):
    key: str
    given: Any
    read: Any


class Proof:
    """One transaction set: fed with its segments as they are written, it knows the rows that they were made of."""

    def __init__(self, start: SetStart) -> None:
        used = start.delimiters
        self.start = start
        self.context = Context(start, used.element, used.component, used.repetition)
        self.out = self.context.out  # the list that values come out on; a reader may swap the context's for a while
        self.reader = READERS[start.kind](self.context)
        self.element = used.element
        self.number = 0
        self.given: deque[Given] = deque()

    def expect(self, line: int, row: dict[str, Any]) -> None:
        """A row whose segments are about to come."""
        self.given.append(Given(line, row))

    def feed(self, text: str) -> None:
        """One segment as it is written, with its terminator."""
        self.number += 1
        self.reader.feed(text[:-1].split(self.element), self.number, 0, 0)
        self.compare()

    def finish(self) -> None:
        self.reader.finish(self.number, 0)
        self.compare()
        if self.given:
            line, row = self.given[0]
            raise RowError(line, f"nothing of this {row.get('kind')} would be read back: it says too little")

    def compare(self) -> None:
        values = [value for value in self.out if not isinstance(value, Finding)]
        self.out.clear()
        for read in as_json.rows([self.start, *values]) if values else ():
            if not self.given:
                raise RowError(0, f"the file would read back with a {read['kind']} that no row gives")
            line, row = self.given.popleft()
            if row.get("kind", read["kind"]) != read["kind"]:
                raise RowError(line, f"this {row['kind']} would be read back as a {read['kind']}")
            if found := difference(row, read, ""):
                raise RowError(line, told(found))


def told(found: Difference) -> str:
    key, given, read = found
    if read is MISSING:
        return f"{key} is no key here"
    return (
        f"{key} is {given!r}, but would be read back as {read!r}: "
        "another key says so, or the transaction has no place for it"
    )


MISSING = object()  # the reader's row has no such key


def difference(given: Any, read: Any, path: str) -> Difference | None:
    """The first value that differs; what is not given may be anything."""
    if isinstance(given, dict) and isinstance(read, dict):
        for key, value in given.items():
            is_place = key in NOT_COMPARED or (key == "element" and "group" in read)
            if is_place or key in BANKS:
                continue
            inner = f"{path}.{key}" if path else key
            if key not in read:
                return Difference(inner, value, MISSING)
            if found := difference(value, read[key], inner):
                return found
        return None
    if isinstance(given, list) and isinstance(read, list) and len(given) == len(read):
        for place, (one, other) in enumerate(zip(given, read, strict=True), 1):
            if found := difference(one, other, f"{path}[{place}]"):
                return found
        return None
    if given == read or (not given and not read and not (is_number(given) or is_number(read))):
        return None
    return Difference(path, given, read)


def is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)

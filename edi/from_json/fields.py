"""One JSON object read key by key: every value checked, every key accounted for.

Trouble is a `RowError` that names the line and the key. A key that nobody asked for is trouble too: most are typing
errors, and a value left out silently is a value lost.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from decimal import Decimal
from typing import Any

# Say where a row came from or which it is; the writer takes no value from them.
PASSED_OVER = frozenset(("kind", "schema_version", "transaction", "source", "envelope", "segment", "element"))


def is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


class RowError(ValueError):
    """A line of JSON that cannot be written: says which line, which key, what to do."""

    def __init__(self, line: int, trouble: str) -> None:
        super().__init__(f"line {line}: {trouble}")


class Fields:
    """The keys of one object. `path` is where it stands in its row, `forbidden` what no text may hold."""

    __slots__ = ("asked", "forbidden", "line", "path", "row")

    def __init__(self, line: int, row: dict[str, Any], forbidden: re.Pattern[str], path: str = "") -> None:
        self.line = line
        self.row = row
        self.forbidden = forbidden
        self.path = path
        self.asked: set[str] = set()

    def error(self, key: str, words: str) -> RowError:
        return RowError(self.line, f"{self.path}{key} {words}")

    def has(self, key: str) -> bool:
        """The key is there, whatever its value."""
        return key in self.row

    def require(self, *keys: str) -> None:
        for key in keys:
            if key not in self.row:
                raise self.error(key, "is missing")

    def end(self) -> None:
        """Every key must have been asked for."""
        unknown = sorted(self.row.keys() - self.asked - PASSED_OVER)
        if unknown:
            known = ", ".join(sorted(self.asked))
            raise self.error(unknown[0], f"is no key here; known are {known}")

    def value(self, key: str) -> Any:
        self.asked.add(key)
        return self.row.get(key)

    def pass_over(self, *keys: str) -> None:
        """Keys that hold what a reader concludes: nothing is written from them."""
        self.asked.update(keys)

    def text(self, key: str, default: str = "") -> str:
        value = self.value(key)
        if value is None:
            return default if key not in self.row else ""
        return self.checked(key, value)

    def checked(self, key: str, value: object) -> str:
        if not isinstance(value, str):
            raise self.error(key, f"should be text, found {value!r}")
        if not value.isascii() and not is_text(value):
            raise self.error(key, "holds half a character (a lone surrogate)")
        if found := self.forbidden.search(value):
            raise self.error(
                key, f"holds {found.group()!r}, which separates elements or segments here: leave it out of {value!r}"
            )
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.value(key)
        if value is None:
            return ()
        if not isinstance(value, list):
            raise self.error(key, f"should be a list of text, found {value!r}")
        return tuple(self.checked(f"{key}[{place}]", one) for place, one in enumerate(value, 1))

    def segments(self, key: str) -> tuple[tuple[str, ...], ...]:
        """Segments as lists of their elements, id first."""
        value = self.value(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, list) and one for one in value):
            raise self.error(key, 'should be a list of segments, each a list of text like ["HI", "ABK:I10"]')
        return tuple(
            tuple(self.checked(f"{key}[{place}]", element) for element in one) for place, one in enumerate(value, 1)
        )

    def flag(self, key: str, *, default: bool) -> bool:
        value = self.value(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.error(key, f"should be true or false, found {value!r}")
        return value

    def cents(self, key: str) -> int | None:
        value = self.value(key)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(key, f"should be a whole number of cents, found {value!r}")
        return value

    def money(self, key: str) -> int:
        """An amount that must be there."""
        self.require(key)
        value = self.cents(key)
        if value is None:
            raise self.error(key, "should be a whole number of cents, found null")
        return value

    def whole(self, key: str, default: int | None = None) -> int | None:
        value = self.value(key)
        if value is None:
            return default
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise self.error(key, f"should be a whole number, found {value!r}")
        return value

    def number(self, key: str) -> Decimal | None:
        value = self.value(key)
        if value is None:
            return None
        if not isinstance(value, int | float) or isinstance(value, bool) or value - value != 0:
            raise self.error(key, f"should be a number, found {value!r}")
        return Decimal(str(value))

    def day(self, key: str, default: date | None = None) -> date | None:
        value = self.value(key)
        if not value:
            return default if key not in self.row else None
        try:
            return date.fromisoformat(value)
        except (TypeError, ValueError):
            raise self.error(key, f"should be a date like 2026-11-22, found {value!r}") from None

    def hour(self, key: str, default: time | None = None) -> time | None:
        value = self.value(key)
        if not value:
            return default if key not in self.row else None
        try:
            return time.fromisoformat(value)
        except (TypeError, ValueError):
            raise self.error(key, f"should be a time like 14:30, found {value!r}") from None

    def object(self, key: str) -> Fields | None:
        value = self.value(key)
        if value is None:
            return None
        if not isinstance(value, dict):
            raise self.error(key, f"should be an object, found {value!r}")
        return Fields(self.line, value, self.forbidden, f"{self.path}{key}.")

    def objects(self, key: str) -> Sequence[Fields]:
        value = self.value(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
            raise self.error(key, "should be a list of objects")
        return [
            Fields(self.line, one, self.forbidden, f"{self.path}{key}[{place}].")
            for place, one in enumerate(value, 1)
        ]

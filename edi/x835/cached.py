"""The scalars of an 835 by way of small tables: the same dates, procedures and amounts come back all the time.

A table is filled as it is asked and emptied when full, so it stays small; asking it is half as dear as `lru_cache`,
which keeps an order that nobody needs here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from edi import scalars
from edi.parts import Procedure

Read = TypeVar("Read")
MOST_KEPT = 8_192


class Known(dict[str, Read]):
    """`known[text]` is what `read` makes of the text. Raises what `read` raises."""

    __slots__ = ("_read",)

    def __init__(self, read: Callable[[str], Read]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> Read:
        value = self._read(text)
        if len(self) >= MOST_KEPT:
            self.clear()
        self[text] = value
        return value


CENTS = Known(scalars.cents)
DATES = Known(scalars.date_of)
NUMBERS = Known(scalars.number)


@cache
def procedures(component: str) -> Known[Procedure]:
    """SVC01 and SVC06: qualifier, code, up to four modifiers, description. Without a qualifier it is the code."""

    def read(text: str) -> Procedure:
        parts = text.split(component)
        if len(parts) == 1:
            return Procedure("", text, (), "")
        modifiers = tuple(modifier for modifier in parts[2:6] if modifier)
        return Procedure(parts[0], parts[1], modifiers, parts[6] if len(parts) > 6 else "")

    return Known(read)

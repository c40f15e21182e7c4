"""What every look for the hardly true has in common: the set looked at, the day, and each number told once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from edi.context import Context
from edi.findings import Finding
from edi.identifiers import is_npi
from edi.parts import Name
from edi.values import SetStart

NPI = "XX"  # NM108
MOST_TOLD = 500  # different numbers told in a set


class Look:
    """One transaction set, one value after the other."""

    def __init__(self, start: SetStart, today: date) -> None:
        used = start.delimiters
        self.context = Context(start, used.element, used.component, used.repetition)
        self.today = today
        self.told: set[str] = set()

    def at(self, value: object) -> list[Finding]:
        """What is hardly so about a value. Subclasses know which values say what."""
        raise NotImplementedError

    def providers(self, code: str, names: Iterable[Name | None]) -> None:
        """Provider numbers without their check digit."""
        for name in names:
            if name is not None:
                self.provider(code, name, shown(name))

    def provider(self, code: str, name: Name, elements: list[str]) -> None:
        if name.id_qualifier == NPI and not is_npi(name.id):
            self.number(code, elements, name.id, name.segment)

    def number(self, code: str, elements: list[str], number: str, segment: int) -> None:
        """A number that is none, in the last of the elements; each told once."""
        if number not in self.told and len(self.told) < MOST_TOLD:
            self.told.add(number)
            self.context.find(code, elements, segment, len(elements) - 1)

    def taken(self) -> list[Finding]:
        found = [value for value in self.context.out if isinstance(value, Finding)]
        self.context.out.clear()
        return found


def shown(name: Name) -> list[str]:
    """NM1 as it will have stood."""
    kind = "1" if name.is_person else "2"
    parts = (name.last, name.first, name.middle, "", name.suffix, name.id_qualifier, name.id)
    return ["NM1", name.role, kind, *parts]

"""What narrows the ranked list. The address holds all of it: back works, and a list can be sent to a colleague."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

AGES = {"0-30": (0, 30), "31-60": (31, 60), "61-90": (61, 90), "91-120": (91, 120), "121-180": (121, 180)}
OLDEST = "181"  # over 180 days
SORTS = ("rank", "balance", "age", "deadline")
TEXT_LENGTH = 80


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty text means "any". Values that make no sense are dropped, not refused: an old bookmark still opens."""

    queue: str = ""
    payer: int = 0
    practice: int = 0
    category: str = ""
    carc: str = ""
    age: str = ""  # a key of AGES, or OLDEST
    least: int = 0  # open dollars, at least
    due: int = 0  # deadline within so many days
    owner: str = ""  # "me", "nobody" or a person's id
    text: str = ""
    sort: str = "rank"

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filters:
        return cls(
            queue=query.get("queue", "")[:40],
            payer=_number(query.get("payer", "")),
            practice=_number(query.get("practice", "")),
            category=query.get("category", "")[:40],
            carc=query.get("carc", "").upper()[:5],
            age=query.get("age", "") if query.get("age", "") in (*AGES, OLDEST) else "",
            least=_number(query.get("least", "")),
            due=_number(query.get("due", "")),
            owner=query.get("owner", "")[:12],
            text=query.get("text", "").strip()[:TEXT_LENGTH],
            sort=query.get("sort", "") if query.get("sort", "") in SORTS else "rank",
        )

    def query(self, **changes: Any) -> str:
        """The query string of these filters with changes; defaults are left out."""
        changed = replace(self, **changes) if changes else self
        default = Filters()
        pairs = [
            (field.name, getattr(changed, field.name))
            for field in fields(self)
            if getattr(changed, field.name) != getattr(default, field.name)
        ]
        return urlencode(pairs)

    @property
    def is_narrowed(self) -> bool:
        """Anything beyond the choice of a queue and an order."""
        return bool(
            self.payer
            or self.practice
            or self.category
            or self.carc
            or self.age
            or self.least
            or self.due
            or self.owner
            or self.text
        )


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 12 else 0

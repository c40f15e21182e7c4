"""What narrows the ranked list. The address holds all of it: back works, and a list can be sent to a colleague."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from app.claims.tables import ClaimState

AGES = {"0-30": (0, 30), "31-60": (31, 60), "61-90": (61, 90), "91-120": (91, 120), "121-180": (121, 180)}
OLDEST = "181"  # over 180 days
SORTS = ("rank", "balance", "age", "deadline")
PARKED = "snoozed"
TICKLERS = ("parked", "back", "today")  # parked now; back and not yet touched; back since today
LOOSE = ("dateless", "idle", "late", "first")  # touched and no next date; touched without progress; past its deadline
TEXT_LENGTH = 80
FARTHEST_DAYS = 3_650  # no deadline lies beyond ten years, and a calendar ends
QUERIES_KEPT = 4_096  # a page names its list some twenty times


@dataclass(frozen=True, slots=True)
class Filters:
    """Empty text means "any". Values that make no sense are dropped, not refused: an old bookmark still opens."""

    queue: str = ""
    payer: int = 0
    practice: int = 0
    category: str = ""
    carc: str = ""
    rarc: str = ""
    age: str = ""  # a key of AGES, or OLDEST
    least: int = 0  # open dollars, at least
    most: int = 0  # open dollars, at most
    due: int = 0  # deadline within so many days
    owner: str = ""  # "me", "nobody" or a person's id
    tickler: str = ""
    state: str = ""
    loose: str = ""
    text: str = ""
    sort: str = "rank"
    guided: str = ""  # "1": one claim after the other, nothing but `n` and the outcome keys
    view: int = 0  # the saved view that it was opened as; it narrows nothing

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Filters:
        found = cls(**{name: read(query[name]) for name, read in _READ.items() if name in query})
        if found.tickler == "parked" and found.queue in ("", PARKED):  # it is the queue that those stand in
            return replace(found, tickler="", queue=PARKED)
        return found

    def query(self, **changes: Any) -> str:
        """The query string of these filters with changes; defaults are left out."""
        return _query(replace(self, **changes) if changes else self)

    def address(self, **changes: Any) -> str:
        """The list by itself. Never a bare `/work`: that leads to the first list of one's role."""
        return f"/work?{self.query(**changes) or 'all=1'}"

    @property
    def plain(self) -> Filters:
        """The list itself, however it came to be opened: what a view holds, and what is asked of the database."""
        return replace(self, guided="", view=0)

    @property
    def is_narrowed(self) -> bool:
        """Anything beyond the choice of a queue and an order."""
        plain = Filters(queue=self.queue, sort=self.sort, guided=self.guided, view=self.view)
        return self != plain

    @property
    def shape(self) -> Filters:
        """What these filters ask, without the values: lists of one shape are read by one statement."""
        blank: dict[str, Any] = {
            name: 1 for name in ("payer", "practice", "least", "most", "due") if getattr(self, name)
        }
        blank |= {
            name: "any" for name in ("queue", "category", "carc", "rarc", "state", "text") if getattr(self, name)
        }
        if self.age not in ("", OLDEST):
            blank["age"] = "any"
        if self.owner.isascii() and self.owner.isdigit():
            blank["owner"] = "any"
        return replace(self, **blank, guided="", view=0)


@lru_cache(maxsize=QUERIES_KEPT)
def _query(filters: Filters) -> str:
    shown = [(field.name, getattr(filters, field.name)) for field in fields(filters)]
    return urlencode([(name, value) for name, value in shown if value != getattr(_DEFAULT, name)])


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _short(text: str) -> str:
    return text.strip()[:40]


def _code(text: str) -> str:
    return text.strip().upper()[:5]


def _reason(text: str) -> str:
    """As it stands on an EOB or on the claim's page: `CO-197`, `co 197` and `197` are one reason."""
    return _code(_GROUP.sub("", text.strip()))


def _category(text: str) -> str:
    """`Missing info` is `missing-info`; one is an abbreviation."""
    word = _short(text).lower().replace(" ", "-")
    return "COB" if word == "cob" else word


def _dollars(text: str) -> int:
    """Whole dollars, however they are written: `$1,840.50` is 1840."""
    return _number(text.strip().removeprefix("$").replace(",", "").partition(".")[0])


def _owner(text: str) -> str:
    return text if text in ("me", "nobody") else str(_number(text) or "")


def _one_of(*known: str, otherwise: str = "") -> Callable[[str], str]:
    return lambda text: text if text in known else otherwise


_DEFAULT = Filters()
_GROUP = re.compile(r"^(CO|OA|PI|PR|CR)[\s-]?(?=\w)", re.IGNORECASE)  # CAS01, which stands before the reason
_READ: dict[str, Callable[[str], Any]] = {
    "queue": _short,
    "payer": _number,
    "practice": _number,
    "category": _category,
    "carc": _reason,
    "rarc": _code,
    "age": _one_of(*AGES, OLDEST),
    "least": _dollars,
    "most": _dollars,
    "due": lambda text: min(_number(text), FARTHEST_DAYS),
    "owner": _owner,
    "tickler": _one_of(*TICKLERS),
    "state": _one_of(*ClaimState),
    "loose": _one_of(*LOOSE),
    "text": lambda text: text.strip()[:TEXT_LENGTH],
    "sort": _one_of(*SORTS, otherwise="rank"),
    "guided": _one_of("1"),
    "view": _number,
}

"""How this site judges the payers' codes: the shipped tables, and a supervisor's overrides, by payer and date.

An override changes what a code is called, what it is about, what to do, and how hopeful that is. It does not change a
code's nature (denial, contractual, the patient's share): that decides how money is posted, for every payer alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import Connection, Select, select

import edi.codes
from app.claims.tables import CodeOverride
from app.core.bulk import table_of
from edi.codes import Carc, Rarc
from edi.codes.explain import borne, explain_adjustment, explain_remark

CARC: Final = "carc"
RARC: Final = "rarc"
COLUMNS: Final = {  # what may be judged otherwise
    CARC: ("label", "category", "next_action", "overturn", "note"),
    RARC: ("label", "workflow_effect", "note"),
}
override = table_of(CodeOverride)


class Way(NamedTuple):
    """One override that stands."""

    payer_id: int | None  # None: every payer
    from_on: date | None
    until_on: date | None
    changes: Mapping[str, str]

    def holds(self, payer_id: int, on: date | None) -> bool:
        """On a decision of this day; one without a date is judged as of no special time."""
        if self.payer_id not in (None, payer_id):
            return False
        if on is None:
            return self.from_on is None and self.until_on is None
        return (self.from_on is None or self.from_on <= on) and (self.until_on is None or on <= self.until_on)


@dataclass(frozen=True, slots=True)
class CodeWays:
    """The overrides that stand, by list and code; without any, the tables as shipped."""

    ways: Mapping[tuple[str, str], tuple[Way, ...]]

    def codes(self, name: str) -> frozenset[str]:
        """The codes of a list that anything is changed about."""
        return frozenset(code for listed, code in self.ways if listed == name)

    def changed(self, name: str, code: str, payer_id: int, on: date | None) -> dict[str, Any]:
        """What holds for every payer, then what holds for this one."""
        standing = [way for way in self.ways.get((name, code), ()) if way.holds(payer_id, on)]
        made: dict[str, Any] = {}
        for way in sorted(standing, key=lambda way: way.payer_id is not None):
            made |= way.changes
        return made

    def carc(self, code: str, payer_id: int, on: date | None) -> Carc | None:
        """The row as this payer's decisions are judged; None for a code that is in no list."""
        row = edi.codes.carc(code)
        if row is None or (CARC, code) not in self.ways:
            return row
        return row._replace(**self.changed(CARC, code, payer_id, on))

    def rarc(self, code: str, payer_id: int, on: date | None) -> Rarc | None:
        row = edi.codes.rarc(code)
        if row is None or (RARC, code) not in self.ways:
            return row
        return row._replace(**self.changed(RARC, code, payer_id, on))

    def category(self, reason: str, payer_id: int, on: date | None) -> str:
        """What a denial for this reason is about."""
        row = self.carc(reason, payer_id, on)
        return row.category if row is not None else "other"

    def effects(self, payer_id: int, on: date | None) -> dict[str, str]:
        """The effects that remarks have here and not in the table."""
        found = {code: self.changed(RARC, code, payer_id, on) for code in self.codes(RARC)}
        return {code: changes["workflow_effect"] for code, changes in found.items() if "workflow_effect" in changes}

    def adjustment_words(self, group: str, reason: str, payer_id: int, on: date | None) -> str:
        """Group and reason in plain words; ours for this payer, where there are any."""
        label = self.changed(CARC, reason, payer_id, on).get("label")
        return borne(label, group) if label else explain_adjustment(group, reason)

    def remark_words(self, code: str, payer_id: int, on: date | None) -> str:
        label = self.changed(RARC, code, payer_id, on).get("label")
        return label or explain_remark(code)


AS_SHIPPED: Final = CodeWays({})


def code_ways(connection: Connection) -> CodeWays:
    """The overrides that stand now."""
    found: dict[tuple[str, str], list[Way]] = {}
    for row in connection.execute(_standing()):
        way = Way(row.payer_id, row.from_on, row.until_on, row.changes)
        found.setdefault((row.list_name, row.code), []).append(way)
    return CodeWays({key: tuple(ways) for key, ways in found.items()}) if found else AS_SHIPPED


@cache
def _standing() -> Select[Any]:
    return (
        select(
            *(override.c.list_name, override.c.code, override.c.payer_id),
            *(override.c.from_on, override.c.until_on, override.c.changes),
        )
        .where(override.c.ended_at.is_(None))
        .order_by(override.c.id)
    )

"""The timeline's writer: events gathered while a batch is worked, written with one statement."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from app.claims.tables import ClaimEvent, EventKind
from app.core.bulk import insert_many, table_of

COLUMNS = (
    *("practice_id", "claim_id", "kind", "happened_on", "known_at", "summary", "detail", "cents", "file_id"),
    *("segment", "last_segment", "start_offset", "end_offset", "person_id"),
)


class Place(NamedTuple):
    """The wire text that said so."""

    file_id: int | None = None
    segment: int = 0
    last_segment: int = 0
    start_offset: int = 0
    end_offset: int = 0


NOWHERE = Place()


class Timeline:
    """Events of one batch."""

    def __init__(self, connection: Connection, now: datetime) -> None:
        self._connection = connection
        self._now = now
        self._rows: list[tuple[Any, ...]] = []

    def add(
        self,
        practice_id: int,
        claim_id: int,
        kind: EventKind,
        on: date,
        summary: str,
        *,
        cents: int | None = None,
        place: Place = NOWHERE,
        detail: dict[str, object] | None = None,
        person_id: int | None = None,
    ) -> None:
        self._rows.append(
            (practice_id, claim_id, kind.value, on, self._now, summary, detail or {}, cents, *place, person_id)
        )

    def flush(self) -> None:
        insert_many(self._connection, table_of(ClaimEvent), COLUMNS, self._rows)
        self._rows.clear()

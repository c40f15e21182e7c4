"""The service lines of submitted claims: written with the claim, brought up to date by its newest sending."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from app.claims.among import among
from app.claims.register import KnownClaim
from app.claims.tables import ClaimLine
from app.core.bulk import insert_many, table_of
from edi.x837 import model as x837

claim_line = table_of(ClaimLine)
COLUMNS = tuple(column.name for column in claim_line.c if column.name != "id")
SAID = tuple(name for name in COLUMNS if name not in ("claim_id", "number"))


class SubmittedLines:
    """The lines of one batch."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[int, dict[int, int]] = defaultdict(dict)  # claim → line number → row number
        self._new: dict[tuple[int, int], tuple[Any, ...]] = {}
        self._changed: dict[int, dict[str, Any]] = {}

    def load(self, claim_ids: Iterable[int]) -> None:
        wanted = sorted(claim_ids)
        if wanted:
            rows = self._connection.execute(
                select(claim_line.c.id, claim_line.c.claim_id, claim_line.c.number).where(
                    among(self._connection, claim_line.c.claim_id, wanted)
                )
            )
            for row in rows:
                self._known[row.claim_id][row.number] = row.id

    def keep(self, claim: KnownClaim, submitted: x837.SubmittedClaim, *, is_newest: bool) -> None:
        """New lines are added; known ones take what the newest sending says."""
        known = self._known.get(claim.id, {})
        for number, line in enumerate(submitted.lines, start=1):
            row = known.get(number)
            if row is not None:
                if is_newest:
                    self._changed[row] = _said(line)
            elif is_newest or (claim.id, number) not in self._new:
                said = _said(line)
                values = {"claim_id": claim.id, "number": number, **said}
                self._new[(claim.id, number)] = tuple(values[name] for name in COLUMNS)

    def flush(self) -> None:
        insert_many(self._connection, claim_line, COLUMNS, self._new.values())
        if self._changed:
            self._connection.execute(
                update(claim_line)
                .where(claim_line.c.id == bindparam("row_id"))
                .values({claim_line.c[name]: bindparam(f"new_{name}") for name in SAID}),
                [
                    {"row_id": row, **{f"new_{name}": value for name, value in said.items()}}
                    for row, said in self._changed.items()
                ],
            )
        self._new.clear()
        self._changed.clear()


def _said(line: x837.SubmittedLine) -> dict[str, Any]:
    procedure = line.procedure
    return {
        "control_number": line.line_control_number,
        "procedure": procedure.code if procedure else "",
        "modifiers": ":".join(procedure.modifiers) if procedure else "",
        "revenue_code": line.revenue_code,
        "units": str(line.units),
        "charge_cents": line.charge_cents,
        "first_service": line.first_date,
        "last_service": line.last_date,
        "place_of_service": line.place_of_service,
        "pointers": ":".join(line.pointers),
    }

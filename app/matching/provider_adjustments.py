"""PLB: money between payer and practice outside any claim. Kept, posted, and tied to a claim where it names one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, select

from app.claims.among import among
from app.claims.numbering import Numbers
from app.claims.tables import PayerControlNumber
from app.core.bulk import insert_many, table_of
from app.ledger.journal import Journal
from app.matching.answers import Header
from app.matching.deposit import post_provider_adjustment
from app.matching.tables import ProviderAdjustmentRow
from edi.x835.model import ProviderAdjustment

provider_adjustment = table_of(ProviderAdjustmentRow)
control_number = table_of(PayerControlNumber)
COLUMNS = tuple(column.name for column in provider_adjustment.c)


def keep_provider_adjustments(
    connection: Connection, adjustments: Sequence[ProviderAdjustment], header: Header, journal: Journal | None
) -> None:
    """Write the rows; with a journal, post them. The reference may be a payer's claim number (835.md §6)."""
    numbers = Numbers(connection, ProviderAdjustmentRow)
    claims = _claims_named(connection, header.practice_id, {item.reference for item in adjustments if item.reference})
    rows: list[tuple[Any, ...]] = []
    for item in adjustments:
        number = numbers.next()
        values = {
            "id": number,
            "practice_id": header.practice_id,
            "payer_id": header.payer.id,
            "remittance_id": header.remittance_id,
            "claim_id": claims.get(item.reference),
            "provider_id": item.provider_id,
            "reason": item.reason,
            "reference": item.reference,
            "cents": item.cents,
            "segment": item.segment,
            "element": item.element,
        }
        rows.append(tuple(values[name] for name in COLUMNS))
        if journal is not None:
            post_provider_adjustment(
                *(journal, header, number, item.reason, item.reference, item.cents, item.segment, item.element)
            )
    insert_many(connection, provider_adjustment, COLUMNS, rows)


def _claims_named(connection: Connection, practice_id: int, references: set[str]) -> dict[str, int]:
    """Claims by the payer's number for them, where only one has it."""
    found: dict[str, set[int]] = {}
    if references:
        rows = connection.execute(
            select(control_number.c.value, control_number.c.claim_id).where(
                control_number.c.practice_id == practice_id,
                among(connection, control_number.c.value, references),
            )
        )
        for row in rows:
            found.setdefault(row.value, set()).add(row.claim_id)
    return {value: next(iter(ids)) for value, ids in found.items() if len(ids) == 1}

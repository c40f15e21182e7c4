"""PLB: money between payer and practice outside any claim. Kept, posted, and tied to a claim where it names one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from app.claims.numbering import Numbers
from app.claims.tables import PayerControlNumber
from app.core.bulk import insert_many, table_of
from app.ledger.accounts import provider_adjustment_account
from app.ledger.journal import Cause, Journal, Leg
from app.ledger.tables import Account, CauseKind, EntryKind
from app.matching.tables import ProviderAdjustmentRow
from edi.x835.model import ProviderAdjustment

provider_adjustment = table_of(ProviderAdjustmentRow)
control_number = table_of(PayerControlNumber)
COLUMNS = tuple(column.name for column in provider_adjustment.c)


def keep_provider_adjustments(
    connection: Connection,
    adjustments: Sequence[ProviderAdjustment],
    *,
    practice_id: int,
    payer_id: int,
    remittance_id: int,
    file_id: int,
    on: date,
    journal: Journal | None,
) -> None:
    """Write the rows; with a journal, post them. The reference may be a payer's claim number (835.md §6)."""
    numbers = Numbers(connection, ProviderAdjustmentRow)
    claims = _claims_named(connection, practice_id, {item.reference for item in adjustments if item.reference})
    rows: list[tuple[Any, ...]] = []
    for item in adjustments:
        number = numbers.next()
        claim_id = claims.get(item.reference)
        values = {
            "id": number,
            "practice_id": practice_id,
            "payer_id": payer_id,
            "remittance_id": remittance_id,
            "claim_id": claim_id,
            "provider_id": item.provider_id,
            "reason": item.reason,
            "reference": item.reference,
            "cents": item.cents,
            "segment": item.segment,
            "element": item.element,
        }
        rows.append(tuple(values[name] for name in COLUMNS))
        if journal is not None:
            cause = Cause(CauseKind.PROVIDER_ADJUSTMENT, number, file_id, item.segment)
            legs = [
                Leg(
                    *(
                        provider_adjustment_account(item.reason),
                        item.cents,
                        None,
                        None,
                        remittance_id,
                        "",
                        item.reason,
                    ),
                    *(item.segment, item.element),
                ),
                Leg(
                    *(Account.REMITTANCE_CLEARING, -item.cents, None, None, remittance_id, "", item.reason),
                    *(item.segment, item.element),
                ),
            ]
            memo = f"PLB {item.reason} {item.reference}".strip()
            journal.post(practice_id, EntryKind.PROVIDER_ADJUSTMENT, on, cause, legs, memo=memo)
    insert_many(connection, provider_adjustment, COLUMNS, rows)


def _claims_named(connection: Connection, practice_id: int, references: set[str]) -> dict[str, int]:
    """Claims by the payer's number for them, where only one has it."""
    found: dict[str, set[int]] = {}
    wanted = sorted(references)
    for first in range(0, len(wanted), 500):
        rows = connection.execute(
            select(control_number.c.value, control_number.c.claim_id).where(
                control_number.c.practice_id == practice_id,
                control_number.c.value.in_(wanted[first : first + 500]),
            )
        )
        for row in rows:
            found.setdefault(row.value, set()).add(row.claim_id)
    return {value: next(iter(ids)) for value, ids in found.items() if len(ids) == 1}

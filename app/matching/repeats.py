"""Has this transaction set been here before? By content, and for a payment by its business key (835.md §9)."""

from __future__ import annotations

from sqlalchemy import Connection, select

from app.core.bulk import table_of
from app.intake.loading_contract import LoadContext, SetOutcome
from app.intake.tables import LoadedSet, SetState
from edi.values import SetEnd
from edi.x835.model import Remittance

KEPT = (SetState.LOADED, SetState.HELD, SetState.CONFLICT)
loaded_set = table_of(LoadedSet)


def business_key(header: Remittance, end: SetEnd) -> str:
    """One payment: originator, trace, amount, date, payee. A no-pay notice has no check number of its own: payers
    may count them payer-wide, so its content is part of the key."""
    day = header.payment_date.isoformat() if header.payment_date else ""
    payee = header.payee.id if header.payee else ""
    parts = [header.trace_originator, header.trace, str(header.paid_cents), day, payee]
    if header.method == "NON":
        parts.append(end.fingerprint)
    return "|".join(parts)


def repeat_of(connection: Connection, context: LoadContext, end: SetEnd, key: str = "") -> SetOutcome | None:
    """The outcome when the set repeats or contradicts one that we have; None when it is new."""
    same = _find(connection, context, loaded_set.c.fingerprint, end.fingerprint)
    if same is not None:
        return SetOutcome(
            SetState.DUPLICATE,
            f"The same content was {_done(same.state)} on {same.loaded_at:%Y-%m-%d} (set {same.set_number} of file "
            f"{same.file_id}). Nothing was posted; nothing needs to be done.",
            same.practice_id,
            key,
            same.id,
            end.claim_count,
        )
    other = _find(connection, context, loaded_set.c.business_key, key)
    if other is not None:
        return SetOutcome(
            SetState.CONFLICT,
            f"A payment with the same trace, amount, date and payee was {_done(other.state)} on "
            f"{other.loaded_at:%Y-%m-%d} (set {other.set_number} of file {other.file_id}), but its content differs. "
            "Nothing was posted: compare the two, and post this one only if the payer sent it as a correction.",
            other.practice_id,
            key,
            other.id,
            end.claim_count,
        )
    return None


def _find(connection: Connection, context: LoadContext, column: object, value: str):  # type: ignore[no-untyped-def]
    if not value:
        return None
    statement = (
        select(
            *(loaded_set.c.id, loaded_set.c.file_id, loaded_set.c.set_number, loaded_set.c.state),
            *(loaded_set.c.practice_id, loaded_set.c.loaded_at),
        )
        .where(
            column == value,  # type: ignore[arg-type]
            loaded_set.c.id != context.loaded_set_id,
            loaded_set.c.kind == context.start.kind,
            loaded_set.c.state.in_(KEPT),
        )
        .order_by(loaded_set.c.id)
    )
    return connection.execute(statement).first()


def _done(state: str) -> str:
    return "loaded" if state == SetState.LOADED else "held"

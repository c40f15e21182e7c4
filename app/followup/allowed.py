"""What of the billed amount a payer allows, from paid history: by payer and procedure, with shrinkage.

A procedure seen seldom with a payer is held near that payer's usual share, and a payer seen seldom near the share of
all payers. Only lines that were paid count: what a denial left unallowed says nothing about the fee schedule.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any, Final

from sqlalchemy import Connection, and_, delete, func, select

from app.claims.tables import Claim, ClaimLine
from app.core.bulk import insert_many, table_of
from app.followup.tables import AllowedShare
from app.matching.tables import ClaimPayment, PaymentState, Remittance, ServicePayment

HISTORY_DAYS: Final = 730  # fee schedules change every year; two years tell this one and the last
CELL_WEIGHT: Final = 8.0  # paid lines that the payer's usual share counts for
PAYER_WEIGHT: Final = 20.0  # paid lines that the share of all payers counts for
PAYERS_LEAST: Final = 5  # paid lines of a payer under which nothing of its own is said
SHARE_LIMITS: Final = (0.01, 1.0)

share = table_of(AllowedShare)
claim = table_of(Claim)
line = table_of(ClaimLine)
service = table_of(ServicePayment)
claim_payment = table_of(ClaimPayment)
remittance = table_of(Remittance)

Cell = tuple[float, int]  # share, paid lines


def learn_allowed(connection: Connection, today: date) -> int:
    """Rewrite the table from the last two years; how many payer and procedure pairs it holds."""
    statement = (
        select(
            remittance.c.payer_id,
            service.c.procedure,
            func.count().label("lines"),
            func.sum(service.c.charge_cents).label("charge"),
            func.sum(service.c.allowed_cents).label("allowed"),
        )
        .join(claim_payment, claim_payment.c.id == service.c.claim_payment_id)
        .join(remittance, remittance.c.id == claim_payment.c.remittance_id)
        .where(
            claim_payment.c.state == PaymentState.POSTED,
            claim_payment.c.payer_rank <= 1,  # a secondary's allowed amount is what the primary left
            service.c.paid_cents > 0,
            service.c.charge_cents > 0,
            service.c.allowed_cents > 0,
            remittance.c.payment_date >= today - timedelta(days=HISTORY_DAYS),
        )
        .group_by(remittance.c.payer_id, service.c.procedure)
    )
    seen = {
        (row.payer_id, row.procedure): (int(row.allowed) / int(row.charge), int(row.lines))
        for row in connection.execute(statement)
    }
    rows = shrunk_shares(seen)
    connection.execute(delete(share))
    insert_many(connection, share, ("payer_id", "procedure", "share", "lines"), rows)
    return len(rows)


def shrunk_shares(seen: dict[tuple[int, str], Cell]) -> list[tuple[int, str, float, int]]:
    """Rows of the table: each payer's own share under the procedure "", then its procedures."""
    by_payer: dict[int, list[Cell]] = defaultdict(list)
    for (payer_id, _), cell in seen.items():
        by_payer[payer_id].append(cell)
    whole = _mean([cell for cells in by_payer.values() for cell in cells])
    rows: list[tuple[int, str, float, int]] = []
    usual: dict[int, float] = {}
    for payer_id, cells in by_payer.items():
        lines = sum(cell[1] for cell in cells)
        if lines < PAYERS_LEAST:
            continue
        usual[payer_id] = _toward(whole, PAYER_WEIGHT, _mean(cells), lines)
        rows.append((payer_id, "", usual[payer_id], lines))
    for (payer_id, procedure), (own, lines) in seen.items():
        if procedure and payer_id in usual:
            rows.append((payer_id, procedure, _toward(usual[payer_id], CELL_WEIGHT, own, lines), lines))
    return rows


def allowed_share_of(claim_row: Any) -> Any:
    """The share to expect of a claim's lines, weighted by their charges; NULL when its payer has no history."""
    own, usual = share.alias("own_share"), share.alias("usual_share")
    expected = func.sum(line.c.charge_cents * func.coalesce(own.c.share, usual.c.share))
    return (
        select(expected / func.nullif(func.sum(line.c.charge_cents), 0))
        .select_from(
            line.join(usual, and_(usual.c.payer_id == claim_row.c.payer_id, usual.c.procedure == "")).outerjoin(
                own, and_(own.c.payer_id == claim_row.c.payer_id, own.c.procedure == line.c.procedure)
            )
        )
        .where(line.c.claim_id == claim_row.c.id)
        .correlate(claim_row)
        .scalar_subquery()
    )


def _mean(cells: list[Cell]) -> float:
    lines = sum(cell[1] for cell in cells)
    return sum(own * count for own, count in cells) / lines if lines else 0.0


def _toward(prior: float, weight: float, own: float, lines: int) -> float:
    low, high = SHARE_LIMITS
    return min(high, max(low, (own * lines + prior * weight) / (lines + weight)))

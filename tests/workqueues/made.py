"""Claims for tests: a denied commercial claim, changed as a test needs."""

from __future__ import annotations

from datetime import date
from typing import Any

from workqueues.beliefs import prior_beliefs
from workqueues.deadlines import Terms
from workqueues.decision import Ranking, rank
from workqueues.facts import FactRow, Facts
from workqueues.strategy import Strategy

TODAY = date(2026, 11, 23)  # a Monday

DENIED = FactRow(
    claim_id=1,
    practice_id=1,
    payer_id=1,
    open_cents=50_000,
    payer_kind="commercial",
    status="denied",
    payer_answer="final",
    billed_cents=50_000,
    insurance_open_cents=50_000,
    denied_cents=50_000,
    carc="4",
    group="CO",
    category="coding",
    remarks=("N519",),
    service_on=date(2026, 9, 1),
    first_billed_on=date(2026, 9, 5),
    last_billed_on=date(2026, 9, 5),
    last_answer_on=date(2026, 10, 1),
    denied_on=date(2026, 10, 1),
    arrived_on=date(2026, 10, 2),
    has_payer_claim_number=True,
)


def claim(**changes: Any) -> FactRow:
    return DENIED._replace(**changes)


def charged(claim_id: int, cents: int, **changes: Any) -> FactRow:
    """A denied claim of so many cents, all of it open and denied."""
    money = {"billed_cents": cents, "open_cents": cents, "insurance_open_cents": cents, "denied_cents": cents}
    return claim(claim_id=claim_id, **money, **changes)


def ranked(*rows: FactRow, strategy: Strategy | None = None, terms: Terms | None = None) -> Ranking:
    """Rank some claims on the first day of a practice."""
    return rank(Facts.from_rows(rows), strategy or Strategy(), prior_beliefs(), terms or Terms.build(), TODAY)

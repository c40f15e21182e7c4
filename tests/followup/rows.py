"""A line of the ranked list, for tests that only print one."""

from __future__ import annotations

from datetime import date
from typing import Any

from app.followup.work_row import WorkRow

ROW = WorkRow(
    claim_id=1,
    patient="KOWALCZYK, THEO",
    patient_control_number="B00000001",
    payer="HARROWGATE HEALTH PLAN",
    payer_id=1,
    practice="PRACTICE",
    queue="authorization",
    action="research",
    why="No authorization.",
    open_cents=12_000,
    expected_cents=4_000,
    odds=0.4,
    minutes=12.0,
    score=300.0,
    rank_key=300.0,
    tier=0,
    deadline=date(2026, 4, 1),
    days_left=30,
    age_days=40,
    first_service=None,
    carc="197",
    next_on=None,
    holder="",
    owner_id=None,
    back="",
)


def a_row(**changes: Any) -> WorkRow:
    return ROW._replace(**changes)

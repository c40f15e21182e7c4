"""The claims behind a figure: what a reader finds when they press on it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from app.claims.tables import Patient, Payer
from app.core.bulk import table_of
from app.reports.scope import claim

MOST_SHOWN = 200  # the largest; the count and the dollars are of all

patient = table_of(Patient)
payer = table_of(Payer)
NAMED = (claim.c.id, claim.c.patient_control_number, patient.c.last_name, patient.c.first_name, payer.c.name)


class BehindClaim(NamedTuple):
    claim_id: int
    number: str
    patient: str
    payer: str
    on: date | None
    days: int | None  # from `on` to the end of the period
    cents: int
    why: str


@dataclass(frozen=True, slots=True)
class Behind:
    """`claims` are the largest; `count` and `cents` are of all."""

    claims: list[BehindClaim]
    count: int
    cents: int


def behind_rows(rows: Iterable[Any], until: date) -> list[BehindClaim]:
    """From rows of NAMED, a date, cents and a reason."""
    found = []
    for number, control, last, first, called, on, cents, why in rows:
        who = ", ".join(part for part in (last, first) if part)
        days = (until - on).days if on else None
        found.append(BehindClaim(number, control, who, called, on, days, int(cents), why or ""))
    return found

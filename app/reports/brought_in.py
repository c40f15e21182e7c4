"""What follow-up brought in: the dollars that arrived on worked claims, beside the minutes that the work took.

A dollar counts when it arrives within WORKED_DAYS after somebody touched the claim, and is credited to whoever
touched it last before. That does not prove that the touch caused it: some claims pay by themselves, and the page
says so. It is the same measure for everybody, and the one that the practice's owner can hold against wages.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select
from sqlmodel import Session

from app.auth.tables import Person
from app.core.bulk import table_of
from app.core.clock import start_of_day
from app.followup.tables import Touch
from app.ledger.queries import PAYING
from app.reports.report import Column, Line, Report, Value
from app.reports.scope import Scope, claim, entry, posting

WORKED_DAYS = 180  # a payer's answer to an appeal may take that long
MINUTES_PER_HOUR = 60

touch = table_of(Touch)
person = table_of(Person)

COLUMNS = (
    Column("touches", "Touches", "count"),
    Column("claims", "Claims worked", "count"),
    Column("hours", "Hours", "number"),
    Column("per_hour", "Claims per hour", "number"),
    Column("brought_in", "Brought in", "money"),
    Column("dollars_per_hour", "Per hour", "money"),
)


class Worked(NamedTuple):
    """One person's period."""

    touches: int
    claims: int
    minutes: float
    cents: int

    def values(self) -> tuple[Value, ...]:
        hours = self.minutes / MINUTES_PER_HOUR
        per_hour = round(self.cents / hours) if hours else None
        return (
            self.touches,
            self.claims,
            round(hours, 1),
            round(self.claims / hours, 1) if hours else None,
            self.cents,
            per_hour,
        )


def brought_in(session: Session, scope: Scope) -> Report:
    """By person, most dollars first."""
    found = worked(session, scope)
    names = {row.id: row.name for row in session.execute(select(person.c.id, person.c.name))}
    lines = [Line(names.get(number, "Somebody"), each.values()) for number, each in found.items()]
    lines.sort(key=lambda line: (-(line.values[4] or 0), line.label))
    everybody = Worked(
        sum(each.touches for each in found.values()),
        _claims_touched(session, scope),
        sum(each.minutes for each in found.values()),
        sum(each.cents for each in found.values()),
    )
    return Report(
        "brought-in",
        "Brought in by follow-up",
        f"Paid in the period on claims that somebody had touched within the {WORKED_DAYS} days before, credited to "
        "who touched them last. Some of it would have come by itself. Hours are the minutes kept with the touches.",
        "Person",
        COLUMNS,
        tuple(lines),
        Line("Everybody", everybody.values()),
    )


def worked(session: Session, scope: Scope) -> dict[int, Worked]:
    """Person → what they did and what came of it."""
    touches: dict[int, int] = defaultdict(int)
    claims: dict[int, set[int]] = defaultdict(set)
    minutes: dict[int, float] = defaultdict(float)
    for person_id, claim_id, spent in session.execute(
        select(touch.c.person_id, touch.c.claim_id, touch.c.minutes)
        .join(claim, claim.c.id == touch.c.claim_id)
        .where(*_in_period(scope), *scope.of_claims())
    ):
        touches[person_id] += 1
        claims[person_id].add(claim_id)
        minutes[person_id] += spent
    cents = _credited(session, scope)
    people = sorted({*touches, *cents})
    return {each: Worked(touches[each], len(claims[each]), minutes[each], cents.get(each, 0)) for each in people}


def _credited(session: Session, scope: Scope) -> dict[int, int]:
    """Person → cents that arrived on claims they were the last to touch."""
    earliest = start_of_day(scope.since - timedelta(days=WORKED_DAYS), scope.zone)
    hands: dict[int, list[tuple[datetime, int]]] = defaultdict(list)
    for claim_id, at, person_id in session.execute(
        select(touch.c.claim_id, touch.c.at, touch.c.person_id)
        .join(claim, claim.c.id == touch.c.claim_id)
        .where(touch.c.at >= earliest, touch.c.at < scope.ends_at, *scope.of_claims())
        .order_by(touch.c.at)
    ):
        hands[claim_id].append((at, person_id))
    cents: dict[int, int] = defaultdict(int)
    arrived = (
        select(posting.c.claim_id, entry.c.event_date, posting.c.amount_cents)
        .join(entry, entry.c.id == posting.c.entry_id)
        .where(
            posting.c.claim_id.in_(select(touch.c.claim_id).where(touch.c.at >= earliest)),
            posting.c.account.in_([account.value for account in PAYING]),
            posting.c.practice_id.in_(scope.practice_ids),
            scope.in_period(entry.c.event_date),
        )
    )
    for claim_id, on, amount in session.execute(arrived):
        known = hands.get(claim_id, [])
        before = bisect_left(known, (start_of_day(on + timedelta(days=1), scope.zone), 0))
        if before:
            at, person_id = known[before - 1]
            if at >= start_of_day(on - timedelta(days=WORKED_DAYS), scope.zone):
                cents[person_id] += int(amount)
    return cents


def _claims_touched(session: Session, scope: Scope) -> int:
    statement = (
        select(func.count(touch.c.claim_id.distinct()))
        .join(claim, claim.c.id == touch.c.claim_id)
        .where(*_in_period(scope), *scope.of_claims())
    )
    return int(session.execute(statement).scalar_one())


def _in_period(scope: Scope) -> list[ColumnElement[bool]]:
    return [touch.c.at >= scope.begins_at, touch.c.at < scope.ends_at]

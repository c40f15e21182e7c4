"""What follow-up brought in: the dollars that arrived on worked claims, beside the minutes that the work took.

A dollar counts when it arrives within WORKED_DAYS after somebody touched the claim, and is credited to whoever
touched it last before. That does not prove that the touch caused it: some claims pay by themselves, and the page
says so. It is the same measure for everybody, and the one that the practice's owner can hold against wages.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Date, Select, column, func, select, values
from sqlmodel import Session

from app.auth.tables import Person
from app.core.bulk import Tested, table_of
from app.core.clock import start_of_day
from app.core.columns import Instant
from app.followup.tables import Touch
from app.ledger.queries import PAYING
from app.reports.report import Column, Line, Report, Value
from app.reports.scope import Scope, claim, entry, posting

WORKED_DAYS = 180  # a payer's answer to an appeal may take that long
MINUTES_PER_HOUR = 60
DAYS_AT_ONCE = 366  # engines bound the values of one statement

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
    statement = (
        select(touch.c.person_id, func.count(), func.count(touch.c.claim_id.distinct()), func.sum(touch.c.minutes))
        .join(claim, claim.c.id == touch.c.claim_id)
        .where(*_in_period(scope), *scope.of_claims())
        .group_by(touch.c.person_id)
    )
    done = {
        person_id: (touches, claims, minutes) for person_id, touches, claims, minutes in session.execute(statement)
    }
    cents = _credited(session, scope)
    return {each: Worked(*done.get(each, (0, 0, 0.0)), cents=cents.get(each, 0)) for each in sorted({*done, *cents})}


def _credited(session: Session, scope: Scope) -> dict[int, int]:
    """Person → cents that arrived on claims they were the last to touch."""
    found: dict[int, int] = defaultdict(int)
    days = [scope.since + timedelta(days=each) for each in range(scope.days)]
    for first in range(0, len(days), DAYS_AT_ONCE):
        for person_id, cents in session.execute(_arrived(scope, days[first : first + DAYS_AT_ONCE])):
            if person_id is not None:
                found[person_id] += int(cents)
    return found


def _arrived(scope: Scope, days: list[date]) -> Select[Any]:
    """What arrived on some days, by who had touched its claim last: None where nobody had.

    The days carry the instants between which a touch counts, since only the reader's zone says when a day begins.
    """
    bounds = [
        (
            day,
            start_of_day(day - timedelta(days=WORKED_DAYS), scope.zone),
            start_of_day(day + timedelta(days=1), scope.zone),
        )
        for day in days
    ]
    named = column("day", Date()), column("since", Instant()), column("until", Instant())
    counted = values(*named, name="given").data(bounds).cte("counted")
    last = (
        select(touch.c.person_id)
        .where(touch.c.claim_id == posting.c.claim_id, touch.c.at >= counted.c.since, touch.c.at < counted.c.until)
        .order_by(touch.c.at.desc(), touch.c.id.desc())
        .limit(1)
        .correlate(posting, counted)
        .scalar_subquery()
        .label("person_id")
    )
    legs = (
        select(last, posting.c.amount_cents)
        .select_from(
            counted.join(entry, entry.c.event_date == counted.c.day)
            .join(posting, posting.c.entry_id == entry.c.id)
            .join(claim, claim.c.id == posting.c.claim_id)
        )
        .where(
            posting.c.account.in_([account.value for account in PAYING]),
            Tested(posting.c.practice_id).in_(scope.practice_ids),
            *scope.of_claims(),
        )
        .cte("legs")
        .prefix_with("MATERIALIZED")
    )
    return select(legs.c.person_id, func.sum(legs.c.amount_cents)).group_by(legs.c.person_id)


def _claims_touched(session: Session, scope: Scope) -> int:
    statement = (
        select(func.count(touch.c.claim_id.distinct()))
        .join(claim, claim.c.id == touch.c.claim_id)
        .where(*_in_period(scope), *scope.of_claims())
    )
    return int(session.execute(statement).scalar_one())


def _in_period(scope: Scope) -> list[ColumnElement[bool]]:
    return [touch.c.at >= scope.begins_at, touch.c.at < scope.ends_at]

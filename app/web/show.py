"""How values look on a page: the Jinja filters. Pure functions; a template says `{{ claim.open_cents | money }}`."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.core.money import format_cents, format_cents_compact

NOTHING = "–"
SOON_DAYS = 7  # a deadline within a working week is shown as pressing
NEAR_DAYS = 30


def money(cents: int | None) -> str:
    """`$1,234.56`, with a real minus sign; a dash for what is not known."""
    return NOTHING if cents is None else format_cents(cents).replace("-", "−")


def money_compact(cents: int | None) -> str:
    return NOTHING if cents is None else format_cents_compact(cents).replace("-", "−")


def count(number: int | None) -> str:
    return NOTHING if number is None else f"{number:,}"


def percent(share: float | None) -> str:
    """`0.634` → `63%`."""
    return NOTHING if share is None else f"{share:.0%}"


def time_needed(minutes: float) -> str:
    """`45` → `45 min`; `90` → `1.5 hours`; `1324` → `22 hours`."""
    if round(minutes) < 60:
        return f"{round(minutes)} min"
    hours = minutes / 60
    said = f"{hours:.1f}".removesuffix(".0") if hours < 9.95 else f"{round(hours):,}"
    return f"{said} hour" if said == "1" else f"{said} hours"


def day(value: date | datetime | None) -> str:
    """`Mar 2, 2026`."""
    return NOTHING if value is None else f"{value:%b} {value.day}, {value.year}"


def day_short(value: date | datetime | None, today: date | None = None) -> str:
    """`Mar 2`; with the year when it is not today's."""
    if value is None:
        return NOTHING
    same_year = today is not None and value.year == today.year
    return f"{value:%b} {value.day}" if same_year else day(value)


def instant(value: datetime | None, zone: ZoneInfo) -> str:
    """`Mar 2, 2026, 9:05 AM`, where the practice works."""
    if value is None:
        return NOTHING
    local = value.astimezone(zone)
    return f"{day(local)}, {local.hour % 12 or 12}:{local:%M %p}"


def days_left(deadline: date | None, today: date) -> str:
    """`12 days left`, `ends today`, `3 days late`; `not configured` when no rule is set: nothing is guessed."""
    if deadline is None:
        return "not configured"
    days = (deadline - today).days
    if days == 0:
        return "ends today"
    unit = "day" if abs(days) == 1 else "days"
    return f"{days} {unit} left" if days > 0 else f"{-days} {unit} late"


def urgency(deadline: date | None, today: date) -> str:
    """The class of a deadline: none, late, soon, near, far. The words above say it too: colour is never alone."""
    if deadline is None:
        return "none"
    days = (deadline - today).days
    if days < 0:
        return "late"
    if days <= SOON_DAYS:
        return "soon"
    return "near" if days <= NEAR_DAYS else "far"


def age(since: date | None, today: date) -> str:
    """`41 d`: days since a date."""
    return NOTHING if since is None else f"{(today - since).days:,} d"


def initials(name: str) -> str:
    """`Dana Reyes` → `DR`."""
    words = name.split()
    return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper() or "?"

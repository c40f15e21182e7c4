"""What time it is, as an argument. Pure code takes a date; everything else takes a clock."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from app.core.config import Settings


class Clock(Protocol):
    """Instants are aware UTC; today is the calendar date where the practice works."""

    def now(self) -> datetime: ...

    def today(self) -> date: ...


@dataclass(frozen=True, slots=True)
class SystemClock:
    """The machine's clock, optionally moved by a fixed offset (a rehearsal on another date)."""

    zone: ZoneInfo
    offset: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset

    def today(self) -> date:
        return self.now().astimezone(self.zone).date()


@dataclass(slots=True)
class FixedClock:
    """A clock that stands still until a test moves it."""

    instant: datetime
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("America/New_York"))

    def now(self) -> datetime:
        return self.instant

    def today(self) -> date:
        return self.instant.astimezone(self.zone).date()

    def advance(self, **duration: float) -> None:
        """Move on: `clock.advance(minutes=15)`."""
        self.instant += timedelta(**duration)


def clock_from(settings: Settings) -> SystemClock:
    """The clock that the settings ask for. `OVERTURN_TODAY` moves it by whole days, so time of day still runs."""
    if settings.today is None:
        return SystemClock(settings.zone)
    real_today = datetime.now(UTC).astimezone(settings.zone).date()
    return SystemClock(settings.zone, settings.today - real_today)


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """The instant a calendar date begins in a zone, in UTC."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)

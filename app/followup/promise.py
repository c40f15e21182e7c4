"""What a payer promised on a call: how much, and by when. The claim comes back with it once the day has passed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from app.core.money import format_cents, parse_dollars

GRACE_DAYS = 3  # a payment that was promised for a day is posted some days later
FARTHEST_DAYS = 366


class PromiseUnclear(ValueError):
    """What was typed is no amount or no day; the message says which."""


class Promise(NamedTuple):
    """Empty when nothing was promised."""

    cents: int = 0  # 0: no amount was named
    on: date | None = None

    @property
    def words(self) -> str:
        """As the timeline says it and as the claim wears it; "" when nothing was promised."""
        if not self.cents and self.on is None:
            return ""
        amount = format_cents(self.cents) if self.cents else "payment"
        by = f" by {self.on:%b} {self.on.day}, {self.on.year}" if self.on else ""
        return f"Payer promised {amount}{by}"

    def look_again_on(self, today: date) -> date | None:
        """When it is worth looking whether it was kept; None when no day was named."""
        return max(self.on, today) + timedelta(days=GRACE_DAYS) if self.on else None


def read_promise(dollars: str, on: str, today: date) -> Promise:
    """As a form sends it. Raises PromiseUnclear."""
    return Promise(_cents(dollars.strip()), _day(on.strip(), today))


def _cents(text: str) -> int:
    if not text:
        return 0
    try:
        cents = parse_dollars(text)
    except ValueError as error:
        raise PromiseUnclear("The promised amount should be dollars, like 1,248.50.") from error
    if cents <= 0:
        raise PromiseUnclear("The promised amount should be more than nothing; leave it empty when none was named.")
    return cents


def _day(text: str, today: date) -> date | None:
    if not text:
        return None
    try:
        on = date.fromisoformat(text)
    except ValueError as error:
        raise PromiseUnclear("The day of the promise should look like 2026-12-31.") from error
    if abs((on - today).days) > FARTHEST_DAYS:
        raise PromiseUnclear("The day of the promise is more than a year away; check it.")
    return on

"""The days things happen on: batches go out on Tuesdays, each payer pays on its own weekday.

The last thirteen weeks are lived in full; before them a batch leaves every fourth week only, so that some claims are
old without the folder growing large.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, timedelta

from samples.generator.cast import Payer

RECENT_BATCHES = 13  # weekly: about ninety days
OLDER_BATCHES = 9  # every fourth week before that: the oldest claim is about 340 days old
OLDER_SHARE = 0.26  # of all claims
BATCH_WEEKDAY = 1  # Tuesday
RECENT_DAYS = 100  # before that a payer's remittances are gathered, two weeks in one


class Calendar:
    def __init__(self, end: date) -> None:
        self.end = end
        newest = end - timedelta(days=(end.weekday() - BATCH_WEEKDAY) % 7)
        recent = [newest - timedelta(days=7 * back) for back in range(RECENT_BATCHES)]
        older = [recent[-1] - timedelta(days=28 * back) for back in range(1, OLDER_BATCHES + 1)]
        self.batch_days = sorted(older + recent)

    @property
    def start(self) -> date:
        return self.batch_days[0]

    def claims_by_batch(self, claims: int) -> dict[date, int]:
        """How many claims each batch day sends; together exactly `claims`."""
        older = self.batch_days[:OLDER_BATCHES]
        recent = self.batch_days[OLDER_BATCHES:]
        old_claims = round(claims * OLDER_SHARE)
        return {**spread(old_claims, older), **spread(claims - old_claims, recent)}

    def batch_day(self, not_before: date) -> date:
        """The next day a batch leaves; past the end, a Tuesday nobody sees."""
        place = bisect_left(self.batch_days, not_before)
        if place < len(self.batch_days):
            return self.batch_days[place]
        return not_before + timedelta(days=(BATCH_WEEKDAY - not_before.weekday()) % 7 or 7)

    def pay_day(self, payer: Payer, not_before: date) -> date:
        """The payer's next payment day."""
        day = not_before + timedelta(days=(payer.weekday - not_before.weekday()) % 7)
        if (self.end - day).days > RECENT_DAYS and day.toordinal() // 7 % 2:
            day += timedelta(days=7)
        return day


def spread(count: int, days: list[date]) -> dict[date, int]:
    share, rest = divmod(count, len(days))
    return {day: share + (place < rest) for place, day in enumerate(days)}


def business_days_after(day: date, days: int) -> date:
    """Weekends skipped; holidays are not looked at."""
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day

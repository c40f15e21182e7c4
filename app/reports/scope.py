"""What a report counts: whose claims, which days, and by which date a claim is aged. Printed on every report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import BigInteger, ColumnElement, Select, and_, cast, func, select

from app.claims.tables import Claim
from app.core.bulk import Tested, table_of
from app.core.clock import start_of_day
from app.ledger.tables import Account, ClaimBalance, JournalEntry, Posting

DEFAULT_DAYS = 90
LONGEST_DAYS = 3_660  # ten years: beyond it a date was mistyped
BASES = {"bill": "first bill date", "service": "service date"}

claim = table_of(Claim)
balance = table_of(ClaimBalance)
entry = table_of(JournalEntry)
posting = table_of(Posting)


@dataclass(frozen=True, slots=True)
class Scope:
    """`until` is the last day counted; `since` the first. `today` says whether balances may be read as they stand."""

    practice_ids: tuple[int, ...]  # behind the reader's walls, narrowed to one if asked
    today: date
    zone: ZoneInfo  # where a day begins
    since: date
    until: date
    payer: int = 0  # 0: every payer
    practice: int = 0  # 0: every practice that the reader sees
    basis: str = "bill"  # a key of BASES
    known_then: bool = False  # only what was known at the end of `until`

    @classmethod
    def of(cls, practice_ids: tuple[int, ...], today: date, zone: ZoneInfo, query: Mapping[str, str]) -> Scope:
        """Values that make no sense are dropped, not refused: an old bookmark still opens."""
        until = min(_day(query.get("until", ""), today), today)
        since = _day(query.get("since", ""), until - timedelta(days=DEFAULT_DAYS - 1))
        if not until - timedelta(days=LONGEST_DAYS) <= since <= until:
            since = until - timedelta(days=DEFAULT_DAYS - 1)
        practice = _number(query.get("practice", ""))
        seen = tuple(number for number in practice_ids if not practice or number == practice)
        basis = query.get("basis", "bill")
        return cls(
            seen,
            today,
            zone,
            since,
            until,
            _number(query.get("payer", "")),
            practice,
            basis if basis in BASES else "bill",
            query.get("known") == "then",
        )

    @property
    def days(self) -> int:
        return (self.until - self.since).days + 1

    @property
    def begins_at(self) -> datetime:
        return start_of_day(self.since, self.zone)

    @property
    def ends_at(self) -> datetime:
        """The instant after the last day."""
        return start_of_day(self.until + timedelta(days=1), self.zone)

    @property
    def before(self) -> Scope:
        """As many days right before: what a figure is compared with."""
        last = self.since - timedelta(days=1)
        return replace(self, since=last - timedelta(days=self.days - 1), until=last)

    def ending_with(self, days: int) -> Scope:
        """The last `days` days of the same scope."""
        return replace(self, since=self.until - timedelta(days=days - 1))

    def address(self, path: str, **more: Any) -> str:
        """The same scope on another page."""
        kept = {"since": self.since.isoformat(), "until": self.until.isoformat(), "basis": self.basis}
        extra = {"payer": self.payer, "practice": self.practice, "known": "then" if self.known_then else ""}
        pairs = {**kept, **{key: value for key, value in extra.items() if value}, **more}
        return f"{path}?{urlencode(pairs)}"

    def of_claims(self) -> list[ColumnElement[bool]]:
        """Whose claims are counted: tested on what the days of a report have found, which are fewer."""
        found: list[ColumnElement[bool]] = [Tested(claim.c.practice_id).in_(self.practice_ids)]
        if self.payer:
            found.append(Tested(claim.c.payer_id) == self.payer)
        return found

    def of_entries(self) -> list[ColumnElement[bool]]:
        """What had happened by the end of `until`; with `known_then`, also what was known by then."""
        found: list[ColumnElement[bool]] = [entry.c.event_date <= self.until]
        if self.known_then:
            found.append(entry.c.known_at < self.ends_at)
        return found

    def in_period(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        return column.between(self.since, self.until)

    def open_by_claim(self, account: Account) -> Select[Any]:
        """Claim and its open cents on one side, at the end of `until`; claims at zero are left out.

        Today's balances are read as kept (the nightly proof holds them to the legs). Those of an earlier day are
        today's less the legs that are not counted, which are the few since then rather than all there ever were.
        """
        side = balance.c.insurance_cents if account is Account.INSURANCE_AR else balance.c.patient_cents
        inside = Tested(balance.c.practice_id).in_(self.practice_ids)  # in one pass, beside the claims
        if self.until >= self.today and not self.known_then:
            return select(balance.c.claim_id, side.label("cents")).where(inside, side != 0)
        uncounted = select(entry.c.id).where(~and_(*self.of_entries()))
        since = (
            select(posting.c.claim_id, cast(func.sum(posting.c.amount_cents), BigInteger).label("cents"))
            .where(
                posting.c.entry_id.in_(uncounted),
                Tested(posting.c.account) == account.value,
                Tested(posting.c.practice_id).in_(self.practice_ids),
                Tested(posting.c.claim_id).is_not(None),
            )
            .group_by(posting.c.claim_id)
            .subquery()
        )
        cents = side - func.coalesce(since.c.cents, 0)
        return (
            select(balance.c.claim_id, cents.label("cents"))
            .select_from(balance.outerjoin(since, since.c.claim_id == balance.c.claim_id))
            .where(inside, cents != 0)
        )


def _day(text: str, otherwise: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else 0

"""The only writer of money: entries whose legs sum to zero, and the balances that follow from them.

A `Journal` lives for one batch of one transaction. Entries are kept as tuples and written with one statement a table;
the balance of each claim concerned is held in memory meanwhile, so that a rule may look at what is open right now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, select

from app.claims.among import among
from app.claims.numbering import Numbers
from app.core.bulk import insert_many, table_of, upsert_many
from app.ledger.tables import Account, CauseKind, ClaimBalance, EntryKind, JournalEntry, Posting

entry = table_of(JournalEntry)
posting = table_of(Posting)
claim_balance = table_of(ClaimBalance)

ENTRY_COLUMNS = (
    *("id", "practice_id", "kind", "event_date", "known_at", "cause_kind", "cause_id", "file_id", "segment"),
    *("reverses_id", "memo"),
)
LEG_COLUMNS = (
    *("entry_id", "practice_id", "account", "amount_cents", "claim_id", "line_id", "remittance_id"),
    *("adjustment_group", "adjustment_reason", "segment", "element"),
)
BALANCE_COLUMNS = (
    *("claim_id", "practice_id", "billed_cents", "insurance_cents", "patient_cents", "paid_cents", "adjusted_cents"),
)

# Where a claim's payments are seen: what came from the payer, from unapplied cash, or over the counter.
PAYMENT_ACCOUNTS = frozenset({Account.REMITTANCE_CLEARING, Account.UNAPPLIED_CASH, Account.CASH})
RECEIVABLE_ACCOUNTS = frozenset({Account.INSURANCE_AR, Account.PATIENT_AR})


class UnbalancedEntry(Exception):
    """An entry's legs do not sum to zero. This is a fault in the program, not in the data: nothing is written."""


class Leg(NamedTuple):
    """Debit positive, credit negative."""

    account: Account
    cents: int
    claim_id: int | None = None
    line_id: int | None = None
    remittance_id: int | None = None
    group: str = ""
    reason: str = ""
    segment: int = 0
    element: int = 0

    def opposite(self) -> Leg:
        return self._replace(cents=-self.cents)


class Cause(NamedTuple):
    """What made us post: the row, and the place in the file that says so."""

    kind: CauseKind
    id: int
    file_id: int | None = None
    segment: int = 0


@dataclass(slots=True)
class Balance:
    """What the legs of one claim amount to."""

    practice_id: int
    billed_cents: int = 0
    insurance_cents: int = 0
    patient_cents: int = 0
    paid_cents: int = 0
    adjusted_cents: int = 0

    @property
    def open_cents(self) -> int:
        return self.insurance_cents + self.patient_cents

    def add(self, leg: Leg) -> None:
        """Every account of a claim's legs is exactly one of: billed, open, paid, adjusted."""
        if leg.account is Account.INSURANCE_AR:
            self.insurance_cents += leg.cents
        elif leg.account is Account.PATIENT_AR:
            self.patient_cents += leg.cents
        elif leg.account is Account.CHARGES:
            self.billed_cents -= leg.cents
        elif leg.account in PAYMENT_ACCOUNTS:
            self.paid_cents += leg.cents
        else:
            self.adjusted_cents += leg.cents


class Journal:
    """Posts, and knows the balances of the claims it was told of."""

    def __init__(self, connection: Connection, now: datetime, numbers: Numbers | None = None) -> None:
        self._connection = connection
        self._now = now
        self._numbers = numbers or Numbers(connection, JournalEntry)
        self._entries: list[tuple[Any, ...]] = []
        self._legs: list[tuple[Any, ...]] = []
        self._balances: dict[int, Balance] = {}
        self._touched: set[int] = set()
        self._by_cause: dict[tuple[str, int], list[Leg]] = {}

    def load_balances(self, claim_ids: Iterable[int]) -> None:
        """Have the present balances of these claims at hand, and hold them until the commit.

        `flush` writes whole balances, so nobody beside us may move one in between: on PostgreSQL the rows are locked,
        in the order of their numbers, and what somebody was just writing is waited for. SQLite has one writer.
        """
        wanted = sorted({claim_id for claim_id in claim_ids if claim_id not in self._balances})
        columns = [claim_balance.c[name] for name in BALANCE_COLUMNS]
        if wanted:
            is_wanted = among(self._connection, claim_balance.c.claim_id, wanted)
            held = select(*columns).where(is_wanted).order_by(claim_balance.c.claim_id).with_for_update()
            for row in self._connection.execute(held):
                self._balances[row.claim_id] = Balance(*row[1:])

    def start_balance(self, claim_id: int, practice_id: int) -> None:
        """A claim made in this transaction has no balance yet, and none need be looked for."""
        self._balances[claim_id] = Balance(practice_id)
        self._touched.add(claim_id)

    @property
    def now(self) -> datetime:
        """When what it writes came to be known."""
        return self._now

    def balance(self, claim_id: int) -> Balance:
        if claim_id not in self._balances:
            self.load_balances((claim_id,))
        return self._balances.get(claim_id) or Balance(0)

    def post(
        self,
        practice_id: int,
        kind: EntryKind,
        event_date: date,
        cause: Cause,
        legs: Sequence[Leg],
        *,
        reverses_id: int | None = None,
        memo: str = "",
    ) -> int | None:
        """Write down one entry; returns its number, or None when no leg moves anything."""
        legs = [leg for leg in legs if leg.cents]
        if not legs:
            return None
        total = sum(leg.cents for leg in legs)
        if total:
            raise UnbalancedEntry(f"{kind} of {cause.kind} {cause.id}: the legs sum to {total} cents")
        number = self._numbers.next()
        self._entries.append(
            (
                *(number, practice_id, kind.value, event_date, self._now, cause.kind.value, cause.id, cause.file_id),
                *(cause.segment, reverses_id, memo),
            )
        )
        seen = self._by_cause.setdefault((cause.kind.value, cause.id), [])
        for leg in legs:
            self._legs.append((number, practice_id, leg.account.value, *leg[1:]))
            seen.append(leg)
        self._follow(practice_id, legs)
        return number

    def legs_of(self, kind: CauseKind, ids: Iterable[int]) -> dict[int, list[Leg]]:
        """All legs that these causes posted so far, written or not."""
        wanted = sorted(set(ids))
        found = {cause_id: list(self._by_cause.get((kind.value, cause_id), ())) for cause_id in wanted}
        columns = [posting.c[name] for name in LEG_COLUMNS[2:]]
        if wanted:
            statement = (
                select(entry.c.cause_id, *columns)
                .join(posting, posting.c.entry_id == entry.c.id)
                .where(entry.c.cause_kind == kind.value, among(self._connection, entry.c.cause_id, wanted))
                .order_by(posting.c.id)
            )
            for row in self._connection.execute(statement):
                found[row.cause_id].append(Leg(Account(row.account), *row[2:]))
        return found

    def flush(self) -> None:
        """Write entries, legs and balances."""
        insert_many(self._connection, entry, ENTRY_COLUMNS, self._entries)
        insert_many(self._connection, posting, LEG_COLUMNS, self._legs)
        rows = []
        for claim_id in self._touched:
            now = self._balances[claim_id]
            rows.append(
                (
                    *(claim_id, now.practice_id, now.billed_cents, now.insurance_cents, now.patient_cents),
                    *(now.paid_cents, now.adjusted_cents),
                )
            )
        upsert_many(self._connection, claim_balance, BALANCE_COLUMNS, rows, key=("claim_id",))
        self._entries.clear()
        self._legs.clear()
        self._touched.clear()
        self._by_cause.clear()

    def _follow(self, practice_id: int, legs: Sequence[Leg]) -> None:
        """The balances move with the legs."""
        for leg in legs:
            if leg.claim_id is None:
                continue
            if leg.claim_id not in self._balances:
                self.load_balances((leg.claim_id,))
                self._balances.setdefault(leg.claim_id, Balance(practice_id))
            self._balances[leg.claim_id].add(leg)
            self._touched.add(leg.claim_id)

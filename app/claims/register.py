"""The claims a batch of answers or submissions may be about, in memory, found by every key at once.

One batch asks a handful of queries however many claims it names; what it changes and creates is written back with
one statement a table when the batch is done. Nothing outlives the batch, so memory stays flat.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, String, and_, bindparam, cast, or_, select, update

from app.claims.among import among
from app.claims.identity import member_key, name_key
from app.claims.numbering import Numbers
from app.claims.tables import Claim, ClaimState, KnownFrom, Patient, PayerControlNumber, Submission
from app.core.bulk import insert_many, table_of, upsert_many

claim = table_of(Claim)
patient = table_of(Patient)
submission = table_of(Submission)
control_number = table_of(PayerControlNumber)


@dataclass(slots=True, eq=False)
class KnownClaim:
    """One claim as the books know it now. The fields up to `adjudicated_on` are columns of `claim`."""

    id: int
    practice_id: int
    patient_id: int
    payer_id: int
    patient_control_number: str
    control_key: str
    kind: str
    known_from: str
    state: str
    charge_cents: int
    member_id: str
    payer_rank: int
    first_service: date | None
    last_service: date | None
    facility_code: str
    frequency: str
    filing_indicator: str
    billing_npi: str
    rendering_npi: str
    rendering_name: str
    authorization: str
    diagnoses: str
    payer_control_number: str
    first_billed_on: date | None
    last_billed_on: date | None
    submissions: int
    accepted_on: date | None
    last_answer_on: date | None
    denied_on: date | None
    crossover_on: date | None
    next_check_on: date | None
    closed_on: date | None
    state_on: date | None
    adjudicated_on: date | None
    created_at: datetime
    name_key: str = ""  # of the patient
    is_new: bool = False
    is_changed: bool = False

    def is_newest(self, on: date) -> bool:
        """News of this date may change the state."""
        return self.state_on is None or on >= self.state_on


COLUMNS = tuple(name for name in KnownClaim.__slots__ if name not in ("name_key", "is_new", "is_changed"))
FIXED = frozenset({"id", "practice_id", "created_at"})
MUTABLE = tuple(name for name in COLUMNS if name not in FIXED)
NUMBER_COLUMNS = ("practice_id", "claim_id", "payer_id", "value", "seen_on", "seen_in")

SELECT = select(*(claim.c[name] for name in COLUMNS), patient.c.name_key).join(
    patient, patient.c.id == claim.c.patient_id
)
UPDATE = (
    update(claim)
    .where(claim.c.id == bindparam("row_id"))
    .values({claim.c[name]: bindparam(f"new_{name}") for name in MUTABLE})
)


class Register:
    """The claims of one practice that one batch concerns."""

    def __init__(self, connection: Connection, practice_id: int, now: datetime, numbers: Numbers) -> None:
        self._connection = connection
        self._practice_id = practice_id
        self._now = now
        self._numbers = numbers
        self.by_id: dict[int, KnownClaim] = {}
        self._by_key: dict[str, list[KnownClaim]] = defaultdict(list)
        self._by_number: dict[str, list[KnownClaim]] = defaultdict(list)
        self._by_member: dict[tuple[str, date], list[KnownClaim]] = defaultdict(list)
        self._by_name: dict[tuple[str, date], list[KnownClaim]] = defaultdict(list)
        self._new_numbers: dict[tuple[int, str], tuple[Any, ...]] = {}

    # -- what to have at hand ------------------------------------------------------------------------------------

    def load_ids(self, ids: Iterable[int]) -> None:
        wanted = [claim_id for claim_id in set(ids) if claim_id not in self.by_id]
        self._fetch(claim.c.id, wanted)

    def load_control_keys(self, keys: Iterable[str]) -> None:
        """Claims by their own number, and by any other number they were ever sent under."""
        wanted = [key for key in set(keys) if key and key not in self._by_key]
        for known in self._fetch(claim.c.control_key, wanted):
            self._add(self._by_key, known.control_key, known)
        missing = [key for key in wanted if key not in self._by_key]
        if not missing:
            return
        rows = self._connection.execute(
            select(submission.c.control_key, submission.c.claim_id).where(
                submission.c.practice_id == self._practice_id,
                among(self._connection, submission.c.control_key, missing),
            )
        ).all()
        self.load_ids(row.claim_id for row in rows)
        for row in rows:
            if row.claim_id in self.by_id:
                self._add(self._by_key, row.control_key, self.by_id[row.claim_id])

    def load_key_range(self, first: str, key: str) -> list[KnownClaim]:
        """Claims whose key begins with `first`: remembered under `key`, which is how the payer wrote it."""
        rows = self._rows(and_(claim.c.control_key >= first, claim.c.control_key < first + "\U0010ffff"))
        for known in rows:
            self._add(self._by_key, key, known)
        return rows

    def load_payer_numbers(self, numbers: Iterable[str]) -> None:
        wanted = [number for number in set(numbers) if number and number not in self._by_number]
        if not wanted:
            return
        rows = self._connection.execute(
            select(control_number.c.value, control_number.c.claim_id).where(
                control_number.c.practice_id == self._practice_id,
                among(self._connection, control_number.c.value, wanted),
            )
        ).all()
        self.load_ids(row.claim_id for row in rows)
        for row in rows:
            if row.claim_id in self.by_id:
                self._add(self._by_number, row.value, self.by_id[row.claim_id])

    def load_members(self, members: Iterable[tuple[str, date]], *, sent_only: bool) -> None:
        """Claims by member id and first date of service; `sent_only` leaves out those without an 837."""
        wanted = {pair for pair in members if pair[0]}
        for known in self._at(claim.c.member_id, wanted, sent_only=sent_only):
            assert known.first_service is not None
            self._add(self._by_member, (known.member_id, known.first_service), known)

    def load_names(self, names: Iterable[tuple[str, date]], *, sent_only: bool) -> None:
        """Claims by the patient's name and first date of service."""
        wanted = {pair for pair in names if pair[0]}
        for known in self._at(patient.c.name_key, wanted, patient.c.practice_id, sent_only=sent_only):
            assert known.first_service is not None
            self._add(self._by_name, (known.name_key, known.first_service), known)

    def load_people(self, members: Sequence[str], name: str, most: int = 50) -> None:
        """The latest claims of these members or of a patient of this name, whatever their dates."""
        conditions: list[ColumnElement[bool]] = [claim.c.member_id.in_([member for member in members if member])]
        if name:
            conditions.append(patient.c.name_key == name)
        self._rows(or_(*conditions), most=most)

    # -- what is at hand -----------------------------------------------------------------------------------------

    def with_key(self, key: str) -> list[KnownClaim]:
        return self._by_key.get(key, []) if key else []

    def with_payer_number(self, number: str) -> list[KnownClaim]:
        return self._by_number.get(number, []) if number else []

    def with_member(self, member: str, on: date | None) -> list[KnownClaim]:
        return self._by_member.get((member, on), []) if member and on else []

    def with_name(self, name: str, on: date | None) -> list[KnownClaim]:
        return self._by_name.get((name, on), []) if name and on else []

    # -- what changes --------------------------------------------------------------------------------------------

    def create(
        self,
        *,
        patient_id: int,
        patient_name_key: str,
        payer_id: int,
        number: str,
        key: str,
        known_from: KnownFrom,
        **columns: Any,
    ) -> KnownClaim:
        """A claim nobody told us of before; `columns` are those of the table that the document fills."""
        values: dict[str, Any] = dict.fromkeys(COLUMNS, "")
        values.update(dict.fromkeys((name for name in COLUMNS if name.endswith(("_on", "_service"))), None))
        values.update(
            id=self._numbers.next(),
            practice_id=self._practice_id,
            patient_id=patient_id,
            payer_id=payer_id,
            patient_control_number=number,
            control_key=key,
            known_from=known_from.value,
            state=ClaimState.SUBMITTED.value,
            charge_cents=0,
            payer_rank=1,
            submissions=0,
            created_at=self._now,
        )
        values.update(columns)
        made = KnownClaim(**values, name_key=patient_name_key, is_new=True)
        self.by_id[made.id] = made
        self._add(self._by_key, key, made)
        return made

    def learn_number(self, known: KnownClaim, payer_id: int, value: str, on: date, seen_in: str) -> None:
        """The payer called the claim by this number; the newest is kept on the claim, all of them in the chain."""
        if not value:
            return
        if not known.payer_control_number or known.last_answer_on is None or on >= known.last_answer_on:
            known.payer_control_number = value
        if known not in self._by_number[value]:
            self._by_number[value].append(known)
        self._new_numbers.setdefault((known.id, value), (known.practice_id, known.id, payer_id, value, on, seen_in))

    def flush(self) -> None:
        """Write what was created and changed."""
        new = [known for known in self.by_id.values() if known.is_new]
        insert_many(
            self._connection, claim, COLUMNS, (tuple(getattr(known, name) for name in COLUMNS) for known in new)
        )
        changed = [known for known in self.by_id.values() if known.is_changed and not known.is_new]
        if changed:
            self._connection.execute(
                UPDATE,
                [
                    {"row_id": known.id, **{f"new_{name}": getattr(known, name) for name in MUTABLE}}
                    for known in changed
                ],
            )
        for known in (*new, *changed):
            known.is_new = known.is_changed = False

    def flush_numbers(self) -> None:
        """Write the payer's numbers, after the claims they belong to."""
        if not self._new_numbers:
            return
        upsert_many(
            self._connection,
            control_number,
            NUMBER_COLUMNS,
            self._new_numbers.values(),
            key=("claim_id", "value"),
            update=(),
        )
        self._new_numbers.clear()

    # -- inside --------------------------------------------------------------------------------------------------

    def _at(
        self,
        column: ColumnElement[str],
        wanted: set[tuple[str, date]],
        practice: ColumnElement[int] | None = None,
        *,
        sent_only: bool,
    ) -> list[KnownClaim]:
        """Claims where the column and the first date of service are a wanted pair. The column alone is indexed; the
        pairs are compared by the database, so that a common name does not bring in every claim of that name."""
        if not wanted:
            return []
        pairs = [f"{value}@{on.isoformat()}" for value, on in wanted]
        conditions = [
            among(self._connection, column, {value for value, _ in wanted}),
            among(self._connection, column + "@" + cast(claim.c.first_service, String), pairs),
        ]
        if practice is not None:
            conditions.append(practice == self._practice_id)
        if sent_only:
            conditions.append(claim.c.submissions > 0)
        return self._rows(and_(*conditions))

    def _fetch(self, column: ColumnElement[Any], values: Collection[Any]) -> list[KnownClaim]:
        return self._rows(among(self._connection, column, values)) if values else []

    def _rows(self, condition: ColumnElement[bool], most: int | None = None) -> list[KnownClaim]:
        """Claims in force: nothing is matched to one that proved to be another."""
        condition = and_(condition, claim.c.superseded_on.is_(None))
        statement = SELECT.where(claim.c.practice_id == self._practice_id, condition).order_by(claim.c.id)
        if most is not None:
            statement = statement.order_by(None).order_by(claim.c.id.desc()).limit(most)
        found = []
        for row in self._connection.execute(statement):
            known = self.by_id.get(row.id)
            if known is None:
                values: Any = tuple(row)
                known = self.by_id[row.id] = KnownClaim(*values)
            found.append(known)
        return found

    @staticmethod
    def _add(index: dict[Any, list[KnownClaim]], key: Any, known: KnownClaim) -> None:
        if known not in index[key]:
            index[key].append(known)


def member_at(member_id: str, on: date | None) -> tuple[str, date] | None:
    """The key of `load_members`, when both are known."""
    key = member_key(member_id)
    return (key, on) if key and on else None


def name_at(last: str, first: str, on: date | None) -> tuple[str, date] | None:
    """The key of `load_names`, when both are known."""
    key = name_key(last, first)
    return (key, on) if key and on else None

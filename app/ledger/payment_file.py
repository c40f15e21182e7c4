"""What patients paid, from a file of the lockbox, the portal or the card terminal: CSV, one payment a line.

    date,claim,last_name,first_name,birth_date,amount,method,reference,practice
    2026-11-04,A26000123,,,,25.00,lockbox,L1104-017,
    2026-11-05,,DOE,JANE,1980-01-01,40.00,portal,P-88213,
    2026-11-12,A26000123,,,,-25.00,lockbox,L1104-017,

A line names its claim by our number or the payer's, or the patient by name and birth date; a patient's line pays what
the patient owes, oldest service first. More than is owed stands as the patient's credit. What names nobody we know
waits as unapplied money. A negative amount takes back the payment of the same reference: a check that bounced, a
charge that was disputed. `practice` is an NPI or tax id, needed only where nothing else tells the practice.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, TextIO

from sqlmodel import Session, col, select

from app.audit.record import record
from app.claims.identity import name_key
from app.claims.queries import find_by_number
from app.claims.tables import Claim, Patient, Practice, PracticeIdentifier
from app.core.money import format_cents, parse_dollars
from app.ledger.credits import note_credits
from app.ledger.payments import METHODS, Typed, take_payment, take_unapplied, undo_payment
from app.ledger.person import CannotPost
from app.ledger.tables import ClaimBalance, PatientPaymentLine

COLUMNS = ("date", "claim", "last_name", "first_name", "birth_date", "amount", "method", "reference", "practice")
NEEDED = ("date", "amount", "method", "reference")
MOST_LINES = 50_000
MOST_TOLD = 200

POSTED, UNAPPLIED, TAKEN_BACK, KNOWN, BAD = "posted", "unapplied", "taken back", "known", "bad"


class FileRefused(ValueError):
    """The file cannot be read as payments at all; the message says why. Nothing was taken."""


class LineOutcome(NamedTuple):
    line: int
    what: str  # posted, unapplied, taken back, known, bad
    cents: int
    words: str  # where it went, or why not


class PaymentsTaken(NamedTuple):
    outcomes: tuple[LineOutcome, ...]
    claim_ids: tuple[int, ...]

    def of(self, what: str) -> list[LineOutcome]:
        return [each for each in self.outcomes if each.what == what]

    def cents(self, what: str) -> int:
        return sum(each.cents for each in self.of(what))


class _Line(NamedTuple):
    """One line as typed, checked."""

    number: int
    on: date
    claim: str
    last: str
    first: str
    born: date | None
    cents: int
    method: str
    reference: str
    practice: str

    @property
    def digest(self) -> str:
        said = (self.on, self.claim, name_key(self.last, self.first), self.born, self.cents, self.method)
        text = "|".join(str(part) for part in (*said, self.reference, self.practice))
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def named(self) -> str:
        """Whom it names, for whoever places it by hand."""
        born = f", born {self.born}" if self.born else ""
        person = f"{self.first} {self.last}".strip() + born
        return " ".join(part for part in (f"claim {self.claim}" if self.claim else "", person) if part) or "nobody"


def take_payments(
    session: Session, stream: TextIO, *, name: str, practice_ids: Sequence[int], person_id: int, today: date
) -> PaymentsTaken:
    """Take what can be taken and tell the rest, line by line; a line that was taken before is passed over. The caller
    commits, or rolls back after a dry run. Raises FileRefused."""
    _one_at_a_time(session, practice_ids)
    outcomes: list[LineOutcome] = []
    touched: set[int] = set()
    taking = _Taking(session, name, practice_ids, person_id, today, touched)
    for number, row in _rows(stream):
        cents = 0
        try:
            line = _line(number, row)
            cents = line.cents
            outcomes.append(taking.take(line))
        except CannotPost as refusal:
            outcomes.append(LineOutcome(number, BAD, cents, str(refusal)))
    session.flush()
    note_credits(session.connection(), today, touched)
    taken = PaymentsTaken(tuple(outcomes), tuple(sorted(touched)))
    record(
        session,
        "payments.import",
        object_type="payment_file",
        object_id=name,
        detail={what: len(taken.of(what)) for what in (POSTED, UNAPPLIED, TAKEN_BACK, KNOWN, BAD)},
    )
    session.flush()
    return taken


def _one_at_a_time(session: Session, practice_ids: Sequence[int]) -> None:
    """A second file for these practices waits for this one's commit, and then knows its lines. Nobody else waits."""
    held = select(Practice.id).where(col(Practice.id).in_(practice_ids)).order_by(col(Practice.id))
    session.exec(held.with_for_update(key_share=True)).all()


class _Taking:
    """One file, line after line."""

    def __init__(
        self,
        session: Session,
        name: str,
        practice_ids: Sequence[int],
        person_id: int,
        today: date,
        touched: set[int],
    ) -> None:
        self._session = session
        self._name = name
        self._practice_ids = tuple(practice_ids)
        self._person_id = person_id
        self._today = today
        self._touched = touched

    def take(self, line: _Line) -> LineOutcome:
        known = self._session.exec(
            select(PatientPaymentLine).where(
                PatientPaymentLine.digest == line.digest, col(PatientPaymentLine.practice_id).in_(self._practice_ids)
            )
        ).first()
        if known is not None:
            words = f"taken before, as line {known.line} of {known.file_name}: nothing posted"
            return LineOutcome(line.number, KNOWN, line.cents, words)
        if line.cents < 0:
            return self._take_back(line)
        shares, practice_id, why = self._shares(line)
        entries = []
        if not shares:
            typed = self._typed(line, line.cents, f"for {line.named}; {self._from(line)}")
            practice_id = practice_id or self._practice(line)
            entries.append(
                take_unapplied(self._session, practice_id, typed, person_id=self._person_id, today=self._today)
            )
        for claim_id, cents in shares:
            claim = self._session.get_one(Claim, claim_id)
            typed = self._typed(line, cents, self._from(line))
            entries.append(take_payment(self._session, claim, typed, person_id=self._person_id, today=self._today))
            self._touched.add(claim_id)
        self._keep(line, practice_id, entries)
        return LineOutcome(line.number, POSTED if shares else UNAPPLIED, line.cents, why)

    def _shares(self, line: _Line) -> tuple[list[tuple[int, int]], int, str]:
        """(claim, cents) of each claim it pays, the practice, and where it goes in words; no shares: nobody known."""
        among = self._named_practices(line)
        if line.claim:
            heads = find_by_number(self._session, among, line.claim)
            patients = {head.claim.patient_id for head in heads}
            if len(patients) != 1:
                many = "no claim has" if not heads else f"{len(heads)} claims of several patients have"
                only = heads[0].claim.practice_id if len({h.claim.practice_id for h in heads}) == 1 else 0
                return [], only, f"{many} the number {line.claim}"
            claims = [head.claim for head in heads]
        else:
            people = self._people(line, among)
            if len(people) != 1:
                many = "no patient is" if not people else f"{len(people)} patients are"
                only = people[0].practice_id if len({each.practice_id for each in people}) == 1 else 0
                return [], only, f"{many} called {line.named}"
            owner = people[0]
            claims = list(
                self._session.exec(
                    select(Claim).where(Claim.patient_id == owner.id, col(Claim.superseded_on).is_(None))
                )
            )
            if not claims:
                return [], owner.practice_id, f"{line.named} has no claim"
        return self._split(line, claims)

    def _split(self, line: _Line, claims: Sequence[Claim]) -> tuple[list[tuple[int, int]], int, str]:
        """Oldest service first; what is more than all of it stays on the last of them as the patient's credit."""
        ordered = sorted(claims, key=lambda claim: (claim.first_service or date.max, claim.id or 0))
        left, shares = line.cents, []
        for claim in ordered:
            balance = self._session.get(ClaimBalance, claim.id)
            part = min(left, balance.patient_cents) if balance is not None and balance.patient_cents > 0 else 0
            if part:
                shares.append((claim, part))
                left -= part
        if left and not shares and not line.claim:
            return [], ordered[0].practice_id, f"{line.named} owes nothing"
        credit = f", {format_cents(left)} more than owed as the patient’s credit" if left else ""
        if left:
            last, part = shares.pop() if shares else (ordered[-1], 0)
            shares.append((last, part + left))
        said = ", ".join(f"{format_cents(part)} to {claim.patient_control_number}" for claim, part in shares)
        return [(claim.id or 0, part) for claim, part in shares], ordered[0].practice_id, said + credit

    def _take_back(self, line: _Line) -> LineOutcome:
        """A payment of that reference and amount that still stands: each of its entries by the opposite."""
        earlier = self._session.exec(
            select(PatientPaymentLine)
            .where(
                PatientPaymentLine.reference == line.reference,
                PatientPaymentLine.cents == -line.cents,
                col(PatientPaymentLine.practice_id).in_(self._named_practices(line)),
                col(PatientPaymentLine.taken_back_by_id).is_(None),
            )
            .order_by(col(PatientPaymentLine.id).desc())
        ).first()
        if earlier is None:
            raise CannotPost(
                f"No payment of {format_cents(-line.cents)} under the reference {line.reference} stands to take back."
            )
        if line.on < earlier.received_on:
            raise CannotPost(f"It takes back a payment of {earlier.received_on}, and is dated before it.")
        earlier_id, practice_id, entries = earlier.id, earlier.practice_id, list(earlier.entries)
        reason = f"bounced or void: {self._from(line)}"
        claims: set[int] = set()
        with self._session.begin_nested():
            for entry in entries:
                claims.update(
                    undo_payment(self._session, entry, person_id=self._person_id, reason=reason, on=line.on)
                )
        self._touched |= claims
        made = self._keep(line, practice_id, [])
        found = self._session.get_one(PatientPaymentLine, earlier_id)
        found.taken_back_by_id = made
        self._session.add(found)
        self._session.flush()
        return LineOutcome(line.number, TAKEN_BACK, line.cents, f"takes back line {found.line} of {found.file_name}")

    def _people(self, line: _Line, practice_ids: Sequence[int]) -> list[Patient]:
        statement = select(Patient).where(
            col(Patient.practice_id).in_(practice_ids),
            Patient.name_key == name_key(line.last, line.first),
            Patient.birth_date == line.born,
        )
        return list(self._session.exec(statement.order_by(col(Patient.id))))

    def _named_practices(self, line: _Line) -> tuple[int, ...]:
        if not line.practice:
            return self._practice_ids
        found = self._session.exec(
            select(PracticeIdentifier.practice_id).where(
                PracticeIdentifier.value == line.practice,
                col(PracticeIdentifier.practice_id).in_(self._practice_ids),
            )
        ).all()
        if len(set(found)) != 1:
            raise CannotPost(f"No practice of yours has the NPI or tax id {line.practice}.")
        return (found[0],)

    def _practice(self, line: _Line) -> int:
        among = self._named_practices(line)
        if len(among) != 1:
            raise CannotPost(
                f"Nobody here is known as {line.named}, so nothing tells the practice: fill the column `practice`."
            )
        return among[0]

    def _typed(self, line: _Line, cents: int, note: str) -> Typed:
        return Typed(cents, line.on, line.method, line.reference, note[:200], "patient")

    def _from(self, line: _Line) -> str:
        return f"line {line.number} of {self._name[:60]}"

    def _keep(self, line: _Line, practice_id: int, entries: list[int]) -> int:
        row = PatientPaymentLine(
            practice_id=practice_id,
            digest=line.digest,
            file_name=self._name,
            line=line.number,
            received_on=line.on,
            cents=line.cents,
            method=line.method,
            reference=line.reference,
            entries=entries,
        )
        self._session.add(row)
        self._session.flush()
        assert row.id is not None
        return row.id


def _rows(stream: TextIO) -> list[tuple[int, dict[str, str]]]:
    """Line number and columns of each line."""
    try:
        reader = csv.DictReader(stream, strict=True)
        names = [name.strip().lower() for name in reader.fieldnames or ()]
        missing = [name for name in NEEDED if name not in names]
        if missing or not {"claim", "last_name"} & set(names):
            raise FileRefused(f"The first line must name the columns {', '.join(COLUMNS)}")
        unknown = [name for name in names if name not in COLUMNS]
        if unknown:
            raise FileRefused(f"There is no column {unknown[0]!r}: the columns are {', '.join(COLUMNS)}")
        reader.fieldnames = names
        rows: list[tuple[int, dict[str, str]]] = []
        for row in reader:
            if len(rows) >= MOST_LINES:
                raise FileRefused(f"It has more than {MOST_LINES:,} lines: split it")
            if any(value for key, value in row.items() if key is not None):
                rows.append((reader.line_num, {key: (value or "").strip() for key, value in row.items() if key}))
        return rows
    except csv.Error as error:
        raise FileRefused(f"It cannot be read as CSV: {error}") from error


def _line(number: int, row: dict[str, str]) -> _Line:
    try:
        on = date.fromisoformat(row["date"])
    except ValueError as error:
        raise CannotPost(f"{row['date']!r} is no day: write it as 2026-11-04.") from error
    try:
        born = date.fromisoformat(row["birth_date"]) if row.get("birth_date") else None
    except ValueError as error:
        raise CannotPost(f"{row['birth_date']!r} is no birth date: write it as 1980-01-31.") from error
    amount = row["amount"]
    is_back = amount.startswith("-") or (amount.startswith("(") and amount.endswith(")"))
    try:
        cents = parse_dollars(amount.strip("-()"))
    except ValueError as error:
        raise CannotPost(f"{amount!r} is no amount: {error}.") from error
    if not cents:
        raise CannotPost("The amount is nothing.")
    method = row["method"].lower()
    if method not in METHODS:
        raise CannotPost(f"{row['method']!r} is no way of paying: say {', '.join(METHODS)}.")
    if not row["reference"]:
        raise CannotPost("The reference is missing: the check, authorization or lockbox line.")
    claim, last = row.get("claim", ""), row.get("last_name", "")
    if not claim and not is_back and not (last and born):
        raise CannotPost("It names no claim, and not a patient by last name and birth date.")
    return _Line(
        *(number, on, claim, last, row.get("first_name", ""), born, -cents if is_back else cents),
        *(method, row["reference"], row.get("practice", "")),
    )

"""Patients and their coverages, found or created a batch at a time.

The same person is known by name and birth date where an 837 gave one, else by name and member id: an 835 knows no
birth dates, so its patients are looked for by member id first, and an 837 that comes later fills in the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, update

from app.claims.among import among
from app.claims.identity import name_key, person_identity
from app.claims.numbering import Numbers
from app.claims.tables import Coverage, Patient
from app.core.bulk import insert_many, table_of, upsert_many

patient = table_of(Patient)
coverage = table_of(Coverage)

PATIENT_COLUMNS = (
    *("id", "practice_id", "identity", "name_key", "last_name", "first_name", "middle_name", "birth_date", "sex"),
    *("address_line1", "address_line2", "city", "state", "postal_code"),
)
COVERAGE_COLUMNS = (
    *("practice_id", "patient_id", "payer_id", "member_id", "rank", "group_number", "filing_indicator"),
    *("relationship", "is_active"),
)
COVERAGE_KEY = ("patient_id", "payer_id", "member_id")


class Person(NamedTuple):
    """A patient as one document names them."""

    last: str
    first: str
    middle: str = ""
    birth_date: date | None = None
    sex: str = ""
    member_id: str = ""
    address: tuple[str, str, str, str, str] = ("", "", "", "", "")  # line 1, line 2, city, state, postal code

    @property
    def identity(self) -> str:
        return person_identity(self.last, self.first, self.birth_date, self.member_id)


class Cover(NamedTuple):
    """One coverage as one document names it."""

    payer_id: int
    member_id: str
    rank: int
    group_number: str = ""
    filing_indicator: str = ""
    relationship: str = ""


class People:
    """The patients of one practice that one batch concerns."""

    def __init__(self, connection: Connection, practice_id: int, numbers: Numbers) -> None:
        self._connection = connection
        self._practice_id = practice_id
        self._numbers = numbers
        self._by_identity: dict[str, int] = {}
        self._by_member: dict[tuple[str, str], tuple[int, bool]] = {}  # (member id, name) → patient, birth date known
        self._new: list[tuple[Any, ...]] = []
        self._named: list[tuple[int, Person]] = []
        self._covers: dict[tuple[int, int, str], tuple[Any, ...]] = {}

    def load(self, persons: Iterable[Person]) -> None:
        """Have at hand who of them we know."""
        wanted = list(persons)
        identities = sorted({person.identity for person in wanted if person.last})
        if identities:
            rows = self._connection.execute(
                select(patient.c.id, patient.c.identity).where(
                    patient.c.practice_id == self._practice_id,
                    among(self._connection, patient.c.identity, identities),
                )
            )
            self._by_identity.update({row.identity: row.id for row in rows})
        members = sorted({person.member_id for person in wanted if person.member_id})
        if members:
            found = self._connection.execute(
                select(patient.c.id, patient.c.name_key, patient.c.birth_date, coverage.c.member_id)
                .join(patient, patient.c.id == coverage.c.patient_id)
                .where(
                    among(self._connection, coverage.c.member_id, members),
                    coverage.c.practice_id == self._practice_id,
                )
            )
            for row in found:
                self._by_member[(row.member_id, row.name_key)] = (row.id, row.birth_date is not None)

    def patient(self, person: Person) -> int:
        """The row number of this patient, known or new."""
        identity = person.identity
        known = self._by_identity.get(identity)
        if known is not None:
            return known
        key = (person.member_id, name_key(person.last, person.first))
        by_member = self._by_member.get(key) if person.member_id else None
        if by_member is not None and (person.birth_date is None or not by_member[1]):
            found, has_birth_date = by_member
            if person.birth_date is not None and not has_birth_date:
                self._named.append((found, person))
                self._by_member[key] = (found, True)
        else:
            found = self._create(person, identity)
            if person.member_id:
                self._by_member[key] = (found, person.birth_date is not None)
        self._by_identity[identity] = found
        return found

    def cover(self, patient_id: int, cover: Cover) -> None:
        if not cover.member_id:
            return
        key = (patient_id, cover.payer_id, cover.member_id)
        self._covers[key] = (
            *(self._practice_id, patient_id, cover.payer_id, cover.member_id, cover.rank),
            *(cover.group_number, cover.filing_indicator, cover.relationship, True),
        )

    def flush(self, *, covers_are_billed: bool) -> None:
        """Write them. What was billed replaces what is kept of a coverage; what an answer says only adds."""
        insert_many(self._connection, patient, PATIENT_COLUMNS, self._new)
        for patient_id, person in self._named:
            self._connection.execute(update(patient).where(patient.c.id == patient_id).values(_known_better(person)))
        changes = ("rank", "group_number", "filing_indicator", "relationship") if covers_are_billed else ()
        upsert_many(
            self._connection, coverage, COVERAGE_COLUMNS, self._covers.values(), key=COVERAGE_KEY, update=changes
        )
        self._new.clear()
        self._named.clear()
        self._covers.clear()

    def _create(self, person: Person, identity: str) -> int:
        number = self._numbers.next()
        self._new.append(
            (
                *(number, self._practice_id, identity, name_key(person.last, person.first)),
                *(person.last, person.first, person.middle, person.birth_date, person.sex, *person.address),
            )
        )
        return number


def _known_better(person: Person) -> dict[str, Any]:
    line1, line2, city, state, postal_code = person.address
    return {
        "identity": person.identity,
        "middle_name": person.middle,
        "birth_date": person.birth_date,
        "sex": person.sex,
        "address_line1": line1,
        "address_line2": line2,
        "city": city,
        "state": state,
        "postal_code": postal_code,
    }

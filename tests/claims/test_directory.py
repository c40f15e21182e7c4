"""Practices, payers and patients are recognised whatever file names them, and created once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Connection, Engine, select

from app.claims.directory import Directory
from app.claims.identity import control_key, member_key, name_key, payer_rank
from app.claims.numbering import Numbers
from app.claims.people import Cover, People, Person
from app.claims.tables import Patient, Payer, PayerKind, Practice
from app.core.bulk import table_of
from app.core.db import connection_scope

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with connection_scope(engine) as connection:
        yield connection


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("PCN1001", "pcn1001"),
        (" 00PCN 1001", "pcn1001"),  # blanks and leading zeros are forgiven
        ("0", ""),  # what a payer writes when it has no number of ours
        ("UNKNOWN", ""),
        ("N/A", ""),
    ],
)
def test_control_numbers_are_compared_without_what_payers_change(written: str, key: str) -> None:
    assert control_key(written) == key


def test_member_ids_and_names_are_compared_without_punctuation() -> None:
    assert member_key("w-100 2a") == "W1002A"
    assert name_key("O'Neil Jr.", "Mary Ann") == "oneiljr|maryann"
    assert [payer_rank(order) for order in ("P", "S", "T", "A", "")] == [1, 2, 3, 4, 1]


def test_a_practice_known_by_its_tax_id_takes_a_new_npi(connection: Connection) -> None:
    directory = Directory(connection, NOW)
    by_tax_id = directory.practice(tax_id="741234567", name="Sample Clinic")
    both = directory.practice(npi="1234567893", tax_id="741234567", name="Sample Clinic PLLC")
    by_npi = Directory(connection, NOW).practice(npi="1234567893")

    assert by_tax_id == both == by_npi
    row = connection.execute(
        select(table_of(Practice).c.npi, table_of(Practice).c.tax_id).where(table_of(Practice).c.id == both)
    ).one()
    assert tuple(row) == ("1234567893", "741234567")


def test_an_identifier_is_never_moved_to_another_practice(connection: Connection) -> None:
    directory = Directory(connection, NOW)
    first = directory.practice(npi="1111111112", tax_id="741234567")
    second = directory.practice(npi="2222222220", tax_id="999999999")

    assert directory.practice(npi="2222222220", tax_id="741234567") == second != first


def test_a_payer_is_known_by_code_then_by_name_and_learns_its_kind(connection: Connection) -> None:
    directory = Directory(connection, NOW)
    sent_to = directory.payer(codes=("99999",), name="Testpayer  Health")
    answered = directory.payer(codes=("99999",), name="ANOTHER NAME", filing="MB")
    by_name = directory.payer(name="TESTPAYER HEALTH")

    assert answered.id == sent_to.id == by_name.id
    assert answered.kind == PayerKind.MEDICARE


def test_a_payer_known_by_its_name_alone_learns_its_code(connection: Connection) -> None:
    directory = Directory(connection, NOW)
    by_name = directory.payer(name="Testpayer Health")

    assert directory.payer(codes=("99999",), name="TESTPAYER HEALTH").id == by_name.id
    assert directory.payer(codes=("99999",)).id == by_name.id


def test_two_payers_of_one_name_and_two_codes_stay_two(connection: Connection) -> None:
    directory = Directory(connection, NOW)
    north = directory.payer(codes=("11111",), name="Blue Plan")
    south = directory.payer(codes=("22222",), name="BLUE PLAN")

    assert north.id != south.id
    assert directory.payer(codes=("22222",), name="Blue Plan").id == south.id


def test_payers_of_other_codes_and_names_stay_apart(connection: Connection) -> None:
    directory = Directory(connection, NOW)

    assert directory.payer(codes=("1",), name="One").id != directory.payer(codes=("2",), name="Two").id


def people_of(connection: Connection, practice_id: int, person: Person) -> tuple[People, int]:
    people = People(connection, practice_id, Numbers(connection, Patient))
    people.load([person])
    return people, people.patient(person)


def test_a_patient_of_an_835_is_the_same_when_the_837_brings_the_birth_date(
    connection: Connection,
) -> None:
    directory = Directory(connection, NOW)
    practice_id, payer_id = directory.practice(npi="1234567893"), directory.payer(name="Testpayer").id
    people, first = people_of(connection, practice_id, Person("DOE", "JANE", member_id="W100"))
    people.cover(first, Cover(payer_id, "W100", 1))
    people.flush(covers_are_billed=False)

    again, second = people_of(
        connection, practice_id, Person("Doe", "Jane", birth_date=date(1980, 1, 1), sex="F", member_id="W100")
    )
    again.flush(covers_are_billed=True)

    assert first == second
    row = connection.execute(
        select(table_of(Patient).c.birth_date, table_of(Patient).c.sex).where(table_of(Patient).c.id == first)
    ).one()
    assert tuple(row) == (date(1980, 1, 1), "F")


def test_two_people_of_one_member_id_are_two_patients(connection: Connection) -> None:
    directory = Directory(connection, NOW)
    practice_id, payer_id = directory.practice(npi="1234567893"), directory.payer(name="Testpayer").id
    people, mother = people_of(connection, practice_id, Person("DOE", "JANE", member_id="W100"))
    people.cover(mother, Cover(payer_id, "W100", 1))
    people.flush(covers_are_billed=False)

    _, child = people_of(connection, practice_id, Person("DOE", "TIM", member_id="W100"))
    assert child != mother


def test_a_payer_without_any_name_has_one_to_show(connection: Connection) -> None:
    known = Directory(connection, NOW).payer()

    assert connection.execute(select(table_of(Payer).c.name).where(table_of(Payer).c.id == known.id)).scalar()

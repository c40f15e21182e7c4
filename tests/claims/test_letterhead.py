"""A practice's letterhead: learned from its 837s, until a person keeps their own."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from app.claims.letterhead import LetterheadRefused, learn_letterhead, letterhead_of, set_letterhead
from app.claims.tables import Letterhead, Practice
from app.core.clock import FixedClock
from app.core.db import session_scope
from edi.parts import Address, Contact, Name
from edi.x837.model import Party

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 40
NAME = Name("85", "NORTHBEND CLINIC", "", "", "", "XX", "1234567893", False, 1)


def provider(street: str = "1 MAIN ST", *, phone: str = "8605550100") -> Party:
    address = Address(street, "", "HARTFORD", "CT", "061031234", "", 2) if street else None
    contacts = (Contact("IC", "BILLING", (("TE", phone),), 1),) if phone else ()
    return Party(NAME, address, (), "", contacts)


@pytest.fixture
def practice(engine: Engine, clock: FixedClock) -> Practice:
    with session_scope(engine) as session:
        made = Practice(name="NORTHBEND", npi="1234567893", created_at=clock.now())
        session.add(made)
        session.flush()
        session.expunge(made)
        return made


def learn(engine: Engine, clock: FixedClock, practice: Practice, said: Party, pay_to: Party | None = None) -> None:
    with session_scope(engine) as session:
        learn_letterhead(session.connection(), practice.id or 0, said, pay_to, clock.now())


def kept(engine: Engine, practice: Practice) -> Letterhead:
    with Session(engine) as session:
        found = letterhead_of(session, practice)
        session.expunge_all()
        return found


def test_a_practice_that_no_file_described_has_its_name(engine: Engine, practice: Practice) -> None:
    assert (kept(engine, practice).name, kept(engine, practice).address) == ("NORTHBEND", "")


def test_the_billing_provider_of_an_837_is_the_letterhead(
    engine: Engine, clock: FixedClock, practice: Practice
) -> None:
    learn(engine, clock, practice, provider(), provider("PO BOX 7"))
    head = kept(engine, practice)

    assert (head.name, head.address) == ("NORTHBEND CLINIC", "1 MAIN ST\nHARTFORD, CT 06103-1234")
    assert (head.phone, head.pay_to) == ("860-555-0100", "PO BOX 7\nHARTFORD, CT 06103-1234")


def test_a_newer_file_moves_the_practice_and_a_poorer_one_takes_nothing_away(
    engine: Engine, clock: FixedClock, practice: Practice
) -> None:
    learn(engine, clock, practice, provider())
    learn(engine, clock, practice, provider("2 ELM ST", phone=""))
    learn(engine, clock, practice, provider("", phone=""))

    assert kept(engine, practice).address.startswith("2 ELM ST")
    assert kept(engine, practice).phone == "860-555-0100"


def test_what_a_person_kept_no_file_overwrites(engine: Engine, clock: FixedClock, practice: Practice) -> None:
    learn(engine, clock, practice, provider())
    with session_scope(engine) as session:
        typed = {"name": "Northbend Clinic", "address": "9 Oak St\r\n\r\nHartford, CT", "signer": "Dr. A. Osei"}
        set_letterhead(session, clock, session.get_one(Practice, practice.id), typed, logo=PNG, person_name="Ada")
    learn(engine, clock, practice, provider("3 FIR ST"))
    head = kept(engine, practice)

    assert (head.name, head.address, head.signer) == ("Northbend Clinic", "9 Oak St\nHartford, CT", "Dr. A. Osei")
    assert (head.kept_by, head.logo_type) == ("Ada", "image/png")


@pytest.mark.parametrize(
    ("typed", "logo", "says"),
    [
        ({"name": " "}, b"", "needs the practice's name"),
        ({"name": "x" * 121}, b"", "at most 120"),
        ({"name": "N", "address": "1\n2\n3\n4\n5\n6"}, b"", "at most 5 lines"),
        ({"name": "N", "phone": "x" * 41}, b"", "Phone: one line"),
        ({"name": "N"}, b"GIF89a", "neither a PNG nor a JPEG"),
        ({"name": "N"}, PNG * 5_000, "larger than 200 KB"),
    ],
)
def test_what_cannot_stand_on_a_letter_is_refused(
    engine: Engine, clock: FixedClock, practice: Practice, typed: dict[str, str], logo: bytes, says: str
) -> None:
    with session_scope(engine) as session, pytest.raises(LetterheadRefused, match=says):
        set_letterhead(session, clock, session.get_one(Practice, practice.id), typed, logo=logo, person_name="Ada")

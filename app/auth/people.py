"""What is done to people: added, changed, disabled, given a password. Each act is one event; none commits."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session, col, delete, func, select

from app.audit.record import record
from app.auth.passwords import check_strength, hash_password
from app.auth.permissions import Role
from app.auth.sessions import end_all
from app.auth.tables import Person, PersonPractice
from app.web.errors import Conflict, Invalid, NotFound

EMAIL_LONGEST = 254
NAME_LONGEST = 120


def add_person(
    session: Session,
    *,
    email: str,
    name: str,
    role: Role,
    practice_ids: Iterable[int],
    password: str,
    now: datetime,
    is_demo: bool = False,
    must_change_password: bool = True,
) -> Person:
    """A new account.

    Raises Invalid or WeakPassword with a sentence for the form, Conflict when the address is taken.
    """
    address, called = clean_email(email), clean_name(name)
    if find_by_email(session, address) is not None:
        raise Conflict(f"{address} already has an account.")
    check_strength(password, email=address, name=called)
    person = Person(
        email=address,
        name=called,
        role=role,
        password_hash=hash_password(password),
        must_change_password=must_change_password,
        is_demo=is_demo,
        created_at=now,
    )
    session.add(person)
    session.flush()
    given = _set_practices(session, person_id(person), practice_ids)
    detail = {"role": role.value, "practices": given}
    record(session, "person.add", object_type="person", object_id=person_id(person), detail=detail)
    return person


def change_person(
    session: Session, person: Person, *, name: str, role: Role, practice_ids: Iterable[int], now: datetime
) -> None:
    """Name, role and practices. A changed role or wall takes effect at the next request; browsers stay signed in."""
    if person.role is Role.ADMINISTRATOR and role is not Role.ADMINISTRATOR:
        _keep_an_administrator(session, person)
    before = {"name": person.name, "role": person.role.value, "practices": practices_of(session, person_id(person))}
    person.name, person.role = clean_name(name), role
    session.add(person)
    given = _set_practices(session, person_id(person), practice_ids)
    after = {"name": person.name, "role": role.value, "practices": given}
    changed = {key: [before[key], after[key]] for key in before if before[key] != after[key]}
    if changed:
        record(session, "person.change", object_type="person", object_id=person_id(person), detail=changed)


def disable_person(session: Session, person: Person, *, now: datetime) -> int:
    """No way in any more, and every browser signed out. Returns how many were."""
    if person.role is Role.ADMINISTRATOR:
        _keep_an_administrator(session, person)
    person.disabled_at = now
    session.add(person)
    ended = end_all(session, person_id(person), now)
    record(session, "person.disable", object_type="person", object_id=person_id(person), detail={"signed_out": ended})
    return ended


def enable_person(session: Session, person: Person) -> None:
    """Back again, with the password of before."""
    person.disabled_at = None
    session.add(person)
    record(session, "person.enable", object_type="person", object_id=person_id(person))


def set_password(
    session: Session,
    person: Person,
    password: str,
    *,
    now: datetime,
    by_administrator: bool,
    keep_sign_in: int | None = None,
) -> None:
    """A new password; every other browser is signed out. One set by an administrator must be changed at once."""
    check_strength(password, email=person.email, name=person.name)
    person.password_hash = hash_password(password)
    person.must_change_password = by_administrator
    session.add(person)
    ended = end_all(session, person_id(person), now, but=keep_sign_in)
    action = "person.reset_password" if by_administrator else "person.change_password"
    record(session, action, object_type="person", object_id=person_id(person), detail={"signed_out": ended})


def find_person(session: Session, wanted: int) -> Person:
    """Raises NotFound."""
    person = session.get(Person, wanted)
    if person is None:
        raise NotFound
    return person


def find_by_email(session: Session, email: str) -> Person | None:
    return session.exec(select(Person).where(Person.email == email.strip().lower())).first()


def all_people(session: Session) -> list[Person]:
    """Everybody, those who can sign in first."""
    return list(session.exec(select(Person).order_by(col(Person.disabled_at).is_not(None), col(Person.name))).all())


def practices_of(session: Session, wanted: int) -> list[int]:
    query = select(PersonPractice.practice_id).where(PersonPractice.person_id == wanted)
    return sorted(session.exec(query).all())


def clean_email(email: str) -> str:
    """Lower case; only what makes a sign-in name ambiguous is refused."""
    address = email.strip().lower()
    name, at, host = address.partition("@")
    odd = any(sign.isspace() or ord(sign) < 32 for sign in address)
    if not (name and at and "." in host) or odd or len(address) > EMAIL_LONGEST or "@" in host:
        raise Invalid(f"“{email.strip()}” is not an e-mail address.")
    return address


def clean_name(name: str) -> str:
    called = " ".join(name.split())
    if not called or len(called) > NAME_LONGEST:
        raise Invalid("A name is needed, at most 120 characters.")
    return called


def person_id(person: Person) -> int:
    assert person.id is not None, "the person was not flushed yet"
    return person.id


def _set_practices(session: Session, person: int, practice_ids: Iterable[int]) -> list[int]:
    given = sorted(set(practice_ids))
    session.exec(delete(PersonPractice).where(col(PersonPractice.person_id) == person))
    session.add_all(PersonPractice(person_id=person, practice_id=practice) for practice in given)
    return given


def _keep_an_administrator(session: Session, leaving: Person) -> None:
    query = (
        select(func.count())
        .select_from(Person)
        .where(
            col(Person.role) == Role.ADMINISTRATOR, col(Person.disabled_at).is_(None), col(Person.id) != leaving.id
        )
    )
    if session.exec(query).one() == 0:
        raise Invalid("This is the last administrator: make another one first.")

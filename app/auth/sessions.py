"""Sign-ins: begun, recognised, ended. They live on the server, so that disabling a person ends them at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select, update

from app.auth.permissions import Role
from app.auth.tables import Person, PersonPractice, SignIn
from app.core.ids import hash_token, new_token

USER_AGENT_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Known:
    """A recognised sign-in."""

    sign_in_id: int
    person_id: int
    name: str
    role: Role
    practice_ids: tuple[int, ...]
    is_demo: bool
    must_change_password: bool
    seen_at: datetime


def begin(session: Session, person: Person, now: datetime, *, ip: str, user_agent: str) -> str:
    """A new token for a new sign-in: never one that the browser brought."""
    token = new_token()
    assert person.id is not None
    session.add(
        SignIn(
            token_hash=hash_token(token),
            person_id=person.id,
            started_at=now,
            seen_at=now,
            ip=ip,
            user_agent=user_agent[:USER_AGENT_LENGTH],
        )
    )
    return token


def recognise(session: Session, token: str, now: datetime, *, idle: timedelta, longest: timedelta) -> Known | None:
    """Whose token this is, if the sign-in is alive and its person may still come in."""
    query = (
        select(SignIn, Person)
        .join(Person, col(Person.id) == col(SignIn.person_id))
        .where(col(SignIn.token_hash) == hash_token(token), col(SignIn.ended_at).is_(None))
        .where(col(Person.disabled_at).is_(None))
    )
    found = session.exec(query).first()
    if found is None:
        return None
    sign_in, person = found
    if now - sign_in.seen_at >= idle or now - sign_in.started_at >= longest:
        return None
    assert sign_in.id is not None
    assert person.id is not None
    practices = select(PersonPractice.practice_id).where(PersonPractice.person_id == person.id)
    return Known(
        sign_in_id=sign_in.id,
        person_id=person.id,
        name=person.name,
        role=person.role,
        practice_ids=tuple(sorted(session.exec(practices).all())),
        is_demo=person.is_demo,
        must_change_password=person.must_change_password,
        seen_at=sign_in.seen_at,
    )


def touch(session: Session, sign_in_id: int, now: datetime) -> None:
    """The person is still there."""
    session.exec(update(SignIn).where(col(SignIn.id) == sign_in_id).values(seen_at=now))


def end(session: Session, token: str, now: datetime) -> None:
    """Signed out."""
    alive = col(SignIn.ended_at).is_(None)
    session.exec(update(SignIn).where(col(SignIn.token_hash) == hash_token(token), alive).values(ended_at=now))


def end_all(session: Session, person_id: int, now: datetime, *, but: int | None = None) -> int:
    """Every browser of a person, at once; `but` keeps the one in hand. Returns how many."""
    query = update(SignIn).where(col(SignIn.person_id) == person_id, col(SignIn.ended_at).is_(None))
    if but is not None:
        query = query.where(col(SignIn.id) != but)
    return int(session.exec(query.values(ended_at=now)).rowcount)

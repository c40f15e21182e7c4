"""Sign-ins: begun, recognised, ended. They live on the server, so that disabling a person ends them at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, update

from app.auth.permissions import Role
from app.auth.tables import Person, PersonPractice, SignIn
from app.core.bulk import table_of
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
    rows = session.connection().execute(_ALIVE, {"token_hash": hash_token(token)}).all()
    if not rows or now - rows[0].seen_at >= idle or now - rows[0].started_at >= longest:
        return None
    row = rows[0]
    return Known(
        sign_in_id=row.id,
        person_id=row.person_id,
        name=row.name,
        role=row.role,
        practice_ids=tuple(each.practice_id for each in rows if each.practice_id is not None),
        is_demo=row.is_demo,
        must_change_password=row.must_change_password,
        seen_at=row.seen_at,
    )


# Every request begins with it: made once, and read without the ORM. One row for each practice of the person.
_sign_in, _person, _wall = table_of(SignIn), table_of(Person), table_of(PersonPractice)
_ALIVE = (
    select_columns(
        *(_sign_in.c.id, _sign_in.c.person_id, _sign_in.c.seen_at, _sign_in.c.started_at),
        *(_person.c.name, _person.c.role, _person.c.is_demo, _person.c.must_change_password),
        _wall.c.practice_id,
    )
    .join(_person, _person.c.id == _sign_in.c.person_id)
    .outerjoin(_wall, _wall.c.person_id == _sign_in.c.person_id)
    .where(
        _sign_in.c.token_hash == bindparam("token_hash"),
        _sign_in.c.ended_at.is_(None),
        _person.c.disabled_at.is_(None),
    )
    .order_by(_wall.c.practice_id)
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

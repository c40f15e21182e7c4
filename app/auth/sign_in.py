"""Sign in: the name, the password, the throttle. Every outcome is one event, and none says which part was wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.audit.actor import Actor, act_as
from app.audit.record import record
from app.auth import throttle
from app.auth.passwords import hash_password, needs_rehash, nobody, verify_password
from app.auth.people import find_by_email, person_id
from app.auth.sessions import begin
from app.auth.tables import Person
from app.core.clock import Clock

WRONG = "This e-mail and password do not match."
WAIT = "Too many tries. Wait fifteen minutes, or ask an administrator."


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The token for the cookie."""

    person: Person
    token: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Why not, in words for the page."""

    status: int
    text: str


def sign_in(
    session: Session, email: str, password: str, *, actor: Actor, clock: Clock, demo: bool
) -> SignedIn | Refused:
    """Try it. Returned, not raised: a failure is counted in the same transaction, which must be kept."""
    now = clock.now()
    act_as(session, actor, clock)
    address = email.strip().lower()
    if throttle.must_wait(session, address, actor.ip, now):
        _refuse(session, address, "throttled")
        return Refused(429, WAIT)
    person = find_by_email(session, address)
    right = verify_password(person.password_hash if person else nobody(), password)
    reason = _why_not(person, right=right, demo=demo)
    if reason or person is None:
        throttle.count_failure(session, address, actor.ip, now)
        _refuse(session, address, reason)
        return Refused(401, WRONG)
    throttle.forget_failures(session, address)
    if needs_rehash(person.password_hash):
        person.password_hash = hash_password(password)
    return SignedIn(person, let_in(session, person, actor=actor, clock=clock))


def let_in(session: Session, person: Person, *, actor: Actor, clock: Clock) -> str:
    """Begin the sign-in of a person who proved who they are; returns the token for the cookie."""
    now: datetime = clock.now()
    person.last_signed_in_at = now
    session.add(person)
    token = begin(session, person, now, ip=actor.ip, user_agent=actor.user_agent)
    known = Actor(
        person_id=person.id,
        name=person.name,
        role=person.role.value,
        ip=actor.ip,
        user_agent=actor.user_agent,
        request_id=actor.request_id,
    )
    act_as(session, known, clock)
    record(session, "sign_in.done", object_type="person", object_id=person_id(person))
    return token


def _why_not(person: Person | None, *, right: bool, demo: bool) -> str:
    if person is None:
        return "no such account"
    if not right:
        return "wrong password"
    if person.disabled_at is not None:
        return "disabled"
    return "demo account outside demo mode" if person.is_demo and not demo else ""


def _refuse(session: Session, address: str, reason: str) -> None:
    record(session, "sign_in.refused", object_type="account", object_id=address, outcome="refused", reason=reason)

"""The demo's people: one click each, in demo mode only. Outside it their accounts open nothing, whatever is typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from app.auth.people import add_person, find_by_email
from app.auth.permissions import Role
from app.auth.tables import Person

PASSWORD = "unpaid claims are work"


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """An invented colleague."""

    email: str
    name: str
    role: Role
    says: str


CAST: tuple[DemoPerson, ...] = (
    DemoPerson("dana@demo.example", "Dana Reyes", Role.BILLER, "works the claims"),
    DemoPerson("sam@demo.example", "Sam Whitfield", Role.SUPERVISOR, "plans, assigns, approves"),
    DemoPerson("ada@demo.example", "Ada Lindqvist", Role.ADMINISTRATOR, "manages people"),
    DemoPerson("otis@demo.example", "Otis Marchetti", Role.AUDITOR, "reads, changes nothing"),
)


def ensure_demo_people(session: Session, practice_ids: Sequence[int], now: datetime) -> list[Person]:
    """Make those of the cast that are not there yet, working for these practices."""
    made = []
    for each in CAST:
        if find_by_email(session, each.email) is None:
            person = add_person(
                session,
                email=each.email,
                name=each.name,
                role=each.role,
                practice_ids=practice_ids,
                password=PASSWORD,
                now=now,
                is_demo=True,
                must_change_password=False,
            )
            made.append(person)
    return made

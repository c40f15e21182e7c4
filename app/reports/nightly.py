"""The first page of the reports, worked out at night for the morning, where the books are large."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import Engine, select
from sqlmodel import Session

from app.auth.permissions import PERMISSIONS, Permission
from app.auth.tables import Person, PersonPractice
from app.claims.queries import are_large
from app.core.bulk import table_of
from app.core.clock import Clock
from app.core.config import Settings
from app.core.db import read_scope
from app.core.worked_out import work_out
from app.reports.kept import overview
from app.reports.scope import Scope

MOST_WALLS = 20  # different sets of practices, those of most people first: each may take a minute

person = table_of(Person)
person_practice = table_of(PersonPractice)


def work_out_overviews(engine: Engine, settings: Settings, clock: Clock) -> str:
    """As the page opens, for every set of practices behind whose walls somebody reads reports; in a sentence."""
    with read_scope(engine) as session:
        if not are_large(session):
            return "The books are small: reports are worked out whenever they are asked for."
        chosen = walls_of_readers(session)[:MOST_WALLS]
    seconds = 0.0
    for practice_ids in chosen:
        scope = Scope.of(practice_ids, clock.today(), settings.zone, {})
        seconds += work_out(engine, clock, overview(scope))
    readers = "set" if len(chosen) == 1 else "sets"
    return f"Reports worked out for {len(chosen):,} {readers} of practices, in {seconds:,.0f} seconds."


def walls_of_readers(session: Session) -> list[tuple[int, ...]]:
    """The practices that people see together, those that most people see first."""
    roles = [role for role, held in PERMISSIONS.items() if Permission.REPORTS_VIEW in held]
    statement = (
        select(person_practice.c.person_id, person_practice.c.practice_id)
        .join(person, person.c.id == person_practice.c.person_id)
        .where(person.c.disabled_at.is_(None), person.c.role.in_(roles))
        .order_by(person_practice.c.person_id, person_practice.c.practice_id)
    )
    seen: dict[int, list[int]] = {}
    for person_id, practice_id in session.execute(statement):
        seen.setdefault(person_id, []).append(practice_id)
    counted = Counter(tuple(practices) for practices in seen.values())
    return [walls for walls, _ in sorted(counted.items(), key=lambda each: (-each[1], each[0]))]

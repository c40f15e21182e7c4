"""The playbook's steps for a denial, ticked off by whoever did them: the next person sees what is settled already.

A tick is a row that holds the step as it was worded then; taking it back deletes the row. The audit log keeps both.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam
from sqlalchemy import select as select_columns
from sqlmodel import Session, select

from app.audit.record import record
from app.auth.tables import Person
from app.core.bulk import table_of
from app.core.clock import Clock
from app.followup.tables import StepDone
from app.matching.tables import Denial

STEPS_FILE = Path(__file__).with_name("steps.toml")


class Steps(NamedTuple):
    """What to do about one category of denial."""

    ask: str
    steps: tuple[str, ...]
    proof: str


class StepView(NamedTuple):
    """One step, and who did it; `who` is "" while nobody has."""

    text: str
    who: str
    at: datetime | None
    is_current: bool  # False: ticked under an earlier wording of the playbook


class Tick(NamedTuple):
    """A step that somebody did."""

    denial_id: int
    step: str  # as it was worded then
    done_at: datetime
    who: str


class UnknownStep(ValueError):
    """The denial's playbook has no such step, neither now nor among those ticked."""


@cache
def all_steps() -> dict[str, Steps]:
    """The steps by category."""
    rows = tomllib.loads(STEPS_FILE.read_text(encoding="utf-8"))
    return {key: Steps(row["ask"], tuple(row["steps"]), row["proof"]) for key, row in rows.items()}


def steps_for(category: str) -> Steps:
    steps = all_steps()
    return steps.get(category, steps["other"])


def checklist(denial: Denial, done: Sequence[Tick]) -> list[StepView]:
    """The category's steps in order, each with its tick; then ticks whose step has since been reworded."""
    ticked = {tick.step: tick for tick in done if tick.denial_id == denial.id}
    views = []
    for text in steps_for(denial.category).steps:
        tick = ticked.pop(text, None)
        views.append(StepView(text, tick.who if tick else "", tick.done_at if tick else None, is_current=True))
    views.extend(StepView(tick.step, tick.who, tick.done_at, is_current=False) for tick in ticked.values())
    return views


def steps_done(session: Session, claim_id: int) -> list[Tick]:
    """Every tick on the claim's denials, oldest first."""
    return [Tick(*row) for row in session.connection().execute(_ticks(), {"claim_id": claim_id})]


@cache
def _ticks() -> Select[Any]:
    done, person = table_of(StepDone), table_of(Person)
    return (
        select_columns(done.c.denial_id, done.c.step, done.c.done_at, person.c.name)
        .join(person, person.c.id == done.c.person_id)
        .where(done.c.claim_id == bindparam("claim_id"))
        .order_by(done.c.id)
    )


def tick(session: Session, denial: Denial, step: str, *, person_id: int, clock: Clock) -> bool:
    """The step is done. False: somebody had ticked it before, and their tick stays."""
    if _found(session, denial, step) is not None:
        return False
    if step not in steps_for(denial.category).steps:
        raise UnknownStep(step)
    assert denial.id is not None
    session.add(
        StepDone(
            denial_id=denial.id,
            step=step,
            practice_id=denial.practice_id,
            claim_id=denial.claim_id,
            person_id=person_id,
            done_at=clock.now(),
        )
    )
    _record(session, "denial.step_done", denial, step)
    return True


def untick(session: Session, denial: Denial, step: str) -> bool:
    """It was not done after all. False: it was not ticked."""
    row = _found(session, denial, step)
    if row is None:
        return False
    session.delete(row)
    _record(session, "denial.step_undone", denial, step)
    return True


def _found(session: Session, denial: Denial, step: str) -> StepDone | None:
    return session.exec(select(StepDone).where(StepDone.denial_id == denial.id, StepDone.step == step)).first()


def _record(session: Session, action: str, denial: Denial, step: str) -> None:
    record(
        session,
        action,
        object_type="claim",
        object_id=denial.claim_id,
        practice_id=denial.practice_id,
        detail={"denial": denial.id, "step": step},
    )

"""A person's day of claim work: minutes, skills, known payers, and until when they are out. A supervisor sets it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from app.audit.record import record
from app.audit.tables import Event
from app.auth.tables import Person
from app.followup.tables import WorkDay

SET = "team.day"


class DayChanged(ValueError):
    """The act to undo is no longer the newest; the message says so."""


def work_days(session: Session, people: Sequence[Person]) -> dict[int, WorkDay]:
    """What a supervisor has set for each, or the usual day."""
    ids = [each.id for each in people]
    kept = {day.person_id: day for day in session.exec(select(WorkDay).where(col(WorkDay.person_id).in_(ids)))}
    return {each.id or 0: kept.get(each.id or 0, WorkDay(person_id=each.id or 0)) for each in people}


def set_day(session: Session, day: WorkDay) -> Event:
    """Keep it; the event knows what stood before. The caller commits."""
    before = session.get(WorkDay, day.person_id)
    detail = {**_said(day), "before": _said(before) if before is not None else {}}
    session.merge(day)
    return record(session, SET, object_type="person", object_id=day.person_id, detail=detail)


def undo_day(session: Session, number: int, *, by_id: int) -> int:
    """Back to what stood before one's own act; answers with whose day it is. Raises DayChanged."""
    made = session.get(Event, number)
    if made is None or made.action != SET or made.actor_id != by_id:
        raise DayChanged("There is nothing of yours to take back.")
    newest = session.exec(
        select(Event.id)
        .where(Event.object_type == "person", Event.object_id == made.object_id, Event.action == SET)
        .order_by(col(Event.id).desc())
        .limit(1)
    ).one()
    if newest != number:
        raise DayChanged("The day was set again since: look at it.")
    person_id = int(made.object_id)
    before: Any = made.detail.get("before")
    if before:
        set_day(session, _day(person_id, before))
        return person_id
    kept = session.get(WorkDay, person_id)
    if kept is not None:  # the usual day again
        session.delete(kept)
        detail = {"before": _said(kept), "usual": True}
        record(session, SET, object_type="person", object_id=person_id, detail=detail)
    return person_id


def _said(day: WorkDay) -> dict[str, Any]:
    """The day as an event holds it."""
    return day.model_dump(mode="json")


def _day(person_id: int, said: dict[str, Any]) -> WorkDay:
    until = said.get("out_until")
    return WorkDay(
        person_id=person_id,
        minutes=int(said["minutes"]),
        queues=str(said["queues"]),
        payer_ids=str(said["payer_ids"]),
        out_until=date.fromisoformat(until) if until else None,
    )

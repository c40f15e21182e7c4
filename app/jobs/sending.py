"""The outbox's jobs: send what is due, load what has left, fetch what payers put on their servers."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.audit.actor import Actor, act_as
from app.audit.record import record
from app.core.clock import Clock
from app.core.config import Settings
from app.core.db import read_scope, session_scope
from app.core.outbox import account_of, release_due
from app.core.sftp import CannotConnect, fetch
from app.core.tables import Destination, DestinationKind, OutboxItem, OutboxState
from app.followup.rank import rerank_touched
from app.refiling.send_on import load_sent


class FetchFailed(Exception):
    """A server could not be fetched from. The message names it and says why; the others were fetched."""


def outbox_job(engine: Engine, settings: Settings, clock: Clock, trigger: str) -> str:
    """Send everything whose undo interval is over; what is an 837 of ours is loaded as sent."""

    def heard(session: Session, item: OutboxItem) -> None:
        act_as(session, Actor.system("outbox"), clock)
        record(
            session,
            f"outbox.{item.state if item.state != OutboxState.RELEASED else 'put_off'}",
            object_type="outbox_item",
            object_id=item.id or 0,
            practice_id=item.practice_id,
            reason=item.last_error,
            detail={"kind": item.kind, "attempts": item.attempts, "sha256": item.sha256, "how": item.sent_how},
        )

    items = release_due(engine, settings, clock, heard=heard)
    rerank_touched(engine, clock, load_sent(engine, settings, clock))
    sent = sum(item.state == OutboxState.SENT for item in items)
    failed = sum(item.state in (OutboxState.RELEASED, OutboxState.FAILED) and bool(item.last_error) for item in items)
    if not items:
        return "Nothing was due."
    return (
        f"{sent} sent" + (f", {failed} could not be sent and will be tried again or decided" if failed else "") + "."
    )


def fetch_job(engine: Engine, settings: Settings, clock: Clock, trigger: str) -> str:
    """Bring what stands on the practices' SFTP servers into the inbox; the pick-up loads it. Raises FetchFailed."""
    with read_scope(engine) as session:
        statement = select(Destination).where(
            Destination.kind == DestinationKind.SFTP, col(Destination.is_active), Destination.pickup_folder != ""
        )
        places = list(session.exec(statement.order_by(col(Destination.id))))
    files, troubles = 0, []
    for place in places:
        try:
            names = fetch(account_of(place), place.pickup_folder, settings.inbox_dir, moved_to=place.fetched_folder)
            said = f"{len(names)} files" if len(names) != 1 else "1 file"
            files += len(names)
        except CannotConnect as error:
            said = str(error)
            troubles.append(f"{place.name}: {error}")
        _keep_result(engine, clock, place, said)
    if troubles:
        raise FetchFailed(" ".join(troubles))
    return f"{files} files fetched from {len(places)} servers." if places else "No server to fetch from is set up."


def _keep_result(engine: Engine, clock: Clock, place: Destination, said: str) -> None:
    with session_scope(engine) as session:
        row = session.get_one(Destination, place.id)
        row.last_fetch = f"{clock.now():%b %d %H:%M} UTC: {said}"
        session.add(row)

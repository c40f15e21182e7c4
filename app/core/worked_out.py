"""What takes long to work out of all the books: worked out once, kept, and shown with its time.

Small books are worked out whenever they are asked. Large ones are worked out by a thread beside the requests: a
request waits for it only for a moment and then says that it is under way. What came of it is kept for the day, with
the moment at which the books were read, until somebody asks for it again. What turns out to be quick is worked out
anew at each look all the same.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, Generic, TypeVar

from pydantic import TypeAdapter
from sqlalchemy import Engine, delete, func, insert, select, update
from sqlmodel import Session

from app.core.bulk import table_of
from app.core.clock import Clock
from app.core.db import is_sqlite, read_scope, session_scope
from app.core.tables import WorkedOut

log = logging.getLogger(__name__)

T = TypeVar("T")

WAIT_SECONDS = 0.6  # a request waits so long for what it began
QUICK_SECONDS = 1.0  # what took less is worked out at each look
AT_ONCE: Final = 2  # of one process; the others wait for their turn
MOST_UNDER_WAY: Final = 20  # of one process, those that wait among them

kept = table_of(WorkedOut)


@dataclass(frozen=True, slots=True)
class Question(Generic[T]):
    """`asked` holds all that the answer depends on but the books and the day, whose walls above all."""

    kind: str
    asked: Mapping[str, Any]  # as JSON has it
    shape: TypeAdapter[T]
    work: Callable[[Session], T]  # reads only; called in a thread of its own, with a session of its own
    fresh_for: timedelta | None = None  # then a look begins it again by itself; None: it stands for the day

    def key(self, today: date) -> str:
        text = json.dumps([self.kind, today.isoformat(), dict(self.asked)], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """With `made_at` the value is kept since then, without it is of this moment. Where there is no value it is under
    way or has failed; a kept one may be under way again."""

    value: T | None
    made_at: datetime | None = None
    under_way: bool = False
    failed: bool = False


@dataclass(slots=True)
class _Work:
    """One question that this process works out; nothing comes of it where another process is at it already."""

    done: threading.Event = field(default_factory=threading.Event)
    answer: Answer[Any] | None = None


_under_way: dict[tuple[str, str], _Work] = {}  # by database and key
_guard = threading.Lock()
_slots = threading.Semaphore(AT_ONCE)


def answer(
    session: Session, engine: Engine, clock: Clock, question: Question[T], *, is_large: bool, anew: bool = False
) -> Answer[T]:
    """What is known by now; what is not known yet is begun, and with `anew` what is known is begun again. `is_large`:
    the books are."""
    if not is_large:
        return Answer(question.work(session))
    key = question.key(clock.today())
    row = session.execute(select(kept).where(kept.c.key == key)).first()
    known: Answer[T] = Answer(None)
    if row is not None:
        value = question.shape.validate_json(row.content) if row.content else None
        known = Answer(value, row.made_at, failed=not row.content)
        is_old = question.fresh_for is not None and row.made_at + question.fresh_for <= clock.now()
        if not (anew or row.is_stale or is_old) and (known.failed or row.seconds >= QUICK_SECONDS):
            return known
    work = _begin(engine, clock, question, key)
    if work is not None:
        work.done.wait(WAIT_SECONDS)
        if work.answer is not None:  # though it may wait to be kept: somebody else writes
            return work.answer
    return Answer(known.value, known.made_at, under_way=True)


def ask_again(session: Session, clock: Clock, question: Question[Any]) -> None:
    """The next look begins it anew; until that is done the kept answer is shown."""
    session.execute(update(kept).where(kept.c.key == question.key(clock.today())).values(is_stale=True))


def work_out(engine: Engine, clock: Clock, question: Question[Any]) -> float:
    """Now and in this thread, as the nightly job does; in how many seconds. Raises what the work raises."""
    began = time.monotonic()
    _worked(engine, clock, question, question.key(clock.today()), _Work())
    return time.monotonic() - began


def under_way(engine: Engine) -> int:
    """How much this process works out at this moment."""
    with _guard:
        return sum(address == engine.url.render_as_string() for address, _ in _under_way)


def _begin(engine: Engine, clock: Clock, question: Question[Any], key: str) -> _Work | None:
    """What is at it already, or a new thread; None: too much is under way at this moment."""
    place = engine.url.render_as_string(), key
    with _guard:
        known = _under_way.get(place)
        if known is not None or len(_under_way) >= MOST_UNDER_WAY:
            return known
        work = _under_way[place] = _Work()

    def run() -> None:
        try:
            with _slots:
                _worked(engine, clock, question, key, work)
        except Exception:
            log.exception("what a page shows could not be worked out: %s", question.kind)
            work.answer = Answer(None, failed=True)
            _keep(engine, clock, question, key, clock.now(), 0.0, "")
        finally:
            with _guard:
                _under_way.pop(place, None)
            work.done.set()

    # A daemon: a process that ends does not wait for it, and whoever asks next begins it anew.
    threading.Thread(target=run, name=f"work out {question.kind}", daemon=True).start()
    return work


def _worked(engine: Engine, clock: Clock, question: Question[Any], key: str, work: _Work) -> None:
    """Read in one view of the books, whose moment is the answer's, and kept. Nothing if another process is at it."""
    began, made_at = time.monotonic(), clock.now()
    with read_scope(engine) as session:
        if not _is_ours(session, key):
            return
        value = question.work(session)
        seconds = time.monotonic() - began
        work.answer = Answer(value, made_at if seconds >= QUICK_SECONDS else None)
        _keep(engine, clock, question, key, made_at, seconds, question.shape.dump_json(value).decode())


def _is_ours(session: Session, key: str) -> bool:
    """Where several processes serve, one works it out. The lock ends with the reading, or with the process."""
    if is_sqlite(session.connection()):
        return True
    return bool(session.execute(select(func.pg_try_advisory_xact_lock(int(key[:15], 16)))).scalar_one())


def _keep(
    engine: Engine,
    clock: Clock,
    question: Question[Any],
    key: str,
    made_at: datetime,
    seconds: float,
    content: str,
) -> None:
    """In the place of the earlier answer; those of earlier days go. Without content it has failed."""
    today = clock.today()
    with session_scope(engine) as session:
        session.execute(delete(kept).where((kept.c.key == key) | (kept.c.on_day < today)))
        made = WorkedOut(key=key, kind=question.kind, on_day=today, made_at=made_at, seconds=seconds, content=content)
        session.execute(insert(kept).values(**made.model_dump()))

"""What is believed tonight, learned from the practice's own outcomes, and the same in every process.

A full re-rank reads the outcomes, learns from them and keeps them packed beside its run. A page or an in-place
re-rank learns from the packed columns again, once in each process for each run: a few hundredths of a second for ten
thousand outcomes, and to the last bit what the run believed, so that the sum shown is the sum that ranked.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from dataclasses import fields
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
from sqlmodel import Session, col, delete, select

from app.followup.outcomes import outcome_rows
from app.followup.tables import Evidence, RankRun
from workqueues.beliefs import Beliefs, beliefs_for
from workqueues.outcomes import OutcomeRow, Outcomes
from workqueues.outlook import Outlook, read_outlook
from workqueues.strategy import Strategy

ROWS_AT_ONCE = 10_000
ALONE_MOST = 10_000  # of claims left alone, in each category: they say whether such claims pay by themselves, and so
# many say it to within one per cent; a million of them would only fill the memory
KEPT_IN_MEMORY = 4  # runs: the last one, and those of other databases in the same process

_known: dict[tuple[str, int, str, Strategy | None], Any] = {}
_guard = threading.Lock()


class LastRun(NamedTuple):
    """The last full run, by what tells it from every other; what it left behind never changes."""

    id: int
    started_at: datetime


def own_outcomes(session: Session, today: date, *, alone_most: int = ALONE_MOST) -> Outcomes:
    """Every outcome on the books, as columns; of claims left alone an even sample where there are very many."""
    parts: list[Outcomes] = []
    rows: list[OutcomeRow] = []
    alone: dict[str, _Sample] = {}
    for row in outcome_rows(session, today):
        if row.event == "left-alone":
            alone.setdefault(row.category, _Sample(alone_most)).offer(row)
            continue
        rows.append(row)
        if len(rows) == ROWS_AT_ONCE:
            parts.append(Outcomes.from_rows(rows))
            rows = []
    parts += [Outcomes.from_rows(sample.kept) for sample in alone.values()]
    parts.append(Outcomes.from_rows(rows))
    return Outcomes.join(parts)


class _Sample:
    """At most so many rows, evenly spread over all that were offered: every second goes when it is full."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.kept: list[OutcomeRow] = []
        self.offered, self.stride = 0, 1

    def offer(self, row: OutcomeRow) -> None:
        if self.offered % self.stride == 0:
            self.kept.append(row)
        self.offered += 1
        if len(self.kept) > self.most:
            self.kept, self.stride = self.kept[::2], 2 * self.stride


def beliefs_in_force(session: Session, strategy: Strategy, run: LastRun | None) -> Beliefs:
    """What the last full run believed; the shipped priors before there was one."""
    if run is None or not strategy.learn:
        return _priors(strategy)

    def learned() -> Beliefs:
        return beliefs_for(strategy, kept_outcomes(session, run.id), learned_on(session, run))

    found: Beliefs = _of_run(session, run, strategy, learned)
    return found


def outlook_in_force(session: Session, run: LastRun | None) -> Outlook | None:
    """The scale of the last full run's scores; None before there was one."""
    if run is None:
        return None

    def written() -> Outlook | None:
        kept = session.get_one(RankRun, run.id).outlook
        return read_outlook(kept) if kept else None

    found: Outlook | None = _of_run(session, run, None, written)
    return found


@lru_cache(maxsize=KEPT_IN_MEMORY)
def _priors(strategy: Strategy) -> Beliefs:
    return beliefs_for(strategy, Outcomes.from_rows([]), date.min)


def _of_run(session: Session, run: LastRun, strategy: Strategy | None, make: Callable[[], Any]) -> Any:
    """What a run left behind, made once in each process: its beliefs under a strategy, or its outlook (None)."""
    key = (_address(session), run.id, run.started_at.isoformat(), strategy)
    found = _known.get(key)
    if found is None:
        found = make()
        with _guard:
            while len(_known) >= 2 * KEPT_IN_MEMORY:
                _known.pop(next(iter(_known)))
            _known[key] = found
    return found


def keep_outcomes(session: Session, run: RankRun, outcomes: Outcomes, today: date) -> None:
    """Beside the run that learned from them; those of earlier runs go."""
    assert run.id is not None
    session.exec(delete(Evidence).where(col(Evidence.run_id) != run.id))
    session.add(Evidence(run_id=run.id, learned_on=today, outcomes=len(outcomes), packed=pack(outcomes)))
    session.flush()


def kept_outcomes(session: Session, run_id: int) -> Outcomes:
    """What a run learned from; nothing when it is not kept any more."""
    kept = session.get(Evidence, run_id)
    return unpack(kept.packed) if kept is not None else Outcomes.from_rows([])


def last_evidence(session: Session) -> Outcomes:
    """What the newest run learned from."""
    newest = session.exec(select(Evidence).order_by(col(Evidence.run_id).desc()).limit(1)).first()
    return unpack(newest.packed) if newest is not None else Outcomes.from_rows([])


def learned_on(session: Session, run: LastRun) -> date:
    kept = session.get(Evidence, run.id)
    return kept.learned_on if kept is not None else run.started_at.date()


def pack(outcomes: Outcomes) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **{each.name: getattr(outcomes, each.name) for each in fields(Outcomes)})
    return stream.getvalue()


def unpack(packed: bytes) -> Outcomes:
    """Columns that a newer release has added and the packed ones lack are an error: a re-rank packs them anew."""
    with np.load(io.BytesIO(packed), allow_pickle=False) as kept:
        return Outcomes(**{each.name: kept[each.name] for each in fields(Outcomes)})


def _address(session: Session) -> str:
    return session.get_bind().engine.url.render_as_string()

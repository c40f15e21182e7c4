"""Ranking everything because somebody changed what it rests on: the strategy, the playbook, a clock, a payer.

Small books are ranked while the request waits. Of large ones it takes minutes, which no request should: a thread does
it, and the lists follow. Whoever asks again meanwhile is served by one more run behind it, however many they are.
"""

from __future__ import annotations

import logging
import threading

from sqlalchemy import Engine

from app.claims.queries import are_large
from app.core.clock import Clock
from app.core.db import read_scope
from app.followup.rank import rerank_all

THREAD = "rank everything"

_log = logging.getLogger(__name__)
_guard = threading.Lock()
_under_way: dict[str, str] = {}  # by database, while its thread works: what asked for one more run, or ""


def rank_everything(engine: Engine, clock: Clock, *, trigger: str) -> int | None:
    """How many open claims are ranked anew; None: they are many, and it is under way."""
    with read_scope(engine) as session:
        is_at_once = not are_large(session)
    if is_at_once:
        return rerank_all(engine, clock, trigger=trigger).claims
    address = engine.url.render_as_string()
    with _guard:
        if address in _under_way:
            _under_way[address] = trigger
            return None
        _under_way[address] = ""
    threading.Thread(target=_work, args=(engine, clock, trigger, address), name=THREAD, daemon=True).start()
    return None


def words_of(ranked: int | None) -> str:
    """ "801 open claims are ranked by it"; of many, that they will be."""
    if ranked is None:
        return "all open claims are being ranked anew: the lists follow in some minutes"
    return f"{ranked:,} open claims are ranked by it"


def _work(engine: Engine, clock: Clock, trigger: str, address: str) -> None:
    while trigger:
        try:
            rerank_all(engine, clock, trigger=trigger)
        except Exception:  # noqa: BLE001 a thread has nobody to tell but the log, and the night ranks again
            _log.exception("ranking everything (%s) failed; the next full run mends it", trigger)
        with _guard:
            trigger = _under_way[address]
            if trigger:
                _under_way[address] = ""
            else:
                del _under_way[address]

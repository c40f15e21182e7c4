"""The left pane: every queue, the lists that everybody has, the call sheet and what found no claim, with counts and
dollars. All of it is one question: a whole page asks it, and each question to a database behind a wire is a trip."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Select, literal_column, select, union_all
from sqlmodel import Session

from app.auth.viewer import Viewer
from app.core.bulk import written
from app.core.clock import Clock
from app.followup.calls import CallLine, call_line_statement
from app.followup.narrow import STATEMENTS_KEPT
from app.followup.views import StandingLine, standing_counts, standing_lines, standing_values
from app.followup.worklist import QueueLine, in_waterfall, queue_totals
from app.matching.queries import unmatched_total

QUEUES, CALLS, UNMATCHED, STANDING = range(4)  # the kinds of rows; of STANDING it is the first


class LeftPane(NamedTuple):
    lines: list[QueueLine]
    standing: list[StandingLine]
    calls: CallLine
    unmatched: tuple[int, int]  # answers and cents


def left_pane(session: Session, viewer: Viewer, clock: Clock) -> LeftPane:
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    statement, told = _counts(viewer.practice_ids), standing_values(viewer, clock)
    for kind, *row in session.connection().execute(statement, told):
        found[kind].append(tuple(row))
    [(_, *calls)], [(_, answers, cents, _)] = found[CALLS], found[UNMATCHED]
    return LeftPane(
        in_waterfall(row[:3] for row in found[QUEUES]),
        standing_lines([(row[1], row[2]) for kind in sorted(found) if kind >= STANDING for row in found[kind]]),
        CallLine(*map(int, calls)),
        (int(answers), int(cents)),
    )


@lru_cache(maxsize=STATEMENTS_KEPT)
def _counts(practice_ids: tuple[int, ...]) -> CompoundSelect[Any]:
    """Kind, name, and up to three numbers."""

    def part(kind: int, counted: Select[Any], *, is_named: bool = False, numbers: int = 2) -> Select[Any]:
        columns = list(counted.subquery(f"part{kind}").c)
        named: list[Any] = [] if is_named else [literal_column("''")]
        return select(written(kind), *named, *columns, *[written(0)] * (3 - numbers))

    return union_all(
        part(QUEUES, queue_totals(practice_ids), is_named=True),
        part(CALLS, call_line_statement(practice_ids), numbers=3),
        part(UNMATCHED, unmatched_total(practice_ids)),
        *(part(STANDING + at, counted) for at, counted in enumerate(standing_counts(practice_ids))),
    )

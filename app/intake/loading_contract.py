"""What intake asks of whoever understands a transaction set: take its values one by one, then say what became of it.

Intake opens one database transaction per set, makes the loader for the set's kind, feeds it every value that the EDI
layer yields, and asks for the outcome at the end. Unless the outcome is LOADED the whole transaction is rolled back
and the set is fed again to a loader made with `posting=False`, which keeps what was said and posts nothing. So a
loader may post optimistically, and balance, duplicate and conflict can be judged when the set has ended.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from sqlmodel import Session

from app.intake.tables import SetState
from edi.values import SetEnd, SetStart


class LoadContext(NamedTuple):
    session: Session  # one transaction; the loader flushes, never commits
    file_id: int
    loaded_set_id: int  # the row exists, state still open
    start: SetStart
    now: datetime  # when we came to know it
    posting: bool  # False: keep what was said, post nothing; `verdict` is what was decided
    verdict: SetOutcome | None  # the outcome of the first, posting pass


class SetOutcome(NamedTuple):
    state: SetState
    reason: str = ""  # for a person: what, with figures, and what to do
    practice_id: int | None = None
    business_key: str = ""
    duplicate_of_id: int | None = None  # the LoadedSet this repeats
    claims: int = 0
    touched_claim_ids: tuple[int, ...] = ()  # to be re-ranked at once


class SetLoader(Protocol):
    def take(self, value: Any) -> None:
        """One value of the set, in file order (not SetStart, SetEnd or Finding)."""

    def end(self, end: SetEnd) -> SetOutcome:
        """The set has ended: flush what is held and say what became of it."""


LoaderFactory = Callable[[LoadContext], SetLoader]

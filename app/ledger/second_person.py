"""Dollars that one person does not move alone: one asks, another decides, above a limit two others do.

Whoever enters a write-off or a refund does not approve it (hipaa-security.md §3; 45 CFR 164.308(a)(4)). What is asked
for is a row; the books move only when it is approved, by an entry that a decision taken back meets with its opposite.
The kinds differ in when they may be asked for and in what they post, and each says so as a `Matter`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar

from sqlmodel import Session, col, select

from app.audit.record import record
from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.claims.tables import ClaimEvent, EventKind
from app.core.clock import Clock
from app.core.money import format_cents
from app.ledger.person import CannotPost
from app.ledger.tables import UNDECIDED, Asked

ONE_APPROVAL_CENTS = 100_000  # up to $1,000 one person decides; above it two different people must
LONGEST_REASON = 500


class RequestRefused(ValueError):
    """It cannot be asked for or decided; the message says why. Nothing was changed.

    `field`: of the form, the one that the message is about; "" when it is about none.
    """

    def __init__(self, message: str, *, field: str = "") -> None:
        super().__init__(message)
        self.field = field


AskedT = TypeVar("AskedT", bound=Asked)


@dataclass(frozen=True, slots=True)
class Matter(Generic[AskedT]):
    """One kind of request: its table, its words, and what it does to the books."""

    table: type[AskedT]
    action: str  # how its events begin: write_off, refund
    noun: str  # in a sentence: write-off
    done: str  # on the timeline: Written off
    permission: Permission  # to decide
    post: Callable[[Session, AskedT, int, date], int]  # (…, person, day) → entry; raises CannotPost
    take_back: Callable[[Session, AskedT, int, date], None]  # the opposite of its entry; raises CannotPost
    one_for: tuple[str, ...] = ("claim_id",)  # of what these columns name, only one request waits at a time

    @property
    def waits_already(self) -> str:
        return f"A {self.noun} of this claim waits for a decision already."


def ask(session: Session, matter: Matter[AskedT], made: AskedT) -> AskedT:
    """Put it before somebody else. Raises RequestRefused without a reason, or when one waits already."""
    if not made.reason.strip():
        raise RequestRefused("Say why: whoever decides will read it.", field="reason")
    if waiting_of(session, matter, made) is not None:
        raise RequestRefused(matter.waits_already)
    made.reason = made.reason.strip()[:LONGEST_REASON]
    session.add(made)
    session.flush()
    _record(session, matter, "request", made, reason=made.reason)
    return made


def approve(session: Session, matter: Matter[AskedT], asked: AskedT, *, person_id: int, clock: Clock) -> bool:
    """Agree. True: the books have moved; False: above the limit a second person decides too.

    Raises RequestRefused.
    """
    _may_decide(session, asked, person_id)
    if asked.cents > ONE_APPROVAL_CENTS and asked.first_by_id is None:
        asked.first_by_id, asked.state = person_id, "half"
        session.add(asked)
        _record(session, matter, "approve_first", asked)
        return False
    if asked.first_by_id == person_id:
        raise RequestRefused("You gave the first approval; above the limit somebody else gives the second.")
    try:
        asked.entry_id = matter.post(session, asked, person_id, clock.today())
    except CannotPost as error:
        raise RequestRefused(str(error)) from error
    asked.state = "approved"
    asked.decided_by_id, asked.decided_at = person_id, clock.now()
    session.add(asked)
    _record(session, matter, "approve", asked)
    _tell(session, asked, matter, f"{matter.done}: {format_cents(asked.cents)}", asked.reason, person_id, clock)
    return True


def refuse(
    session: Session, matter: Matter[AskedT], asked: AskedT, said: str, *, person_id: int, clock: Clock
) -> None:
    """Decline, with the reason: nothing moves."""
    _may_decide(session, asked, person_id)
    if not said.strip():
        raise RequestRefused("Say why not: whoever asked will read it.")
    asked.state, asked.said = "refused", said.strip()[:LONGEST_REASON]
    asked.decided_by_id, asked.decided_at = person_id, clock.now()
    session.add(asked)
    _record(session, matter, "refuse", asked, reason=asked.said)
    summary = f"{matter.noun.capitalize()} of {format_cents(asked.cents)} declined"
    _tell(session, asked, matter, summary, asked.said, person_id, clock)


def withdraw(session: Session, matter: Matter[AskedT], asked: AskedT, *, person_id: int) -> None:
    """By whoever asked, while nobody has decided. Raises RequestRefused."""
    _hold(session, asked)
    if asked.requested_by_id != person_id or asked.state != "waiting":
        raise RequestRefused("It was decided meanwhile.")
    _record(session, matter, "withdraw", asked)
    session.delete(asked)
    session.flush()


def reopen(session: Session, matter: Matter[AskedT], asked: AskedT, *, person_id: int, clock: Clock) -> bool:
    """One's own decision taken back: the request waits as before, and the books by the opposite entry.

    True: the books have moved. Raises RequestRefused when somebody else has decided, or asked anew, since.
    """
    _hold(session, asked)
    if asked.state == "half" and asked.first_by_id == person_id:
        asked.first_by_id, asked.state = None, "waiting"
        session.add(asked)
        _record(session, matter, "reopen", asked)
        return False
    if asked.state in UNDECIDED or asked.decided_by_id != person_id:
        raise RequestRefused("Somebody else has decided about it since.")
    if waiting_of(session, matter, asked) is not None:
        raise RequestRefused(matter.waits_already)
    has_posted = asked.entry_id is not None
    if has_posted:
        try:
            matter.take_back(session, asked, person_id, clock.today())
        except CannotPost as error:
            raise RequestRefused(str(error)) from error
    asked.state = "half" if asked.first_by_id is not None else "waiting"
    asked.decided_by_id = asked.decided_at = asked.entry_id = None
    asked.said = ""
    session.add(asked)
    _record(session, matter, "reopen", asked)
    summary = f"{matter.noun.capitalize()} of {format_cents(asked.cents)} waits again"
    _tell(session, asked, matter, summary, "", person_id, clock)
    return has_posted


def waiting_of(session: Session, matter: Matter[AskedT], like: AskedT) -> AskedT | None:
    """The undecided request about the same thing as this one."""
    same = [getattr(matter.table, name) == getattr(like, name) for name in matter.one_for]
    return session.exec(select(matter.table).where(*same, col(matter.table.state).in_(UNDECIDED))).first()


def waiting_among(session: Session, matter: Matter[AskedT], claim_ids: Sequence[int]) -> list[AskedT]:
    """The undecided requests on these claims."""
    is_theirs = col(matter.table.claim_id).in_(claim_ids), col(matter.table.state).in_(UNDECIDED)
    return list(session.exec(select(matter.table).where(*is_theirs)))


def find(session: Session, matter: Matter[AskedT], viewer: Viewer, request_id: int) -> AskedT | None:
    """None where there is none, or it lies behind another practice's wall."""
    found = session.get(matter.table, request_id)
    return found if found is not None and viewer.sees(found.practice_id) else None


def may_decide(matter: Matter[Any], asked: Asked, viewer: Viewer) -> bool:
    """For the screen: whether the buttons are shown."""
    is_involved = viewer.person_id in (asked.requested_by_id, asked.first_by_id)
    return viewer.may(matter.permission) and not is_involved


def _hold(session: Session, asked: Asked) -> None:
    """The row as it is now, held until the commit: of two who decide at once, the second sees what the first did."""
    session.refresh(asked, with_for_update=True)


def _may_decide(session: Session, asked: Asked, person_id: int) -> None:
    _hold(session, asked)
    if asked.state not in UNDECIDED:
        raise RequestRefused("It was decided already.")
    if asked.requested_by_id == person_id:
        raise RequestRefused("You asked for it: somebody else decides.")


def _tell(
    session: Session, asked: Asked, matter: Matter[Any], summary: str, note: str, person_id: int, clock: Clock
) -> None:
    session.add(
        ClaimEvent(
            practice_id=asked.practice_id,
            claim_id=asked.claim_id,
            kind=EventKind.CHANGED,
            happened_on=clock.today(),
            known_at=clock.now(),
            summary=summary,
            detail={"note": note, matter.action: asked.id},
            cents=asked.cents,
            person_id=person_id,
        )
    )


def _record(session: Session, matter: Matter[Any], act: str, asked: Asked, *, reason: str = "") -> None:
    """Who acts is the event's own; who asked, and who agreed first, stand beside it."""
    record(
        session,
        f"{matter.action}.{act}",
        object_type="claim",
        object_id=asked.claim_id,
        practice_id=asked.practice_id,
        reason=reason,
        detail={
            "request": asked.id,
            "cents": asked.cents,
            "requested_by_id": asked.requested_by_id,
            "first_by_id": asked.first_by_id,
        },
    )

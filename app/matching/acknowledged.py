"""Which sending of ours an acknowledgment is about, whichever of the two came first.

A 999, 997 or TA1, and a 277CA that refuses a whole batch, name no claims: only control numbers of the file that they
answer. They are kept, and held against what is known when they come, and again when a sending with these numbers is
loaded. Numbers start over after a while, so the newest file before the answer is meant; when that one is loaded after
an older file of the same numbers, the answer moves over.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, bindparam, case, func, or_, select, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from app.audit.record import record
from app.claims.among import among
from app.claims.numbering import Numbers
from app.claims.states import DECIDED
from app.claims.tables import Claim, ClaimEvent, ClaimState, EventKind, Submission
from app.claims.timeline import Place, Timeline
from app.core.bulk import table_of
from app.intake.tables import LoadedSet
from app.matching.retell import retell
from app.matching.statuses_again import settle_sendings
from app.matching.tables import Acknowledgment

ANSWERED_WITHIN_DAYS = 90  # an older file under the same number is another one
CLOCK_DAYS = 1  # the other side's clock may be a day behind ours
ROWS_PER_STATEMENT = 500

submission = table_of(Submission)
claim = table_of(Claim)
claim_event = table_of(ClaimEvent)
loaded_set = table_of(LoadedSet)
acknowledgment = table_of(Acknowledgment)


def waiting_for(session: Session, *, group: str, interchange: str, batches: Collection[str]) -> list[Acknowledgment]:
    """Acknowledgments that may be about a set sent under these numbers, found before or not."""
    named = []
    if group:
        named.append(col(Acknowledgment.group_control_number) == group)
    if interchange:
        named.append(col(Acknowledgment.interchange_control_number) == interchange)
    if batches:
        named.append(col(Acknowledgment.batch_reference).in_(sorted(batches)))
    if not named:
        return []
    return list(session.exec(select_rows(Acknowledgment).where(or_(*named)).order_by(col(Acknowledgment.id))))


def answer(
    session: Session, acknowledgments: Sequence[Acknowledgment], now: datetime, *, new_set_id: int | None = None
) -> set[int]:
    """Give each acknowledgment to the sending it names; returns the claims that it moved. `new_set_id`: the set just
    loaded, to which alone an acknowledgment is told that its file has had already."""
    connection = session.connection()
    touched: set[int] = set()
    told: set[int] = set()
    for each in acknowledgments:
        sent = _sent_file(connection, each)
        if sent is None:
            continue
        which = and_(_named(each), submission.c.file_id == sent)
        before, each.sent_file_id = each.sent_file_id, sent
        session.add(each)
        session.flush()
        if before == sent:
            which = and_(which, submission.c.loaded_set_id == (new_set_id or 0))
        elif before is not None:
            touched |= _take_off(connection, each, before, now)
        touched |= _tell(connection, each, which, now)
        told.add(each.loaded_set_id)
    if new_set_id is not None and told:
        _say_found(session, told, new_set_id)
    return touched


def words_of_waiting(acknowledgments: Sequence[Acknowledgment]) -> str:
    """What the page of the file says while some of it answers a sending that is not here; empty when none does."""
    waiting = [each for each in acknowledgments if each.sent_file_id is None]
    if not waiting:
        return ""
    numbers = sorted({_number_words(each) for each in waiting})
    named = ", ".join(numbers[:3]) + (f" and {len(numbers) - 3} more" if len(numbers) > 3 else "")
    some = "" if len(waiting) == len(acknowledgments) else f"{len(waiting)} of its {len(acknowledgments)} answers: "
    return f"{some}Waits for its 837 ({named}): none is loaded. When it comes, this is applied to its claims."


def _number_words(each: Acknowledgment) -> str:
    if each.batch_reference:
        return f"batch {each.batch_reference}"
    if each.interchange_control_number:
        return f"interchange {each.interchange_control_number}"
    return f"group {each.group_control_number}"


def _sent_file(connection: Connection, each: Acknowledgment) -> int | None:
    """The newest file under these numbers that was sent before the answer; of several senders, the one that the
    answer is addressed to."""
    day = each.sent_on or each.said_on
    is_addressed = case((loaded_set.c.sender == each.receiver, 1), else_=0)
    rows = connection.execute(
        select(
            submission.c.file_id,
            func.max(is_addressed).label("is_addressed"),
            func.max(submission.c.sent_on).label("sent_on"),
            func.max(submission.c.interchange_control_number).label("number"),
        )
        .join(loaded_set, loaded_set.c.id == submission.c.loaded_set_id)
        .where(
            _named(each),
            submission.c.sent_on >= day - timedelta(days=ANSWERED_WITHIN_DAYS),
            submission.c.sent_on <= day + timedelta(days=CLOCK_DAYS),
        )
        .group_by(submission.c.file_id)
    ).all()
    best = max(rows, key=lambda row: (row.is_addressed, row.sent_on, row.number, row.file_id), default=None)
    return best.file_id if best is not None else None


def _named(each: Acknowledgment) -> ColumnElement[bool]:
    """Sendings under the numbers that it names, of whatever file."""
    if each.batch_reference:
        return submission.c.batch_reference == each.batch_reference
    if each.interchange_control_number:
        sets = select(loaded_set.c.id).where(
            loaded_set.c.interchange_control_number == each.interchange_control_number,
            loaded_set.c.kind.in_(("837P", "837I", "837D")),
        )
        return submission.c.loaded_set_id.in_(sets)
    named = submission.c.group_control_number == each.group_control_number
    if each.set_control_number:
        return and_(named, submission.c.set_control_number == each.set_control_number)
    answered = select(acknowledgment.c.set_control_number).where(  # by itself, in the same answer
        acknowledgment.c.loaded_set_id == each.loaded_set_id,
        acknowledgment.c.group_control_number == each.group_control_number,
        acknowledgment.c.set_control_number != "",
    )
    return and_(named, submission.c.set_control_number.not_in(answered))


# -- what it does to the claims --------------------------------------------------------------------------------------


def _tell(connection: Connection, each: Acknowledgment, which: ColumnElement[bool], now: datetime) -> set[int]:
    place = Place(each.file_id, each.segment, each.last_segment, each.start_offset, each.end_offset)
    if not each.is_rejected:
        _accept(connection, which, each.said_on, now, place)
        return set()
    moved = _reject(connection, which, each, now, place)
    settle_sendings(connection, moved)
    return set(moved)


def _reject(
    connection: Connection, which: ColumnElement[bool], each: Acknowledgment, now: datetime, place: Place
) -> list[int]:
    """These sendings never reached adjudication; returns the claims. Claims that were answered or sent again since
    keep their state."""
    on = each.said_on
    timeline = Timeline(connection, now)
    rows = connection.execute(
        select(
            *(claim.c.id, claim.c.practice_id, claim.c.state, claim.c.state_on),
            *(submission.c.id.label("submission_id"), submission.c.sent_on, claim.c.last_billed_on),
        )
        .join(submission, submission.c.claim_id == claim.c.id)
        .where(which)
    ).all()
    moved = []
    for row in rows:
        timeline.add(
            *(row.practice_id, row.id, EventKind.REJECTED, on, f"Rejected before the payer: {each.words}"),
            place=place,
        )
        is_last = row.last_billed_on is None or row.sent_on >= row.last_billed_on
        if is_last and row.state not in DECIDED and (row.state_on is None or on >= row.state_on):
            moved.append(row.id)
    for part in _parts([row.submission_id for row in rows]):
        connection.execute(update(submission).where(submission.c.id.in_(part)).values(acknowledgment="rejected"))
    for part in _parts([row.id for row in rows]):
        is_news = or_(claim.c.last_answer_on.is_(None), claim.c.last_answer_on < on)
        connection.execute(update(claim).where(claim.c.id.in_(part), is_news).values(last_answer_on=on))
    for part in _parts(moved):
        connection.execute(
            update(claim)
            .where(claim.c.id.in_(part))
            .values(state=ClaimState.REJECTED.value, state_on=on, next_check_on=None)
        )
    timeline.flush()
    return [row.id for row in rows]


def _accept(connection: Connection, which: ColumnElement[bool], on: date, now: datetime, place: Place) -> None:
    """The syntax was accepted; what a 277CA said of a claim stands. The timeline keeps the day: a step of the proof
    that the claim was filed in time."""
    timeline = Timeline(connection, now)
    rows = connection.execute(select(submission.c.claim_id, submission.c.practice_id).where(which).distinct())
    for row in rows.all():
        timeline.add(
            *(row.practice_id, row.claim_id, EventKind.RECEIVED, on, "Accepted by the syntax check (999)"),
            place=place,
        )
    timeline.flush()
    connection.execute(
        update(submission).where(which, submission.c.acknowledgment == "").values(acknowledgment="accepted")
    )


def _take_off(connection: Connection, each: Acknowledgment, file_id: int, now: datetime) -> set[int]:
    """It was about a newer file under the same numbers: the claims of the older one stand as if it had not come."""
    rows = connection.execute(
        select(submission.c.id, submission.c.claim_id, submission.c.practice_id, claim.c.state)
        .join(claim, claim.c.id == submission.c.claim_id)
        .where(_named(each), submission.c.file_id == file_id)
    ).all()
    claims = sorted({row.claim_id for row in rows})
    connection.execute(
        claim_event.delete().where(
            among(connection, claim_event.c.claim_id, claims),
            claim_event.c.file_id == each.file_id,
            claim_event.c.segment == each.segment,
        )
    )
    connection.execute(
        update(submission).where(submission.c.id == bindparam("row_id")).values(acknowledgment=""),
        [{"row_id": row.id} for row in rows],
    )
    settle_sendings(connection, claims)
    by_practice: dict[int, set[int]] = defaultdict(set)
    for row in rows:
        if each.is_rejected and row.state == ClaimState.REJECTED:
            by_practice[row.practice_id].add(row.claim_id)
    for practice_id, some in by_practice.items():
        retell(connection, practice_id, some, now, Numbers(connection, Claim))
    return set(claims)


def _say_found(session: Session, acknowledgment_sets: Iterable[int], sent_set_id: int) -> None:
    """The page of the acknowledgment no longer says that it waits; the log says what was joined."""
    for number in sorted(acknowledgment_sets):
        loaded = session.get_one(LoadedSet, number)
        of_set = session.exec(select_rows(Acknowledgment).where(Acknowledgment.loaded_set_id == number)).all()
        loaded.reason = words_of_waiting(of_set)
        session.add(loaded)
        record(
            session,
            "acknowledgment.found",
            object_type="loaded_set",
            object_id=number,
            detail={"answers_set": sent_set_id, "still_waiting": sum(each.sent_file_id is None for each in of_set)},
        )


def _parts(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    for first in range(0, len(values), ROWS_PER_STATEMENT):
        yield values[first : first + ROWS_PER_STATEMENT]

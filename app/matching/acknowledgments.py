"""Loads 999, 997 and TA1: whether what we sent could be read at all.

They name no claims, only control numbers: a rejected set rejects every claim sent in it, by our GS06 and ST02 (and
ISA13 for a TA1). A rejection here means that no claim exists at the payer: the filing clock keeps running.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select, update

from app.claims.states import DECIDED
from app.claims.tables import Claim, ClaimState, EventKind, Submission
from app.claims.timeline import Place, Timeline
from app.core.bulk import table_of
from app.intake.loading_contract import LoadContext, SetOutcome
from app.intake.tables import SetState
from app.matching import inquiry_refusals
from app.matching.repeats import repeat_of
from edi.values import SetEnd
from edi.x999.model import GroupAcknowledgment, InterchangeAcknowledgment, SetAcknowledgment

REJECTED_GROUP = ("R", "M", "W", "X")
ROWS_PER_STATEMENT = 500

submission = table_of(Submission)
claim = table_of(Claim)


class AcknowledgmentLoader:
    """`SetLoader` for a 999, a 997 or a TA1."""

    def __init__(self, context: LoadContext) -> None:
        self._context = context
        self._connection = context.session.connection()
        self._touched: set[int] = set()

    def take(self, value: Any) -> None:
        if not self._context.posting:
            return
        if isinstance(value, GroupAcknowledgment):
            self._group(value)
        elif isinstance(value, InterchangeAcknowledgment):
            self._interchange(value)

    def end(self, end: SetEnd) -> SetOutcome:
        if self._context.verdict is not None:
            return self._context.verdict
        repeated = repeat_of(self._connection, self._context, end)
        if repeated is not None:
            return repeated
        return SetOutcome(SetState.LOADED, touched_claim_ids=tuple(self._touched))

    def _group(self, group: GroupAcknowledgment) -> None:
        self._refused(
            inquiry_refusals.of_group(
                self._context, group, {each.segment: _why(each) for each in group.sets if each.is_rejected}
            )
        )
        sent = _newest(self._connection, submission.c.group_control_number == group.group_control_number)
        if group.functional_id not in ("", "HC") or sent is None:
            return
        ours = and_(submission.c.group_control_number == group.group_control_number, submission.c.file_id == sent)
        place = Place(
            *(self._context.file_id, group.segment, group.last_segment, group.start_offset, group.end_offset)
        )
        if group.result in REJECTED_GROUP and not group.sets:
            self._reject(ours, "the whole group was rejected for its syntax", place)
        for answer in group.sets:
            which = and_(ours, submission.c.set_control_number == answer.control_number)
            if answer.is_rejected:
                self._reject(which, _why(answer), place._replace(segment=answer.segment))
            else:
                accept_submissions(
                    *(self._connection, which),
                    on=self._day(),
                    now=self._context.now,
                    place=place._replace(segment=answer.segment),
                )

    def _refused(self, inquiry: dict[str, Any] | None) -> None:
        if inquiry is not None:
            inquiry_refusals.keep(self._context, [inquiry])

    def _interchange(self, answer: InterchangeAcknowledgment) -> None:
        self._refused(inquiry_refusals.of_interchange(self._context, answer))
        sent = _newest(self._connection, submission.c.interchange_control_number == answer.control_number)
        if sent is None or answer.result != "R":
            return
        which = and_(submission.c.interchange_control_number == answer.control_number, submission.c.file_id == sent)
        place = Place(self._context.file_id, answer.segment, answer.segment)
        self._reject(which, f"the interchange was rejected (TA1 note {answer.note}); send the file again", place)

    def _reject(self, which: ColumnElement[bool], reason: str, place: Place) -> None:
        now = self._context.now
        self._touched.update(
            reject_submissions(self._connection, which, on=self._day(), now=now, reason=reason, place=place)
        )

    def _day(self) -> date:
        """The day of the acknowledgment, as its interchange says it."""
        interchange = self._context.start.interchange
        return (interchange.sent_on if interchange else None) or self._context.now.date()


def reject_submissions(
    connection: Connection,
    which: ColumnElement[bool],
    *,
    on: date,
    now: datetime,
    reason: str,
    place: Place,
) -> list[int]:
    """These sendings never reached adjudication; returns the claims. Claims that were answered or sent again since
    keep their state."""
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
            row.practice_id, row.id, EventKind.REJECTED, on, f"Rejected before the payer: {reason}", place=place
        )
        is_last = row.last_billed_on is None or row.sent_on >= row.last_billed_on
        if is_last and row.state not in DECIDED and (row.state_on is None or on >= row.state_on):
            moved.append(row.id)
    for part in _parts([row.submission_id for row in rows]):
        connection.execute(update(submission).where(submission.c.id.in_(part)).values(acknowledgment="rejected"))
    for part in _parts(moved):
        connection.execute(
            update(claim)
            .where(claim.c.id.in_(part))
            .values(state=ClaimState.REJECTED.value, state_on=on, last_answer_on=on, next_check_on=None)
        )
    timeline.flush()
    return [row.id for row in rows]


def accept_submissions(
    connection: Connection, which: ColumnElement[bool], *, on: date, now: datetime, place: Place
) -> None:
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


def _newest(connection: Connection, condition: ColumnElement[bool]) -> int | None:
    """The newest file with this control number: numbers start over after a while."""
    found: int | None = connection.execute(select(func.max(submission.c.file_id)).where(condition)).scalar()
    return found


def _why(answer: SetAcknowledgment) -> str:
    """The first error in words, and how many there are."""
    if not answer.errors:
        return f"the transaction was rejected for its syntax (999 codes {' '.join(answer.codes) or 'none'})"
    error = answer.errors[0]
    more = f", and {len(answer.errors) - 1} more" if len(answer.errors) > 1 else ""
    element = f", element {error.elements[0].element}" if error.elements else ""
    return (
        f"the transaction was rejected for its syntax: {error.segment_id} at position {error.position}{element}{more}"
    )


def _parts(values: Sequence[int]) -> Iterable[Sequence[int]]:
    for first in range(0, len(values), ROWS_PER_STATEMENT):
        yield values[first : first + ROWS_PER_STATEMENT]

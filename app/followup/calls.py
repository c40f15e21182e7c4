"""The call sheet: all claims worth one call to the same payer, in rank order, worked as one session.

A payer's line costs minutes before anybody answers. Whoever has got through asks about everything that is open there:
one reference and one representative for the call, an outcome for each claim, one undo for the whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, func, select
from sqlmodel import Session
from sqlmodel import select as select_model
from sqlmodel.sql.expression import SelectOfScalar

from app.claims.tables import Claim
from app.core.bulk import is_one_of
from app.core.clock import Clock
from app.followup.bulk import BulkRefused, Chosen, finish_act, start_act
from app.followup.lease import holder_of
from app.followup.narrow import CALL_ACTIONS, RESTING, STATEMENTS_KEPT, score
from app.followup.owners import is_free_for
from app.followup.tables import BulkAct, BulkItem
from app.followup.totals import call_total
from app.followup.touch import OUTCOME_DAYS, Draft, Outcome, kept_just_now, touch_claim
from app.followup.work_row import WorkRow, payer, rows_of

SHEET_CLAIMS = 20  # longer than this, and no representative stays on the line
GETTING_THROUGH_MINUTES = 12  # menus and hold, once a call


class CallPayer(NamedTuple):
    """One payer worth a call."""

    payer_id: int
    name: str
    phone: str
    claims: int
    open_cents: int
    expected_cents: int
    minutes: float  # of the work, getting through once included


class CallLine(NamedTuple):
    """All that is worth a call."""

    calls: int  # one to each payer
    claims: int
    open_cents: int


class CallEntry(NamedTuple):
    """What was heard about one claim."""

    outcome: str
    note: str
    next_on: str


def call_line(session: Session, practice_ids: Sequence[int]) -> CallLine:
    """What stands beside the way to the call sheet: kept totals, however many claims are open."""
    return CallLine(*map(int, session.connection().execute(call_line_statement(tuple(practice_ids))).one()))


@lru_cache(maxsize=STATEMENTS_KEPT)
def call_line_statement(practice_ids: tuple[int, ...]) -> Select[Any]:
    """One row for CallLine."""
    return select(
        func.count(call_total.c.payer_id.distinct()),
        func.coalesce(func.sum(call_total.c.claims), 0),
        func.coalesce(func.sum(call_total.c.open_cents), 0),
    ).where(is_one_of(call_total.c.practice_id, practice_ids), call_total.c.claims > 0)


def call_payers(session: Session, practice_ids: Sequence[int]) -> list[CallPayer]:
    """Payers with claims worth a call, by the dollars that the call is expected to bring. From kept totals."""
    sums = {name: func.sum(call_total.c[name]) for name in ("claims", "open_cents", "expected_cents", "seconds")}
    statement = (
        select(payer.c.id, payer.c.name, payer.c.phone, *(each.label(name) for name, each in sums.items()))
        .select_from(call_total.join(payer, payer.c.id == call_total.c.payer_id))
        .where(call_total.c.practice_id.in_(practice_ids), call_total.c.claims > 0)
        .group_by(payer.c.id, payer.c.name, payer.c.phone)
        .order_by(sums["expected_cents"].desc(), payer.c.id)
    )
    return [
        CallPayer(
            row.id,
            row.name,
            row.phone,
            int(row.claims),
            int(row.open_cents),
            int(row.expected_cents),
            int(row.seconds) / 60 + GETTING_THROUGH_MINUTES,
        )
        for row in session.execute(statement)
    ]


def call_rows(
    session: Session, practice_ids: Sequence[int], payer_id: int, clock: Clock, person_id: int
) -> list[WorkRow]:
    """The claims of one sheet: best first; what a colleague owns is theirs to call about."""
    statement = (
        select(score.c.claim_id)
        .where(
            *_worth_a_call(practice_ids),
            score.c.payer_id == payer_id,
            is_free_for(person_id),
        )
        .order_by(score.c.rank_key.desc(), score.c.claim_id)
        .limit(SHEET_CLAIMS)
    )
    return rows_of(session, practice_ids, list(session.execute(statement).scalars()), clock, person_id)


def record_call(
    session: Session,
    rows: Sequence[WorkRow],
    entries: Mapping[int, CallEntry],
    *,
    reference: str,
    representative: str,
    minutes: str,
    person_id: int,
    clock: Clock,
) -> BulkAct:
    """A touch for each claim that something was heard about. Raises BulkRefused or TouchRefused: all or none.

    The very same call sent again within a moment is the one that was kept: a button was pressed twice.
    """
    heard = [row for row in rows if _said_something(entries.get(row.claim_id))]
    if not heard:
        raise BulkRefused("Choose an outcome for at least one claim.")
    today = clock.today()
    drafts = {}
    for row in heard:
        entry = entries[row.claim_id]
        _hold_is_ours(session, row, person_id, clock)
        until = entry.next_on
        if not until and entry.outcome in set(Outcome):
            until = (today + timedelta(days=OUTCOME_DAYS[Outcome(entry.outcome)])).isoformat()
        draft = Draft.checked(
            kind="call",
            note=entry.note,
            outcome=entry.outcome,
            minutes=minutes,
            next_on=until,
            call_reference=reference,
            representative=representative,
            today=today,
        )
        drafts[row.claim_id] = draft
    kept = [kept_just_now(session, each, draft, person_id=person_id, clock=clock) for each, draft in drafts.items()]
    same = session.exec(_act_of(kept[0])).first() if all(kept) else None
    if same is not None:
        return same
    chosen = Chosen([row.claim_id for row in heard], sum(row.open_cents for row in heard))
    act = start_act(session, "calls", chosen, person_id=person_id, clock=clock)
    for row in heard:
        draft = drafts[row.claim_id]
        shared = Draft(
            draft.kind,
            draft.note,
            draft.outcome,
            round(draft.minutes / len(heard), 1),  # one call, shared by the claims that it was about
            draft.next_on,
            draft.call_reference,
            draft.representative,
        )
        claim = session.get_one(Claim, row.claim_id)
        made = touch_claim(
            session, claim, shared, person_id=person_id, clock=clock, queue=row.queue, action=row.action
        )
        session.add(BulkItem(bulk_id=act.id or 0, claim_id=row.claim_id, touch_id=made.id))
    finish_act(session, act, chosen, clock=clock)
    return act


def _act_of(touch_id: int | None) -> SelectOfScalar[BulkAct]:
    return select_model(BulkAct).where(BulkAct.id == BulkItem.bulk_id, BulkItem.touch_id == touch_id)


def _worth_a_call(practice_ids: Sequence[int]) -> list[ColumnElement[bool]]:
    return [
        score.c.practice_id.in_(practice_ids),
        score.c.action.in_(CALL_ACTIONS),
        score.c.queue.not_in(RESTING),
    ]


def _said_something(entry: CallEntry | None) -> bool:
    return entry is not None and bool(entry.outcome or entry.note.strip() or entry.next_on)


def _hold_is_ours(session: Session, row: WorkRow, person_id: int, clock: Clock) -> None:
    holder = holder_of(session, row.claim_id, clock)
    if holder is not None and holder.person_id != person_id:
        raise BulkRefused(
            f"{holder.person_name} has {row.patient_control_number} open. Nothing was kept yet and nothing is lost: "
            "leave that claim empty, or try again later."
        )

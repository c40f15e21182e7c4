"""What the appeal pages show: open appeals by due date, decided ones with the dollars they brought."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, case
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, func, select

from app.appeals.tables import Appeal, AppealBatch, AppealState, Decision, Enclosure
from app.claims.tables import Claim, Patient, Payer

ROWS: Final = 200


class AppealRow(NamedTuple):
    appeal: Appeal
    claim: Claim
    patient: Patient
    payer: Payer

    @property
    def due(self) -> date | None:
        """A draft is due by its last day, one that was sent by the payer's limit."""
        if self.appeal.state == AppealState.SENT:
            return self.appeal.decision_due or self.appeal.follow_up_on
        return self.appeal.safe_day or self.appeal.legal_last_day


class Totals(NamedTuple):
    open_count: int
    open_cents: int
    decided_count: int
    won_count: int  # overturned or partly
    won_cents: int
    all_decided: int  # withdrawn ones too


def find_appeal(session: Session, practice_ids: Sequence[int], appeal_id: int) -> Appeal | None:
    """None when there is none, or it lies behind a wall."""
    appeal = session.get(Appeal, appeal_id)
    return appeal if appeal is not None and appeal.practice_id in practice_ids else None


def find_enclosure(session: Session, appeal: Appeal, enclosure_id: int) -> Enclosure | None:
    found = session.get(Enclosure, enclosure_id)
    return found if found is not None and found.appeal_id == appeal.id else None


def find_batch(session: Session, practice_ids: Sequence[int], batch_id: int) -> AppealBatch | None:
    batch = session.get(AppealBatch, batch_id)
    return batch if batch is not None and batch.practice_id in practice_ids else None


def open_appeals(session: Session, practice_ids: Sequence[int]) -> list[AppealRow]:
    """Those that are not decided; the nearest day first, those without a day last."""
    answer_due = func.coalesce(Appeal.decision_due, Appeal.follow_up_on)
    own_due = func.coalesce(Appeal.safe_day, Appeal.legal_last_day)
    due = case((col(Appeal.state) == AppealState.SENT, answer_due), else_=own_due)  # as `AppealRow.due`
    nearest = due.is_(None), due, col(Appeal.id)
    return _rows(session, practice_ids, col(Appeal.state) != AppealState.DECIDED, nearest, most=ROWS)


def decided_appeals(session: Session, practice_ids: Sequence[int]) -> list[AppealRow]:
    """Newest decision first."""
    newest = col(Appeal.decided_on).is_(None), col(Appeal.decided_on).desc(), col(Appeal.id).desc()
    return _rows(session, practice_ids, col(Appeal.state) == AppealState.DECIDED, newest, most=ROWS)


def appeals_of_batch(session: Session, batch: AppealBatch) -> list[AppealRow]:
    """All of them: what is done to a batch is done to each."""
    is_in = col(Appeal.batch_id) == batch.id
    return _rows(session, [batch.practice_id], is_in, (col(Appeal.id).desc(),), most=None)


def totals(session: Session, practice_ids: Sequence[int]) -> Totals:
    """Counts and dollars over all appeals; withdrawn ones count as neither won nor lost."""
    statement = (
        select_columns(
            *(col(Appeal.state), col(Appeal.decision), func.count()),
            *(func.sum(Appeal.amount_cents), func.sum(Appeal.won_cents)),
        )
        .where(col(Appeal.practice_id).in_(practice_ids))
        .group_by(col(Appeal.state), col(Appeal.decision))
    )
    open_count = open_cents = decided = won = won_cents = every = 0
    for state, decision, count, cents, brought in session.execute(statement).all():
        if state != AppealState.DECIDED:
            open_count, open_cents = open_count + count, open_cents + int(cents)
            continue
        every += count
        if decision != Decision.WITHDRAWN:
            decided += count
            won += count if decision in (Decision.OVERTURNED, Decision.PARTLY) else 0
            won_cents += int(brought)
    return Totals(open_count, open_cents, decided, won, won_cents, every)


def _rows(
    session: Session,
    practice_ids: Sequence[int],
    condition: ColumnElement[bool],
    order: Sequence[Any],
    *,
    most: int | None,
) -> list[AppealRow]:
    """The first of them in this order: sorted before the rest is left out."""
    statement = (
        select(Appeal, Claim, Patient, Payer)
        .join(Claim, col(Claim.id) == Appeal.claim_id)
        .join(Patient, col(Patient.id) == Claim.patient_id)
        .join(Payer, col(Payer.id) == Appeal.payer_id)
        .where(col(Appeal.practice_id).in_(practice_ids), condition)
        .order_by(*order)
        .limit(most)
    )
    return [AppealRow(*row) for row in session.exec(statement)]

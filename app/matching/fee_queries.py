"""Fee schedules as loaded: which fees are there, and what one procedure is worth on a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlmodel import Session, col, func, or_, select

from app.claims.tables import Payer, Practice
from app.matching.tables import ContractFee

SHOWN = 200


class FeeFilter(NamedTuple):
    """What was asked; 0, "" and None: everything."""

    payer_id: int
    procedure: str
    on: date | None


class FeeRow(NamedTuple):
    fee: ContractFee
    payer: str
    practice: str  # "": every practice


class FeePage(NamedTuple):
    rows: list[FeeRow]
    fees: int  # all that fit, shown or not


def fees(session: Session, practice_ids: Sequence[int], wanted: FeeFilter) -> FeePage:
    """By payer, procedure and modifiers, the newest first; only fees that hold in a practice the asker sees."""
    conditions: list[Any] = [
        or_(col(ContractFee.practice_id).is_(None), col(ContractFee.practice_id).in_(practice_ids))
    ]
    if wanted.payer_id:
        conditions.append(ContractFee.payer_id == wanted.payer_id)
    if wanted.procedure:
        conditions.append(col(ContractFee.procedure) == wanted.procedure)
    if wanted.on is not None:
        conditions.append(col(ContractFee.valid_from) <= wanted.on)
        conditions.append(or_(col(ContractFee.valid_through).is_(None), col(ContractFee.valid_through) >= wanted.on))
    statement = (
        select(ContractFee, Payer.name, Practice.name)
        .join(Payer, col(Payer.id) == ContractFee.payer_id)
        .outerjoin(Practice, col(Practice.id) == ContractFee.practice_id)
        .where(*conditions)
        .order_by(
            col(Payer.name),
            col(ContractFee.procedure),
            col(ContractFee.modifiers),
            col(ContractFee.practice_id).is_(None),
            col(ContractFee.valid_from).desc(),
            col(ContractFee.id),
        )
        .limit(SHOWN)
    )
    count = session.exec(select(func.count()).select_from(ContractFee).where(*conditions)).one()
    return FeePage([FeeRow(fee, payer, practice or "") for fee, payer, practice in session.exec(statement)], count)


def payers_with_fees(session: Session) -> list[tuple[int, str]]:
    statement = (
        select(Payer.id, Payer.name)
        .where(select(ContractFee.id).where(ContractFee.payer_id == Payer.id).exists())
        .order_by(col(Payer.name))
    )
    return [(number or 0, name) for number, name in session.exec(statement)]

"""The claims that came while the lot was on, drawn or not, and what each brought in the days that count.

A claim takes part once: with its first denial while the lot was on, or with its silence, if it was billed while the
lot was on and the payer's usual time passed without an answer. Who takes part is settled before anybody can work the
claim, and what it brought is everything that payers paid, net of what they took back, from that day on: later
denials, second tries and work by anybody included.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import func, or_, select
from sqlmodel import Session

from app.claims.tables import Payer, PayerFiling
from app.core.bulk import table_of
from app.followup.claim_histories import (
    OF_THE_CLAIM,
    Among,
    ClaimHistory,
    Known,
    Refused,
    claim,
    claim_histories,
    claim_payment,
    remittance,
)
from app.followup.facts import turnaround_days
from app.followup.lot import lot_drawn
from app.followup.outcomes import CLAIMS_AT_ONCE, outcome_row
from app.matching.tables import PaymentState, StatusEvent
from workqueues.facts import day_number, day_of
from workqueues.lot import Lot
from workqueues.outcomes import OutcomeRow, Outcomes

WINDOW_DAYS = 90  # what is paid so long after a claim came counts: a refile or an appeal and its answer fit into it
STILL_SILENT = ("A0", "A1", "A2", "A5")  # received, and nothing else: every other status is an answer (277.md §6)

payer = table_of(Payer)
filing = table_of(PayerFiling)
status_event = table_of(StatusEvent)


class LotClaims(NamedTuple):
    """As columns, one row a claim."""

    as_met: Outcomes  # what was known of it on the day it came
    claim_id: NDArray[np.int64]
    came_on: NDArray[np.float64]  # the denial, or the day from which the payer was silent; the days count from here
    chance: NDArray[np.float64]
    was_drawn: NDArray[np.bool_]
    was_worked: NDArray[np.bool_]
    collected_cents: NDArray[np.float64]  # NaN while the days that count are not over
    window_days: int
    lot: Lot


class _Came(NamedTuple):
    """One claim that takes part."""

    claim_id: int
    entered_on: date  # whose chance decides
    came_on: date
    row: OutcomeRow


def lot_claims(session: Session, today: date, *, window_days: int = WINDOW_DAYS) -> LotClaims:
    """All of them, whenever there was a lot. Nothing is read where there never was one."""
    lot = lot_drawn(session)
    found: list[tuple[_Came, float, bool]] = []
    for among in _rounds(session, lot):
        found += _one_round(session, among, lot, today, window_days)
    came = [each for each, _, _ in found]
    claim_id = np.array([each.claim_id for each in came], np.int64)
    entered_on = np.array([day_number(each.entered_on) for each in came], np.float64)
    return LotClaims(
        as_met=Outcomes.from_rows([each.row for each in came]),
        claim_id=claim_id,
        came_on=np.array([day_number(each.came_on) for each in came], np.float64),
        chance=lot.chance_on(entered_on),
        was_drawn=lot.is_drawn(claim_id, entered_on),
        was_worked=np.array([was_worked for _, _, was_worked in found], np.bool_),
        collected_cents=np.array([cents for _, cents, _ in found], np.float64),
        window_days=window_days,
        lot=lot,
    )


def _rounds(session: Session, lot: Lot) -> Iterator[Among]:
    """All claims, some at a time, from the first day of the first lot."""
    if not lot:
        return
    first_day = day_of(lot.drawings[0].from_day)
    assert first_day is not None
    last = session.execute(select(func.max(claim.c.id))).scalar_one() or 0
    for first in range(1, last + 1, CLAIMS_AT_ONCE):
        yield Among(first_day, first, first + CLAIMS_AT_ONCE - 1)


def _one_round(
    session: Session, among: Among, lot: Lot, today: date, window_days: int
) -> Iterator[tuple[_Came, float, bool]]:
    """Each claim of the round that takes part, with what it brought and whether anybody worked it."""
    histories = claim_histories(session, among)
    paid = _paid(session, among)
    came = {each.claim_id: each for each in _denied(histories, lot)}
    came |= {each.claim_id: each for each in _silent(session, among, lot, today, paid)}  # silence was there first
    for claim_id in sorted(came):
        each = came[claim_id]
        over = each.came_on + timedelta(days=window_days)
        cents = sum(cents for on, cents in paid[claim_id] if each.came_on < on <= over)
        yield each, cents if over < today else float("nan"), _was_worked(histories.get(claim_id), each.came_on, over)


def _denied(histories: dict[int, ClaimHistory], lot: Lot) -> Iterator[_Came]:
    """With the first denial that came while the lot was on."""
    refused = [(claim_id, each) for claim_id, history in histories.items() for each in history.refused]
    chance = lot.chance_on(np.array([day_number(each.denied_on) for _, each in refused], np.float64))
    seen: set[int] = set()
    for (claim_id, each), drawn_with in zip(refused, chance, strict=True):
        if drawn_with > 0 and claim_id not in seen:
            seen.add(claim_id)
            yield _came(claim_id, each.denied_on, each.denied_on, histories[claim_id].known, each)


def _silent(
    session: Session, among: Among, lot: Lot, today: date, paid: dict[int, list[tuple[date, int]]]
) -> Iterator[_Came]:
    """Billed while the lot was on, and nothing but a receipt came in the payer's usual time."""
    statement = (
        select(claim.c.id, *OF_THE_CLAIM, payer.c.kind.label("payer_kind"), filing.c.answer_days)
        .join(payer, payer.c.id == claim.c.payer_id)
        .outerjoin(filing, filing.c.payer_id == claim.c.payer_id)
        .where(claim.c.first_billed_on >= among.since, among.has(claim.c.id))
        .order_by(claim.c.id)
    )
    rows = session.execute(statement).all()
    chance = lot.chance_on(np.array([day_number(row.first_billed_on) for row in rows], np.float64))
    answered = _answered(session, among)
    for row, drawn_with in zip(rows, chance, strict=True):
        silent_from = row.first_billed_on + timedelta(days=turnaround_days(row.payer_kind, row.answer_days))
        answers = [*(on for on, _ in paid[row.id]), *answered[row.id]]
        if drawn_with > 0 and silent_from < today and all(on > silent_from for on in answers):
            known = Known(row.own_payer_id, row.kind, row.charge_cents, row.first_service, row.first_billed_on)
            yield _came(row.id, row.first_billed_on, silent_from, known, None)


def _came(claim_id: int, entered_on: date, came_on: date, known: Known, refused: Refused | None) -> _Came:
    return _Came(claim_id, entered_on, came_on, outcome_row("left-alone", came_on, known, refused))


def _paid(session: Session, among: Among) -> dict[int, list[tuple[date, int]]]:
    """Claim → what payers paid on it, and took back, with the days."""
    statement = (
        select(
            *(claim_payment.c.claim_id, claim_payment.c.paid_cents),
            *(remittance.c.payment_date, remittance.c.production_date, remittance.c.received_at),
        )
        .join(remittance, remittance.c.id == claim_payment.c.remittance_id)
        .where(
            claim_payment.c.state == PaymentState.POSTED,
            among.has(claim_payment.c.claim_id),
            or_(remittance.c.payment_date.is_(None), remittance.c.payment_date >= among.since),
        )
    )
    found: dict[int, list[tuple[date, int]]] = defaultdict(list)
    for row in session.execute(statement):
        on = row.payment_date or row.production_date or row.received_at.date()
        found[row.claim_id].append((on, row.paid_cents))
    return found


def _answered(session: Session, among: Among) -> dict[int, list[date]]:
    """Claim → the days on which a status said more than that it was received."""
    statement = select(status_event.c.claim_id, status_event.c.effective, status_event.c.received_at).where(
        status_event.c.category.not_in(STILL_SILENT), among.has(status_event.c.claim_id)
    )
    found: dict[int, list[date]] = defaultdict(list)
    for row in session.execute(statement):
        found[row.claim_id].append(row.effective or row.received_at.date())
    return found


def _was_worked(history: ClaimHistory | None, since: date, until: date) -> bool:
    if history is None:
        return False
    worked: list[Any] = [*(each.on for each in history.touched), *history.resent]
    return any(since <= on <= until for on in worked)

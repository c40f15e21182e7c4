"""Claims ranked anew, one, a few or many, stand as a full run would leave them, and it takes few statements."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select
from sqlmodel import Session, col
from sqlmodel import select as select_model

from app.claims.tables import Claim, Payer, PayerTerm
from app.claims.terms import entered_as_text, terms_in_force, terms_of_text
from app.core.bulk import FEW, table_of
from app.core.clock import FixedClock
from app.core.db import connection_scope, is_sqlite, read_scope, session_scope
from app.followup.rank import basis_of, rerank_all, rerank_claims
from app.followup.tables import Assignment, RankedAnew, Snooze, WorkScore
from app.followup.touch import Draft, TouchKind, touch_claim
from app.followup.verify import verify_queues
from app.ledger.tables import ClaimBalance
from benchmarks.rerank import fill

MOST_STATEMENTS_OF_A_TOUCH = 14  # itself, parked, back, on the timeline; held, basis, facts; out, in; five totals


@pytest.fixture
def ranked(any_engine: Engine, clock: FixedClock) -> Engine:
    """A practice whose first claim is somebody's, ranked whole."""
    with connection_scope(any_engine) as connection:
        if connection.execute(select(func.count()).select_from(table_of(ClaimBalance))).scalar() == 0:
            fill(connection, 60)
    with session_scope(any_engine) as session:
        owned = session.exec(select_model(ClaimBalance).order_by(col(ClaimBalance.claim_id)).limit(1)).one()
        session.add(
            Assignment(
                claim_id=owned.claim_id,
                practice_id=1,
                person_id=7,
                assigned_by_id=8,
                assigned_at=clock.now(),
            )
        )
    rerank_all(any_engine, clock, trigger="test")
    return any_engine


def scores(session: Session) -> list[dict[str, Any]]:
    session.expunge_all()
    return [row.model_dump() for row in session.exec(select_model(WorkScore).order_by(col(WorkScore.claim_id)))]


@pytest.mark.parametrize("at_once", [1, 3, 500])
def test_ranked_in_parts_each_claim_stands_as_the_full_run_left_it(
    ranked: Engine, clock: FixedClock, at_once: int
) -> None:
    with session_scope(ranked) as session:
        before = scores(session)
        claim_ids = [row["claim_id"] for row in before]
        assert len(claim_ids) > FEW  # so that the largest part is copied in
        for first in range(0, len(claim_ids), at_once):
            rerank_claims(session, clock, claim_ids[first : first + at_once])

        assert scores(session) == before
        assert 7 in {row["owner_id"] for row in before}
        assert verify_queues(session).faults == []
        noted = session.exec(select_model(RankedAnew.claim_id)).all()
        assert sorted(noted) == sorted(claim_ids)


def test_a_claim_with_nothing_open_any_more_leaves_the_list_and_its_totals(ranked: Engine, clock: FixedClock) -> None:
    with session_scope(ranked) as session:
        gone, *rest = [row["claim_id"] for row in scores(session)]
        balance = session.get_one(ClaimBalance, gone)
        balance.insurance_cents = balance.patient_cents = 0
        session.add(balance)
        rerank_claims(session, clock, [gone])

        assert [row["claim_id"] for row in scores(session)] == rest
        assert verify_queues(session).faults == []


def test_a_touch_asks_little_and_a_later_one_parks_the_claim_anew(ranked: Engine, clock: FixedClock) -> None:
    with read_scope(ranked) as session:
        claim_id = scores(session)[0]["claim_id"]
    asked: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    for days in (7, 9):
        with session_scope(ranked) as session:
            claim = session.get_one(Claim, claim_id)
            until = clock.today() + timedelta(days=days)
            asked.clear()
            event.listen(ranked, "before_cursor_execute", note)
            touch_claim(session, claim, Draft(TouchKind.NOTE, "x", next_on=until), person_id=1, clock=clock)
            rerank_claims(session, clock, [claim_id])
            event.remove(ranked, "before_cursor_execute", note)
        with read_scope(ranked) as session:
            assert session.get_one(Snooze, claim_id).until == until
            assert session.get_one(WorkScore, claim_id).next_on == until
            assert verify_queues(session).faults == []

    assert 0 < len(asked) <= MOST_STATEMENTS_OF_A_TOUCH, "\n".join(asked)


def test_terms_asked_for_as_a_text_are_the_terms_in_force(ranked: Engine, clock: FixedClock) -> None:
    asked = select(entered_as_text(on_sqlite=is_sqlite(ranked)))
    with session_scope(ranked) as session:
        assert terms_of_text(session.execute(asked).scalar()).rules == terms_in_force(session).rules
        for payer_id in session.exec(select_model(Payer.id).order_by(col(Payer.id)).limit(2)).all():
            for clock_name in ("corrected", "appeal"):
                where = f'§ 4 "{clock_name}", page {payer_id}'
                term = PayerTerm(payer_id=payer_id or 0, clock=clock_name, count=90, unit="months", anchor="notice")
                session.add(term.model_copy(update={"evidence": where}))
        basis = basis_of(session)  # in the very transaction in which they are entered
        whole = terms_in_force(session)
        assert sorted(basis.terms.rules) == sorted(whole.rules)
        assert [rule.length for rule in basis.terms.rules if rule.id.startswith("TERM-")] == [90] * 4
        assert (basis.terms.payer_ids == whole.payer_ids).all()

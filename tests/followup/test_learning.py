"""Own outcomes read off the books, what they change, and that every process believes the same."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.core.clock import FixedClock
from app.core.db import session_scope
from app.followup import learning
from app.followup.allowed import shrunk_shares
from app.followup.facts import fact_rows
from app.followup.learning import own_outcomes, pack, unpack
from app.followup.outcomes import outcome_rows
from app.followup.priority import StatedRefused, clear_priority, put_first, state_due
from app.followup.rank import basis_of, rerank_all, rerank_claims
from app.followup.tables import Evidence, Touch, WorkScore
from app.matching.tables import Denial
from tests.practice import TODAY, claim_numbered
from workqueues.facts import FactRow
from workqueues.outcomes import OutcomeRow


def touched(engine: Engine, on: date, kind: str, outcome: str = "", minutes: float = 0.0, action: str = "") -> None:
    """Somebody worked ST1003 on that day."""
    claim = claim_numbered(engine, "ST1003")
    with session_scope(engine) as session:
        at = datetime(on.year, on.month, on.day, 15, tzinfo=UTC)
        assert claim.id is not None
        row = Touch(practice_id=claim.practice_id, claim_id=claim.id, person_id=1, at=at, kind=kind)
        row.outcome, row.minutes, row.action = outcome, minutes, action
        session.add(row)


def denial_of(session: Session, engine: Engine) -> Denial:
    return session.exec(select(Denial).where(Denial.claim_id == claim_numbered(engine, "ST1003").id)).one()


def denied_on(engine: Engine) -> date:
    with Session(engine) as session:
        return denial_of(session, engine).denied_on


def closed(engine: Engine, on: date, closed_as: str) -> None:
    with session_scope(engine) as session:
        row = denial_of(session, engine)
        row.is_open, row.closed_on, row.closed_as = False, on, closed_as
        session.add(row)


def rows_of(engine: Engine, today: date = TODAY) -> list[OutcomeRow]:
    """The outcomes of ST1003, which is denied for want of an authorization."""
    with Session(engine) as session:
        return [row for row in outcome_rows(session, today) if row.carc == "197"]


def fact_of(engine: Engine) -> FactRow:
    claim = claim_numbered(engine, "ST1003")
    assert claim.id is not None
    with Session(engine) as session:
        return next(row for part in fact_rows(session, TODAY, [claim.id]) for row in part)


def test_a_look_that_finds_an_appeal_is_research_with_its_minutes(engine: Engine) -> None:
    touched(engine, denied_on(engine) + timedelta(days=2), "portal", "needs_appeal", 11.0)

    (row,) = rows_of(engine)
    assert (row.event, row.route, row.minutes, row.category) == ("research", "appeal", 11.0, "authorization")
    assert row.days_since_denial == 2


def test_what_research_found_is_a_fact_until_something_is_sent(engine: Engine) -> None:
    assert fact_of(engine).route == "unknown"
    touched(engine, denied_on(engine) + timedelta(days=2), "call", "needs_appeal")

    assert fact_of(engine).route == "appeal"


def test_an_appeal_and_what_came_of_it_is_an_answer_with_its_lag(engine: Engine) -> None:
    start = denied_on(engine)
    touched(engine, start + timedelta(days=3), "appeal_sent", minutes=40.0)
    closed(engine, start + timedelta(days=33), "repeated")

    answer, sent = sorted(rows_of(engine), key=lambda row: row.event)
    assert (answer.event, answer.submission, answer.days_pending, answer.paid_cents) == ("answer", "appeal", 30, 0)
    assert (sent.event, sent.submission, sent.minutes) == ("submission", "appeal", 40.0)


def test_a_look_while_something_is_under_way_is_a_check_and_may_find_it_lost(engine: Engine) -> None:
    start = denied_on(engine)
    touched(engine, start + timedelta(days=1), "appeal_sent")
    touched(engine, start + timedelta(days=2), "status_check", "nothing_new", 4.0)
    touched(engine, start + timedelta(days=4), "call", "not_on_file", 9.0)

    checks = [row for row in rows_of(engine) if row.event == "check"]
    assert [(row.days_pending, row.was_lost, row.followups) for row in checks] == [(1, False, 0), (3, True, 1)]


def test_a_denial_left_alone_for_sixty_days_says_that_it_does_not_pay_by_itself(engine: Engine) -> None:
    start = denied_on(engine)

    assert rows_of(engine, start + timedelta(days=59)) == []
    (row,) = rows_of(engine, start + timedelta(days=60))
    assert (row.event, row.paid_cents) == ("left-alone", 0)


def test_the_kept_outcomes_come_back_as_they_were(engine: Engine) -> None:
    touched(engine, denied_on(engine) + timedelta(days=2), "portal", "needs_appeal", 11.0)
    with Session(engine) as session:
        found = own_outcomes(session, TODAY)

    assert len(found) > 0
    assert pack(unpack(pack(found))) == pack(found)


def test_own_outcomes_move_the_odds_and_another_process_believes_the_same(
    engine: Engine, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    touched(engine, denied_on(engine) + timedelta(days=2), "portal", "needs_appeal", 90.0)
    rerank_all(engine, clock, trigger="test")
    monkeypatch.setattr(learning, "_known", {})

    with session_scope(engine) as session:
        basis = basis_of(session)
        assert basis.beliefs.outcome_count == session.exec(select(Evidence)).one().outcomes > 0
        before = [row.model_dump() for row in session.exec(select(WorkScore))]
        rerank_claims(session, clock, [row["claim_id"] for row in before])
    with Session(engine) as session:
        assert [row.model_dump() for row in session.exec(select(WorkScore))] == before


def test_what_was_learned_is_read_once_in_a_process(engine: Engine) -> None:
    with Session(engine) as session:
        assert basis_of(session).beliefs is basis_of(session).beliefs


def test_a_procedure_seen_once_stays_near_its_payers_usual_share() -> None:
    """Payer 7: fifty lines of 99213 allowed at 60 %, one of 99215 at 10 %; payer 8 has too few lines."""
    rows = {
        (payer, procedure): share
        for payer, procedure, share, _ in shrunk_shares(
            {(7, "99213"): (0.60, 50), (7, "99215"): (0.10, 1), (8, "99213"): (0.9, 2)}
        )
    }

    assert set(rows) == {(7, ""), (7, "99213"), (7, "99215")}
    assert 0.5 < rows[7, "99215"] < rows[7, ""] < rows[7, "99213"] < 0.61


def test_paid_history_says_what_a_claim_may_bring(engine: Engine, clock: FixedClock) -> None:
    """Every payer has too few paid lines in the stories; one with a usual share speaks for its claims."""
    claim = claim_numbered(engine, "ST1003")
    assert fact_of(engine).allowed_share is None
    with session_scope(engine) as session:
        session.connection().exec_driver_sql(
            f"INSERT INTO allowedshare (payer_id, procedure, share, lines) VALUES ({claim.payer_id}, '', 0.4, 50)"
        )

    assert fact_of(engine).allowed_share == pytest.approx(0.4)


def test_a_priority_goes_first_until_it_is_cleared(engine: Engine, clock: FixedClock) -> None:
    claim = claim_numbered(engine, "ST1003")
    assert claim.id is not None
    with session_scope(engine) as session:
        with pytest.raises(StatedRefused, match="why"):
            put_first(session, claim, level=5, reason=" ", person_id=1, clock=clock)
        put_first(session, claim, level=5, reason="The patient's lawyer called", person_id=1, clock=clock)
        rerank_claims(session, clock, [claim.id])
        assert session.get_one(WorkScore, claim.id).tier == 15
    with session_scope(engine) as session:
        assert clear_priority(session, claim)
        rerank_claims(session, clock, [claim.id])
        assert session.get_one(WorkScore, claim.id).tier < 10


def test_a_stated_last_day_goes_before_the_rules(engine: Engine, clock: FixedClock) -> None:
    claim = claim_numbered(engine, "ST1003")
    day = TODAY + timedelta(days=9)
    with session_scope(engine) as session:
        state_due(session, claim, "appeal", day, evidence="Letter of November 20", person_id=1, clock=clock)
    assert fact_of(engine).appeal_due_on == day
    with session_scope(engine) as session:
        state_due(session, claim, "appeal", None, evidence="", person_id=1, clock=clock)
    assert fact_of(engine).appeal_due_on is None


def judged(engine: Engine, on: date, strength: int) -> None:
    touched(engine, on, "portal", "needs_appeal")
    with session_scope(engine) as session:
        row = session.exec(select(Touch).order_by(col(Touch.id).desc()).limit(1)).one()
        row.strength = strength
        session.add(row)


def test_how_strong_the_case_was_judged_is_learned_from_with_its_answer(engine: Engine) -> None:
    sent_on = denied_on(engine) + timedelta(days=9)
    judged(engine, sent_on - timedelta(days=2), 2)
    touched(engine, sent_on, "appeal_sent", action="appeal")
    judged(engine, sent_on + timedelta(days=5), 0)  # afterwards: too late to have been known
    closed(engine, sent_on + timedelta(days=40), "overturned")

    (answer,) = [row for row in rows_of(engine) if row.event == "answer"]
    assert answer.strength == 2


def test_the_judgement_is_a_fact_until_another_denial_comes(engine: Engine) -> None:
    judged(engine, denied_on(engine) + timedelta(days=1), 2)
    assert fact_of(engine).strength == 2

    with session_scope(engine) as session:
        row = denial_of(session, engine)
        row.denied_on += timedelta(days=3)
        session.add(row)
    assert fact_of(engine).strength == -1


def test_of_very_many_claims_left_alone_an_even_sample_is_kept() -> None:
    sample = learning._Sample(100)
    for number in range(1_000):
        sample.offer(OutcomeRow("left-alone", TODAY, number, "coding"))

    kept = [row.payer_id for row in sample.kept]
    assert kept == list(range(0, 1_000, 16))

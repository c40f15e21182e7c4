"""What was sent and awaits its answer is known to every step, and to the ranking."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Engine
from sqlmodel import Session

from app.claims.tables import Claim
from app.claims.under_way import APPEAL, REFILE, begin_step, end_step, steps_under_way
from app.core.db import session_scope
from app.followup.facts import fact_rows
from tests.practice import TODAY, claim_numbered

SENT = date(2026, 11, 20)


def test_a_step_is_under_way_until_it_is_ended(engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    assert claim.id is not None
    with session_scope(engine) as session:
        begin_step(session, session.get_one(Claim, claim.id), APPEAL, since=SENT, answer_due=date(2027, 1, 19))
        begin_step(session, session.get_one(Claim, claim.id), APPEAL, since=TODAY)
        (step,) = steps_under_way(session, claim.id)
        assert (step.step, step.since, step.answer_due) == (APPEAL, TODAY, None)
        end_step(session, claim.id, APPEAL, REFILE)
        assert steps_under_way(session, claim.id) == []


def test_the_ranking_sees_an_appeal_that_awaits_its_decision(engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    assert claim.id is not None
    with session_scope(engine) as session:
        begin_step(session, session.get_one(Claim, claim.id), APPEAL, since=SENT)
    with Session(engine) as session:
        (facts,) = [row for part in fact_rows(session, TODAY, [claim.id]) for row in part]
    assert (facts.submission, facts.submitted_on) == ("appeal", SENT)

"""Ranking from the database: one queue for every open cent, in place for what was touched."""

from __future__ import annotations

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.core.clock import FixedClock
from app.core.db import session_scope
from app.followup.filters import Filters
from app.followup.rank import rerank_all, rerank_claims
from app.followup.tables import QueueTotal, WorkScore
from app.followup.verify import verify_queues
from app.followup.worklist import page, queue_lines
from app.ledger.tables import ClaimBalance
from tests.practice import claim_numbered


def test_every_open_claim_stands_in_exactly_one_queue(engine: Engine) -> None:
    with Session(engine) as session:
        report = verify_queues(session)
        open_claims = session.exec(
            select(ClaimBalance).where((ClaimBalance.insurance_cents != 0) | (ClaimBalance.patient_cents != 0))
        ).all()

    assert report.faults == []
    assert report.counted["claims in exactly one queue"] == len(open_claims) > 5


def test_a_missing_row_a_stray_row_and_a_wrong_total_are_each_found(engine: Engine) -> None:
    with session_scope(engine) as session:
        rows = session.exec(select(WorkScore).order_by(col(WorkScore.claim_id))).all()
        session.delete(rows[0])
        rows[1].open_cents += 1
        session.add(rows[1])
        session.flush()
        faults = verify_queues(session).faults

    assert f"open and in no queue: claims {rows[0].claim_id}" in faults
    assert f"in its queue with other dollars than its books: claims {rows[1].claim_id}" in faults
    assert any(fault.startswith("practice ") for fault in faults)


def test_a_row_that_no_longer_says_what_the_claim_is_is_found(engine: Engine) -> None:
    with session_scope(engine) as session:
        rows = session.exec(select(WorkScore).where(WorkScore.queue != "snoozed").limit(5)).all()
        rows[0].payer_id += 1
        rows[1].practice_id += 1
        rows[2].owner_id = 1  # nobody assigned it
        rows[3].next_on = None
        rows[4].queue = "snoozed"
        session.add_all(rows)
        session.flush()
        faults = "\n".join(verify_queues(session).faults)

    both = ", ".join(str(number) for number in sorted((rows[0].claim_id, rows[1].claim_id)))
    assert f"in the queues of another practice or payer than its own: claims {both}" in faults
    assert f"under another owner than its assignment: claims {rows[2].claim_id}" in faults
    assert f"in its queue without a next date: claims {rows[3].claim_id}" in faults
    assert f"parked in its queue though nothing parks it: claims {rows[4].claim_id}" in faults


def test_the_full_run_and_the_touched_run_agree(engine: Engine, clock: FixedClock) -> None:
    with session_scope(engine) as session:
        before = [row.model_dump() for row in session.exec(select(WorkScore).order_by(col(WorkScore.claim_id)))]
        totals = [row.model_dump() for row in session.exec(select(QueueTotal))]
        rerank_claims(session, clock, [row["claim_id"] for row in before])
    with Session(engine) as session:
        after = [row.model_dump() for row in session.exec(select(WorkScore).order_by(col(WorkScore.claim_id)))]
        assert [row.model_dump() for row in session.exec(select(QueueTotal))] == totals
    assert after == before


def test_a_second_full_run_leaves_no_row_behind(engine: Engine, clock: FixedClock) -> None:
    first = rerank_all(engine, clock, trigger="test")
    clock.advance(days=1)
    second = rerank_all(engine, clock, trigger="test")

    assert (second.claims, second.open_cents) == (first.claims, first.open_cents)
    with Session(engine) as session:
        assert verify_queues(session).faults == []


def test_denials_come_to_the_queue_of_their_category_with_a_reason(engine: Engine) -> None:
    denied = claim_numbered(engine, "ST1003")  # CARC 197: no authorization
    with Session(engine) as session:
        row = session.get_one(WorkScore, denied.id)

    assert (row.queue, row.carc, row.open_cents) == ("authorization", "197", 184_000)
    assert "authorization" in row.why.lower()
    assert row.score > 0


def test_the_list_is_in_rank_and_pages_by_key_without_gaps(
    engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    with Session(engine) as session:
        whole = page(session, practice_ids, Filters(), clock, person_id=1, limit=500).rows
        seen: list[int] = []
        after = ""
        while True:
            part = page(session, practice_ids, Filters(), clock, person_id=1, after=after, limit=3)
            seen += [row.claim_id for row in part.rows]
            after = part.after
            if not after:
                break

    assert seen == [row.claim_id for row in whole]
    keys = [(-row.rank_key, row.claim_id) for row in whole]
    assert keys == sorted(keys)


def test_every_order_pages_without_gaps(engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]) -> None:
    for sort in ("balance", "age", "deadline"):
        with Session(engine) as session:
            whole = page(session, practice_ids, Filters(sort=sort), clock, person_id=1, limit=500)
            first = page(session, practice_ids, Filters(sort=sort), clock, person_id=1, limit=4)
            rest = page(session, practice_ids, Filters(sort=sort), clock, person_id=1, after=first.after, limit=500)
        assert [row.claim_id for row in whole.rows] == [row.claim_id for row in (*first.rows, *rest.rows)], sort


def test_search_finds_a_claim_by_anything_on_the_remittance(
    engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    claim = claim_numbered(engine, "ST1003")
    with Session(engine) as session:
        for text in (
            "ST1003",
            "st1003",
            "kowalczyk",
            "Kowalczyk, Theo",
            "theo kowalczyk",
            claim.payer_control_number,
        ):
            found = page(session, practice_ids, Filters(text=text), clock, person_id=1).rows
            assert claim.id in [row.claim_id for row in found], text
        assert page(session, practice_ids, Filters(text="%"), clock, person_id=1).rows == []


def test_nobody_sees_through_the_wall_between_practices(engine: Engine, clock: FixedClock) -> None:
    with Session(engine) as session:
        assert page(session, (4711,), Filters(), clock, person_id=1).rows == []
        assert sum(line.claims for line in queue_lines(session, (4711,))) == 0

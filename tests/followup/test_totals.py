"""Counts and dollars kept beside the scores say what the lists hold, whatever was done to a claim meanwhile."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection, Engine
from sqlmodel import Session, col, select

from app.core.clock import FixedClock
from app.core.db import session_scope
from app.followup.calls import GETTING_THROUGH_MINUTES, CallLine, call_line, call_payers, call_rows
from app.followup.filters import Filters
from app.followup.list_total import ListTotal, count_listed
from app.followup.narrow import CALL_ACTIONS, RESTING, Listed
from app.followup.rank import rerank_all
from app.followup.tables import CallTotal, DueTotal, WorkScore
from app.followup.totals import Totals, kept_totals, move_totals
from app.followup.verify import verify_queues
from app.followup.worklist import page
from tests.browser_double import Browser
from tests.practice import TODAY, claim_numbered

DAYS = 366  # the longest that the list's address takes: every claim of the small practice with a day ahead of it


def counted(engine: Engine, practice_ids: tuple[int, ...], days: int, clock: FixedClock) -> ListTotal:
    """The list itself, row by row."""
    with Session(engine) as session:
        rows = page(session, practice_ids, Filters(due=days), clock, person_id=1, limit=500).rows
    return ListTotal(len(rows), sum(row.open_cents for row in rows))


def kept(engine: Engine, practice_ids: tuple[int, ...], days: int) -> ListTotal:
    with Session(engine) as session:
        return count_listed(session, Listed.of(practice_ids, Filters(due=days), TODAY, 0))


def test_the_due_line_counts_what_its_list_holds(
    engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    lines = {days: kept(engine, practice_ids, days) for days in (1, 14, 60, DAYS)}

    assert lines == {days: counted(engine, practice_ids, days, clock) for days in lines}
    assert lines[DAYS].claims > lines[1].claims
    assert lines[DAYS].open_cents > 0


def test_a_parked_claim_leaves_the_due_line_and_undo_brings_it_back(
    dana: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    before = kept(engine, practice_ids, DAYS)
    with Session(engine) as session:
        row = page(session, practice_ids, Filters(due=DAYS), clock, person_id=1).rows[0]

    dana.submit(f"/claims/{row.claim_id}/touches", {"kind": "note", "note": "x", "park": "7"})
    assert kept(engine, practice_ids, DAYS) == ListTotal(before.claims - 1, before.open_cents - row.open_cents)
    assert counted(engine, practice_ids, DAYS, clock) == kept(engine, practice_ids, DAYS)

    dana.submit("/touches/1/undo")
    assert kept(engine, practice_ids, DAYS) == before


def test_a_stated_day_moves_the_claim_to_that_day(
    dana: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    before = kept(engine, practice_ids, 3)
    claim = claim_numbered(engine, "ST1003")
    day = TODAY + timedelta(days=3)
    for step in ("appeal", "refile", "records"):
        dana.submit(
            f"/claims/{claim.id}/due", {"step": step, "due_on": day.isoformat(), "evidence": "The letter of Nov 2"}
        )

    assert kept(engine, practice_ids, 3).claims == before.claims + 1
    assert counted(engine, practice_ids, 3, clock) == kept(engine, practice_ids, 3)


def test_the_due_line_stops_at_the_walls(engine: Engine, practice_ids: tuple[int, ...]) -> None:
    assert kept(engine, (), DAYS) == ListTotal(0, 0)
    assert kept(engine, (4711,), DAYS) == ListTotal(0, 0)
    each = [kept(engine, (number,), DAYS) for number in practice_ids]
    assert sum(line.claims for line in each) == kept(engine, practice_ids, DAYS).claims


def test_a_wrong_due_total_is_found_and_the_next_full_run_mends_it(engine: Engine, clock: FixedClock) -> None:
    with session_scope(engine) as session:
        row = session.exec(select(DueTotal)).all()[0]
        place, claims = f"practice {row.practice_id}, due {row.deadline}:", row.claims
        row.claims += 2
        session.add(row)
    with Session(engine) as session:
        (fault,) = verify_queues(session).faults
    assert fault.startswith(f"{place} {claims + 2} claims")

    rerank_all(engine, clock, trigger="test")
    with Session(engine) as session:
        assert verify_queues(session).faults == []


def called(engine: Engine, practice_ids: tuple[int, ...]) -> tuple[CallLine, CallLine]:
    """As it is kept, and counted claim by claim."""
    with Session(engine) as session:
        worth = [
            row
            for row in session.exec(select(WorkScore).where(col(WorkScore.practice_id).in_(practice_ids)))
            if row.action in CALL_ACTIONS and row.queue not in RESTING
        ]
        counted = CallLine(len({row.payer_id for row in worth}), len(worth), sum(row.open_cents for row in worth))
        return call_line(session, practice_ids), counted


def test_the_page_of_the_calls_says_what_each_is_worth(engine: Engine, practice_ids: tuple[int, ...]) -> None:
    with Session(engine) as session:
        rows = list(session.exec(select(WorkScore)))
        for each in call_payers(session, practice_ids):
            worth = [
                row
                for row in rows
                if row.payer_id == each.payer_id and row.action in CALL_ACTIONS and row.queue not in RESTING
            ]
            assert (each.claims, each.open_cents) == (len(worth), sum(row.open_cents for row in worth))
            assert each.expected_cents == sum(row.expected_cents for row in worth)
            minutes = sum(row.minutes for row in worth) + GETTING_THROUGH_MINUTES
            assert each.minutes == pytest.approx(minutes, abs=len(worth) / 60)


def test_the_call_sheets_line_counts_what_its_page_holds(
    dana: Browser, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    kept_now, counted_now = called(engine, practice_ids)
    assert kept_now == counted_now
    assert kept_now.claims > kept_now.calls > 1
    assert f"{kept_now.claims} claims worth a call" in dana.get("/work?all=1").text


def test_a_parked_call_leaves_the_line_and_undo_brings_it_back(
    dana: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    before, _ = called(engine, practice_ids)
    with Session(engine) as session:
        payer_id = call_payers(session, practice_ids)[0].payer_id
        row = call_rows(session, practice_ids, payer_id, clock, dana.person_id)[0]

    dana.submit(f"/claims/{row.claim_id}/touches", {"kind": "call", "note": "x", "park": "7"})
    kept_now, counted_now = called(engine, practice_ids)
    assert kept_now == counted_now
    assert (kept_now.claims, kept_now.open_cents) == (before.claims - 1, before.open_cents - row.open_cents)

    dana.submit("/touches/1/undo")
    assert called(engine, practice_ids) == (before, before)


def test_a_wrong_call_total_is_found(engine: Engine) -> None:
    with session_scope(engine) as session:
        row = session.exec(select(CallTotal)).all()[0]
        row.open_cents += 1
        session.add(row)
        place = f"practice {row.practice_id}, calls to payer {row.payer_id}:"
    with Session(engine) as session:
        (fault,) = verify_queues(session).faults
    assert fault.startswith(place)


def test_the_call_sheets_line_stops_at_the_walls(engine: Engine, practice_ids: tuple[int, ...]) -> None:
    assert called(engine, ())[0] == CallLine(0, 0, 0)
    each = [called(engine, (number,))[0].claims for number in practice_ids]
    assert sum(each) == called(engine, practice_ids)[0].claims


def test_the_first_claim_of_a_place_makes_its_total_on_both_engines(any_engine: Engine) -> None:
    def of_99(connection: Connection) -> Totals:
        kept_now = kept_totals(connection)
        return Totals(*({place: sums for place, sums in each.items() if place[0] == 99} for each in kept_now))

    empty, day = Totals({}, {}, {}), date(2026, 12, 1)
    one = Totals({(99, "coding"): (1, 500)}, {(99, day): (1, 500)}, {(99, 7): (1, 500, 90, 600)})
    three = Totals({(99, "coding"): (3, 900)}, {(99, day): (3, 900)}, {(99, 7): (3, 900, 80, 1800)})
    with session_scope(any_engine) as session:
        connection = session.connection()
        move_totals(connection, empty, one)
        assert of_99(connection) == one
        move_totals(connection, one, three)
        assert of_99(connection) == three
        move_totals(connection, three, empty)
        assert of_99(connection) == empty

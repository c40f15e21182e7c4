"""The supervisor's page: the plan, what slips through, and write-offs that nobody approves for themselves."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, col, func, select

from app.auth.permissions import Role
from app.claims.code_ways import AS_SHIPPED
from app.core.clock import FixedClock
from app.core.db import session_scope
from app.followup.facts import fact_row, open_facts
from app.followup.filters import Filters
from app.followup.narrow import conditions
from app.followup.pools import pools
from app.followup.tables import Assignment, ComeBack, Touch, WorkDay, WorkScore, WriteOffRequest
from app.followup.team import loose_ends, owned_by_somebody, team_day
from app.followup.totals import Standing, Totals, move_totals, rewrite_totals, standings_of, standings_of_payers
from app.followup.verify import verify_queues
from app.ledger.tables import ClaimBalance, JournalEntry
from app.ledger.verify import verify_books
from tests.browser_double import Browser, sign_in_as
from tests.practice import TODAY, claim_numbered
from workqueues.vocabulary import ROUTES


def insurance_cents(engine: Engine, claim_id: int | None) -> int:
    with Session(engine) as session:
        return session.get_one(ClaimBalance, claim_id).insurance_cents


def request_id(engine: Engine) -> int:
    with Session(engine) as session:
        found = session.exec(select(WriteOffRequest.id)).one()
        assert found is not None
        return found


def test_the_plan_fits_into_each_day_and_gives_no_claim_twice(
    dana: Browser, lee: Browser, sam: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    with Session(engine) as session:
        plan = team_day(session, practice_ids, clock)

    assert {each.account.name for each in plan.people} == {"Dana Reyes", "Lee Okafor", "Sam Whitfield"}
    assert all(each.planned_minutes <= each.day.minutes for each in plan.people)
    dealt = [number for each in plan.people for number in each.pool_ids]
    assert len(dealt) == len(set(dealt)) > 3
    assert sum(each.expected_cents for each in plan.people) > 0


def test_who_is_out_gets_nothing_and_an_hour_more_has_a_price(
    dana: Browser, sam: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    sam.submit(f"/team/{sam.person_id}/day", {"minutes": "0"})
    sam.submit(f"/team/{dana.person_id}/day", {"minutes": "45", "out_until": clock.today().isoformat()})

    with Session(engine) as session:
        plan = team_day(session, practice_ids, clock)
        assert session.get_one(WorkDay, dana.person_id).minutes == 45
    assert [each.planned for each in plan.people] == [0, 0]
    assert plan.undealt > 3
    assert plan.next_hour_cents > 0


def test_what_somebody_owns_and_is_due_this_week_dies_with_them_even_when_they_are_out_already(
    dana: Browser, sam: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    sam.submit(f"/team/{dana.person_id}/day", {"minutes": "400", "out_until": clock.today().isoformat()})
    with session_scope(engine) as session:
        due, passed, later = session.exec(
            select(WorkScore).where(col(WorkScore.queue).not_in(("waiting", "snoozed"))).limit(3)
        ).all()
        for row, days in ((due, 7), (passed, -1), (later, 8)):
            row.owner_id, row.deadline = dana.person_id, clock.today() + timedelta(days=days)
            session.add(row)
        session.flush()
        plan = team_day(session, practice_ids, clock)

        (hers,) = [each for each in plan.people if each.account.id == dana.person_id]
        assert (hers.planned, hers.dying, hers.dying_cents) == (0, 1, due.expected_cents)


def test_the_plan_is_handed_out_and_owned_claims_stay_with_their_owner(
    dana: Browser, sam: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    sam.submit(f"/team/{sam.person_id}/day", {"minutes": "0"})
    sam.submit("/team/deal", {"person_id": dana.person_id})

    with Session(engine) as session:
        given = {row.claim_id for row in session.exec(select(Assignment))}
        dana_day = next(
            each for each in team_day(session, practice_ids, clock).people if each.account.id == dana.person_id
        )
    assert len(given) > 3
    assert dana_day.owned == len(given)
    assert dana_day.planned >= len(given)


def test_only_a_supervisor_sees_the_team_and_only_their_own(dana: Browser, sam: Browser, stranger: Browser) -> None:
    assert dana.get("/team").status_code == 403
    assert sam.get("/team").status_code == 200
    assert sam.submit(f"/team/{stranger.person_id}/day", {"minutes": "60"}).status_code == 404
    assert sam.submit(f"/team/{dana.person_id}/day", {"minutes": "9000"}).status_code == 422


def test_loose_ends_are_counted_and_lead_to_their_list(
    dana: Browser, sam: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    claim = claim_numbered(engine, "ST1003")
    for time in ("Once", "Again", "And again"):
        dana.submit(f"/claims/{claim.id}/touches", {"kind": "call", "note": time})
    with Session(engine) as session:
        loose = {each.label: each for each in loose_ends(session, practice_ids, clock)}

    assert loose["Touched without progress"].claims == 1
    assert loose["Touched, and no next date"].claims == 1
    page = sam.get(loose["Touched without progress"].address).text
    assert page.count("data-row-frame") == 1
    assert "KOWALCZYK" in page


def test_a_write_off_moves_the_books_only_when_somebody_else_approves(
    dana: Browser, sam: Browser, engine: Engine
) -> None:
    claim = claim_numbered(engine, "ST1003")
    before = insurance_cents(engine, claim.id)
    dana.submit(f"/claims/{claim.id}/write-off", {"dollars": "40.50", "reason": "Below the cost of an appeal"})
    assert insurance_cents(engine, claim.id) == before
    assert dana.submit(f"/write-offs/{request_id(engine)}/approve").status_code == 403

    sam.submit(f"/write-offs/{request_id(engine)}/approve")

    assert insurance_cents(engine, claim.id) == before - 4050
    with Session(engine) as session:
        asked = session.get_one(WriteOffRequest, request_id(engine))
        assert (asked.state, asked.decided_by_id) == ("approved", sam.person_id)
        entry = session.get_one(JournalEntry, asked.entry_id)
        assert entry.memo == "Below the cost of an appeal"
        assert session.get_one(WorkScore, claim.id).open_cents == before - 4050
        assert verify_books(session).faults == []
        assert verify_queues(session).faults == []


def test_nobody_approves_what_they_asked_for(sam: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    sam.submit(f"/claims/{claim.id}/write-off", {"dollars": "10", "reason": "x"})
    sam.submit(f"/write-offs/{request_id(engine)}/approve")

    with Session(engine) as session:
        assert session.get_one(WriteOffRequest, request_id(engine)).state == "waiting"
    assert "somebody else decides" in sam.get("/team").text


def test_above_the_limit_two_different_people_decide(
    dana: Browser, sam: Browser, max_: Browser, engine: Engine
) -> None:
    claim = claim_numbered(engine, "ST1003")
    before = insurance_cents(engine, claim.id)
    dana.submit(f"/claims/{claim.id}/write-off", {"dollars": "1,500", "reason": "Payer is insolvent"})
    number = request_id(engine)

    sam.submit(f"/write-offs/{number}/approve")
    sam.submit(f"/write-offs/{number}/approve")
    assert insurance_cents(engine, claim.id) == before
    max_.submit(f"/write-offs/{number}/approve")

    assert insurance_cents(engine, claim.id) == before - 150_000


def test_a_refusal_says_why_on_the_claim(dana: Browser, sam: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    dana.submit(f"/claims/{claim.id}/write-off", {"reason": "Tedious"})
    sam.submit(f"/write-offs/{request_id(engine)}/refuse", {"said": "Appeal first: 87 days are left"})

    assert "Appeal first: 87 days are left" in dana.get(f"/claims/{claim.id}").text


def standing(engine: Engine, claim_id: int | None) -> tuple[str, str]:
    """The queue that it stands in, and what the list says about its coming back."""
    with Session(engine) as session:
        back = session.get(ComeBack, claim_id)
        worn = back.reason if back is not None and back.touch_id is None else ""
        return session.get_one(WorkScore, claim_id).queue, worn


def test_what_is_sent_to_review_waits_there_and_comes_back_wearing_why_it_was_declined(
    dana: Browser, sam: Browser, engine: Engine
) -> None:
    claim = claim_numbered(engine, "ST1003")
    before, _ = standing(engine, claim.id)
    dana.submit(f"/claims/{claim.id}/write-off", {"reason": "Tedious"})
    assert standing(engine, claim.id) == ("write-off", "")
    with Session(engine) as session:
        assert verify_queues(session).faults == []
        facts = open_facts(session, TODAY)
        row = fact_row(session, TODAY, claim.id or 0, AS_SHIPPED)
        assert row is not None
        assert ROUTES[facts.route[list(facts.claim_id).index(claim.id)]] == row.route == "dead"

    sam.submit(f"/write-offs/{request_id(engine)}/refuse", {"said": "Appeal first"})
    assert standing(engine, claim.id) == (before, "Write-off declined: Appeal first")
    assert "Write-off declined: Appeal first" in dana.get("/work?tickler=back").text

    sam.submit(f"/write-offs/{request_id(engine)}/reopen")
    assert standing(engine, claim.id) == ("write-off", "")


def test_a_request_taken_back_puts_the_claim_where_it_stood_and_leads_back_to_its_list(
    dana: Browser, engine: Engine
) -> None:
    claim = claim_numbered(engine, "ST1003")
    before = standing(engine, claim.id)
    dana.submit(f"/claims/{claim.id}/write-off", {"reason": "Tedious", "back": "queue=authorization"})
    undo = re.search(r'action="(/write-offs/[^"]*)"', dana.get("/work?queue=authorization").text)
    assert undo is not None

    answer = dana.submit(undo[1].replace("&amp;", "&"))

    assert answer.headers["location"] == f"/work?queue=authorization&claim={claim.id}"
    assert standing(engine, claim.id) == before


def test_a_claim_of_which_some_dollars_are_given_up_is_worked_on(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    before = standing(engine, claim.id)

    dana.submit(f"/claims/{claim.id}/write-off", {"dollars": "40.50", "reason": "The rest is contractual"})

    assert standing(engine, claim.id) == before


def test_a_stranger_decides_nothing(dana: Browser, app: FastAPI, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    dana.submit(f"/claims/{claim.id}/write-off", {"dollars": "10", "reason": "x"})
    nia = sign_in_as(app, Role.SUPERVISOR, practice_ids=(4711,), name="Nia Brandt")

    assert nia.submit(f"/write-offs/{request_id(engine)}/approve").status_code == 404
    assert "ST1003" not in nia.get("/team").text


def test_a_touch_written_long_ago_is_no_lack_of_progress(
    dana: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    claim = claim_numbered(engine, "ST1003")
    for time in ("Once", "Again", "And again"):
        dana.submit(f"/claims/{claim.id}/touches", {"kind": "call", "note": time})
    with session_scope(engine) as session:
        for touch in session.exec(select(Touch)):
            touch.at = touch.at.replace(year=2025)
            session.add(touch)
    with Session(engine) as session:
        loose = {each.label: each.claims for each in loose_ends(session, practice_ids, clock)}

    assert loose["Touched without progress"] == 0


def test_a_decision_about_a_write_off_is_taken_back_by_whoever_took_it(
    dana: Browser, sam: Browser, engine: Engine
) -> None:
    claim = claim_numbered(engine, "ST1006")
    with Session(engine) as session:
        before = session.get_one(ClaimBalance, claim.id).insurance_cents
    dana.submit(f"/claims/{claim.id}/write-off", {"reason": "Too small"})
    with Session(engine) as session:
        number = session.exec(select(WriteOffRequest.id)).one()
    for verb, typed in (("approve", {"said": ""}), ("refuse", {"said": "Try once more"})):
        sam.submit(f"/write-offs/{number}/{verb}", typed)
        assert dana.submit(f"/write-offs/{number}/reopen").status_code == 403
        assert sam.submit(f"/write-offs/{number}/reopen").status_code == 303
        with Session(engine) as session:
            asked = session.get_one(WriteOffRequest, number)
            assert (asked.state, asked.decided_by_id, asked.said) == ("waiting", None, "")
            assert session.get_one(ClaimBalance, claim.id).insurance_cents == before
    assert sam.submit(f"/write-offs/{number}/reopen").status_code == 409  # nothing is decided


def test_what_nobody_owns_is_counted_as_its_list_holds_it(
    dana: Browser, sam: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    claim = claim_numbered(engine, "ST1003")
    parked = claim_numbered(engine, "ST1006")
    sam.submit("/work/bulk", {"act": "assign", "owner": str(dana.person_id), "claims": [str(claim.id)]})
    dana.submit(f"/claims/{parked.id}/touches", {"kind": "note", "note": "x", "park": "7"})
    with Session(engine) as session:
        (nobodys,) = [each for each in loose_ends(session, practice_ids, clock) if each.label == "No owner"]
        listed = [
            row
            for row in session.exec(select(WorkScore))
            if row.owner_id is None and row.queue not in ("waiting", "snoozed")
        ]
    assert (nobodys.claims, nobodys.open_cents) == (len(listed), sum(row.open_cents for row in listed))


def test_what_is_kept_of_a_team_is_what_its_lists_hold(
    dana: Browser, sam: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    touched, first, owned = (claim_numbered(engine, number).id for number in ("ST1003", "ST1004", "ST1005"))
    dana.submit(f"/claims/{touched}/touches", {"kind": "note", "note": "x"})
    sam.submit(f"/claims/{first}/priority", {"level": "3", "reason": "the director asked"})
    sam.submit("/work/bulk", {"claims": [str(owned)], "act": "assign", "owner": str(dana.person_id)})

    with Session(engine) as session:
        loose = {each.address: (each.claims, each.open_cents) for each in loose_ends(session, practice_ids, clock)}
        for kind in ("dateless", "first", "late"):
            filters = Filters(loose=kind)
            counted = select(func.count(), func.coalesce(func.sum(WorkScore.open_cents), 0))
            held = conditions(practice_ids, filters, clock.today(), 0)
            assert loose[filters.address()] == session.exec(counted.where(*held)).one()
        assert loose[Filters(loose="dateless").address()][0] == 1
        assert loose[Filters(loose="first").address()][0] == 1


def test_what_is_too_far_down_to_be_dealt_is_counted_without_reading_it(
    dana: Browser,
    sam: Browser,
    engine: Engine,
    clock: FixedClock,
    practice_ids: tuple[int, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    owned = claim_numbered(engine, "ST1003").id
    sam.submit("/work/bulk", {"claims": [str(owned)], "act": "assign", "owner": str(dana.person_id)})
    sam.submit(f"/team/{sam.person_id}/day", {"minutes": "0"})
    sam.submit(f"/team/{dana.person_id}/day", {"minutes": "0"})
    with Session(engine) as session:
        whole = team_day(session, practice_ids, clock)
    monkeypatch.setattr("app.followup.team.DEALT_CLAIMS", 2)

    with Session(engine) as session:
        top = team_day(session, practice_ids, clock)
    assert top.undealt == whole.undealt > 2
    assert top.undealt_cents == pytest.approx(whole.undealt_cents, abs=100)  # whole cents are kept of each claim


def test_owners_are_found_down_their_index_on_sqlite(engine: Engine) -> None:
    owned = select(WorkScore.claim_id).where(*owned_by_somebody((1, 2)))
    with Session(engine) as session:
        asked = owned.compile(engine, compile_kwargs={"literal_binds": True})
        plan = [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")]
    assert any("work_score_owner" in line for line in plan), plan


def test_totals_by_payer_and_by_what_claims_share_are_kept_on_both_engines(any_engine: Engine) -> None:
    empty = Totals({}, {}, {}, {}, {})
    one = empty._replace(by_payer={(99, 7, "coding"): (1, 500)}, by_group={(99, "carc", "16"): (1, 500, 90)})
    three = empty._replace(by_payer={(99, 7, "coding"): (3, 900)}, by_group={(99, "carc", "16"): (3, 900, 80)})
    with session_scope(any_engine) as session:
        connection = session.connection()
        move_totals(connection, empty, one)
        move_totals(connection, one, three)
        assert standings_of(session, (99, 1), "carc")["16"].expected_cents >= 80
        assert standings_of(session, (99,), "carc") == {"16": Standing(3, 900, 80)}
        assert standings_of_payers(session, (99,)) == {(7, "coding"): Standing(3, 900)}
        move_totals(connection, three, empty)
        assert standings_of(session, (99,), "carc") == {}
        assert standings_of_payers(session, (99,), 7) == {}
        session.rollback()


def test_a_pool_says_what_of_it_nobody_owns_and_to_whom_it_goes(
    sam: Browser, dana: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    claim = claim_numbered(engine, "ST1003")
    sam.submit("/work/bulk", {"act": "assign", "owner": str(dana.person_id), "claims": [claim.id]})
    sam.submit(f"/team/{dana.person_id}/day", {"minutes": "360", "queues_worked": ["authorization"]})
    with Session(engine) as session:
        found = pools(session, practice_ids, team_day(session, practice_ids, clock).people)
        rows = session.exec(select(WorkScore)).all()

    (pool,) = [each for each in found if each.queue.key == "authorization"]
    standing_there = [row for row in rows if row.queue == "authorization"]
    assert (pool.claims, pool.open_cents) == (len(standing_there), sum(row.open_cents for row in standing_there))
    assert (pool.unowned, pool.unowned_cents) == (pool.claims - 1, pool.open_cents - 184_000)
    assert pool.goes_to == ["Dana Reyes"]
    page = sam.get("/team").text
    assert "goes to Dana Reyes" in page
    assert f'owner=nobody">{pool.unowned} nobody’s</a>' in page


def test_a_queue_of_credits_shows_its_claims_and_no_dollars_as_if_they_were_worth_nothing(
    sam: Browser, engine: Engine
) -> None:
    claim = claim_numbered(engine, "ST1003")
    with session_scope(engine) as session:
        row = session.exec(select(WorkScore).where(WorkScore.claim_id == claim.id)).one()
        row.queue, row.open_cents = "credit", 0
        session.add(row)
        session.flush()
        rewrite_totals(session.connection())

    def line(key: str) -> str:
        page: str = sam.get(f"/work?queue={key}").text
        return page.partition(f'class="queue" href="/work?queue={key}"')[2].partition("</a>")[0]

    assert "queue-count" in line("credit")
    assert "$" not in line("credit")
    assert "$" in line("coding")
    head = sam.get("/work?queue=credit").text.partition('list-total">')[2].partition("</span>")[0]
    assert head == "1"
    pool = sam.get("/team").text.partition('id="pools-title"')[2].partition('href="/work?queue=credit"')[2]
    assert "$" not in pool.partition("</tr>")[0]


def test_the_teams_row_foots(dana: Browser, sam: Browser) -> None:
    table = re.search(r"<table.*?</table>", sam.get("/team").text, re.DOTALL)
    assert table is not None
    minutes = [int(each.replace(",", "")) for each in re.findall(r"([\d,]+) of [\d,]+<?", table[0])]
    dollars = [float(each.replace(",", "")) for each in re.findall(r'class="money"[^>]*>\$([\d,.]+)', table[0])]

    assert sum(minutes[:-1]) == minutes[-1] > 0
    assert round(sum(dollars[1:-2:2]), 2) == dollars[-1] > 0


def test_a_supervisor_reads_first_how_many_write_offs_are_theirs_to_decide(
    dana: Browser, sam: Browser, engine: Engine
) -> None:
    for browser, number in ((dana, "ST1003"), (sam, "ST1006")):
        browser.submit(f"/claims/{claim_numbered(engine, number).id}/write-off", {"dollars": "10", "reason": "x"})

    page = sam.get("/team").text

    assert "2 wait, $20.00; 1 of them for you." in page
    assert page.index("Write-offs that wait for a decision") < page.index("What may slip through")

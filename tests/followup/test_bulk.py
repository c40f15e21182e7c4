"""Acts on many claims: exact counts and dollars, one undo, all or none, and nobody else's claims."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event
from sqlmodel import Session, select

from app.appeals.tables import Appeal
from app.claims.tables import Claim, ClaimEvent, EventKind
from app.core.clock import FixedClock
from app.core.db import session_scope
from app.followup.tables import Assignment, BulkAct, ComeBack, Snooze, Touch, WorkScore, WriteOffRequest
from app.followup.verify import verify_queues
from app.followup.wake import wake_answered
from app.research.tables import Inquiry
from tests.browser_double import Browser
from tests.practice import claim_numbered


def ids(engine: Engine, *numbers: str) -> list[int]:
    return [claim_numbered(engine, number).id or 0 for number in numbers]


def undo_of(browser: Browser) -> str:
    page = browser.get("/work?all=1").text
    found = re.search(r'action="(/bulk/\d+/undo[^"]*)"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_the_page_says_exactly_how_many_and_how_much(dana: Browser, engine: Engine) -> None:
    chosen = ids(engine, "ST1003", "ST1005")
    with Session(engine) as session:
        cents = sum(session.get_one(WorkScore, each).open_cents for each in chosen)

    page = dana.get("/work/bulk", params={"claims": chosen}).text

    assert f"2 claims · ${cents / 100:,.2f} open" in page


def test_many_are_parked_at_once_and_one_undo_brings_all_back(dana: Browser, engine: Engine) -> None:
    chosen = ids(engine, "ST1003", "ST1005")
    with Session(engine) as session:
        before = {row.claim_id: row.queue for row in session.exec(select(WorkScore))}
    answer = dana.submit(
        "/work/bulk", {"act": "park", "claims": chosen, "until": "2026-12-07", "note": "Portal down", "counted": 2}
    )
    assert answer.status_code == 303
    with Session(engine) as session:
        assert {session.get_one(WorkScore, each).queue for each in chosen} == {"snoozed"}
        assert len(session.exec(select(Touch)).all()) == 2
        assert verify_queues(session).faults == []

    dana.submit(undo_of(dana))

    with Session(engine) as session:
        assert {row.claim_id: row.queue for row in session.exec(select(WorkScore))} == before
        assert session.exec(select(Snooze)).all() == []
        assert session.exec(select(Touch)).all() == []


def statements_of(engine: Engine, act: Callable[[], object]) -> list[tuple[str, Any]]:
    """What the database is asked by an act, with what it is told."""
    asked: list[tuple[str, Any]] = []

    def note(connection: object, cursor: object, statement: str, values: object, *_: object) -> None:
        asked.append((statement, values))

    event.listen(engine, "before_cursor_execute", note)
    act()
    event.remove(engine, "before_cursor_execute", note)
    return asked


def park(browser: Browser, claim_ids: list[int], until: str = "2026-12-07") -> str:
    """Park them; the address that takes it back."""
    browser.submit("/work/bulk", {"act": "park", "claims": claim_ids, "until": until, "note": "Portal down"})
    return undo_of(browser)


def test_a_parking_of_many_is_taken_back_by_as_many_statements_as_one_of_few(dana: Browser, engine: Engine) -> None:
    few, many = ids(engine, "ST1003", "ST1005"), ids(engine, "ST1003", "ST1004", "ST1005", "ST1006")
    asked = []
    for chosen in (few, many):
        address = park(dana, chosen)
        told = statements_of(engine, lambda address=address: dana.submit(address))  # type: ignore[misc]
        asked.append([statement for statement, _ in told if "work" not in statement and "total" not in statement])

    assert len(asked[1]) == len(asked[0])
    with Session(engine) as session:
        assert session.exec(select(Touch)).all() == []
        assert verify_queues(session).faults == []


def test_what_the_touches_of_a_parking_made_is_found_without_reading_all_that_is_parked(
    dana: Browser, engine: Engine
) -> None:
    address = park(dana, ids(engine, "ST1003", "ST1005"))
    asked = statements_of(engine, lambda: dana.submit(address))

    by_touch = [each for each in asked if re.search(r"(snooze|comeback)\.touch_id IN", each[0])]
    with engine.connect() as connection:
        plans = [
            row[3]
            for statement, values in by_touch
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        ]
    searched = {plan for plan in plans if re.search(r"(snooze|comeback)", plan)}
    assert {plan.partition("INDEX ")[2] for plan in searched} == {
        "ix_snooze_touch_id (touch_id=?)",
        "ix_comeback_touch_id (touch_id=?)",
    }


def test_a_parking_that_is_taken_back_gives_back_the_one_that_it_replaced(
    dana: Browser, lee: Browser, engine: Engine
) -> None:
    waiting, free = ids(engine, "ST1003", "ST1005")
    touched = {"kind": "call", "note": "They will look", "outcome": "reprocessing", "park": "answer"}
    lee.submit(f"/claims/{waiting}/touches", touched)
    with Session(engine) as session:
        before = session.get_one(Snooze, waiting).model_dump()
        assert before["waits_for"] == "answer"

    address = park(dana, [waiting, free])
    with Session(engine) as session:
        assert session.get_one(Snooze, waiting).until == date(2026, 12, 7)
    dana.submit(address)

    with Session(engine) as session:
        assert [each.model_dump() for each in session.exec(select(Snooze))] == [before]
        assert verify_queues(session).faults == []


def test_a_parking_that_an_answer_had_ended_does_not_stand_again(
    dana: Browser, engine: Engine, clock: FixedClock
) -> None:
    (one,) = ids(engine, "ST1003")
    dana.submit(f"/claims/{one}/touches", {"kind": "call", "note": "They will look", "park": "answer"})
    clock.advance(minutes=5)
    with session_scope(engine) as session:
        practice_id = session.get_one(Claim, one).practice_id
        said = ClaimEvent(
            practice_id=practice_id,
            claim_id=one,
            kind=EventKind.STATUS,
            happened_on=clock.today(),
            known_at=clock.now(),
            summary="In process",
        )
        session.add(said)
        session.flush()
        assert wake_answered(session, clock, [one]) == [one]
    address = park(dana, [one], until="2026-12-30")

    dana.submit(address)

    with Session(engine) as session:
        assert session.exec(select(Snooze)).all() == []
        assert session.exec(select(ComeBack.touch_id)).all() == [None]  # it wears its reason again


def test_assigning_gives_an_owner_and_undo_gives_back_the_one_before(
    sam: Browser, dana: Browser, lee: Browser, engine: Engine
) -> None:
    one, two = ids(engine, "ST1003", "ST1005")
    sam.submit("/work/bulk", {"act": "assign", "claims": [one], "owner": dana.person_id})
    sam.submit("/work/bulk", {"act": "assign", "claims": [one, two], "owner": lee.person_id})
    with Session(engine) as session:
        assert {row.claim_id: row.person_id for row in session.exec(select(Assignment))} == {
            one: lee.person_id,
            two: lee.person_id,
        }
        assert session.get_one(WorkScore, one).owner_id == lee.person_id

    with Session(engine) as session:
        newest = max(act.id or 0 for act in session.exec(select(BulkAct)))
    sam.submit(f"/bulk/{newest}/undo")

    with Session(engine) as session:
        assert {row.claim_id: row.person_id for row in session.exec(select(Assignment))} == {one: dana.person_id}
    assert sam.submit(f"/bulk/{newest}/undo").status_code == 409
    assert dana.submit(f"/bulk/{newest}/undo").status_code == 404


def test_a_biller_takes_claims_but_gives_none_to_others(dana: Browser, lee: Browser, engine: Engine) -> None:
    (one,) = ids(engine, "ST1003")

    refused = dana.submit("/work/bulk", {"act": "assign", "claims": [one], "owner": lee.person_id})
    taken = dana.submit("/work/bulk", {"act": "assign", "claims": [one], "owner": dana.person_id})

    assert (refused.status_code, taken.status_code) == (403, 303)


def test_what_closed_meanwhile_is_said_before_anything_is_done(dana: Browser, engine: Engine) -> None:
    (one,) = ids(engine, "ST1003")
    answer = dana.submit("/work/bulk", {"act": "note", "claims": [one, 9_999], "counted": 2, "note": "Keep this"})

    assert answer.status_code == 409
    assert "Of the 2 claims, 1 is still open" in answer.text
    assert "Keep this" in answer.text
    with Session(engine) as session:
        assert session.exec(select(Touch)).all() == []


def test_routing_to_write_off_moves_nothing_until_somebody_decides(dana: Browser, engine: Engine) -> None:
    chosen = ids(engine, "ST1003", "ST1006")
    with Session(engine) as session:
        before = [session.get_one(WorkScore, each).open_cents for each in chosen]
    dana.submit("/work/bulk", {"act": "write_off", "claims": chosen, "reason": "Too small to pursue"})

    with Session(engine) as session:
        assert [session.get_one(WorkScore, each).open_cents for each in chosen] == before
        asked = session.exec(select(WriteOffRequest)).all()
        assert [each.state for each in asked] == ["waiting", "waiting"]
    dana.submit(undo_of(dana))
    with Session(engine) as session:
        assert session.exec(select(WriteOffRequest)).all() == []


def test_claims_behind_a_wall_are_left_out(stranger: Browser, engine: Engine) -> None:
    chosen = ids(engine, "ST1003")

    assert "No claim is ticked" in stranger.get("/work/bulk", params={"claims": chosen}).text
    assert stranger.submit("/work/bulk", {"act": "note", "claims": chosen, "note": "x"}).status_code == 422
    with Session(engine) as session:
        assert session.exec(select(Touch)).all() == []


def test_before_payers_are_asked_the_page_says_how_many_how_much_and_who_is_left_out(
    dana: Browser, engine: Engine
) -> None:
    sent, denied = claim_numbered(engine, "ST2001"), claim_numbered(engine, "ST1003")
    page = dana.get("/inquiries", params={"claims": [sent.id, denied.id]}).text

    assert f"1 claim to ask about · ${sent.charge_cents / 100:,.2f} open" in page
    assert "Left out: 1 claim" in page
    assert "The payer has decided it" in page
    with Session(engine) as session:
        assert session.exec(select(Inquiry)).all() == []  # nothing was done yet


def test_asking_is_taken_back_by_one_undo_and_the_claim_stands_where_it_stood(dana: Browser, engine: Engine) -> None:
    sent = claim_numbered(engine, "ST2001")
    with Session(engine) as session:
        before = (session.get_one(WorkScore, sent.id).queue, session.get_one(Claim, sent.id).next_check_on)
    dana.submit("/inquiries", {"claims": [sent.id]})
    undo = re.search(r'action="(/inquiries/undo[^"]*)"', dana.get("/research").text)
    assert undo is not None

    assert dana.submit(undo[1].replace("&amp;", "&")).status_code == 303

    with Session(engine) as session:
        assert session.exec(select(Inquiry.state)).all() == ["cancelled"]
        assert (session.get_one(WorkScore, sent.id).queue, session.get_one(Claim, sent.id).next_check_on) == before
    assert "Asked " not in dana.get(f"/claims/{sent.id}").text


def test_only_the_ticked_are_appealed_and_those_that_cannot_be_are_named(dana: Browser, engine: Engine) -> None:
    ticked = [claim_numbered(engine, number) for number in ("ST1003", "ST1004", "ST1001")]
    page = dana.get("/appeals/batch", params={"claims": [claim.id for claim in ticked]}).text

    assert "1 claim to appeal · $1,840.00 in dispute" in page
    left_out = page[page.index("Left out: 2 claims") :]
    assert "ST1004" in left_out
    assert "MA130" in left_out
    assert "ST1001" in left_out
    with Session(engine) as session:
        assert session.exec(select(Appeal)).all() == []  # nothing was done yet

    form = {"practice": ticked[0].practice_id, "payer": ticked[0].payer_id, "reason": "197", "claim": [ticked[0].id]}
    made = dana.submit("/appeals/batch", {**form, "argument": "Authorized by phone.", "claims": [ticked[0].id]})
    assert made.status_code == 303, made.text
    with Session(engine) as session:
        assert session.exec(select(Appeal.claim_id)).all() == [ticked[0].id]


def test_a_refused_batch_keeps_the_argument_and_made_drafts_can_be_undone(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    form = {"practice": claim.practice_id, "payer": claim.payer_id, "reason": "197", "claims": [claim.id]}
    refused = dana.submit("/appeals/batch", {**form, "argument": "All authorized."})  # nothing ticked any more
    assert refused.status_code == 422
    assert "All authorized." in refused.text

    dana.submit("/appeals/batch", {**form, "claim": [claim.id], "argument": "All authorized."})
    undo = re.search(r'action="(/appeals/batches/\d+/undo[^"]*)"', dana.get("/appeals").text)
    assert undo is not None
    assert dana.submit(undo[1].replace("&amp;", "&")).status_code == 303
    with Session(engine) as session:
        assert session.exec(select(Appeal)).all() == []
    assert "1 claim to appeal" in dana.get("/appeals/batch", params={"claims": [claim.id]}).text


def test_ticked_claims_behind_a_wall_are_neither_appealed_nor_asked_about(stranger: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    for address in ("/appeals/batch", "/inquiries"):
        page = stranger.get(address, params={"claims": [claim.id]}).text
        assert "ST1003" not in page
        assert "None of them can be" in page


def test_what_cannot_go_to_write_off_review_is_named_and_left_out(dana: Browser, engine: Engine) -> None:
    one, two = ids(engine, "ST1003", "ST1006")
    dana.submit("/work/bulk", {"act": "write_off", "claims": [one], "reason": "Too small"})
    page = dana.get("/work/bulk", params={"claims": [one, two]}).text

    assert "Send 1 claim to review" in page
    assert "waits for a decision already" in page


def test_a_claim_says_whose_it_is_and_leads_to_assigning_it(dana: Browser, engine: Engine) -> None:
    (one,) = ids(engine, "ST1003")
    assert ">in the pool</a>" in dana.get(f"/claims/{one}").text
    dana.submit("/work/bulk", {"act": "assign", "claims": [one], "owner": dana.person_id})

    page = dana.get(f"/work?queue=authorization&claim={one}").text

    assert f'href="/work/bulk?claims={one}&amp;back=queue%3Dauthorization"' in page
    assert ">Dana Reyes</a>" in page


def test_one_click_makes_a_claim_mine_and_the_next_gives_it_back_and_it_stays_open(
    dana: Browser, engine: Engine
) -> None:
    (one,) = ids(engine, "ST1003")
    address = f"/work?queue=authorization&claim={one}"
    assert "Make it mine" in dana.get(address).text
    taken = {"act": "assign", "claims": [one], "owner": dana.person_id, "back": "queue=authorization", "then": one}

    answer = dana.submit("/work/bulk", taken)

    assert answer.headers["location"] == address
    page = dana.get(address).text
    assert "Back to the pool" in page
    undo = re.search(r'action="(/bulk/\d+/undo[^"]*)"', page)
    assert undo is not None
    assert dana.submit(undo[1].replace("&amp;", "&")).headers["location"] == address
    assert "Make it mine" in dana.get(address).text


def test_claims_are_given_together_however_many_and_given_back_together(
    sam: Browser, dana: Browser, engine: Engine
) -> None:
    def give(claim_ids: list[int]) -> tuple[int, int]:
        form = {"act": "assign", "claims": claim_ids, "owner": str(dana.person_id)}
        given = len(statements_of(engine, lambda: sam.submit("/work/bulk", form)))
        with Session(engine) as session:
            assert {row.claim_id for row in session.exec(select(Assignment))} == set(claim_ids)
        address = undo_of(sam)
        return given, len(statements_of(engine, lambda: sam.submit(address)))

    few, many = give(ids(engine, "ST1003", "ST1005")), give(ids(engine, "ST1003", "ST1004", "ST1005", "ST1006"))

    assert many[0] <= few[0] + 4  # kept totals of more places move; nothing is asked claim by claim
    assert many[1] <= few[1] + 4
    with Session(engine) as session:
        assert session.exec(select(Assignment)).all() == []
        assert verify_queues(session).faults == []


def said(browser: Browser) -> str:
    """What the last act says of itself."""
    found = re.search(r'class="toast-text">([^<]*)<', browser.get("/work?all=1").text)
    assert found is not None
    return found[1]


def test_only_what_is_not_theirs_already_is_given_and_the_count_says_so(
    sam: Browser, dana: Browser, engine: Engine
) -> None:
    one, two = ids(engine, "ST1003", "ST1005")
    form = {"act": "assign", "owner": str(dana.person_id)}
    sam.submit("/work/bulk", {**form, "claims": [one]})
    with Session(engine) as session:
        cents = session.get_one(WorkScore, two).open_cents

    sam.submit("/work/bulk", {**form, "claims": [one, two]})

    page = sam.get("/work?all=1").text
    assert f"1 claim, ${cents / 100:,.2f}: given to Dana Reyes. 1 was Dana Reyes’s already." in page
    with Session(engine) as session:
        sam.submit(f"/bulk/{max(act.id or 0 for act in session.exec(select(BulkAct)))}/undo")
    with Session(engine) as session:
        assert session.exec(select(Assignment.claim_id)).all() == [one]
    refused = sam.submit("/work/bulk", {**form, "claims": [one]})
    assert refused.status_code == 422
    assert "It is Dana Reyes’s already." in refused.text


def test_nobody_loses_an_owner_because_nobody_was_chosen(sam: Browser, dana: Browser, engine: Engine) -> None:
    (one,) = ids(engine, "ST1003")
    sam.submit("/work/bulk", {"act": "assign", "claims": [one], "owner": str(dana.person_id)})

    assert sam.submit("/work/bulk", {"act": "assign", "claims": [one], "owner": ""}).status_code == 422
    assert sam.submit("/work/bulk", {"act": "assign", "claims": [one], "owner": "pool"}).status_code == 303
    with Session(engine) as session:
        assert session.exec(select(Assignment)).all() == []


def test_the_page_says_whose_they_are_who_has_one_open_and_what_ends_first(
    dana: Browser, lee: Browser, sam: Browser, engine: Engine
) -> None:
    one, two = ids(engine, "ST1003", "ST1005")
    sam.submit("/work/bulk", {"act": "assign", "claims": [one], "owner": str(lee.person_id)})
    lee.submit(f"/claims/{two}/lease")
    with Session(engine) as session:
        by_day = {row.deadline: row.claim_id for row in session.exec(select(WorkScore)) if row.deadline}
        nearest = min(day for day in by_day if day >= date(2026, 11, 23))

    page = dana.get("/work/bulk", params={"claims": [one, two, by_day[nearest]]}).text

    assert "Lee Okafor’s: 1" in page
    assert "in the pool: " in page
    assert "Lee Okafor has 1 of these open at this moment." in page
    assert f"The nearest last day among them is {nearest:%b} {nearest.day}, {nearest.year}" in page


@pytest.mark.parametrize(
    ("park", "until", "waits_for"), [("14", date(2026, 12, 7), "date"), ("answer", date(2027, 1, 7), "answer")]
)
def test_many_are_parked_by_one_button(dana: Browser, engine: Engine, park: str, until: date, waits_for: str) -> None:
    chosen = ids(engine, "ST1003", "ST1005")

    dana.submit("/work/bulk", {"act": "park", "claims": chosen, "until": "", "park": park})

    with Session(engine) as session:
        assert {(row.until, row.waits_for) for row in session.exec(select(Snooze))} == {(until, waits_for)}
    dana.submit(undo_of(dana))
    with Session(engine) as session:
        assert session.exec(select(Snooze)).all() == []


def test_a_parking_says_how_many_will_have_ended_before_it_does(dana: Browser, engine: Engine) -> None:
    with Session(engine) as session:
        by_day = {row.deadline: row.claim_id for row in session.exec(select(WorkScore)) if row.deadline}
    nearest = min(day for day in by_day if day > date(2026, 11, 23))
    form = {"act": "park", "claims": [by_day[nearest]]}

    dana.submit("/work/bulk", {**form, "until": nearest.isoformat()})
    assert "last day before" not in said(dana)
    dana.submit("/work/bulk", {**form, "until": (nearest + timedelta(days=1)).isoformat()})
    assert said(dana).endswith("Of these, 1 has its last day before.")


def test_a_list_longer_than_an_act_takes_says_that_it_goes_on(
    dana: Browser, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.followup.bulk_routes.MOST_CLAIMS", 2)
    monkeypatch.setattr("app.followup.bulk.MOST_CLAIMS", 2)

    page = dana.get("/work/bulk", params={"whole": "1", "back": "all=1"}).text

    assert "2 claims ·" in page
    assert "The list goes on: these are its first 2, the most that one act takes." in page


def test_an_undo_that_comes_too_late_says_that_nothing_was_taken_back(
    dana: Browser, sam: Browser, engine: Engine
) -> None:
    (one,) = ids(engine, "ST1006")
    dana.submit("/work/bulk", {"act": "write_off", "claims": [one], "reason": "Too small"})
    address = undo_of(dana)
    with Session(engine) as session:
        number = session.exec(select(WriteOffRequest.id)).one()
    sam.submit(f"/write-offs/{number}/approve")

    dana.submit(address)

    assert said(dana) == "Nothing was taken back. 1 changed since and stays as it is."


def test_from_the_list_to_the_payers_and_back_and_what_was_asked_is_said_in_dollars(
    dana: Browser, engine: Engine
) -> None:
    sent = claim_numbered(engine, "ST2001")
    with Session(engine) as session:
        cents = session.get_one(WorkScore, sent.id).open_cents
    chosen = dana.get("/work/bulk", params={"claims": [sent.id], "back": "queue=no-answer&sort=balance"}).text
    assert chosen.count('name="back" value="queue=no-answer&amp;sort=balance"') >= 5  # every act leads back there
    for path in ("/inquiries", "/appeals/batch"):
        params = {"claims": [sent.id], "back": "queue=no-answer"}
        assert 'name="back" value="queue=no-answer"' in dana.get(path, params=params).text

    asked = dana.submit("/inquiries", {"claims": [sent.id], "back": "queue=no-answer"})

    assert asked.headers["location"] == "/work?queue=no-answer"
    page = dana.get("/work?queue=no-answer").text
    assert f"1 claim, ${cents / 100:,.2f}: asked about; the file waits in the outbox." in page
    undo = re.search(r'action="(/inquiries/undo[^"]*)"', page)
    assert undo is not None
    undone = dana.submit(undo[1].replace("&amp;", "&"))
    assert undone.headers["location"] == "/work?queue=no-answer"
    assert said(dana) == "Taken back for 1 claim: nobody is asked."


def test_drafts_that_somebody_has_worked_on_stay_and_are_counted(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    form = {"practice": claim.practice_id, "payer": claim.payer_id, "reason": "197", "claims": [claim.id]}
    dana.submit("/appeals/batch", {**form, "claim": [claim.id], "argument": "All authorized."})
    with session_scope(engine) as session:
        draft = session.exec(select(Appeal)).one()
        draft.changed_at += timedelta(minutes=1)
        session.add(draft)
        address = f"/appeals/batches/{draft.batch_id}/undo"

    dana.submit(address)

    assert said(dana) == "Taken back: 0 drafts. 1 stays: somebody has worked on it since."

"""Working a claim: note, tickler, undo, lease. What a biller types is never lost and never silently refused."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.audit.tables import Event
from app.claims.tables import ClaimEvent
from app.core.clock import FixedClock
from app.core.db import session_scope
from app.followup.lease import LEASE_MINUTES, give_back, holder_of, take_lease
from app.followup.rank import rerank_claims
from app.followup.tables import Snooze, Touch, WorkScore
from app.followup.touch import TWICE_SECONDS
from app.followup.verify import verify_queues
from app.followup.wake import wake_claims
from tests.browser_double import Browser
from tests.practice import TODAY, claim_numbered


@pytest.fixture
def claim_id(engine: Engine) -> int:
    found = claim_numbered(engine, "ST1003").id
    assert found is not None
    return found


def queue_of(engine: Engine, claim_id: int) -> str:
    with Session(engine) as session:
        return session.get_one(WorkScore, claim_id).queue


def test_a_note_with_a_date_takes_the_claim_out_of_the_list_until_then(
    dana: Browser, engine: Engine, claim_id: int
) -> None:
    until = TODAY + timedelta(days=9)
    answer = dana.submit(
        f"/claims/{claim_id}/touches",
        data={
            "kind": "call",
            "note": "Rep says reprocessing",
            "outcome": "reprocessing",
            "next_on": until.isoformat(),
        },
    )

    assert answer.status_code == 303
    assert queue_of(engine, claim_id) == "snoozed"
    with Session(engine) as session:
        assert session.get_one(Snooze, claim_id).until == until
        touch = session.exec(select(Touch)).one()
        assert (touch.kind, touch.outcome, touch.note) == ("call", "reprocessing", "Rep says reprocessing")
        assert verify_queues(session).faults == []
    assert str(claim_id) not in answer.headers["location"]


def test_it_comes_back_wearing_its_reason(dana: Browser, engine: Engine, clock: FixedClock, claim_id: int) -> None:
    dana.submit(f"/claims/{claim_id}/touches", {"kind": "note", "note": "Wait for the chart", "park": "7"})
    clock.advance(days=7)
    with session_scope(engine) as session:
        woken = wake_claims(session, clock)
        rerank_claims(session, clock, woken)

    assert woken == [claim_id]
    assert queue_of(engine, claim_id) == "authorization"
    with Session(engine) as session:
        events = session.exec(select(ClaimEvent).where(ClaimEvent.claim_id == claim_id)).all()
    assert "Back in the list: Note: Wait for the chart" in [event.summary for event in events]


def test_undo_puts_everything_back_and_the_log_keeps_both(dana: Browser, engine: Engine, claim_id: int) -> None:
    dana.submit(f"/claims/{claim_id}/touches", {"kind": "note", "note": "By mistake", "park": "30"})
    with Session(engine) as session:
        touch_id = session.exec(select(Touch.id)).one()

    answer = dana.submit(f"/touches/{touch_id}/undo")

    assert answer.status_code == 303
    assert queue_of(engine, claim_id) == "authorization"
    with Session(engine) as session:
        assert session.exec(select(Touch)).all() == []
        assert session.get(Snooze, claim_id) is None
        actions = [event.action for event in session.exec(select(Event))]
    assert actions.count("followup.touch") == 1
    assert actions.count("followup.touch.undone") == 1


def test_an_undo_pressed_twice_says_that_it_was_taken_back_already(
    dana: Browser, lee: Browser, engine: Engine, claim_id: int
) -> None:
    dana.submit(f"/claims/{claim_id}/touches", {"kind": "note", "note": "Mine", "back": "queue=authorization"})
    undo = re.search(r'action="(/touches/[^"]*)"', dana.get("/work?queue=authorization").text)
    assert undo is not None
    address = undo[1].replace("&amp;", "&")
    there = f"/work?queue=authorization&claim={claim_id}"

    assert dana.submit(address).headers["location"] == there
    assert "Taken back." in dana.get(there).text
    again = dana.submit(address)

    assert (again.status_code, again.headers["location"]) == (303, there)
    assert "That was taken back already." in dana.get(there).text
    assert lee.submit(address).status_code == 404  # it never was his
    assert dana.submit(address.replace(f"claim={claim_id}", f"claim={claim_id + 1}")).status_code == 404
    assert dana.submit("/touches/99999/undo" + address.partition("undo")[2]).status_code == 404
    with Session(engine) as session:
        actions = [event.action for event in session.exec(select(Event))]
    assert actions.count("followup.touch.undone") == 1


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"kind": "note", "note": "  "}, "Write a note, choose an outcome or a date"),
        ({"kind": "dance", "note": "x"}, "Choose what was done"),
        ({"kind": "note", "note": "x", "outcome": "magic"}, "Choose an outcome from the list"),
        ({"kind": "note", "note": "keep me", "next_on": "2026-11-23"}, "should be after today"),
        ({"kind": "note", "note": "keep me", "next_on": "2029-01-01"}, "more than a year away"),
        ({"kind": "note", "note": "keep me", "next_on": "tomorrow"}, "should look like"),
        ({"kind": "note", "note": "keep me", "minutes": "ten"}, "Minutes should be a number"),
        ({"kind": "note", "note": "keep me", "minutes": "-3"}, "between 0 and 480"),
        ({"kind": "note", "note": "n" * 4001}, "4,001 characters"),
    ],
)
def test_what_cannot_be_kept_is_said_and_what_was_typed_stays(
    dana: Browser, engine: Engine, claim_id: int, typed: dict[str, str], says: str
) -> None:
    answer = dana.submit(f"/claims/{claim_id}/touches", typed)

    assert answer.status_code == 422
    assert says in answer.text
    assert typed["note"].strip() in answer.text
    with Session(engine) as session:
        assert session.exec(select(Touch)).all() == []


def test_a_colleague_who_has_it_open_is_named_and_the_note_is_not_lost(
    dana: Browser, lee: Browser, claim_id: int
) -> None:
    assert lee.submit(f"/claims/{claim_id}/lease").status_code == 200

    shown = dana.submit(f"/claims/{claim_id}/lease")
    answer = dana.submit(f"/claims/{claim_id}/touches", {"kind": "note", "note": "Typed for ten minutes"})

    assert "Lee Okafor has this claim open" in shown.text
    assert answer.status_code == 409
    assert "Lee Okafor has this claim open" in answer.text
    assert "Typed for ten minutes" in answer.text


def test_opening_a_claim_gives_back_those_passed_but_not_what_is_kept_nor_anybody_elses(
    dana: Browser, lee: Browser, engine: Engine, clock: FixedClock, claim_id: int
) -> None:
    passed, kept, his = (claim_numbered(engine, number).id or 0 for number in ("ST1001", "ST1005", "ST1006"))
    for each in (passed, kept):
        dana.submit(f"/claims/{each}/lease", {"keep": [str(passed)]})
    lee.submit(f"/claims/{his}/lease")

    dana.submit(f"/claims/{claim_id}/lease", {"keep": [str(kept)]})

    with Session(engine) as session:
        holders = [holder_of(session, each, clock) for each in (passed, kept, claim_id, his)]
    assert [holder and holder.person_name for holder in holders] == [None, "Dana Reyes", "Dana Reyes", "Lee Okafor"]


def test_the_address_of_a_refused_form_opens_the_claim_again(dana: Browser, stranger: Browser, claim_id: int) -> None:
    assert dana.get(f"/claims/{claim_id}/touches").headers["location"] == f"/claims/{claim_id}"
    assert stranger.get(f"/claims/{claim_id}/touches").status_code == 404


def test_a_lease_expires_by_itself(engine: Engine, clock: FixedClock, claim_id: int) -> None:
    def take(person: int) -> int:
        with session_scope(engine) as session:
            return take_lease(
                session, claim_id=claim_id, practice_id=1, person_id=person, name=f"P{person}", clock=clock
            ).person_id

    assert take(1) == 1
    assert take(2) == 1
    clock.advance(minutes=LEASE_MINUTES + 1)
    assert take(2) == 2
    with session_scope(engine) as session:
        give_back(session, claim_id=claim_id, person_id=1)  # not theirs to give
        assert holder_of(session, claim_id, clock) is not None
        give_back(session, claim_id=claim_id, person_id=2)
        assert holder_of(session, claim_id, clock) is None


def test_one_cannot_undo_what_somebody_else_did(dana: Browser, lee: Browser, engine: Engine, claim_id: int) -> None:
    dana.submit(f"/claims/{claim_id}/touches", {"kind": "note", "note": "Mine"})
    with Session(engine) as session:
        touch_id = session.exec(select(Touch.id)).one()

    assert lee.submit(f"/touches/{touch_id}/undo").status_code == 404
    with Session(engine) as session:
        assert len(session.exec(select(Touch)).all()) == 1


def test_an_auditor_reads_and_changes_nothing(app: FastAPI, practice_ids: tuple[int, ...], claim_id: int) -> None:
    from app.auth.permissions import Role
    from tests.browser_double import sign_in_as

    otis = sign_in_as(app, Role.AUDITOR, practice_ids=practice_ids)

    assert otis.get(f"/claims/{claim_id}").status_code == 200
    assert otis.submit(f"/claims/{claim_id}/touches", {"kind": "note", "note": "x"}).status_code == 403


def test_whoever_meets_a_colleague_saves_theirs_too_with_one_click(
    dana: Browser, lee: Browser, engine: Engine, claim_id: int
) -> None:
    lee.submit(f"/claims/{claim_id}/lease")
    typed = {"kind": "note", "note": "Typed for ten minutes"}
    refused = dana.submit(f"/claims/{claim_id}/touches", {**typed, "park": "14"})
    assert 'name="join" value="park:14"' in refused.text  # the button that was pressed is remembered

    saved = dana.submit(f"/claims/{claim_id}/touches", {**typed, "join": "park:14"})

    assert saved.status_code == 303
    with Session(engine) as session:
        made = session.exec(select(Touch)).one()
        assert (made.note, str(made.next_on)) == ("Typed for ten minutes", "2026-12-07")


def test_a_claim_left_without_a_date_is_asked_about_on_the_next_one_until_it_has_one(
    dana: Browser, lee: Browser, engine: Engine, claim_id: int
) -> None:
    other = claim_numbered(engine, "ST1005").id
    asked = "left it without a next date"
    dana.submit(f"/claims/{claim_id}/touches", {"kind": "call", "note": "Will ask for records"})
    assert asked not in dana.get(f"/work?claim={claim_id}").text  # it is still in the hand
    page = dana.get(f"/work?claim={other}", headers={"HX-Request": "true", "HX-Target": "pane-claim"}).text
    assert asked in page
    assert asked not in lee.get(f"/work?claim={other}").text

    given = {"kind": "note", "park": "7", "then": other}
    answer = dana.submit(f"/claims/{claim_id}/touches", given)

    assert answer.headers["location"] == f"/work?claim={other}"
    assert asked not in dana.get(f"/work?claim={other}").text
    with Session(engine) as session:
        assert str(session.get_one(Snooze, claim_id).until) == "2026-11-30"


def test_a_claim_in_no_list_is_held_as_well(dana: Browser, lee: Browser, engine: Engine, claim_id: int) -> None:
    assert lee.submit(f"/claims/{claim_id}/lease").status_code == 200
    with session_scope(engine) as session:
        session.delete(session.get_one(WorkScore, claim_id))

    answer = dana.submit(f"/claims/{claim_id}/touches", {"kind": "note", "note": "mine"})

    assert answer.status_code == 409
    with Session(engine) as session:
        assert session.exec(select(Touch)).all() == []


def test_a_promise_is_looked_after_and_the_claim_comes_back_wearing_it(
    dana: Browser, engine: Engine, clock: FixedClock, claim_id: int
) -> None:
    by = TODAY + timedelta(days=10)
    call = {"kind": "call", "representative": "Ann", "promised": "1,248.50", "promised_on": by.isoformat()}

    dana.submit(f"/claims/{claim_id}/touches", call)

    with Session(engine) as session:
        touch, parked = session.exec(select(Touch)).one(), session.exec(select(Snooze)).one()
    assert touch.outcome == "will_pay"
    assert (parked.until, parked.reason) == (by + timedelta(days=3), "Payer promised $1,248.50 by Dec 3, 2026")
    page = dana.get(f"/claims/{claim_id}").text
    assert "Spoke with Ann. Payer promised $1,248.50 by Dec 3, 2026." in page
    later = FixedClock(clock.instant + timedelta(days=13))
    with session_scope(engine) as session:
        wake_claims(session, later)
        rerank_claims(session, later, [claim_id])
    assert "Back: Payer promised $1,248.50 by Dec 3, 2026" in dana.get(f"/claims/{claim_id}").text


@pytest.mark.parametrize("more", [{"next_on": "2026-12-20"}, {"quick": "will_pay", "next_on": "2026-12-20"}])
def test_a_date_that_was_chosen_goes_before_the_day_of_a_promise(
    dana: Browser, engine: Engine, claim_id: int, more: dict[str, str]
) -> None:
    dana.submit(f"/claims/{claim_id}/touches", {"kind": "call", "promised_on": "2026-12-03", **more})

    with Session(engine) as session:
        assert session.exec(select(Snooze)).one().until.isoformat() == "2026-12-20"


def test_an_outcome_key_takes_the_day_of_the_promise(dana: Browser, engine: Engine, claim_id: int) -> None:
    dana.submit(f"/claims/{claim_id}/touches", {"kind": "call", "promised_on": "2026-12-03", "quick": "will_pay"})

    with Session(engine) as session:
        assert session.exec(select(Snooze)).one().until.isoformat() == "2026-12-06"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"promised": "soon"}, "The promised amount should be dollars"),
        ({"promised": "-5"}, "The promised amount should be"),
        ({"promised_on": "next week"}, "The day of the promise should look like"),
        ({"promised_on": "2062-12-03"}, "more than a year away"),
    ],
)
def test_a_promise_that_cannot_be_read_is_said_and_what_was_typed_stays(
    dana: Browser, claim_id: int, typed: dict[str, str], said: str
) -> None:
    answer = dana.submit(f"/claims/{claim_id}/touches", {"kind": "call", "note": "Rep Ann", **typed})

    assert answer.status_code == 422
    assert said in answer.text
    assert f'value="{next(iter(typed.values()))}"' in answer.text


def test_a_button_pressed_twice_keeps_one_touch_and_a_later_one_is_kept_again(
    dana: Browser, engine: Engine, clock: FixedClock, claim_id: int
) -> None:
    typed = {"kind": "call", "note": "Rep says it is in review", "outcome": "nothing_new", "minutes": "4"}
    first = dana.submit(f"/claims/{claim_id}/touches", data=typed)
    second = dana.submit(f"/claims/{claim_id}/touches", data=typed)

    assert (first.status_code, second.status_code) == (303, 303)
    assert first.headers["location"] == second.headers["location"]
    with Session(engine) as session:
        assert [(each.note, each.minutes) for each in session.exec(select(Touch))] == [(typed["note"], 4.0)]

    dana.submit(f"/claims/{claim_id}/touches", data={**typed, "note": "And who the supervisor is"})
    clock.advance(seconds=TWICE_SECONDS + 1)
    dana.submit(f"/claims/{claim_id}/touches", data=typed)
    with Session(engine) as session:
        assert len(session.exec(select(Touch)).all()) == 3

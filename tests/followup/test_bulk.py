"""Acts on many claims: exact counts and dollars, one undo, all or none, and nobody else's claims."""

from __future__ import annotations

import re

from sqlalchemy import Engine
from sqlmodel import Session, select

from app.followup.tables import Assignment, Snooze, Touch, WorkScore, WriteOffRequest
from app.followup.verify import verify_queues
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
        from app.followup.tables import BulkAct

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
    assert "Of the 2 claims, 1 are still open" in answer.text
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


def test_chosen_claims_can_be_asked_about_in_one_go(dana: Browser, engine: Engine) -> None:
    chosen = [claim_numbered(engine, "ST1003").id, claim_numbered(engine, "ST1001").id]
    answer = dana.submit("/inquiries", {"claims": chosen})

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/research")


def test_chosen_claims_of_one_payer_and_reason_lead_to_a_batch_of_appeals(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    page = dana.get(f"/work/bulk?claims={claim.id}").text

    assert f"/appeals/batch?practice={claim.practice_id}&amp;payer={claim.payer_id}&amp;reason=197" in page

"""Taking the next claim, outcome keys, parking until an answer or a deadline, and forms that have gone stale."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import Engine
from sqlmodel import Session, select

from app.claims.tables import ClaimEvent, EventKind
from app.core.clock import FixedClock
from app.core.db import session_scope
from app.followup.lease import holder_of
from app.followup.rank import rerank_claims, rerank_touched
from app.followup.tables import ComeBack, Snooze, Touch, WorkScore
from app.followup.wake import wake_claims
from tests.browser_double import Browser
from tests.practice import TODAY, claim_numbered


def claim_in(address: str) -> int:
    found = re.search(r"claim=(\d+)", address)
    assert found is not None, address
    return int(found[1])


def touch(engine: Engine) -> Touch:
    with Session(engine) as session:
        return session.exec(select(Touch)).one()


def test_next_serves_a_claim_and_holds_it(dana: Browser, lee: Browser, engine: Engine, clock: FixedClock) -> None:
    hers = claim_in(dana.submit("/work/next").headers["location"])
    his = claim_in(lee.submit("/work/next").headers["location"])

    with Session(engine) as session:
        one, other = holder_of(session, hers, clock), holder_of(session, his, clock)
        assert (one and one.person_id, other and other.person_id) == (dana.person_id, lee.person_id)
    assert hers != his


def test_next_never_serves_what_belongs_to_a_colleague(dana: Browser, lee: Browser, engine: Engine) -> None:
    best = claim_in(dana.submit("/work/next").headers["location"])
    dana.submit("/work/bulk", {"act": "assign", "claims": [best], "owner": dana.person_id})

    served = [claim_in(lee.submit("/work/next").headers["location"]) for _ in range(2)]

    assert best not in served


def test_an_outcome_key_saves_with_its_usual_date_and_guided_mode_serves_the_next(
    dana: Browser, engine: Engine, clock: FixedClock
) -> None:
    first = claim_in(dana.submit("/work/next", {"guided": "1"}).headers["location"])
    answer = dana.submit(
        f"/claims/{first}/touches", {"kind": "call", "quick": "will_pay", "back": "guided=1", "note": ""}
    )

    kept = touch(engine)
    assert (kept.outcome, kept.next_on) == ("will_pay", TODAY + timedelta(days=21))
    second = claim_in(answer.headers["location"])
    assert "guided=1" in answer.headers["location"]
    with Session(engine) as session:
        held = holder_of(session, second, clock)
        assert (held and held.person_id) == dana.person_id
        assert holder_of(session, first, clock) is None
    assert second != first


def test_a_date_that_was_typed_wins_over_the_usual_one(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    dana.submit(f"/claims/{claim.id}/touches", {"kind": "call", "quick": "will_pay", "next_on": "2026-12-01"})

    assert str(touch(engine).next_on) == "2026-12-01"


def test_a_worked_claim_does_not_leave_the_hand_without_a_next_date(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    dana.submit(f"/claims/{claim.id}/touches", {"kind": "call", "note": "On hold for ever"})

    kept_back = dana.submit("/work/next", {"past": claim.id})
    dana.submit(f"/claims/{claim.id}/touches", {"kind": "call", "note": "Again", "park": "7"})
    let_go = dana.submit("/work/next", {"past": claim.id})

    assert claim_in(kept_back.headers["location"]) == claim.id
    assert "need=date" in kept_back.headers["location"]
    assert claim_in(let_go.headers["location"]) != claim.id


def test_parked_until_an_answer_it_comes_back_with_the_answer_and_says_so(
    dana: Browser, engine: Engine, clock: FixedClock
) -> None:
    claim = claim_numbered(engine, "ST1003")
    dana.submit(f"/claims/{claim.id}/touches", {"kind": "call", "note": "Escalated", "park": "answer"})
    assert claim.id is not None
    with Session(engine) as session:
        snooze = session.get_one(Snooze, claim.id)
        assert (snooze.waits_for, snooze.until) == ("answer", TODAY + timedelta(days=45))

    rerank_touched(engine, clock, {claim.id})  # something was loaded, but no answer of the payer's
    with Session(engine) as session:
        assert session.get(Snooze, claim.id) is not None

    clock.advance(days=3)
    with session_scope(engine) as session:
        session.add(
            ClaimEvent(
                practice_id=claim.practice_id,
                claim_id=claim.id,
                kind=EventKind.STATUS,
                happened_on=clock.today(),
                known_at=clock.now(),
                summary="In process (P1)",
            )
        )
    rerank_touched(engine, clock, {claim.id})

    with Session(engine) as session:
        assert session.get(Snooze, claim.id) is None
        assert session.get_one(ComeBack, claim.id).reason == "The payer answered: In process (P1)"
        assert session.get_one(WorkScore, claim.id).queue == "authorization"
        told = [event.summary for event in session.exec(select(ClaimEvent))]
    assert "Back in the list: The payer answered: In process (P1)" in told


def test_a_claim_that_waited_in_vain_comes_back_saying_that_no_answer_came(
    dana: Browser, engine: Engine, clock: FixedClock
) -> None:
    claim = claim_numbered(engine, "ST1003")
    dana.submit(f"/claims/{claim.id}/touches", {"kind": "call", "note": "Escalated", "park": "answer"})
    clock.advance(days=45)
    with session_scope(engine) as session:
        rerank_claims(session, clock, wake_claims(session, clock))

    with Session(engine) as session:
        reason = session.get_one(ComeBack, claim.id).reason
    assert reason == "No answer from the payer since Nov 23: Escalated"


def test_a_day_before_a_deadline_is_offered_only_while_it_lies_ahead(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    with session_scope(engine) as session:
        row = session.get_one(WorkScore, claim.id)
        row.deadline = TODAY + timedelta(days=10)
        session.add(row)

    page = dana.get(f"/work?claim={claim.id}").text

    assert 'value="deadline-7"' in page
    assert 'value="deadline-14"' not in page


def test_parked_before_a_deadline_needs_a_deadline_that_is_known(
    dana: Browser, engine: Engine, clock: FixedClock
) -> None:
    claim = claim_numbered(engine, "ST1003")
    assert claim.id is not None
    with session_scope(engine) as session:
        row = session.get_one(WorkScore, claim.id)
        row.deadline = TODAY + timedelta(days=40)
        session.add(row)

    dana.submit(f"/claims/{claim.id}/touches", {"kind": "note", "note": "Later", "park": "deadline-14"})
    with Session(engine) as session:
        snooze = session.get_one(Snooze, claim.id)
        assert (snooze.until, snooze.waits_for) == (TODAY + timedelta(days=26), "deadline")
        assert snooze.reason == "Its deadline comes near: Later"
    with session_scope(engine) as session:
        rerank_claims(session, clock, [claim.id])
        row = session.get_one(WorkScore, claim.id)
        row.deadline = None
        session.add(row)
    refused = dana.submit(f"/claims/{claim.id}/touches", {"kind": "note", "note": "x", "park": "deadline-14"})
    assert (refused.status_code, "No deadline is configured" in refused.text) == (422, True)


def test_a_stale_form_shows_both_sides_and_saves_the_second_time(dana: Browser, lee: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")

    def seen_on(page: str) -> str:
        found = re.search(r'name="seen" value="(\d+)"', page)
        assert found is not None
        return found[1]

    seen = seen_on(dana.get(f"/claims/{claim.id}").text)
    lee.submit(f"/claims/{claim.id}/touches", {"kind": "call", "note": "They paid by paper check"})

    stale = dana.submit(f"/claims/{claim.id}/touches", {"kind": "note", "note": "Dana typed this", "seen": seen})

    assert stale.status_code == 409
    assert "They paid by paper check" in stale.text
    assert "Dana typed this" in stale.text
    again = dana.submit(
        f"/claims/{claim.id}/touches", {"kind": "note", "note": "Dana typed this", "seen": seen_on(stale.text)}
    )
    assert again.status_code == 303


def test_a_template_carries_the_claims_own_words(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    text = dana.get(f"/work?all=1&claim={claim.id}&template=call-denial").text

    assert "about the denial of ST1003 ($1,840.00 open)" in text.split("<textarea")[1].split("</textarea>")[0]
    assert '<option value="call" selected>' in text


def test_done_preselects_what_the_proposed_step_is(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    page = dana.get(f"/work?all=1&claim={claim.id}").text
    link = re.search(r'href="([^"]+do=([a-z_]+)#touch)"', page)
    assert link is not None

    assert f'<option value="{link[2]}" selected>' in dana.get(link[1].replace("&amp;", "&")).text

"""The research pages: ask about one claim or a payer's late ones, and see what came of it."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlmodel import Session, select

from app.claims import queries
from app.claims.tables import Claim, Payer
from app.core import worked_out
from app.core.clock import FixedClock
from app.core.db import read_scope, session_scope
from app.matching.tables import ClaimPayment, Remittance
from app.research.ask import may_not_ask
from app.research.pace import pace_of
from app.research.queries import (
    batches,
    candidates,
    is_undecided,
    ready_to_ask,
    report_of,
    undecided_by_day,
)
from app.research.tables import Inquiry, InquiryBatch
from tests.browser_double import Browser
from tests.practice import TODAY, claim_numbered


@pytest.fixture
def claim_id(engine: Engine) -> int:
    found = claim_numbered(engine, "ST2001").id  # sent, and nothing heard
    assert found is not None
    return found


def test_one_claim_is_asked_about_and_not_twice(dana: Browser, engine: Engine, claim_id: int) -> None:
    assert dana.submit(f"/claims/{claim_id}/inquiry").status_code == 303
    page = dana.get(f"/claims/{claim_id}").text
    assert "Asked HARROWGATE HEALTH PLAN where it stands (276, trace OV" in page
    dana.submit(f"/claims/{claim_id}/inquiry")
    with Session(engine) as session:
        inquiry = session.exec(select(Inquiry)).one()
    listed = dana.get("/research").text
    assert f"/research/{inquiry.batch_id}" in listed
    batch = dana.get(f"/research/{inquiry.batch_id}").text
    assert inquiry.trace in batch
    assert "ST*276*0001*005010X212~" in batch


def late(engine: Engine, claim_id: int) -> Claim:
    with session_scope(engine) as session:
        claim = session.get_one(Claim, claim_id)
        claim.last_billed_on = date(2026, 8, 3)
        session.add(claim)
    return claim_numbered(engine, "ST2001")


def ready(dana: Browser, payer_id: int) -> tuple[str, str] | None:
    """The claims and dollars beside the button of a payer."""
    row = dana.get("/research").text.partition(f"/inquiries?payer={payer_id}")[0].rpartition("<tr>")[2]
    found = re.search(
        r'data-label="Ready to ask about"[^>]*>(\d+)<.*data-label="Open on those"[^>]*>(\$[\d,.]+)<', row
    )
    return (found[1], found[2]) if found else None


def test_the_button_and_the_page_behind_it_say_the_dollars_of_exactly_those_claims(
    dana: Browser, engine: Engine, claim_id: int, practice_ids: tuple[int, ...]
) -> None:
    payer_id = late(engine, claim_id).payer_id
    with session_scope(engine) as session:  # another one, sent today
        fresh = session.get_one(Claim, claim_numbered(engine, "ST1003").id)
        fresh.state, fresh.payer_id, fresh.last_billed_on = "submitted", payer_id, TODAY
        session.add(fresh)
    with Session(engine) as session:
        payer = session.get_one(Payer, payer_id)
        claims = ready_to_ask(session, practice_ids, payer_id, pace_of(session, payer), TODAY)
        (row,) = [each for each in candidates(session, practice_ids, TODAY) if each.payer_id == payer_id]
    cents = sum(each.open_cents for each in claims)
    assert 0 < cents < row.open_cents  # not all that is undecided
    assert ready(dana, payer_id) == (str(len(claims)), f"${cents / 100:,.2f}")

    page = dana.get(f"/inquiries?payer={payer_id}").text
    word = "claim" if len(claims) == 1 else "claims"
    assert f"<h1>{len(claims)} {word} to ask about · ${cents / 100:,.2f} open</h1>" in page
    asked = re.findall(r'name="claims" value="(\d+)"', page)
    answer = dana.submit("/inquiries", {"claims": asked})
    assert "/research/" in answer.headers["location"]
    with Session(engine) as session:
        assert set(session.exec(select(Inquiry.claim_id))) == {each.claim_id for each in claims}
    assert ready(dana, payer_id) is None  # nobody is asked twice within the wait
    assert dana.get("/inquiries?payer=999999").status_code == 404


def test_of_large_books_the_counts_are_kept_for_a_while_and_begun_again_after_asking(
    dana: Browser, engine: Engine, claim_id: int, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    payer_id = late(engine, claim_id).payer_id
    at_once = ready(dana, payer_id)
    for place, name, value in (
        (queries, "LARGE_CLAIMS", 0),
        (worked_out, "QUICK_SECONDS", 0.0),
        (worked_out, "WAIT_SECONDS", 30.0),
    ):
        monkeypatch.setattr(place, name, value)
    dana.get("/research")
    clock.advance(minutes=5)
    kept_page, kept = dana.get("/research").text, ready(dana, payer_id)
    dana.submit("/inquiries", {"claims": re.findall(r'name="claims" value="(\d+)"', asked_page(dana, payer_id))})

    assert "Worked out Nov 23, 2026, 9:00 AM" in kept_page
    assert kept == at_once is not None
    assert ready(dana, payer_id) is None
    assert "Worked out Nov 23, 2026, 9:05 AM" in dana.get("/research").text


def asked_page(browser: Browser, payer_id: int) -> str:
    page: str = browser.get(f"/inquiries?payer={payer_id}").text
    return page


def test_the_files_are_counted_as_their_inquiries_are(dana: Browser, engine: Engine, claim_id: int) -> None:
    dana.submit(f"/claims/{claim_id}/inquiry")
    with session_scope(engine) as session:
        first = session.exec(select(Inquiry)).one()
        for number, (state, days_ago) in enumerate(
            [("sent", 4), ("sent", 5), ("answered", 9), ("not_found", 2), ("failed", 7), ("cancelled", 6)]
        ):
            made = Inquiry(**first.model_dump(exclude={"id"}))
            made.trace, made.state, made.sent_on = f"OVX{number}", state, TODAY - timedelta(days=days_ago)
            session.add(made)
    with Session(engine) as session:
        (row,) = batches(session, [first.practice_id], TODAY)
        inquiries = session.exec(select(Inquiry)).all()

    assert row.report == report_of(inquiries, TODAY) == (7, 1, 1, 1, 2, 1, 1)


@pytest.mark.parametrize(
    ("state", "days_ago", "is_ready"),
    [
        ("sent", 1, False),
        ("answered", 13, False),
        ("answered", 14, True),
        ("not_found", 0, False),
        ("not_found", 1, True),  # the question changes
        ("failed", 0, True),  # it never reached the payer
        ("cancelled", 0, True),
    ],
)
def test_what_is_ready_is_what_asking_would_ask(
    dana: Browser, engine: Engine, claim_id: int, practice_ids: tuple[int, ...], state: str, days_ago: int, *,
    is_ready: bool,
) -> None:  # fmt: skip
    claim = late(engine, claim_id)
    dana.submit(f"/claims/{claim_id}/inquiry")
    with session_scope(engine) as session:
        inquiry = session.exec(select(Inquiry)).one()
        inquiry.state, inquiry.asked_on = state, TODAY - timedelta(days=days_ago)
        session.add(inquiry)
        session.flush()
        pace = pace_of(session, session.get_one(Payer, claim.payer_id))
        found = ready_to_ask(session, practice_ids, claim.payer_id, pace, TODAY)
        refusal = may_not_ask(claim.state, inquiry, pace, TODAY)
        assert (claim_id in [each.claim_id for each in found]) == is_ready == (not refusal)


@pytest.mark.parametrize("seen", [(1,), (1, 2, 3)], ids=["one practice", "three"])
def test_undecided_claims_are_read_down_the_index_that_holds_only_them(engine: Engine, seen: tuple[int, ...]) -> None:
    asked: list[tuple[str, Any]] = []

    def note(connection: object, cursor: object, statement: str, values: object, *_: object) -> None:
        asked.append((statement, values))

    with Session(engine) as session:
        payer = session.get_one(Payer, claim_numbered(engine, "ST2001").payer_id)
        pace = pace_of(session, payer)
        event.listen(engine, "before_cursor_execute", note)
        session.execute(undecided_by_day(seen))
        ready_to_ask(session, seen, payer.id or 0, pace, TODAY)
        event.remove(engine, "before_cursor_execute", note)
        by_day, oldest = (
            [row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            for statement, values in asked
        )
    assert "SCAN claim USING COVERING INDEX claim_undecided" in by_day
    assert not [line for line in (*by_day, *oldest) if "TEMP B-TREE" in line]  # the index has their order
    assert "SEARCH claim USING COVERING INDEX claim_undecided (payer_id=? AND last_billed_on<?)" in oldest


@pytest.mark.postgresql
def test_on_postgresql_undecided_claims_have_that_index_too(postgresql_engine: Engine) -> None:
    with read_scope(postgresql_engine) as session:
        session.execute(text("SET LOCAL enable_seqscan = off"))  # empty tables are read whole for less
        shown = (
            select(Claim.id)
            .where(is_undecided(), Claim.payer_id == 1)
            .compile(postgresql_engine, compile_kwargs={"render_postcompile": True, "literal_binds": True})
        )
        plan = "\n".join(session.execute(text(f"EXPLAIN {shown}")).scalars())
    assert "claim_undecided" in plan, plan


def test_what_may_not_be_asked_says_why(dana: Browser, engine: Engine) -> None:
    decided = claim_numbered(engine, "ST1003")
    answer = dana.submit(f"/claims/{decided.id}/inquiry")
    page = dana.get(answer.headers["location"]).text
    assert "The payer has decided it" in page


def test_a_batch_behind_the_wall_looks_like_none(dana: Browser, stranger: Browser, claim_id: int) -> None:
    dana.submit(f"/claims/{claim_id}/inquiry")
    assert stranger.get("/research/1").status_code == 404
    assert stranger.submit(f"/claims/{claim_id}/inquiry").status_code == 404
    assert "HARROWGATE" not in stranger.get("/research").text


def test_a_refused_file_says_who_and_why_and_is_asked_again(dana: Browser, engine: Engine, claim_id: int) -> None:
    dana.submit(f"/claims/{claim_id}/inquiry")
    with session_scope(engine) as session:
        batch = session.exec(select(InquiryBatch)).one()
        batch.refused_on, batch.refused_by = date(2026, 11, 24), "CLEARHOUSE"
        batch.refused_words = "The sender's id (ISA06) is not known (TA1)"
        inquiry = session.exec(select(Inquiry)).one()
        inquiry.state = "failed"
        session.add_all([batch, inquiry])
        path = f"/research/{batch.id}"
    page = dana.get(path).text
    assert "Refused as a whole on Nov 24, 2026 by CLEARHOUSE" in page
    assert "Ask again about 1 claim" in page

    answer = dana.submit(f"{path}/again")
    assert answer.headers["location"].split("?")[0] != path
    assert dana.submit("/research/999/again").status_code == 404


def answered(session: Session, claim: Claim, on: date) -> ClaimPayment:
    remittance = Remittance(
        practice_id=claim.practice_id,
        payer_id=claim.payer_id,
        loaded_set_id=1,
        file_id=1,
        trace="EFT",
        originator="1",
        method="ACH",
        handling="I",
        payment_date=on,
        paid_cents=0,
        received_at=datetime(2026, 11, 1, tzinfo=UTC),
    )
    session.add(remittance)
    session.flush()
    return ClaimPayment(
        practice_id=claim.practice_id,
        remittance_id=remittance.id or 0,
        claim_id=claim.id,
        state="posted",
        classification="paid",
        status="1",
        patient_control_number="",
        payer_control_number="",
        charge_cents=0,
        paid_cents=0,
    )


def test_a_payer_that_answers_much_is_judged_by_the_same_answers_though_the_years_before_are_not_read(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.research.pace.FEWEST_ANSWERS", 1)
    with Session(engine) as session:
        for number, claim in enumerate(session.exec(select(Claim)).all()):
            claim.first_billed_on, claim.payer_rank = TODAY - timedelta(days=200), 1
            for days in (number * 9, number * 9 + number % 3 * 20):  # some were answered before, too
                session.add(answered(session, claim, TODAY - timedelta(days=days)))
        session.flush()
        payers = session.exec(select(Payer)).all()
        for most in (2, 5, 40):
            monkeypatch.setattr("app.research.pace.MOST_ANSWERS", most)
            monkeypatch.setattr("app.research.pace.LOOKED_BACK_DAYS", ())
            whole = [pace_of(session, payer) for payer in payers]
            monkeypatch.setattr("app.research.pace.LOOKED_BACK_DAYS", (14, 60))
            assert [pace_of(session, payer) for payer in payers] == whole
        assert any(pace.learned_from for pace in whole)

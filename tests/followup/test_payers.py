"""Payers on screen: open dollars, the running account, and clocks that move deadlines at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.audit.tables import Event
from app.auth.permissions import Role
from app.claims.payer_filing import set_filing
from app.claims.tables import Claim, ClaimState, Payer, PayerFiling, PayerTerm
from app.core.clock import FixedClock
from app.core.db import session_scope
from app.followup.facts import fact_rows, open_facts
from app.followup.tables import WorkScore
from app.followup.verify import verify_queues
from tests.browser_double import Browser, sign_in_as
from tests.practice import claim_numbered
from workqueues.vocabulary import STATUSES

APPEAL = {
    "clock": "appeal",
    "count": "45",
    "unit": "calendar-days",
    "anchor": "notice",
    "presumption_days": "0",
    "evidence": "Provider manual 2026, page 41",
}


@pytest.fixture
def ada(app: FastAPI) -> Browser:
    """Manages the tables and sees no claim."""
    return sign_in_as(app, Role.ADMINISTRATOR, practice_ids=())


@pytest.fixture
def payer_id(engine: Engine) -> int:
    """Whose denial for authorization is open."""
    return claim_numbered(engine, "ST1003").payer_id


def kept(engine: Engine) -> list[PayerTerm]:
    with Session(engine) as session:
        return list(session.exec(select(PayerTerm)))


def events(engine: Engine, action: str) -> list[Event]:
    with Session(engine) as session:
        return list(session.exec(select(Event).where(Event.action == action)))


def deadline_of(engine: Engine, number: str) -> str:
    claim = claim_numbered(engine, number)
    with Session(engine) as session:
        return session.exec(select(WorkScore.deadline_rule).where(WorkScore.claim_id == claim.id)).one()


def test_the_list_adds_up_to_what_is_in_the_queues(dana: Browser, engine: Engine) -> None:
    page = dana.get("/payers").text
    foot = page[page.index("<tfoot>") :]
    with Session(engine) as session:
        cents = [row.open_cents for row in session.exec(select(WorkScore))]

    assert f"${sum(cents) / 100:,.2f}" in foot
    assert f'class="number">{len(cents)}</td>' in foot


def test_a_payer_shows_its_open_work_by_queue_and_whom_to_call(dana: Browser, payer_id: int) -> None:
    page = dana.get(f"/payers/{payer_id}").text

    assert f"/work?queue=authorization&amp;payer={payer_id}" in page
    assert re.search(r"EDI SUPPORT</dt><dd>\d{3}-555-\d{4} ", page)
    assert "not configured" in page


def test_a_clock_that_a_supervisor_sets_moves_deadlines_at_once(sam: Browser, engine: Engine, payer_id: int) -> None:
    before = deadline_of(engine, "ST1003")
    answer = sam.submit(f"/payers/{payer_id}/terms", APPEAL)

    assert answer.headers["location"] == f"/payers/{payer_id}#terms"
    (term,) = kept(engine)
    assert (term.clock, term.count, term.evidence) == ("appeal", 45, "Provider manual 2026, page 41")
    assert deadline_of(engine, "ST1003") != before
    assert deadline_of(engine, "ST1003") == f"TERM-{term.id}"
    with Session(engine) as session:
        assert verify_queues(session).faults == []


def test_every_change_of_a_clock_is_one_event_with_what_was_before(
    sam: Browser, engine: Engine, payer_id: int
) -> None:
    sam.submit(f"/payers/{payer_id}/terms", APPEAL)
    sam.submit(f"/payers/{payer_id}/terms", {**APPEAL, "count": "60"})
    sam.submit(f"/payers/{payer_id}/terms/drop", {"clock": "appeal"})

    first, second = events(engine, "terms.set")
    (dropped,) = events(engine, "terms.drop")
    assert (first.detail["before"], second.detail["before"]["count"]) == ({}, 45)
    assert dropped.detail["before"]["count"] == 60
    assert kept(engine) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"clock": "filling"},
        {"count": "0"},
        {"count": "ten"},
        {"unit": "none"},
        {"anchor": "other"},
        {"evidence": " "},
    ],
)
def test_a_clock_that_cannot_be_is_refused_with_a_word(
    sam: Browser, engine: Engine, payer_id: int, wrong: dict[str, str]
) -> None:
    answer = sam.submit(f"/payers/{payer_id}/terms", {**APPEAL, **wrong})

    assert answer.status_code == 303
    assert 'class="toast' in sam.get(answer.headers["location"].split("#")[0]).text
    assert kept(engine) == []


def test_the_form_opens_on_the_clock_to_change(sam: Browser, payer_id: int) -> None:
    sam.submit(f"/payers/{payer_id}/terms", APPEAL)
    page = sam.get(f"/payers/{payer_id}?clock=appeal").text

    assert "Change the clock: First appeal" in page
    assert re.search(r'name="count"[^>]*value="45"', page)


def test_a_csv_of_clocks_is_taken_whole_and_everything_is_ranked(sam: Browser, engine: Engine) -> None:
    with Session(engine) as session:
        names = session.exec(select(Payer.name).order_by(Payer.name)).all()
    text = "payer,clock,count,unit,anchor,presumption_days,evidence\n" + "".join(
        f'"{name}",filing,180,calendar-days,service,0,contract\n' for name in names
    )
    sam.post("/payers/terms", data={"csrf": sam.csrf}, files={"file": ("terms.csv", text.encode(), "text/csv")})

    assert len(kept(engine)) == len(names)
    assert len(events(engine, "terms.load")) == 1


def test_one_wrong_row_of_a_csv_leaves_all_as_it_was(sam: Browser, engine: Engine) -> None:
    text = "payer,clock,count,unit,anchor,presumption_days,evidence\nNOBODY,filing,180,calendar-days,service,0,x\n"
    answer = sam.post(
        "/payers/terms", data={"csrf": sam.csrf}, files={"file": ("terms.csv", text.encode(), "text/csv")}
    )

    assert "line 2: no payer is known" in sam.get(answer.headers["location"]).text
    assert kept(engine) == []


def test_billers_read_clocks_and_change_none(dana: Browser, engine: Engine, payer_id: int) -> None:
    assert "Set a clock" not in dana.get(f"/payers/{payer_id}").text
    assert dana.submit(f"/payers/{payer_id}/terms", APPEAL).status_code == 403
    assert dana.get("/payers/terms").status_code == 403
    assert kept(engine) == []


def test_an_administrator_keeps_clocks_and_sees_no_claims(ada: Browser, engine: Engine, payer_id: int) -> None:
    assert ada.get("/payers").status_code == 403
    answer = ada.submit(f"/payers/{payer_id}/terms", APPEAL)

    assert answer.headers["location"] == "/payers/terms"
    assert "Provider manual 2026, page 41" in ada.get("/payers/terms").text
    assert len(kept(engine)) == 1


def test_a_telephone_is_kept_and_a_strange_address_refused(sam: Browser, engine: Engine, payer_id: int) -> None:
    sam.submit(f"/payers/{payer_id}/contact", {"phone": "614-555-0100", "website": "https://harrowgate.example"})
    sam.submit(f"/payers/{payer_id}/contact", {"phone": "x", "website": "javascript:alert(1)"})

    assert "614-555-0100" in sam.get(f"/payers/{payer_id}").text
    assert len(events(engine, "payer.contact")) == 1


def test_a_payer_of_other_practices_is_not_here(stranger: Browser, payer_id: int) -> None:
    assert "HARROWGATE" not in stranger.get("/payers").text
    assert stranger.get(f"/payers/{payer_id}").status_code == 404


FILING = {
    "corrections_by": "paper",
    "takes_replacement": "no",
    "takes_void": "",
    "source": "Manual 2026, page 12",
    "appeal_address": "Appeals Unit\r\n\r\nPO Box 9\r\nHartford, CT 06101",
    "records_fax": "800-555-0109",
    "portal": "https://portal.example.test",
    "answer_days": "12",
}


def test_how_a_payer_takes_corrections_is_kept_with_its_source_and_shown(
    sam: Browser, dana: Browser, engine: Engine, payer_id: int
) -> None:
    answer = sam.submit(f"/payers/{payer_id}/filing", FILING)
    page = dana.get(f"/payers/{payer_id}").text

    assert answer.headers["location"] == f"/payers/{payer_id}#filing"
    assert "on paper only" in page
    assert "Appeals Unit<br>PO Box 9<br>Hartford, CT 06101" in page
    assert "12, entered here" in page
    assert [event.detail["after"]["source"] for event in events(engine, "payer.filing")] == ["Manual 2026, page 12"]
    claim = claim_numbered(engine, "ST1003")
    assert "fax 800-555-0109" in dana.get(f"/claims/{claim.id}").text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("source", "", "Say where it stands"),
        ("corrections_by", "pigeon", "choose one of"),
        ("portal", "http://plain.example.test", "begins with https://"),
        ("portal", "javascript:alert(1)", "begins with https://"),
        ("answer_days", "soon", "a whole number"),
        ("answer_days", "0", "a whole number"),
        ("appeal_address", "\n".join("123456789"), "at most 6 lines"),
        ("records_fax", "x" * 61, "at most 60"),
        ("takes_replacement", "maybe", "choose one of"),
    ],
)
def test_terms_of_filing_that_make_no_sense_are_refused(
    sam: Browser, engine: Engine, payer_id: int, field: str, value: str, says: str
) -> None:
    sam.submit(f"/payers/{payer_id}/filing", {**FILING, field: value})

    assert says in sam.get(f"/payers/{payer_id}").text
    with Session(engine) as session:
        assert session.get(PayerFiling, payer_id) is None


def test_silence_past_the_days_that_a_payer_takes_is_no_answer(engine: Engine, clock: FixedClock) -> None:
    """A claim sent ten days ago: silent for a payer that answers in nine, not for one that answers in eleven."""
    with session_scope(engine) as session:
        claim = session.get_one(Claim, claim_numbered(engine, "ST1003").id)
        claim.state, claim.last_billed_on = ClaimState.SUBMITTED, clock.today() - timedelta(days=10)
        session.add(claim)
        found = []
        for days in (9, 11):
            payer = session.get_one(Payer, claim.payer_id)
            set_filing(session, clock, payer, {"answer_days": str(days)}, person_name="Sam")
            (row,) = [row for part in fact_rows(session, clock.today(), [claim.id or 0]) for row in part]
            found.append(row.status)
            session.flush()
            whole = open_facts(session, clock.today())
            assert STATUSES[int(whole.status[whole.claim_id == claim.id][0])] == row.status

    assert found == ["no_answer", "submitted"]


def test_every_clock_says_its_rule_in_words_and_how_sure_it_is(sam: Browser, payer_id: int) -> None:
    sam.submit(f"/payers/{payer_id}/terms", APPEAL)
    page = sam.get(f"/payers/{payer_id}").text

    assert "45 days from the remittance" in page
    assert "entered here" in page
    assert "by law" in page
    assert "not configured" in page


def test_only_who_manages_tables_changes_how_a_payer_files(dana: Browser, stranger: Browser, payer_id: int) -> None:
    assert dana.submit(f"/payers/{payer_id}/filing", FILING).status_code == 403
    assert stranger.submit(f"/payers/{payer_id}/filing", FILING).status_code == 403
    assert "<summary>Change</summary>" not in dana.get(f"/payers/{payer_id}").text

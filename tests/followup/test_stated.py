"""What a person states about one claim goes before score and rules, and shows on its page."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from app.followup.facts import fact_rows
from app.followup.tables import ManualPriority, WorkScore
from app.matching.tables import StatusEvent
from tests.browser_double import Browser
from tests.practice import TODAY, claim_numbered


def tier(engine: Engine, claim_id: int | None) -> int:
    with Session(engine) as session:
        return session.get_one(WorkScore, claim_id).tier


def records_due(engine: Engine, claim_id: int) -> date | None:
    with Session(engine) as session:
        ((row,),) = fact_rows(session, TODAY, [claim_id])
        return row.records_due_on


def test_a_claim_put_first_says_why_and_goes_back_when_cleared(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    dana.submit(f"/claims/{claim.id}/priority", {"reason": "The patient's lawyer called"})
    assert tier(engine, claim.id) == 11
    assert "lawyer called" in dana.get(f"/claims/{claim.id}").text

    dana.submit(f"/claims/{claim.id}/priority/clear")
    assert tier(engine, claim.id) < 10


def test_a_claim_put_first_is_marked_in_the_list_and_says_on_its_page_by_whom_and_when(
    dana: Browser, sam: Browser, engine: Engine
) -> None:
    claim = claim_numbered(engine, "ST1003")
    assert "Put first by hand: the claim says" not in dana.get("/work").text
    dana.submit(f"/claims/{claim.id}/priority", {"reason": "The patient's lawyer called"})

    assert dana.get("/work").text.count("Put first by hand: the claim says") == 1
    assert "Dana Reyes, Nov 23, 2026, until somebody clears it" in sam.get(f"/claims/{claim.id}").text


def test_a_stated_last_day_is_the_deadline_in_the_list(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    with Session(engine) as session:
        before = session.get_one(WorkScore, claim.id).deadline
    for step in ("refile", "appeal"):
        typed = {"step": step, "due_on": "2026-12-04", "evidence": "Letter of November 20"}
        dana.submit(f"/claims/{claim.id}/due", typed)

    with Session(engine) as session:
        after = session.get_one(WorkScore, claim.id).deadline
    assert after is not None
    assert after.isoformat() == "2026-12-04" != str(before)
    assert "Letter of November 20" in dana.get(f"/claims/{claim.id}").text


def test_a_payers_request_sets_the_records_clock_and_a_letter_goes_before_it(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    assert claim.id is not None
    with Session(engine) as session:
        session.add(
            StatusEvent(
                practice_id=claim.practice_id, claim_id=claim.id, loaded_set_id=1, file_id=1, kind="277RFAI",
                category="R4", status="18842-5", due_on=date(2026, 12, 22), effective=date(2026, 11, 20),
                received_at=datetime(2026, 11, 20, tzinfo=UTC),
            )
        )  # fmt: skip
        session.commit()

    page = dana.get(f"/claims/{claim.id}").text
    assert "stated: the payer’s request of November 20, 2026" in page
    assert records_due(engine, claim.id) == date(2026, 12, 22)

    dana.submit(f"/claims/{claim.id}/due", {"step": "records", "due_on": "2026-12-30", "evidence": "Their letter"})
    assert "stated: Their letter" in dana.get(f"/claims/{claim.id}").text
    assert records_due(engine, claim.id) == date(2026, 12, 30)


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("priority", {"reason": ""}),  # no reason
        ("priority", {"reason": "x", "level": "0"}),
        ("due", {"step": "lunch", "due_on": "2026-12-04", "evidence": "x"}),
        ("due", {"step": "appeal", "due_on": "soon", "evidence": "x"}),
    ],
)
def test_what_cannot_be_kept_changes_nothing(dana: Browser, engine: Engine, path: str, typed: dict[str, str]) -> None:
    claim = claim_numbered(engine, "ST1003")
    dana.submit(f"/claims/{claim.id}/{path}", typed)

    with Session(engine) as session:
        assert session.get(ManualPriority, claim.id) is None
    assert tier(engine, claim.id) < 10


def test_a_stranger_states_nothing(stranger: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")

    assert stranger.submit(f"/claims/{claim.id}/priority", {"reason": "x"}).status_code == 404


def undo_of(browser: Browser) -> str:
    found = re.search(r'action="(/claims/\d+/stated/\d+/undo)"', browser.get("/work?all=1").text)
    assert found is not None
    return found[1]


def test_what_was_stated_before_stands_again_after_an_undo(dana: Browser, lee: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    dana.submit(f"/claims/{claim.id}/priority", {"reason": "The patient's lawyer called"})
    dana.submit(f"/claims/{claim.id}/priority/clear")
    undo = undo_of(dana)
    lee.submit(undo)  # somebody else's act is not theirs to take back
    assert tier(engine, claim.id) < 10
    dana.submit(undo)
    assert tier(engine, claim.id) == 11
    assert "lawyer called" in dana.get(f"/claims/{claim.id}").text

    for day in ("2026-12-04", "2026-12-09"):
        dana.submit(f"/claims/{claim.id}/due", {"step": "records", "due_on": day, "evidence": "Letter"})
    dana.submit(undo_of(dana))
    assert str(records_due(engine, claim.id or 0)) == "2026-12-04"


def test_a_first_statement_is_gone_after_its_undo(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    dana.submit(f"/claims/{claim.id}/priority", {"reason": "The patient's lawyer called"})
    dana.submit(undo_of(dana))
    assert tier(engine, claim.id) < 10


@pytest.mark.parametrize(
    ("days", "said"),
    [(0, "Second appeal: last day today"), (3, "Second appeal: 3 days left"), (14, "Second appeal: 14 days left")],
)
def test_a_right_that_ends_soon_is_told_beside_the_step_that_does_not_keep_it(
    dana: Browser, engine: Engine, days: int, said: str
) -> None:
    claim = claim_numbered(engine, "ST1003")
    top = dana.get(f"/claims/{claim.id}").text.partition("why-reason")[0]
    assert "Second appeal:" not in top
    for step in ("appeal", "refile"):  # the proposed step's own day is far
        far = {"step": step, "due_on": (TODAY + timedelta(days=90)).isoformat(), "evidence": "The letter"}
        dana.submit(f"/claims/{claim.id}/due", far)
    near = {"step": "second_appeal", "due_on": (TODAY + timedelta(days=days)).isoformat(), "evidence": "The letter"}
    dana.submit(f"/claims/{claim.id}/due", near)

    assert said in dana.get(f"/claims/{claim.id}").text.partition("why-reason")[0]


@pytest.mark.parametrize("days", [15, -1])
def test_a_right_that_is_far_or_gone_is_only_among_the_clocks(dana: Browser, engine: Engine, days: int) -> None:
    claim = claim_numbered(engine, "ST1003")
    day = (TODAY + timedelta(days=days)).isoformat()
    dana.submit(f"/claims/{claim.id}/due", {"step": "second_appeal", "due_on": day, "evidence": "The letter"})

    assert "Second appeal:" not in dana.get(f"/claims/{claim.id}").text.partition("why-reason")[0]

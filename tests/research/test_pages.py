"""The research pages: ask about one claim or a payer's late ones, and see what came of it."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.claims.tables import Claim
from app.core.db import session_scope
from app.research.tables import Inquiry, InquiryBatch
from tests.browser_double import Browser
from tests.practice import claim_numbered


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


def test_a_payers_late_claims_are_asked_about_together(dana: Browser, engine: Engine, claim_id: int) -> None:
    with session_scope(engine) as session:
        claim = session.get_one(Claim, claim_id)
        claim.last_billed_on = date(2026, 8, 3)
        session.add(claim)
    answer = dana.submit("/research", {"payer": claim.payer_id})

    assert "/research/" in answer.headers["location"]
    with Session(engine) as session:
        assert claim_id in session.exec(select(Inquiry.claim_id)).all()
    assert dana.submit("/research", {"payer": 999_999}).status_code == 404


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

"""The appeal pages: every form works without a script, refusals say their rule, an auditor only reads."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.appeals.case import case_file
from app.appeals.tables import Appeal, AppealBatch, AppealState, Enclosure, LetterTemplate, Packet
from app.auth.permissions import Role
from app.claims.tables import Claim
from app.core.db import session_scope
from app.matching.tables import Denial
from tests.appeals.papers import blank_pdf
from tests.browser_double import Browser, sign_in_as
from tests.practice import TODAY, claim_numbered

DRAFT = {"amount": "1,840.00", "argument": "Authorized by phone on September 2.", "signer": "Dana Reyes"}


@pytest.fixture
def claim_id(engine: Engine) -> int:
    found = claim_numbered(engine, "ST1003").id
    assert found is not None
    return found


def start(browser: Browser, claim_id: int) -> str:
    """The path of the new draft."""
    page = browser.get(f"/claims/{claim_id}/appeal").text
    issue = re.search(r'name="issue" value="([^"]+)"', page)
    assert issue is not None
    answer = browser.submit(f"/claims/{claim_id}/appeal", {"issue": issue[1], "level": "1", "amount": "1840.00"})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_from_the_claim_to_the_fax_and_back_to_the_list(dana: Browser, engine: Engine, claim_id: int) -> None:
    path = start(dana, claim_id)
    assert "not configured" in dana.get(path).text

    assert dana.submit(path, {**DRAFT, "then": "save"}).status_code == 303
    assert "Authorized by phone on September 2." in dana.get(path).text
    preview = dana.get(f"{path}/preview.pdf")
    assert (preview.headers["content-type"], preview.content[:5]) == ("application/pdf", b"%PDF-")
    assert dana.submit(path, {**DRAFT, "then": "queue"}).status_code == 303
    assert "In the outbox" in dana.get("/appeals").text
    assert dana.get(f"{path}/packets/1").content.startswith(b"%PDF-")
    refused = dana.submit(f"{path}/sent", {"how": "fax", "proof": " "})
    assert (refused.status_code, "Say how it can be proved" in refused.text) == (422, True)
    assert dana.submit(f"{path}/sent", {"how": "fax", "proof": "Confirmation 4711"}).status_code == 303

    page = dana.get(path).text
    assert "Confirmation 4711" in page
    assert dana.get(f"/claims/{claim_id}/appeal").headers["location"] == path  # one open appeal a claim
    decided = {"decision": "partly", "decided_on": "2026-11-23", "won": "500", "words": "Half of it"}
    assert dana.submit(f"{path}/decision", decided).status_code == 303
    listed = dana.get("/appeals?show=decided").text
    assert "Partly won" in listed
    assert "$500.00" in listed
    with Session(engine) as session:
        appeal = session.exec(select(Appeal)).one()
        assert (appeal.state, appeal.won_cents) == (AppealState.DECIDED, 50_000)


def test_a_rule_against_it_is_on_the_page_and_stops_the_form(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1004")  # MA130
    page = dana.get(f"/claims/{claim.id}/appeal").text
    assert "MA130 says that the claim could not be processed" in page
    answer = dana.submit(f"/claims/{claim.id}/appeal", {"issue": "denial-3", "level": "1"})

    assert answer.status_code == 422
    assert "APPEAL-UNPROCESSABLE" in answer.text
    with Session(engine) as session:
        assert session.exec(select(Appeal)).all() == []


def test_appeal_is_offered_on_the_claims_that_have_something_to_appeal_and_on_no_other(
    dana: Browser, engine: Engine
) -> None:
    with Session(engine) as session:
        claims = session.exec(select(Claim)).all()
        disputable = {claim.id for claim in claims if case_file(session, claim.id or 0).issues}
    assert 0 < len(disputable) < len(claims)

    for claim in claims:
        page = dana.get(f"/claims/{claim.id}").text
        assert (f'href="/claims/{claim.id}/appeal"' in page) == (claim.id in disputable), claim.patient_control_number
        assert ("<span>No appeal</span>" in page) == (claim.id not in disputable), claim.patient_control_number


def test_a_claim_rejected_before_it_was_decided_says_why_it_has_no_appeal(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST2002")
    assert claim.state == "rejected"
    page = dana.get(f"/claims/{claim.id}").text

    assert "rejected before it was adjudicated: the payer has no claim to decide about" in page
    assert f'href="/claims/{claim.id}/refile"' in page  # what helps there


def test_an_appeal_is_reached_from_its_claim_also_when_nothing_stands_denied_any_more(
    dana: Browser, engine: Engine, claim_id: int
) -> None:
    path = start(dana, claim_id)
    with session_scope(engine) as session:
        for denial in session.exec(select(Denial).where(Denial.claim_id == claim_id)):
            denial.is_open = False
            session.add(denial)
    with Session(engine) as session:
        assert case_file(session, claim_id).issues == []

    assert f'href="/claims/{claim_id}/appeal"' in dana.get(f"/claims/{claim_id}").text
    assert dana.get(f"/claims/{claim_id}/appeal").headers["location"] == path


def test_a_letter_left_as_its_template_has_it_stays_the_templates(
    dana: Browser, engine: Engine, claim_id: int
) -> None:
    path = start(dana, claim_id)
    with Session(engine) as session:
        appeal = session.exec(select(Appeal)).one()
        body = session.get_one(LetterTemplate, appeal.template_id).body
    dana.submit(path, {**DRAFT, "letter": body.replace("\n", "\r\n")})
    with Session(engine) as session:
        assert session.exec(select(Appeal.letter)).one() == ""
    dana.submit(path, {**DRAFT, "letter": "Subject: Mine\n\n{{ argument }}"})
    page = dana.get(path).text
    assert "<strong>Mine</strong>" in page


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({**DRAFT, "amount": "9,999.00"}, "at most what was billed, $1,840.00"),
        ({**DRAFT, "amount": "much"}, "is not an amount"),
        ({**DRAFT, "letter": "{{ secret }}"}, "no merge field “secret”"),
        ({**DRAFT, "argument": "", "then": "queue"}, "Write the argument first"),
    ],
)
def test_what_cannot_be_kept_is_said_and_what_was_typed_stays(
    dana: Browser, claim_id: int, typed: dict[str, str], says: str
) -> None:
    path = start(dana, claim_id)
    answer = dana.submit(path, typed)

    assert answer.status_code == 422
    assert says in answer.text
    assert typed["argument"] in answer.text


def test_an_enclosure_is_added_refused_and_taken_out(dana: Browser, engine: Engine, claim_id: int) -> None:
    path = start(dana, claim_id)
    bad = dana.submit(f"{path}/enclosures", {"title": "x"}, files={"upload": ("a.exe", b"MZ", "image/png")})
    good = dana.submit(f"{path}/enclosures", {"title": "Note"}, files={"upload": ("a.pdf", blank_pdf(3), "x/y")})

    assert (bad.status_code, good.status_code) == (422, 303)
    with Session(engine) as session:
        number = session.exec(select(Enclosure.id)).one()
    assert '1. Note <small class="soft">a.pdf, 3 pages' in dana.get(path).text
    assert dana.submit(f"{path}/enclosures/{number}/remove").status_code == 303
    assert dana.submit(f"{path}/enclosures/{number}/remove").status_code == 404


def test_a_queued_appeal_can_be_taken_back_and_withdrawn(dana: Browser, engine: Engine, claim_id: int) -> None:
    path = start(dana, claim_id)
    dana.submit(path, {**DRAFT, "then": "queue"})
    assert dana.submit(f"{path}/take-back").status_code == 303
    assert dana.submit(f"{path}/withdraw", {"reason": " "}).status_code == 422
    assert dana.submit(f"{path}/withdraw", {"reason": "Paid meanwhile"}).status_code == 303
    with Session(engine) as session:
        assert session.exec(select(Appeal.decision)).one() == "withdrawn"


def test_a_batch_argues_once_and_says_claims_and_dollars_before_it_leaves(
    dana: Browser, engine: Engine, claim_id: int
) -> None:
    with session_scope(engine) as session:  # a second authorization denial of the same payer
        first = session.exec(select(Denial).where(Denial.claim_id == claim_id)).one()
        other = session.exec(select(Claim).where(Claim.patient_control_number == "ST1006")).one()
        second = session.exec(select(Denial).where(Denial.claim_id == other.id)).one()
        second.reason, second.category = first.reason, first.category
        session.add(second)
        practice, payer = first.practice_id, other.payer_id
    groups = dana.get("/appeals/batch").text
    assert "$1,939.00" in groups
    chosen = {"practice": practice, "payer": payer, "reason": "197", "argument": "All authorized in one call."}
    made = dana.submit("/appeals/batch", {**chosen, "claim": [claim_id, other.id]})
    assert made.status_code == 303, made.text
    path = made.headers["location"]
    assert "Queue 2 for $1,939.00" in dana.get(path).text
    assert dana.submit(f"{path}/queue").status_code == 303
    assert dana.submit(f"{path}/sent", {"how": "mail", "proof": "RR 12 US"}).status_code == 303

    with Session(engine) as session:
        batch = session.exec(select(AppealBatch)).one()
        appeals = session.exec(select(Appeal)).all()
        packets = session.exec(select(Packet)).all()
    assert (batch.claims, batch.cents) == (2, 193_900)
    assert [appeal.state for appeal in appeals] == [AppealState.SENT, AppealState.SENT]
    assert [("All authorized in one call." in each.letter, each.version) for each in packets] == [(True, 1)] * 2
    assert packets[0].letter != packets[1].letter  # each says its own claim


def test_a_letter_is_tried_and_kept_as_a_version(
    app: FastAPI, dana: Browser, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    sam = sign_in_as(app, Role.SUPERVISOR, practice_ids=practice_ids)
    body = "Subject: Mine\n\nDear {{ payer_name }}\n\n{{ argument }}"
    tried = sam.submit("/appeals/templates/duplicate", {"name": "Mine", "body": body, "then": "try"})
    assert "Dear Harrowgate Health Plan" in tried.text
    wrong = sam.submit("/appeals/templates/duplicate", {"body": "{{ lipsum() }}", "then": "keep"})
    assert (wrong.status_code, "may not use" in wrong.text) == (422, True)
    kept = sam.submit("/appeals/templates/duplicate", {"name": "Mine", "body": body, "note": "Ours", "then": "keep"})
    assert kept.status_code == 303
    assert "Version 2" in sam.get("/appeals/templates/duplicate").text
    own = sam.submit("/appeals/templates", {"name": "Harrowgate bundling", "category": "bundling", "payer": "1"})
    assert own.headers["location"] == "/appeals/templates/bundling-payer1-1"
    assert dana.submit("/appeals/templates/duplicate", {"body": body}).status_code == 403
    with Session(engine) as session:
        assert session.exec(select(LetterTemplate).where(LetterTemplate.key == "duplicate")).all()[-1].note == "Ours"


def test_an_auditor_reads_and_changes_nothing(
    app: FastAPI, dana: Browser, practice_ids: tuple[int, ...], claim_id: int
) -> None:
    path = start(dana, claim_id)
    otis = sign_in_as(app, Role.AUDITOR, practice_ids=practice_ids)
    assert otis.get(path).status_code == 200
    assert otis.get("/appeals").status_code == 200
    assert otis.submit(path, DRAFT).status_code == 403


def test_an_appeal_behind_the_wall_looks_like_none(dana: Browser, stranger: Browser, claim_id: int) -> None:
    path = start(dana, claim_id)
    for address in (path, f"{path}/preview.pdf", f"{path}/packets/1", f"/claims/{claim_id}/appeal"):
        assert stranger.get(address).status_code == 404, address
    assert "KOWALCZYK" not in stranger.get("/appeals").text


def test_a_long_list_keeps_the_nearest_days_and_says_what_it_leaves_out(
    dana: Browser, engine: Engine, claim_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    start(dana, claim_id)
    with session_scope(engine) as session:
        near = session.exec(select(Appeal)).one()
        near.safe_day = TODAY + timedelta(days=3)
        later = near.model_dump(exclude={"id"}) | {"claim_id": claim_numbered(engine, "ST1004").id}
        session.add(Appeal(**later | {"safe_day": TODAY + timedelta(days=30)}))  # newer, and due later
    monkeypatch.setattr("app.appeals.queries.ROWS", 1)

    page = dana.get("/appeals").text

    assert "The nearest 1; 1 more are not shown." in page
    assert re.findall(r'href="/appeals/(\d+)"', page) == [str(near.id)]

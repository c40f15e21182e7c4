"""The refile page: what it proposes, refuses, shows and keeps."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from sqlmodel import Session, select

from app.auth.permissions import Role
from app.claims.tables import ClaimEvent, Submission
from app.followup.open_work import _known, tell_open_work
from app.followup.rank import rerank_all, rerank_touched
from app.followup.tables import Snooze, Touch, WorkScore
from app.refiling.desk import refile_desk
from app.refiling.paper import answered_lines, resubmission
from app.refiling.tables import Refile, RefileState
from tests.matching.paper import billed, payment, status, submission
from tests.refiling.conftest import DENIED, Clinic, said, work_as

FIX = {"route": "replacement", "line_1_modifiers": "25"}


def test_the_page_proposes_a_way_and_says_why(clinic: Clinic, app: FastAPI) -> None:
    claim = clinic.deny()
    text = said(work_as(app, clinic).get(f"/claims/{claim.id}/refile").text)
    assert "Proposed: Replacement (frequency 7)" in text
    assert "An error on an adjudicated claim" in text
    assert "payer’s number ICN1" in text


def test_the_fields_hold_the_claim_as_it_was_sent(clinic: Clinic, app: FastAPI) -> None:
    claim = clinic.deny()
    html = work_as(app, clinic).get(f"/claims/{claim.id}/refile").text
    for name, value in (
        ("line_1_code", "99213"),
        ("line_1_charge", "300.00"),
        ("line_1_first_date", "2026-10-05"),
        ("diagnoses", "J10"),
        ("member_id", "W100"),
        ("billing_npi", "1234567893"),
    ):
        tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', html)
        assert tag is not None, name
        assert f'value="{value}"' in tag[0], tag[0]


def test_check_shows_the_difference_and_the_edi_and_keeps_nothing(clinic: Clinic, app: FastAPI) -> None:
    claim = clinic.deny()
    answer = work_as(app, clinic).submit(f"/claims/{claim.id}/refile/check", FIX)
    text = said(answer.text)
    assert answer.status_code == 200
    assert "REF *F8*ICN1" in text
    assert "SV1 *HC:99213:25*300*UN*1***1" in text
    assert "No rule stands against it, and the guide check is clean." in text
    with Session(clinic.engine) as session:
        assert session.exec(select(Refile)).all() == []


def test_a_replacement_without_a_change_is_stopped_by_its_rule(clinic: Clinic, app: FastAPI) -> None:
    claim = clinic.deny()
    answer = work_as(app, clinic).submit(f"/claims/{claim.id}/refile", {"route": "replacement"})
    assert answer.status_code == 422
    assert "837.refile.unchanged" in answer.text


def test_what_cannot_be_read_is_told_at_its_field_and_nothing_typed_is_lost(clinic: Clinic, app: FastAPI) -> None:
    claim = clinic.deny()
    typed = {"route": "replacement", "line_1_units": "many", "line_1_charge": "3x", "note": "KEEP ME"}
    answer = work_as(app, clinic).submit(f"/claims/{claim.id}/refile", typed)
    assert answer.status_code == 422
    assert "Units are a number" in answer.text
    assert "is not an amount" in answer.text
    assert 'value="KEEP ME"' in answer.text
    assert 'value="many"' in answer.text


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ({"line_1_code": "9921"}, "837.refile.procedure"),
        ({"line_1_pointers": "4"}, "837.refile.pointer"),
        ({"diagnoses": ""}, "837.refile.no_diagnosis"),
        ({"subscriber_birth_date": "1990-05-05"}, "837.refile.other_patient"),
        ({"payer_id": "77777"}, "837.refile.other_payer_id"),
        ({"note": "A*B"}, "837.refile.character"),
    ],
)
def test_a_broken_rule_stops_the_release_by_its_name(
    clinic: Clinic, app: FastAPI, typed: dict[str, str], code: str
) -> None:
    claim = clinic.deny()
    answer = work_as(app, clinic).submit(f"/claims/{claim.id}/refile", {**FIX, **typed})
    assert answer.status_code == 422
    assert code in answer.text
    with Session(clinic.engine) as session:
        assert session.exec(select(Refile)).all() == []


def test_another_way_than_the_proposed_one_needs_a_typed_reason(clinic: Clinic, app: FastAPI) -> None:
    claim = clinic.deny(DENIED.replace("CAS*CO*4*300", "CAS*CO*50*300").replace("N519", "N130"))
    dana = work_as(app, clinic)
    assert "Say in a sentence why" in dana.submit(f"/claims/{claim.id}/refile", FIX).text

    reason = "The chart shows a wrong diagnosis was billed."
    answer = dana.submit(f"/claims/{claim.id}/refile", {**FIX, "override_reason": reason})

    assert answer.status_code == 303, answer.text
    assert (clinic.refile().proposed_route, clinic.refile().override_reason) == ("appeal", reason)


@pytest.mark.parametrize(
    ("remark", "route", "words"),
    [
        ("N185", "replacement", "says not to submit this claim again"),
        ("MA130", "replacement", "Send it as a new claim"),
        ("N519", "new", "denied as a duplicate"),
    ],
)
def test_what_a_rule_forbids_no_reason_opens(
    clinic: Clinic, app: FastAPI, remark: str, route: str, words: str
) -> None:
    claim = clinic.deny(DENIED.replace("N519", remark))
    typed = {**FIX, "route": route, "override_reason": "Because I say so, whatever the rule."}
    answer = work_as(app, clinic).submit(f"/claims/{claim.id}/refile", typed)
    assert answer.status_code == 422
    assert words in said(answer.text)


def test_an_unprocessable_claim_goes_as_a_new_one(clinic: Clinic, app: FastAPI) -> None:
    claim = clinic.deny(DENIED.replace("CAS*CO*4*300", "CAS*CO*16*300").replace("N519", "MA130"))
    clinic.open_folder()
    answer = work_as(app, clinic).submit(f"/claims/{claim.id}/refile", {"line_1_modifiers": "25"})
    assert answer.status_code == 303, answer.text
    clinic.leave()
    (wire,) = clinic.sent
    assert "CLM*A100*300***11:B:1*Y" in wire
    assert "REF*F8" not in wire


def test_no_refile_while_an_appeal_is_open(clinic: Clinic, app: FastAPI) -> None:
    claim = clinic.deny()
    before = dict(_known)
    tell_open_work("an appeal for the test", lambda session, claim_id: "appeal of Nov 2")
    try:
        answer = work_as(app, clinic).submit(f"/claims/{claim.id}/refile", FIX)
    finally:
        _known.clear()
        _known.update(before)
    assert answer.status_code == 422
    assert "Appeal of nov 2 is open" in said(answer.text)


def test_one_refile_at_a_time(clinic: Clinic, app: FastAPI) -> None:
    claim = clinic.deny()
    clinic.open_folder()
    dana = work_as(app, clinic)
    dana.submit(f"/claims/{claim.id}/refile", FIX)
    assert "waits in the outbox. Cancel it first" in dana.submit(f"/claims/{claim.id}/refile", FIX).text

    clinic.leave()

    assert "has not been answered" in said(dana.submit(f"/claims/{claim.id}/refile", FIX).text)


def test_undo_takes_it_back_without_a_trace_in_the_books(clinic: Clinic, app: FastAPI) -> None:
    claim = clinic.deny()
    clinic.open_folder()
    dana = work_as(app, clinic)
    with Session(clinic.engine) as session:
        queue = session.get_one(WorkScore, claim.id).queue
    dana.submit(f"/claims/{claim.id}/refile", FIX)
    answer = dana.submit(f"/refiles/{clinic.refile().id}/undo")

    assert answer.status_code == 303
    assert clinic.leave() == "Nothing was due."
    assert clinic.sent == []
    assert clinic.refile().state == RefileState.CANCELLED
    with Session(clinic.engine) as session:
        assert session.exec(select(Touch)).all() == []
        assert session.get(Snooze, claim.id) is None
        assert session.get_one(WorkScore, claim.id).queue == queue
        assert len(session.exec(select(Submission)).all()) == 1
        assert "touched" not in {each.kind for each in session.exec(select(ClaimEvent))}


def test_what_has_left_cannot_be_undone(clinic: Clinic, app: FastAPI) -> None:
    claim = clinic.deny()
    clinic.open_folder()
    dana = work_as(app, clinic)
    dana.submit(f"/claims/{claim.id}/refile", FIX)
    clinic.leave()
    assert dana.submit(f"/refiles/{clinic.refile().id}/undo").status_code == 409


def test_without_a_destination_it_is_sent_by_hand_with_proof(clinic: Clinic, app: FastAPI) -> None:
    claim = clinic.deny()
    dana = work_as(app, clinic)
    dana.submit(f"/claims/{claim.id}/refile", FIX)
    clinic.leave()
    assert "Send it by hand" in said(dana.get("/outbox").text)
    item = clinic.item()
    assert b"CLM*A100" in dana.get(f"/outbox/{item.id}/content").content

    answer = dana.submit(f"/outbox/{item.id}/sent", {"how": "portal", "proof": "Reference 991"})
    clinic.leave()

    assert answer.status_code == 303
    assert clinic.refile().submission_id is not None


def test_a_line_is_taken_out_and_one_added(clinic: Clinic, app: FastAPI) -> None:
    claim = clinic.deny(
        "CLP*A100*4*500*0**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W100~"
        "SVC*HC:99213*300*0**1~CAS*CO*4*300~REF*6R*A100L1~SVC*HC:87880*200*0**1~CAS*CO*4*200~REF*6R*A100L2~",
        claim=billed("A100", "500", "99213*300", "87880*200"),
    )
    typed = {
        "route": "replacement",
        "line_2_removed": "yes",
        "new_1_code": "87651",
        "new_1_charge": "150",
        "new_1_pointers": "1",
        "new_1_first_date": "2026-10-05",
    }
    text = said(work_as(app, clinic).submit(f"/claims/{claim.id}/refile/check", typed).text)
    assert "CLM *A100*450*" in text
    assert "SV1 *HC:87651*150*UN*1***1" in text
    assert "87880" not in text[text.index("The EDI that would leave") :]


def test_another_payer_must_be_named_before_the_claim_goes_there(clinic: Clinic, app: FastAPI) -> None:
    claim = clinic.deny(DENIED.replace("CAS*CO*4*300", "CAS*CO*109*300").replace("N519", "N418"))
    clinic.open_folder()
    dana = work_as(app, clinic)
    answer = dana.submit(f"/claims/{claim.id}/refile", {})
    assert "Enter the right payer" in said(answer.text)

    typed = {"payer_name": "RIGHT PLAN", "payer_id": "55555", "member_id": "R900"}
    answer = dana.submit(f"/claims/{claim.id}/refile", typed)
    assert answer.status_code == 303, said(answer.text)
    clinic.leave()
    (wire,) = clinic.sent
    assert "NM1*PR*2*RIGHT PLAN*****PI*55555~" in wire
    assert "CLM*A100*300***11:B:1*Y" in wire
    assert "REF*F8" not in wire


def test_dates_authorization_and_late_reason_are_written_where_the_guide_wants_them(
    clinic: Clinic, app: FastAPI
) -> None:
    claim = clinic.deny()
    clinic.open_folder()
    typed = {
        **FIX,
        "date_439": "2026-10-01",
        "authorization": "PA77",
        "referral": "RF1",
        "delay_reason": "9",
        "provider_82_npi": "1679576722",
        "provider_82_last": "ROE",
        "provider_82_first": "ANN",
        "member_id": "W101",
    }
    answer = work_as(app, clinic).submit(f"/claims/{claim.id}/refile", typed)
    assert answer.status_code == 303, said(answer.text)
    clinic.leave()
    (wire,) = clinic.sent
    for part in ("DTP*439*D8*20261001~", "REF*G1*PA77~", "REF*9F*RF1~", "NM1*82*1*ROE*ANN****XX*1679576722~",
                 "NM1*IL*1*DOE*JANE****MI*W101~", "CLM*A100*300***11:B:7*Y*A*Y*Y***********9~"):  # fmt: skip
        assert part in wire, part


def test_a_claim_that_somebody_else_has_open_keeps_what_was_typed(clinic: Clinic, app: FastAPI) -> None:
    claim = clinic.deny()
    work_as(app, clinic, Role.SUPERVISOR).submit(f"/claims/{claim.id}/lease")
    answer = work_as(app, clinic).submit(f"/claims/{claim.id}/refile", {**FIX, "note": "MINE"})
    assert answer.status_code == 422
    assert "Sam Whitfield has this claim open" in said(answer.text)
    assert 'value="MINE"' in answer.text


def test_an_own_provider_is_asked_for(clinic: Clinic, app: FastAPI) -> None:
    """Another practice's claim would come back to other books."""
    clinic.books.take(submission(billed("A100", "300")))
    clinic.books.take(
        status("NM1*QC*1*DOE*JANE****MI*W100~TRN*2*A100~STC*A7:562:85*20261020*U*300~DTP*472*D8*20261005~")
    )
    claim = clinic.books.claim("A100")
    rerank_all(clinic.engine, clinic.clock, trigger="test")
    typed = {"route": "new", "billing_npi": "1679576722", "billing_tax_id": "990000001", "line_1_modifiers": "25"}
    answer = work_as(app, clinic).submit(f"/claims/{claim.id}/refile", typed)
    assert answer.status_code == 422
    assert "is not of this practice" in said(answer.text)


def test_a_claim_known_only_from_an_answer_offers_paper(clinic: Clinic, app: FastAPI) -> None:
    clinic.books.take(payment(DENIED))
    claim = clinic.books.claim("A100")
    rerank_touched(clinic.engine, clinic.clock, {claim.id or 0})
    dana = work_as(app, clinic)
    text = said(dana.get(f"/claims/{claim.id}/refile").text)
    assert "known only from the payer's 835" in text
    assert "cannot be refiled electronically" in text

    for name in ("worksheet", "cms1500"):
        answer = dana.get(f"/claims/{claim.id}/refile/{name}.pdf")
        assert answer.headers["content-type"] == "application/pdf"
        assert answer.content.startswith(b"%PDF-")
        assert len(answer.content) > 5_000
    assert dana.submit(f"/claims/{claim.id}/refile", FIX).status_code == 422


@pytest.mark.parametrize(("remark", "box"), [("N519", "7 · ICN1"), ("MA130", "")])
def test_box_22_names_the_original_only_where_it_is_replaced(
    clinic: Clinic, app: FastAPI, remark: str, box: str
) -> None:
    clinic.books.take(payment(DENIED.replace("N519", remark)))
    claim = clinic.books.claim("A100")
    with Session(clinic.engine) as session:
        desk = refile_desk(
            session, clinic.settings, clinic.clock, clinic.practice_ids, claim.id or 0, wrong_party=False
        )
        assert desk is not None
        assert resubmission(desk) == box
        assert [line.procedure for line in answered_lines(desk)] == ["99213"]


def test_the_next_payer_gets_the_claim_with_the_decision_in_it(clinic: Clinic, app: FastAPI) -> None:
    first = billed("A100", "300")
    other = "SBR*S*18*******CI~OI***Y***Y~NM1*IL*1*DOE*JANE****MI*S900~NM1*PR*2*SECONDPLAN*****PI*88888~"
    clinic.books.take(submission(first.replace("LX*1~", f"{other}LX*1~", 1)))
    clinic.books.take(
        payment(
            "CLP*A100*1*300*200*60*12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W100~SVC*HC:99213*300*200**1~"
            "DTM*472*20261005~CAS*CO*45*40~CAS*PR*2*60~REF*6R*A100L1~"
        )
    )
    clinic.open_folder()
    rerank_all(clinic.engine, clinic.clock, trigger="test")
    claim = clinic.books.claim("A100")
    dana = work_as(app, clinic)
    text = said(dana.get(f"/claims/{claim.id}/refile").text)
    assert "Proposed: Claim to the next payer" in text
    assert "To SECONDPLAN" in text

    answer = dana.submit(f"/claims/{claim.id}/refile", {"route": "next_payer"})
    assert answer.status_code == 303, answer.text
    clinic.leave()

    (wire,) = clinic.sent
    for part in ("SBR*S*18", "NM1*PR*2*SECONDPLAN*****PI*88888~", "AMT*D*200~", "SVD*99999*200*HC:99213**1~",
                 "CAS*PR*2*60~", "DTP*573*D8*20261118~"):  # fmt: skip
        assert part in wire, part
    clinic.answer(
        payment(
            "CLP*A100*2*300*60*0*12*SEC1*11*1~NM1*QC*1*DOE*JANE****MI*S900~SVC*HC:99213*300*60**1~"
            "CAS*OA*23*240~REF*6R*A100L1~",
            trace="EFT0009",
            payer="SECONDPLAN",
            payer_code="88888",
            on="20261212",
        )
    )
    assert (clinic.refile().state, clinic.refile().won_cents) == (RefileState.WON, 60_00)
    assert clinic.books.balance("A100") == (0, 0)


def test_an_auditor_and_a_stranger_do_not_refile(clinic: Clinic, app: FastAPI) -> None:
    claim = clinic.deny()
    assert work_as(app, clinic, Role.AUDITOR).get(f"/claims/{claim.id}/refile").status_code == 403
    stranger = work_as(app, Clinic(clinic.books, clinic.engine, clinic.settings, clinic.clock))
    assert stranger.get("/claims/999/refile").status_code == 404

"""The code tables on screen: judged otherwise for one payer, shown on the claim, and the work moves at once."""

from __future__ import annotations

import html

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.audit.tables import Event
from app.auth.permissions import Role
from app.claims.tables import CodeOverride
from app.followup.facts import fact_rows, open_facts
from app.followup.tables import WorkScore
from app.matching.tables import Denial
from tests.browser_double import Browser, sign_in_as
from tests.followup.test_swap import assert_same
from tests.practice import TODAY, claim_numbered
from workqueues.facts import Facts

DENIED = "ST1003"  # CO 197


@pytest.fixture
def ada(app: FastAPI) -> Browser:
    return sign_in_as(app, Role.ADMINISTRATOR, practice_ids=())


@pytest.fixture
def olivia(app: FastAPI, practice_ids: tuple[int, ...]) -> Browser:
    return sign_in_as(app, Role.AUDITOR, practice_ids=practice_ids)


@pytest.fixture
def payer_id(engine: Engine) -> int:
    return claim_numbered(engine, DENIED).payer_id


def work_of(engine: Engine) -> WorkScore:
    with Session(engine) as session:
        return session.get_one(WorkScore, claim_numbered(engine, DENIED).id)


def kept(engine: Engine) -> list[CodeOverride]:
    with Session(engine) as session:
        return list(session.exec(select(CodeOverride)))


def events(engine: Engine) -> list[str]:
    with Session(engine) as session:
        return [each.action for each in session.exec(select(Event)) if each.action.startswith("code")]


def judged(payer_id: int | str, **given: str) -> dict[str, str]:
    return {
        "payer": str(payer_id),
        "set.category": "coding",
        "set.label": "Their coder’s desk",
        "why": "By phone",
        **given,
    }


def test_a_code_judged_otherwise_moves_the_claim_and_reads_so_on_it(
    sam: Browser, engine: Engine, payer_id: int
) -> None:
    assert work_of(engine).queue == "authorization"
    sam.submit("/codes/carc/197", judged(payer_id))

    assert (work_of(engine).queue, work_of(engine).category) == ("coding", "coding")
    claim = claim_numbered(engine, DENIED)
    assert "Their coder’s desk; the provider bears it" in html.unescape(sam.get(f"/claims/{claim.id}").text)
    assert events(engine) == ["code.override"]
    assert "judged here" in sam.get("/codes?judged=1").text


def test_a_check_says_what_would_change_and_keeps_nothing(sam: Browser, engine: Engine, payer_id: int) -> None:
    page = sam.submit("/codes/carc/197/check", judged(payer_id)).text

    assert "1 open claim names the code" in page
    assert "would go from research to <strong>" in page
    assert kept(engine) == []
    assert events(engine) == []
    assert work_of(engine).queue == "authorization"


def test_ended_it_is_as_the_table_judges_it(sam: Browser, engine: Engine, payer_id: int) -> None:
    sam.submit("/codes/carc/197", judged(payer_id))
    sam.submit(f"/codes/overrides/{kept(engine)[0].id}/end", {})

    assert work_of(engine).queue == "authorization"
    assert kept(engine)[0].ended_by == "Sam Whitfield"
    assert "start from it again" in sam.get("/codes/carc/197").text
    assert 'value="Their coder’s desk"' in html.unescape(sam.get(f"/codes/carc/197?start={kept(engine)[0].id}").text)


def test_another_payers_way_leaves_the_claim_alone(sam: Browser, engine: Engine, payer_id: int) -> None:
    other = next(
        claim_numbered(engine, number).payer_id
        for number in ("ST1001", "ST1002", "ST1005", "ST1006", "ST1007")
        if claim_numbered(engine, number).payer_id != payer_id
    )
    sam.submit("/codes/carc/197", judged(other))

    assert kept(engine)[0].payer_id == other
    assert work_of(engine).queue == "authorization"


def test_columns_and_rows_judge_codes_alike(sam: Browser, engine: Engine, payer_id: int) -> None:
    with Session(engine) as session:
        remarks = sorted({code for each in session.exec(select(Denial)) for code in each.remarks.split()})
    sam.submit("/codes/carc/197", judged(payer_id, **{"set.next_action": "write-off", "set.overturn": "high"}))
    for code in remarks:
        sam.submit(f"/codes/rarc/{code}", {"payer": "", "set.workflow_effect": "no-appeal", "why": "x"})
    with Session(engine) as session:
        whole = open_facts(session, TODAY)
        rows = [row for part in fact_rows(session, TODAY) for row in part]

    assert any(row.judged_effects for row in rows)
    assert {"write-off", "high"} <= {word for row in rows for word in (row.carc_action, row.carc_overturn)}
    assert_same(whole, Facts.from_rows(rows))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"why": ""}, "Say why"),
        ({"from_on": "soon"}, "is no date"),
        ({"payer": "999999"}, "Choose a payer"),
        ({"set.category": "weather"}, "is not one of"),
        ({"set.nature": "denial"}, "nature cannot be judged"),
    ],
)
def test_what_cannot_be_kept_is_said_and_what_was_typed_stays(
    sam: Browser, engine: Engine, payer_id: int, given: dict[str, str], says: str
) -> None:
    for address in ("/codes/carc/197", "/codes/carc/197/check"):
        answer = sam.submit(address, judged(payer_id, **given))
        assert answer.status_code == 422
        assert says in html.unescape(answer.text)
        assert "Their coder’s desk" in html.unescape(answer.text)
    assert kept(engine) == []


def test_a_code_of_no_list_does_not_exist(sam: Browser) -> None:
    assert sam.get("/codes/carc/9X9").status_code == 404
    assert sam.get("/codes/plb/WO").status_code == 404
    assert sam.submit("/codes/carc/9X9", judged("")).status_code == 404


def test_whoever_may_not_manage_reads_and_changes_nothing(
    dana: Browser, olivia: Browser, engine: Engine, payer_id: int
) -> None:
    for browser in (dana, olivia):
        assert browser.get("/codes?q=authorization").status_code == 200
        assert "Judge it otherwise" not in browser.get("/codes/carc/197").text
        assert browser.submit("/codes/carc/197", judged(payer_id)).status_code == 403
        assert browser.submit("/codes/carc/197/check", judged(payer_id)).status_code == 403
        assert browser.get("/codes/texts").status_code == 403
    assert kept(engine) == []


def test_an_outsider_sees_no_open_work_behind_a_code(stranger: Browser, sam: Browser) -> None:
    assert "led by it" in sam.get("/codes/carc/197").text
    assert "led by it" not in stranger.get("/codes/carc/197").text


def test_official_texts_are_loaded_shown_and_dropped(ada: Browser) -> None:
    files = {"file": ("carc.csv", b"code,text\n197,The owner's own words\n", "text/csv")}
    ada.post("/codes/texts", data={"csrf": ada.csrf, "of": "carc", "edition": "2026-07-01"}, files=files)
    page = ada.get("/codes/texts").text

    assert "Jul 1, 2026" in page
    assert "The owner&#39;s own words" in ada.get("/codes/carc/197").text
    ada.submit("/codes/texts/drop", {"of": "carc"})
    assert "own words" not in ada.get("/codes/carc/197").text.replace("words of our own", "")


@pytest.mark.parametrize("content", [b"\xff\xfe", b"code\n1\n", b"code,text\n1,\n"])
def test_a_file_that_is_no_list_of_texts_is_refused(ada: Browser, content: bytes) -> None:
    ada.post("/codes/texts", data={"csrf": ada.csrf, "of": "carc"}, files={"file": ("x.csv", content, "text/csv")})

    assert "Nothing was taken" in ada.get("/codes/texts").text


def test_a_code_typed_in_small_letters_is_the_same_code(dana: Browser) -> None:
    assert dana.get("/codes/rarc/n290").headers["location"] == "/codes/rarc/N290"

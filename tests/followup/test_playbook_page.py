"""The playbook on screen: read in words, changed by a form, shown before it is kept, in force at once."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.audit.tables import Event
from app.auth.permissions import Role
from app.claims import queries
from app.core import worked_out
from app.core.clock import FixedClock
from app.core.db import session_scope
from app.followup.playbook_form import Typed, rule_of, typed_of
from app.followup.playbook_words import EFFECT_WORDS, said, word_of
from app.followup.playbooks import own_of, payers_touched, playbook_in_force
from app.followup.rank import rerank_all
from app.followup.tables import PlaybookVersion, RankRun, WorkScore
from app.followup.verify import verify_queues
from tests.browser_double import Browser, sign_in_as
from tests.practice import claim_numbered
from workqueues.own_rules import OwnRules, keep_rule, switch_rule
from workqueues.playbook import Rule, standard_playbook
from workqueues.vocabulary import REMARK_EFFECTS

DENIED = "ST1003"  # for authorization
RULES = standard_playbook().rules


@pytest.fixture
def olivia(app: FastAPI, practice_ids: tuple[int, ...]) -> Browser:
    """An auditor of every practice loaded."""
    return sign_in_as(app, Role.AUDITOR, practice_ids=practice_ids, name="Olivia Marsh")


@pytest.fixture
def payer_id(engine: Engine) -> int:
    return claim_numbered(engine, DENIED).payer_id


def work_of(engine: Engine, number: str = DENIED) -> WorkScore:
    with Session(engine) as session:
        return session.get_one(WorkScore, claim_numbered(engine, number).id)


def actions(engine: Engine) -> dict[int, tuple[str, str]]:
    with Session(engine) as session:
        return {row.claim_id: (row.action, row.queue) for row in session.exec(select(WorkScore))}


def events(engine: Engine) -> list[Event]:
    with Session(engine) as session:
        return list(session.exec(select(Event).where(Event.action == "playbook.in_force")))


def kept(engine: Engine) -> list[PlaybookVersion]:
    with Session(engine) as session:
        return list(session.exec(select(PlaybookVersion)))


def drafted(page: str) -> dict[str, str]:
    """The form that keeps what a page previews."""
    text = re.search(r'name="text" value="([^"]*)"', page)
    based_on = re.search(r'name="based_on" value="(\d+)"', page)
    assert text is not None
    assert based_on is not None
    return {"text": html.unescape(text[1]), "based_on": based_on[1]}


def rule_for(payer_id: int, **fields: object) -> dict[str, object]:
    row: dict[str, object] = {
        "payers": str(payer_id),
        "in.category": ["authorization"],
        "in.status": ["denied", "partially_denied"],
        "action": "call",
        "queue": "authorization",
        "clock": "appeal",
        "reason": "This payer opens authorizations by phone.",
        "source": "Provider manual 2026, page 12",
        "before": "rejected",
    }
    return {**row, **fields}


def keep(browser: Browser, page: str, why: str = "Agreed with the payer") -> None:
    answer = browser.submit("/playbook", {**drafted(page), "why": why})
    assert answer.status_code == 303, answer.text


def test_every_rule_is_read_in_words_with_what_it_decides(dana: Browser, engine: Engine) -> None:
    page = dana.get("/playbook").text

    for rule in RULES:
        assert f'id="{rule.id}"' in page
        assert html.escape(rule.reason, quote=True).replace("&#x27;", "&#39;") in page
    assert "Rules that" not in page
    with Session(engine) as session:
        cents = sum(row.open_cents for row in session.exec(select(WorkScore)))
    assert f"${cents / 100:,.2f}, as last ranked" in page


def test_no_word_of_the_rules_is_left_as_a_code() -> None:
    assert set(EFFECT_WORDS) == set(REMARK_EFFECTS)
    for rule in RULES:
        words = said(rule, {})
        assert "_" not in " ".join(words), words


def test_a_search_keeps_the_rules_that_say_every_word(dana: Browser) -> None:
    page = dana.get("/playbook?q=reopening+medicare").text

    assert 'id="found-refile-medicare-b"' in page
    assert 'id="coding"' not in page
    assert "No rule says that" in dana.get("/playbook?q=zeppelin").text


def test_a_rule_of_one_payers_own_moves_its_claims_at_once(sam: Browser, engine: Engine, payer_id: int) -> None:
    page = sam.submit("/playbook/edit", rule_for(payer_id)).text
    assert kept(engine) == []
    assert work_of(engine).action == "research"
    keep(sam, page)

    assert (work_of(engine).action, work_of(engine).why) == ("call", "This payer opens authorizations by phone.")
    assert [event.detail["changes"] for event in events(engine)] == [[[work_of(engine).reason, "added"]]]
    with Session(engine) as session:
        assert verify_queues(session).faults == []
    assert "our own" in sam.get(f"/playbook?payer={payer_id}").text


def test_what_the_preview_promises_is_what_happens(sam: Browser, engine: Engine) -> None:
    before = actions(engine)
    page = sam.submit("/playbook/switch", {"rule": "authorization", "payer": "", "on": "no"}).text
    promised = re.search(r"preview-title\">(\d+) claims?, ", page)
    assert promised is not None
    keep(sam, page)
    after = actions(engine)

    assert sum(before[claim] != after[claim] for claim in before) == int(promised[1]) > 0


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """The books count as large, and a look waits as long as is told."""
    monkeypatch.setattr(worked_out, "QUICK_SECONDS", 0.0)

    def wait(seconds: float) -> None:
        monkeypatch.setattr(queries, "LARGE_CLAIMS", 0)
        monkeypatch.setattr(worked_out, "WAIT_SECONDS", seconds)

    return wait


def previewed(page: str) -> str:
    """What would change, without when that was sought."""
    section = page[page.index('id="preview"') : page.index("</section>", page.index('id="preview"'))]
    return re.sub(r"\s+", " ", re.sub(r'<form class="cluster".*?</form>', "", section, flags=re.DOTALL))


SWITCHED_OFF = {"rule": "authorization", "payer": "", "on": "no"}


def test_of_large_books_the_claims_are_sought_once_and_shown_with_their_time(
    sam: Browser, large: Callable[[float], None]
) -> None:
    at_once = sam.submit("/playbook/switch", SWITCHED_OFF).text
    large(30.0)
    sought, kept_one = (sam.submit("/playbook/switch", SWITCHED_OFF).text for _ in range(2))

    assert "Sought" not in at_once
    assert "Sought Nov 23, 2026, 9:00 AM" in kept_one
    assert previewed(sought) == previewed(kept_one) == previewed(at_once)


def test_sought_again_they_have_the_time_of_that(
    sam: Browser, clock: FixedClock, large: Callable[[float], None]
) -> None:
    large(30.0)
    page = sam.submit("/playbook/switch", SWITCHED_OFF).text
    clock.advance(minutes=5)
    draft = {"text": drafted(page)["text"], "why": "Too many"}
    looked, again = sam.submit("/playbook/preview", draft), sam.submit("/playbook/preview", {**draft, "anew": "yes"})

    assert "Sought Nov 23, 2026, 9:00 AM" in looked.text
    assert 'value="Too many"' in looked.text
    assert "Sought Nov 23, 2026, 9:05 AM" in again.text


def test_while_they_are_sought_the_page_looks_again_and_nothing_can_be_kept(
    sam: Browser, large: Callable[[float], None]
) -> None:
    large(0.0)
    slots = [worked_out._slots.acquire() for _ in range(worked_out.AT_ONCE)]
    page = sam.submit("/playbook/switch", SWITCHED_OFF).text
    begun = list(worked_out._under_way.values())
    for _ in slots:
        worked_out._slots.release()

    assert "The claims that would change are being sought" in page
    assert 'hx-post="/playbook/preview" hx-trigger="submit, every 3s"' in page
    assert "Put in force" not in page
    assert all(work.done.wait(30) for work in begun)


def test_looking_at_what_would_change_waits_for_nobody_who_writes(sam: Browser, engine: Engine) -> None:
    with session_scope(engine):
        assert sam.submit("/playbook/switch", SWITCHED_OFF).status_code == 200


def test_a_change_of_one_payers_rules_ranks_only_its_claims(sam: Browser, engine: Engine, payer_id: int) -> None:
    with Session(engine) as session:
        runs = len(session.exec(select(RankRun)).all())
    keep(sam, sam.submit("/playbook/edit", rule_for(payer_id)).text)
    with Session(engine) as session:
        assert len(session.exec(select(RankRun)).all()) == runs
    keep(sam, sam.submit("/playbook/switch", {"rule": "coding", "on": "no"}).text)
    with Session(engine) as session:
        assert len(session.exec(select(RankRun)).all()) == runs + 1


def test_a_rule_off_for_one_payer_is_said_so_and_can_be_used_again(
    sam: Browser, engine: Engine, payer_id: int
) -> None:
    keep(sam, sam.submit("/playbook/switch", {"rule": "authorization", "payer": str(payer_id), "on": "no"}).text)
    assert work_of(engine).reason != "authorization"
    assert "off for 1 payer" in sam.get("/playbook").text

    keep(sam, sam.submit("/playbook/switch", {"rule": "authorization", "payer": str(payer_id), "on": "yes"}).text)
    assert work_of(engine).reason == "authorization"


def test_a_standard_rule_changed_for_all_can_go_back(sam: Browser, engine: Engine, payer_id: int) -> None:
    form = rule_for(payer_id, rule="authorization", payers="")
    keep(sam, sam.submit("/playbook/edit", form).text)
    assert work_of(engine).action == "call"

    keep(sam, sam.submit("/playbook/drop", {"rule": "authorization"}).text)
    assert work_of(engine).action == "research"


def test_any_version_can_be_brought_back(sam: Browser, engine: Engine, payer_id: int) -> None:
    keep(sam, sam.submit("/playbook/edit", rule_for(payer_id)).text, "the first")
    keep(sam, sam.submit("/playbook/back", {"number": "1"}).text)
    assert work_of(engine).action == "research"
    keep(sam, sam.submit("/playbook/back", {"number": "2"}).text)

    assert work_of(engine).action == "call"
    assert [each.number for each in kept(engine)] == [2, 3, 4]
    page = sam.get("/playbook/history").text
    assert "the first" in page
    assert page.count(">Sam Whitfield</td>") == 3


def test_what_a_colleague_kept_meanwhile_is_not_lost(sam: Browser, engine: Engine, payer_id: int) -> None:
    mine = sam.submit("/playbook/edit", rule_for(payer_id)).text
    keep(sam, sam.submit("/playbook/switch", {"rule": "coding", "on": "no"}).text)
    answer = sam.submit("/playbook", {**drafted(mine), "why": "late"})

    assert answer.status_code == 422
    assert "Sam Whitfield put version 2 in force meanwhile" in answer.text
    assert len(kept(engine)) == 1


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"reason": " "}, "Say it in one line"),
        ({"least.open_cents": "lots"}, "is not an amount"),
        ({"within.denied_on": "-3"}, "is not a whole number"),
        ({"carc": "9X9"}, "no reason code of any list"),
        ({"carc": "a b c$"}, "is not a code"),
        ({"remark": "N9999"}, "no remark code"),
        ({"action": "wait", "wait_days": ""}, "to wait needs"),
        ({"action": "dance"}, "is not one of"),
        ({"queue": ""}, "is missing"),
        ({"in.status": ["lost"]}, "is not one of"),
        ({"payers": "1; drop"}, "Choose a payer"),
        ({"before": "nobody"}, "which is no other rule"),
        ({"reason": "x" * 201}, "at most 200"),
    ],
)  # fmt: skip
def test_a_form_that_cannot_be_followed_says_which_word_and_keeps_what_was_typed(
    sam: Browser, engine: Engine, payer_id: int, fields: dict[str, object], says: str
) -> None:
    answer = sam.submit("/playbook/edit", rule_for(payer_id, proof="keep me typed", **fields))

    assert answer.status_code == 422
    assert says in html.unescape(answer.text)
    assert "keep me typed" in answer.text
    assert kept(engine) == []


def test_a_rule_that_says_nothing_under_when_is_refused(sam: Browser) -> None:
    form = rule_for(0, payers="", **{"in.category": [], "in.status": []})

    assert "it fits every claim" in sam.submit("/playbook/edit", form).text


def test_a_version_needs_a_reason_and_a_difference(sam: Browser, engine: Engine) -> None:
    page = sam.submit("/playbook/switch", {"rule": "coding", "on": "no"}).text

    assert "say why" in sam.submit("/playbook", {**drafted(page), "why": " "}).text
    assert "nothing differs" in sam.submit("/playbook", {"text": "", "based_on": "1", "why": "x"}).text
    assert kept(engine) == []


def test_a_text_is_checked_and_its_difference_shown(sam: Browser, engine: Engine) -> None:
    bad = sam.submit("/playbook/text", {"text": '[[switch]]\nrule = "codng"\noff = true'})
    good = sam.submit("/playbook/text", {"text": '[[switch]]\nrule = "coding"\noff = true'})

    assert (bad.status_code, good.status_code) == (422, 200)
    assert "switch codng: no rule is called so" in bad.text
    assert "switched off" in good.text
    assert kept(engine) == []


def test_a_claim_says_why_its_rule_decides_and_why_not_another(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, DENIED)
    answer = dana.get(f"/playbook/claims?number={DENIED}&rule=coding")
    page = dana.get(answer.headers["location"]).text

    assert answer.headers["location"] == f"/playbook/claims/{claim.id}?rule=coding"
    assert "authorization" in page
    assert "It does not fit" in page
    assert "but: authorization" in page
    with Session(engine) as session:
        seen = session.exec(select(Event).where(Event.action == "claim.playbook.view")).all()
    assert [event.object_id for event in seen] == [str(claim.id)]


def test_a_number_that_is_nobodys_says_so(dana: Browser) -> None:
    assert dana.get("/playbook/claims?number=NOPE").headers["location"] == "/playbook"


def test_an_outsider_learns_nothing_of_a_claim(stranger: Browser, engine: Engine) -> None:
    assert stranger.get(f"/playbook/claims/{claim_numbered(engine, DENIED).id}").status_code == 404
    assert stranger.get(f"/playbook/claims?number={DENIED}").headers["location"] == "/playbook"


@pytest.mark.parametrize("path", ["edit", "switch", "move", "drop", "back", "text", ""])
def test_whoever_may_not_tune_reads_and_changes_nothing(
    dana: Browser, olivia: Browser, engine: Engine, path: str
) -> None:
    address = f"/playbook/{path}".rstrip("/")
    for browser in (dana, olivia):
        assert browser.submit(address, {"rule": "coding", "on": "no", "text": "", "why": "x"}).status_code == 403
        assert browser.get("/playbook").status_code == 200
        assert browser.get("/playbook/edit").status_code == 403
        assert "Switch off" not in browser.get("/playbook/rules/coding").text
        assert "Bring back" not in browser.get("/playbook/history").text
    assert kept(engine) == []


@pytest.mark.parametrize("rule", RULES[:-1], ids=lambda rule: rule.id)
def test_a_form_opened_on_a_rule_and_sent_back_makes_the_same_rule(rule: Rule) -> None:
    typed: Typed = typed_of(rule, "")

    assert rule_of(rule.id, typed)._replace(part=rule.part) == rule


def test_only_a_change_that_names_its_payers_moves_only_theirs() -> None:
    coding = RULES[standard_playbook().number("coding")]
    for_two = coding._replace(id="our-x", when={**coding.when, "payer_id": [4, 5]})
    nothing = OwnRules()

    assert payers_touched(nothing, keep_rule(nothing, for_two, "coding")) == frozenset({4, 5})
    assert payers_touched(nothing, switch_rule(nothing, "coding", payer_id=7, on=False)) == frozenset({7})
    assert payers_touched(nothing, switch_rule(nothing, "coding", payer_id=None, on=False)) is None
    assert payers_touched(nothing, own_of('[[move]]\nrule = "coding"\nbefore = "credit"\n')) is None


def test_a_kept_text_that_names_a_rule_of_an_older_release_still_ranks(engine: Engine, clock: FixedClock) -> None:
    text = '[[switch]]\nrule = "gone"\noff = true\n\n[[move]]\nrule = "coding"\nbefore = "gone-too"\n'
    with session_scope(engine) as session:
        session.add(PlaybookVersion(number=2, text=text, why="x", person_name="Sam", made_at=clock.now()))
    rerank_all(engine, clock, trigger="test")

    with Session(engine) as session:
        assert playbook_in_force(session).rules == RULES
    assert work_of(engine).reason == "authorization"


def test_a_rule_is_moved_from_where_it_stands(sam: Browser, engine: Engine) -> None:
    page = sam.get("/playbook/rules/authorization").text
    after = RULES[standard_playbook().number("authorization") + 1].id

    assert re.search(rf'value="{after}" selected', page)
    keep(sam, sam.submit("/playbook/move", {"rule": "late-filing", "before": "credit"}).text)
    assert 'value="credit" selected' in sam.get("/playbook/rules/late-filing").text


@pytest.mark.parametrize(
    "path",
    [
        "/playbook?payer=x&q=%00",
        "/playbook?payer=99999999999999999999",
        "/playbook/edit?payer=abc",
        "/playbook/claims?number=%00%0d%0aSet-Cookie:x&rule=%0d%0a",
        "/playbook/history",
    ],
)
def test_odd_addresses_are_answered(sam: Browser, path: str) -> None:
    assert sam.get(path).status_code in (200, 303)


@pytest.mark.parametrize(
    "path", ["/playbook/edit?rule=nope", "/playbook/edit?like=anything-else", "/playbook/rules/%00"]
)
def test_a_rule_that_is_none_is_not_found(sam: Browser, path: str) -> None:
    assert sam.get(path).status_code == 404


def test_a_reason_is_kept_as_one_line_that_any_database_takes(sam: Browser, engine: Engine) -> None:
    page = sam.submit("/playbook/switch", {"rule": "coding", "on": "no"}).text
    keep(sam, page, "first\x00line\r\nsecond")

    assert kept(engine)[0].why == "first line second"


def test_codes_are_said_in_capitals_however_they_were_typed() -> None:
    assert (word_of("remark", "n290"), word_of("carc", "a1"), word_of("remark", "")) == ("N290", "A1", "none")

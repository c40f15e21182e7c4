"""The workbench's pages, asked as a browser and as htmx would, by people on both sides of the wall."""

from __future__ import annotations

import re
from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.audit.tables import Event
from app.followup.why import rule_words
from tests.browser_double import Browser
from tests.practice import claim_numbered
from workqueues.deadlines import STATED, anchor_days
from workqueues.facts import FactRow, Facts, day_of


def test_the_bench_shows_queues_list_and_the_best_claim(dana: Browser) -> None:
    page = dana.get("/work").text

    assert 'href="/work?queue=authorization"' in page
    assert "Why this, why now" in page
    assert page.count("data-row ") > 5


def test_the_address_holds_queue_filters_and_claim(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    page = dana.get(f"/work?queue=authorization&age=31-60&claim={claim.id}").text

    assert "KOWALCZYK, THEO" in page
    assert "31-60 days" in page
    assert "/work?queue=authorization" in page  # the chip's way out keeps the queue


def test_htmx_gets_the_pane_that_it_names(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    headers = {"HX-Request": "true", "HX-Target": "pane-claim"}
    piece = dana.get(f"/work?claim={claim.id}", headers=headers).text

    assert "KOWALCZYK, THEO" in piece
    assert "<html" not in piece
    assert 'id="pane-list"' not in piece


def test_the_money_strip_foots(dana: Browser, engine: Engine) -> None:
    for number in ("ST1001", "ST1002", "ST1003", "ST1005"):
        claim = claim_numbered(engine, number)
        page = dana.get(f"/claims/{claim.id}").text
        strip = page[page.index('class="strip"') :]
        cells = re.findall(r'data-sign="(.)".*?strip-value">(−?)\$([\d,.]+)<', strip, re.S)
        billed = re.search(r'strip-value">\$([\d,.]+)<', strip)
        assert billed is not None
        total = cents(billed[1])
        for sign, minus, text in cells:
            amount = -cents(text) if minus else cents(text)
            if sign == "=":
                assert total == amount, number
            else:
                total -= amount
        assert "do not foot" not in page


def test_what_the_patient_owes_shows_no_payers_window(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1005")  # zero paid, the patient's share
    page = dana.get(f"/claims/{claim.id}").text

    assert "none: the patient owes what is open" in page
    assert "no payer’s deadline" in page
    for clock in ("First filing", "Reconsideration", "First appeal", "deadline not configured"):
        assert clock not in page, clock
    denied = dana.get(f"/claims/{claim_numbered(engine, 'ST1003').id}").text
    assert "First appeal" in denied
    assert "the patient owes what is open" not in denied


def cents(text: str) -> int:
    return int(text.replace(",", "").replace(".", ""))


def test_every_figure_opens_the_segment_it_came_from(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    page = dana.get(f"/claims/{claim.id}").text
    links = set(re.findall(r'href="(/claims/\d+/edi\?[^"#]*segment=\d+[^"#]*)', page))

    assert len(links) >= 3
    for link in links:
        shown = dana.get(link.replace("&amp;", "&"))
        assert shown.status_code == 200
        assert shown.text.count("edi-lit") == 1


def test_what_was_billed_is_underlined_in_the_claim_and_in_its_line(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST2001")  # of the stories the one whose 837 is there
    page = dana.get(f"/claims/{claim.id}").text
    strip = re.search(r'href="([^"]+)"[^>]*>\s*<span class="strip-label">Billed', page)
    line = re.search(r'href="([^"]+line=1)" aria-label="Billed', page)
    assert strip is not None
    assert line is not None

    shown = dana.get(strip[1].replace("&amp;", "&")).text
    assert re.search(r'class="edi-id">CLM</span>\*ST2001\*<span class="edi-element">[\d.]+</span>', shown)
    moved = dana.get(line[1].replace("&amp;", "&"))
    opened = dana.get(moved.headers["location"].partition("#")[0]).text
    lit = opened.partition("edi-lit")[2].partition("</code>")[0]
    assert ">SV1</span>" in lit
    assert '<span class="edi-element">' in lit
    assert "#s" in moved.headers["location"]


def test_what_a_claim_without_an_837_was_billed_is_underlined_in_its_answer(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    assert claim.known_from == "835"
    page = dana.get(f"/claims/{claim.id}").text
    strip = re.search(r'href="([^"]+)"[^>]*>\s*<span class="strip-label">Billed', page)
    line = re.search(r'href="([^"]+)" aria-label="Billed', page)
    assert strip is not None
    assert line is not None

    of_claim, of_line = (dana.get(each[1].replace("&amp;", "&")).text for each in (strip, line))
    lit = of_claim.partition("edi-lit")[2].partition("</code>")[0]
    assert re.search(r'class="edi-id">CLP</span>\*ST1003\*\d+\*<span class="edi-element">1840(\.00)?</span>', lit)
    lit = of_line.partition("edi-lit")[2].partition("</code>")[0]
    assert re.search(r'class="edi-id">SVC</span>\*[^*]+\*<span class="edi-element">1840(\.00)?</span>', lit)


def test_a_clock_says_from_which_day_it_runs() -> None:
    rule = STATED._replace(unit="calendar-days", length=60, anchor="notice", presumption_days=5)

    assert rule_words(rule, date(2026, 10, 22)) == (
        "60 days from the remittance (Oct 22, 2026), presumed received 5 days later"
    )
    assert rule_words(rule) == "60 days from the remittance, presumed received 5 days later"  # the payer's own page


def test_the_clock_of_a_claim_sent_again_says_that_it_runs_from_the_last_bill() -> None:
    rule = STATED._replace(unit="calendar-days", length=90, anchor="billed")
    row = FactRow(1, 1, 1, 100, first_billed_on=date(2026, 3, 2), last_billed_on=date(2026, 9, 14))
    started = day_of(float(anchor_days(Facts.from_rows([row]), rule.anchor)[0]))

    assert rule_words(rule, started) == "90 days from the last bill (Sep 14, 2026)"


def test_the_score_is_told_in_sentences(dana: Browser, engine: Engine) -> None:
    page = dana.get(f"/claims/{claim_numbered(engine, 'ST1003').id}").text
    parts = page.partition('class="why-parts"')[2].partition("</ul>")[0]
    said = [" ".join(re.sub(r"<[^>]+>", "", each).split()) for each in parts.split("</li>")]

    assert re.fullmatch(r".*it should bring \$[\d,.]+ more\.", said[0])
    assert re.fullmatch(r".*The odds are \d+% that work brings money.*\.", said[1])
    assert re.fullmatch(r".*It takes about \d+ minutes, .*\.", said[2])
    assert re.fullmatch(r".*That makes \$[\d,.]+ a minute.*: its place in the list\.", said[3])


def test_denial_codes_stand_in_plain_words_with_what_to_do(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    page = dana.get(f"/claims/{claim.id}").text

    assert "CO-197" in page
    assert "authorization" in page.lower()
    assert '<ol class="steps"' in page
    assert "not configured" in page  # a clock that nobody has set says so


def test_a_stranger_finds_nothing_behind_any_address(stranger: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")

    assert stranger.get(f"/claims/{claim.id}").status_code == 404
    assert stranger.get(f"/work?claim={claim.id}").status_code == 404
    assert stranger.get(f"/claims/{claim.id}/edi?of=payment&row=1").status_code == 404
    assert stranger.submit(f"/claims/{claim.id}/lease").status_code == 404
    assert stranger.submit(f"/claims/{claim.id}/touches", {"kind": "note", "note": "x"}).status_code == 404
    assert "KOWALCZYK" not in stranger.get("/work").text
    assert "KOWALCZYK" not in stranger.get("/unmatched").text


def test_wire_text_of_another_claim_cannot_be_reached_through_ones_own(dana: Browser, engine: Engine) -> None:
    mine, other = claim_numbered(engine, "ST1003"), claim_numbered(engine, "ST1001")
    page = dana.get(f"/claims/{other.id}").text
    row = re.search(rf"/claims/{other.id}/edi\?of=payment&amp;row=(\d+)", page)
    assert row is not None

    assert dana.get(f"/claims/{mine.id}/edi?of=payment&row={row[1]}").status_code == 404
    assert dana.get(f"/claims/{mine.id}/edi?of=nonsense&row=1").status_code == 404


def test_looking_at_a_claim_is_written_down(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    dana.get(f"/claims/{claim.id}")

    with Session(engine) as session:
        seen = session.exec(select(Event).where(Event.action == "claim.view")).one()
    assert (seen.object_id, seen.patient_id) == (str(claim.id), claim.patient_id)


def test_next_serves_the_best_claim_that_nobody_else_has_open(dana: Browser, lee: Browser) -> None:
    best = dana.submit("/work/next").headers["location"]
    claim_id = re.search(r"claim=(\d+)", best)
    assert claim_id is not None
    dana.submit(f"/claims/{claim_id[1]}/lease")

    other = lee.submit("/work/next").headers["location"]

    assert other != best
    assert dana.submit("/work/next").headers["location"] == best


def test_unmatched_money_stands_on_its_own_page(dana: Browser) -> None:
    page = dana.get("/unmatched").text

    assert "Unmatched payments" in page


@pytest.mark.parametrize(
    "query", ["queue=nowhere", "after=garbage", "payer=x&age=9&sort=zz", "claim=abc", "text=%25%27"]
)
def test_an_address_that_makes_no_sense_still_opens(dana: Browser, query: str) -> None:
    assert dana.get(f"/work?{query}").status_code == 200


@pytest.mark.parametrize(
    ("query", "title"), [("due=14", "Due within 14 days"), ("owner=me", "Mine"), ("all=1", "All open work")]
)
def test_a_list_on_paper_is_called_as_it_is_on_the_screen(dana: Browser, query: str, title: str) -> None:
    assert f"<h1>{title}</h1>" in dana.get(f"/work/print?{query}").text

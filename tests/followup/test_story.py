"""The timeline tells everything that happened to a claim, and each entry opens its source."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.followup.story import QUIET, Told, counts_of
from app.matching.tables import Denial
from tests.browser_double import Browser
from tests.practice import claim_numbered


@pytest.fixture
def claim_id(engine: Engine) -> int:
    return claim_numbered(engine, "ST1003").id or 0


def entries_of(page: str) -> list[tuple[str, str]]:
    """Kind and words of each entry."""
    items = re.findall(r'<li class="timeline-item" data-kind="(\w+)">(.*?)</li>', page, re.S)
    return [(kind, re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", inner)).strip()) for kind, inner in items]


def told(page: str, kind: str) -> list[str]:
    return [words for each, words in entries_of(page) if each == kind]


def test_what_the_wire_said_is_told_and_opens_its_segment(dana: Browser, claim_id: int) -> None:
    page = dana.get(f"/claims/{claim_id}").text

    assert told(page, "payer")
    for link in re.findall(r'class="timeline-title"><a href="(/claims/\d+/edi[^"]+)"', page):
        assert dana.get(link.replace("&amp;", "&").partition("#")[0]).status_code == 200


def test_a_call_is_told_with_who_made_it(dana: Browser, claim_id: int) -> None:
    dana.submit(f"/claims/{claim_id}/touches", {"kind": "call", "note": "Asked for the panel", "outcome": "will_pay"})

    assert any(
        "Dana Reyes" in words and "Asked for the panel" in words
        for words in told(dana.get(f"/claims/{claim_id}").text, "work")
    )


def test_ticked_steps_of_one_day_are_one_entry(dana: Browser, engine: Engine, claim_id: int) -> None:
    with Session(engine) as session:
        denial_id = session.exec(select(Denial.id).where(Denial.claim_id == claim_id)).one()
    steps = re.findall(r'name="done" value="([^"]+)"', dana.get(f"/claims/{claim_id}").text)
    for step in steps[:2]:
        dana.submit(f"/denials/{denial_id}/steps", {"done": step})

    (words,) = [each for each in told(dana.get(f"/claims/{claim_id}").text, "work") if "playbook" in each]
    assert words.startswith("2 steps of the playbook done")


def test_the_books_are_told_leg_by_leg(dana: Browser, engine: Engine) -> None:
    paid = claim_numbered(engine, "ST1001")
    booked = " ".join(told(dana.get(f"/claims/{paid.id}").text, "books"))

    assert "Billed" in booked
    assert "open with payer" in booked
    assert "paid by remittance" in booked


def test_who_looked_is_told_once_a_day_each(dana: Browser, lee: Browser, claim_id: int) -> None:
    for _ in range(3):
        lee.get(f"/claims/{claim_id}")

    seen = told(dana.get(f"/claims/{claim_id}").text, "seen")
    assert [words.split(" looked")[0] for words in seen] == ["Lee Okafor"]
    assert "3 times" in seen[0]


def test_an_appeal_is_told_and_opens_its_page(dana: Browser, claim_id: int) -> None:
    issue = re.search(r'name="issue" value="([^"]+)"', dana.get(f"/claims/{claim_id}/appeal").text)
    assert issue is not None
    started = dana.submit(f"/claims/{claim_id}/appeal", {"issue": issue[1], "level": "1", "amount": "100.00"})
    assert started.status_code == 303, started.text

    page = dana.get(f"/claims/{claim_id}").text
    assert any("started: CO-197" in words for words in told(page, "sent"))
    assert 'href="/appeals/' in page


def test_the_choices_are_counted_and_the_quiet_kinds_stay_out_of_the_story(dana: Browser, claim_id: int) -> None:
    page = dana.get(f"/claims/{claim_id}").text
    entries = entries_of(page)
    shown = dict(re.findall(r'value="(\w+)" id="story-\w+"[^>]*><span>[^<]+</span> <span class="soft">(\d+)<', page))

    assert int(shown["all"]) == len(entries)
    assert int(shown["story"]) == sum(kind not in QUIET for kind, _ in entries)


def test_a_kind_without_entries_is_not_offered() -> None:
    from datetime import UTC, date, datetime

    only = Told("payer", date(2026, 11, 2), datetime(2026, 11, 2, tzinfo=UTC), "Denied")
    assert [key for key, _, _ in counts_of([only])] == ["story", "payer", "all"]

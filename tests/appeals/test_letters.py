"""Letters: merge fields from an allowed list in a sandbox, versions kept, the most particular letter chosen."""

from __future__ import annotations

import pytest
from sqlalchemy import Engine
from sqlmodel import Session

from app.appeals.letter_templates import (
    SEEDS,
    Seed,
    choose_letter,
    current_letters,
    keep_seeds,
    letter_versions,
    save_letter,
)
from app.appeals.letters import FIELDS, LetterRefused, check_letter, lay_out, render_letter
from app.core.clock import FixedClock
from app.core.db import session_scope

EVERYTHING = {name: f"[{name}]" for name in FIELDS}


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("{{ ''.__class__.__mro__ }}", "may not use “getattr”"),
        ("{{ argument.upper() }}", "may not use"),
        ("{% for x in argument %}{{ x }}{% endfor %}", "may not use “for”"),
        ("{{ range(10) }}", "may not use “call”"),
        ("{% include 'work/claim.html' %}", "may not use “include”"),
        ("{% set x = 1 %}", "may not use “assign”"),
        ("{{ argument * 999999 }}", "may not use “mul”"),
        ("{{ argument | pprint }}", "filter “pprint” is not allowed"),
        ("{{ password }}", "no merge field “password”"),
        ("{{ claim_number ", "Line 1"),
        ("   ", "is empty"),
        ("a" * 20_001, "20,001 characters"),
    ],
)
def test_a_letter_may_use_fields_and_conditions_and_nothing_else(body: str, says: str) -> None:
    with pytest.raises(LetterRefused, match="(?s).*" + says):
        check_letter(body)


def test_what_stands_in_a_field_is_never_run() -> None:
    letter = render_letter("Subject: S\n\n{{ argument }}", {"argument": "{{ claim_number }} <b>bold</b>"})

    assert letter.blocks[0].text == "{{ claim_number }} <b>bold</b>"


def test_a_letter_is_set_in_paragraphs_and_lists() -> None:
    letter = lay_out("Subject: About it\n\nOne line\nand the next.\n\n- first\n- second\n\n\nEnd.")

    assert letter.subject == "About it"
    assert [block.text for block in letter.blocks] == ["One line and the next.", "", "End."]
    assert letter.blocks[1].items == ("first", "second")


@pytest.mark.parametrize("seed", SEEDS, ids=lambda seed: seed.key)
def test_every_letter_that_comes_with_the_product_reads_well_full_and_empty(engine: Engine, seed: Seed) -> None:
    with Session(engine) as session:
        (body,) = [letter.body for letter in current_letters(session) if letter.key == seed.key]
    full, empty = render_letter(body, EVERYTHING), render_letter(body, {"argument": "Because."})

    assert full.subject
    assert "[argument]" in full.text
    assert "Because." in empty.text
    assert "{" not in full.text
    assert len(full.blocks) >= 3


def test_saving_makes_a_version_and_keeps_the_old_one(engine: Engine, clock: FixedClock) -> None:
    with session_scope(engine) as session:
        made = save_letter(
            session, clock, key="duplicate", name="", body="Subject: New\n\n{{ argument }}", note="x", person_id=1
        )
        assert made.version == 2
    with Session(engine) as session:
        assert [letter.version for letter in letter_versions(session, "duplicate")] == [2, 1]
        assert [letter.body[:12] for letter in current_letters(session) if letter.key == "duplicate"] == [
            "Subject: New"
        ]
        assert len(current_letters(session)) == len(SEEDS)


def test_the_most_particular_letter_is_chosen(engine: Engine, clock: FixedClock) -> None:
    with session_scope(engine) as session:
        keep_seeds(session, clock)
        own = save_letter(
            *(session, clock),
            key="",
            name="Ours",
            body="Subject: S\n\n{{ argument }}",
            note="",
            person_id=1,
            category="authorization",
            payer_id=1,
        )
    with Session(engine) as session:
        letters = current_letters(session)

    def chosen(category: str, payer_id: int, kind: str, level: str) -> str:
        return choose_letter(letters, category=category, payer_id=payer_id, payer_kind=kind, level_key=level).key

    assert chosen("authorization", 1, "commercial", "appeal") == own.key
    assert chosen("authorization", 2, "commercial", "appeal") == "authorization"
    assert chosen("authorization", 2, "medicare", "appeal") == "medicare-redetermination"
    assert chosen("authorization", 2, "medicare", "second-appeal") == "medicare-reconsideration"
    assert chosen("bundling", 1, "commercial", "reconsideration") == "bundling"
    assert chosen("never heard of", 1, "commercial", "appeal") == "other"

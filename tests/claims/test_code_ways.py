"""Codes judged here: for every payer, then for one, on the days said; and what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.claims.code_ways import AS_SHIPPED, CodeWays, code_ways
from app.claims.official_texts import load_official_texts, official_editions, official_text
from app.claims.override_code import OverrideRefused, end_override, override_code
from app.claims.tables import CodeOverride, Payer
from app.core.clock import FixedClock
from app.core.db import session_scope
from edi.codes.site_files import SiteFileError

ON = date(2026, 10, 5)


@pytest.fixture
def payers(engine: Engine, clock: FixedClock) -> tuple[int, int]:
    with session_scope(engine) as session:
        made = [Payer(name=name, created_at=clock.now()) for name in ("ACME", "OTHER")]
        session.add_all(made)
        session.flush()
        return made[0].id or 0, made[1].id or 0


def judge(engine: Engine, clock: FixedClock, payer_id: int | None, **given: object) -> None:
    values: dict[str, object] = {
        "list_name": "carc",
        "code": "197",
        "changes": {"next_action": "call-payer"},
        "from_on": None,
        "until_on": None,
        "why": "Agreed",
        "person_id": 1,
        "person_name": "Sam",
    }
    with session_scope(engine) as session:
        override_code(session, clock, payer_id=payer_id, **{**values, **given})  # type: ignore[arg-type]


def ways(engine: Engine) -> CodeWays:
    with Session(engine) as session:
        return code_ways(session.connection())


def test_without_overrides_the_tables_are_as_shipped(engine: Engine) -> None:
    assert ways(engine) is AS_SHIPPED


def test_one_payers_way_goes_over_every_payers(engine: Engine, clock: FixedClock, payers: tuple[int, int]) -> None:
    acme, other = payers
    judge(engine, clock, None, changes={"next_action": "write-off", "overturn": "low"})
    judge(engine, clock, acme, changes={"next_action": "call-payer"})
    made = ways(engine)
    first, second = made.carc("197", acme, ON), made.carc("197", other, ON)

    assert first is not None
    assert second is not None
    assert (first.next_action, first.overturn) == ("call-payer", "low")
    assert (second.next_action, second.overturn) == ("write-off", "low")


def test_a_way_holds_on_its_days_only(engine: Engine, clock: FixedClock, payers: tuple[int, int]) -> None:
    judge(
        engine, clock, payers[0], changes={"category": "coding"}, from_on=date(2026, 7, 1), until_on=date(2026, 9, 30)
    )
    made = ways(engine)
    days = (date(2026, 6, 30), date(2026, 7, 1), date(2026, 9, 30), date(2026, 10, 1), None)

    assert [made.category("197", payers[0], day) for day in days] == [
        *("authorization", "coding", "coding", "authorization", "authorization")
    ]


def test_a_new_way_ends_the_one_whose_days_it_shares_and_no_other(
    engine: Engine, clock: FixedClock, payers: tuple[int, int]
) -> None:
    judge(engine, clock, payers[0], until_on=date(2026, 6, 30), why="first")
    judge(engine, clock, payers[0], from_on=date(2026, 7, 1), why="second")
    judge(engine, clock, payers[1], why="another payer")
    judge(engine, clock, payers[0], from_on=date(2026, 10, 1), why="third")
    with Session(engine) as session:
        ended = {each.why: each.ended_by for each in session.exec(select(CodeOverride))}

    assert ended == {"first": "", "second": "Sam", "another payer": "", "third": ""}


def test_an_ended_way_holds_no_longer(engine: Engine, clock: FixedClock, payers: tuple[int, int]) -> None:
    judge(engine, clock, payers[0])
    with session_scope(engine) as session:
        end_override(session, clock, session.exec(select(CodeOverride)).one(), person_name="Sam")

    assert ways(engine) is AS_SHIPPED


def test_a_remarks_effect_and_words_are_judged_too(
    engine: Engine, clock: FixedClock, payers: tuple[int, int]
) -> None:
    changes = {"workflow_effect": "no-appeal", "label": "Acme’s final word"}
    judge(engine, clock, payers[0], list_name="rarc", code="N54", changes=changes)
    judge(engine, clock, payers[0], changes={"label": "Call the nurse line"})
    made = ways(engine)

    assert made.effects(payers[0], ON) == {"N54": "no-appeal"}
    assert made.effects(payers[1], ON) == {}
    assert made.remark_words("N54", payers[0], ON) == "Acme’s final word"
    assert made.adjustment_words("CO", "197", payers[0], ON) == "Call the nurse line; the provider bears it"
    assert "Authorization" in made.adjustment_words("CO", "197", payers[1], ON)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"why": " "}, "Say why"),
        ({"changes": {}}, "changes nothing"),
        ({"code": "9X9"}, "is in no list"),
        ({"list_name": "plb"}, "is no list of codes"),
        ({"changes": {"nature": "contractual"}}, "nature cannot be judged"),
        ({"changes": {"category": "weather"}}, "'weather' is not one of"),
        ({"changes": {"label": "x" * 201}}, "at most 200 letters"),
        ({"changes": {"note": "a\nb"}}, "one line"),
        ({"from_on": date(2026, 2, 1), "until_on": date(2026, 1, 1)}, "ends before it begins"),
    ],
)
def test_what_cannot_be_kept_says_why(
    engine: Engine, clock: FixedClock, payers: tuple[int, int], given: dict[str, object], says: str
) -> None:
    with pytest.raises(OverrideRefused, match=says):
        judge(engine, clock, payers[0], **given)


def test_official_texts_replace_what_was_loaded_before(engine: Engine, clock: FixedClock) -> None:
    with session_scope(engine) as session:
        load_official_texts(session, clock, "code,text\n1,One\n2,Two\n", "carc", None, person_name="Ada")
        load_official_texts(session, clock, "code,text\n1,Uno\n", "carc", ON, person_name="Ada")
    with Session(engine) as session:
        edition = official_editions(session)["carc"]
        assert edition is not None
        assert (edition.texts, edition.list_date) == (1, ON)
        assert (official_text(session, "carc", "1"), official_text(session, "carc", "2")) == ("Uno", None)


def test_a_file_of_texts_with_a_mistake_is_refused_whole(engine: Engine, clock: FixedClock) -> None:
    with session_scope(engine) as session, pytest.raises(SiteFileError, match="row 3, column text"):
        load_official_texts(session, clock, "code,text\n1,One\n2,\n", "carc", None, person_name="Ada")
    with Session(engine) as session:
        assert official_editions(session)["carc"] is None

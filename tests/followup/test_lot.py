"""The lot on the books: who takes part, with what chance, and what each claim brought in the days that count."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select
from typer.testing import CliRunner, Result

from app.cli import compose
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import make_engine, session_scope
from app.core.schema import init_database
from app.followup.lot import lot_drawn
from app.followup.lot_claims import WINDOW_DAYS, LotClaims, lot_claims
from app.followup.rank import rerank_claims
from app.followup.tables import LotChance
from app.matching.tables import StatusEvent
from tests.followup.office import CENTS, Office, noon
from tests.practice import TODAY
from workqueues.facts import day_number

BEGAN = TODAY - timedelta(days=200)
ON = "random_share = 0.2\noldest_share = 0.0\nstaff = 2\nminutes_per_person = 400"
OFF = "random_share = 0.0"
DAYS = 6  # of denials, while the lot is on
A_DAY = 50


@pytest.fixture
def office(any_engine: Engine, clock: FixedClock) -> Office:
    """With a lot that has been on for long, by a chance of a half."""
    with session_scope(any_engine) as session:
        session.add(LotChance(from_day=BEGAN, chance=0.5, began=BEGAN))
    return Office(any_engine, clock)


def came(office: Office, window_days: int = WINDOW_DAYS) -> LotClaims:
    with Session(office.engine) as session:
        return lot_claims(session, office.today, window_days=window_days)


def brought(office: Office, claim_id: int) -> float | None:
    """What it brought in the days that count; None: it takes no part."""
    found = came(office)
    rows = np.flatnonzero(found.claim_id == claim_id)
    return float(found.collected_cents[rows[0]]) if len(rows) else None


def test_what_was_paid_in_the_days_that_count_is_counted_net_and_nothing_later(office: Office) -> None:
    on = TODAY - timedelta(days=150)
    (number,) = office.denied(on, 1)
    office.paid([number], on + timedelta(days=40), 30_000)
    office.paid([number], on + timedelta(days=60), -10_000)
    office.paid([number], on + timedelta(days=WINDOW_DAYS), 1_000)
    office.paid([number], on + timedelta(days=WINDOW_DAYS + 1), 500_000)

    assert brought(office, number) == 21_000


def test_a_claim_whose_days_are_not_over_is_not_known_whatever_was_paid(office: Office) -> None:
    (young,) = office.denied(TODAY - timedelta(days=WINDOW_DAYS), 1)
    (old,) = office.denied(TODAY - timedelta(days=WINDOW_DAYS + 1), 1)
    office.paid([young], TODAY - timedelta(days=5))

    assert np.isnan(brought(office, young) or 0.0)
    assert brought(office, old) == 0


def test_a_claim_takes_part_once_with_its_first_denial(office: Office) -> None:
    on = TODAY - timedelta(days=150)
    (number,) = office.denied(on, 1)
    office.denied_again(number, on + timedelta(days=50))
    office.paid([number], on + timedelta(days=100))  # too late for the first, and the second is no part of its own

    assert (came(office).claim_id == number).sum() == 1
    assert brought(office, number) == 0


def test_who_was_denied_before_the_lot_began_takes_no_part(office: Office) -> None:
    (before,) = office.denied(BEGAN - timedelta(days=1), 1)
    (after,) = office.denied(BEGAN, 1)

    assert brought(office, before) is None
    assert brought(office, after) == 0


def test_silence_takes_part_when_the_payers_time_has_passed_and_its_days_count_from_then(office: Office) -> None:
    billed = TODAY - timedelta(days=150)
    silent, answered, asked, paid_late = (office.billed(billed) for _ in range(4))
    office.paid([answered], billed + timedelta(days=20))
    office.paid([paid_late], billed + timedelta(days=29))
    with session_scope(office.engine) as session:
        session.add(
            StatusEvent(
                practice_id=office.practice_id,
                claim_id=asked,
                loaded_set_id=0,
                file_id=0,
                kind="277CA",
                category="A3",
                status="21",
                effective=billed + timedelta(days=2),
                received_at=noon(billed),
            )
        )

    assert brought(office, silent) == 0
    assert brought(office, answered) is None
    assert brought(office, asked) is None  # rejected: not silent
    assert brought(office, paid_late) == CENTS
    found = came(office)
    assert set(found.came_on[np.isin(found.claim_id, [silent, paid_late])]) == {day_number(TODAY) - 122}


def test_sending_a_silent_claim_again_does_not_take_it_out(office: Office) -> None:
    number = office.billed(TODAY - timedelta(days=150))
    office.worked([number], TODAY - timedelta(days=100))
    with session_scope(office.engine) as session:
        session.connection().exec_driver_sql(f"UPDATE claim SET submissions = 2 WHERE id = {number}")

    assert brought(office, number) == 0


def test_drawn_and_worked_are_told_apart(office: Office) -> None:
    numbers = office.denied(TODAY - timedelta(days=150), 40)
    office.worked(numbers[:20], TODAY - timedelta(days=140))
    office.worked(numbers[20:], TODAY - timedelta(days=10))  # after the days that count
    found = came(office)
    rows = np.isin(found.claim_id, numbers)

    assert found.was_worked[rows].tolist() == [True] * 20 + [False] * 20
    assert 5 < found.was_drawn[rows].sum() < 35
    assert (found.chance[rows] == 0.5).all()


def test_where_there_never_was_a_lot_nothing_takes_part(engine: Engine, clock: FixedClock) -> None:
    quiet = Office(engine, clock)
    quiet.denied(TODAY - timedelta(days=150), 3)
    quiet.ranked()

    assert not len(came(quiet).claim_id)
    with Session(engine) as session:
        assert not session.exec(select(LotChance)).all()


def test_turning_the_share_on_and_off_is_noted_for_the_next_day(any_engine: Engine, clock: FixedClock) -> None:
    office = Office(any_engine, clock)
    office.denied(TODAY - timedelta(days=9), 100)
    office.set_strategy(ON)
    office.ranked()
    office.ranked()
    clock.advance(days=3)
    office.ranked()  # nothing has moved by a tenth: nothing is noted
    office.set_strategy(OFF)
    office.ranked()

    with Session(any_engine) as session:
        rows = session.exec(select(LotChance).order_by(col(LotChance.from_day))).all()
    assert [row.from_day for row in rows] == [TODAY + timedelta(days=1), TODAY + timedelta(days=4)]
    assert 0 < rows[0].chance <= 0.5
    assert (rows[1].chance, rows[1].began) == (0.0, TODAY + timedelta(days=1))


def run(*arguments: str) -> Result:
    return CliRunner().invoke(compose(arguments[0]), list(arguments))


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Some days with the lot on: what stands by lot is worked, but for one in five; the rest is left to itself."""
    settings = Settings(home=tmp_path_factory.mktemp("story") / "home", database_url="")
    settings.create_folders()
    engine = make_engine(settings.resolved_database_url)
    init_database(engine)
    office = Office(engine, FixedClock(noon(TODAY)))
    for back in (3, 10, 20):
        office.denied(TODAY - timedelta(days=back), 200)
    office.set_strategy(ON)
    office.ranked()
    worked: list[int] = []
    for number in range(1, DAYS + 1):
        office.clock.advance(days=1)
        office.denied(office.today, A_DAY)
        if number != 4:  # one nightly run falls out
            office.ranked()
        new = [each for each in office.standing_by_lot() if each not in worked and each % 5]
        office.worked(new)
        worked += new
    office.paid([each for each in worked if each % 3], office.today + timedelta(days=30))
    left = [each for each in office.claim_ids if each not in worked]
    office.paid(left[::10], office.today + timedelta(days=30))
    yield office
    engine.dispose()


def test_some_days_by_lot_give_an_estimate_with_an_interval(story: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    assert story.engine.url.database is not None
    home = Path(story.engine.url.database).parent
    monkeypatch.setenv("OVERTURN_HOME", str(home))
    monkeypatch.setenv("OVERTURN_DATABASE_URL", "")
    file = home / "other.toml"
    file.write_text("staff = 1\n", encoding="utf-8")

    def told(days_later: int, *options: str) -> Result:
        monkeypatch.setenv("OVERTURN_TODAY", (story.today + timedelta(days=days_later)).isoformat())
        return run("backtest", str(file), "--minutes", "1000000", *options)

    early = told(40)
    assert "Too few drawn yet: 0 of 30" in early.stdout

    late = told(WINDOW_DAYS + 1)
    assert "Handing out adds" in late.stdout
    row = json.loads(told(WINDOW_DAYS + 1, "--json").stdout.splitlines()[0])["by_lot"]
    assert (row["state"], row["took_part"], row["not_yet_known"]) == ("known", DAYS * A_DAY, 0)
    assert 0 < row["drawn_worked"] < row["drawn"]  # one in five was left, and counts
    truth = (
        row["chosen"] * CENTS * (0.8 * 2 / 3 - 0.1)
    )  # of those handed out four in five are worked, two in three pay
    for weighed in (row["to_all"], row["plain"]):
        added = weighed["added"]
        assert added["low_cents"] < truth < added["high_cents"]
        assert added["low_cents"] > 0


def test_a_claim_ranked_alone_during_the_day_stands_as_the_night_left_it(story: Office) -> None:
    story.ranked()
    before = story.standing_by_lot()
    with session_scope(story.engine) as session:
        rerank_claims(session, story.clock, before[:5])

    assert before
    assert story.standing_by_lot() == before


def test_what_the_books_count_as_drawn_is_what_stood_by_lot(story: Office) -> None:
    with Session(story.engine) as session:
        lot = lot_drawn(session)
        found = lot_claims(session, story.today)
    story.ranked()
    standing = set(story.standing_by_lot())

    assert lot.drawings[0].from_day == lot.began
    assert standing
    assert standing <= set(found.claim_id[found.was_drawn].tolist())

"""What is derived comes out again as it stands; what somebody changed behind the books' back is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from typer.testing import CliRunner

from app.cli import compose
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import connection_scope
from app.followup.rank import rerank_all
from app.jobs.again import Again, work_out_again
from tests.matching.paper import Books, billed, payment, submission
from tests.practice import claim_numbered


@pytest.fixture
def engine(practice_engine: Engine) -> Engine:
    """The loaded practice."""
    return practice_engine


def rows(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        return [connection.execute(text(f"SELECT * FROM {name}")).all() for name in ("claim", "workscore", "posting")]


def test_every_claim_comes_out_as_it_stands_and_nothing_is_kept_of_the_trial(
    engine: Engine, clock: FixedClock
) -> None:
    before = rows(engine)
    found = work_out_again(engine, clock)

    assert (found.differing, found.faults) == (0, [])
    assert found.claims > 10
    assert found.places > 5
    assert rows(engine) == before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("UPDATE claim SET state = 'paid' WHERE id = :id", "state is paid, and comes to"),
        ("UPDATE claim SET denied_on = NULL WHERE id = :id", "denied_on is None, and comes to"),
        (
            "UPDATE workscore SET queue = 'patient' WHERE claim_id = :id",
            "queue is patient, and comes to",
        ),
        ("DELETE FROM workscore WHERE claim_id = :id", "is in no queue, and would be"),
    ],
)
def test_a_claim_that_was_changed_by_other_hands_is_named(
    engine: Engine, clock: FixedClock, change: str, said: str
) -> None:
    number = claim_numbered(engine, "ST1003").id
    with connection_scope(engine) as connection:
        connection.execute(text(change), {"id": number})
    found = work_out_again(engine, clock)

    assert found.differing == 1
    assert f"claim {number}" in found.faults[0]
    assert any(said in fault for fault in found.faults)


def test_on_another_day_places_are_not_compared(engine: Engine, clock: FixedClock) -> None:
    clock.advance(days=1)
    found = work_out_again(engine, clock)
    assert (found.places, found.differing) == (0, 0)


def test_the_command_names_what_differs(
    engine: Engine, settings: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OVERTURN_HOME", str(settings.home))
    monkeypatch.setenv("OVERTURN_TODAY", clock.today().isoformat())
    monkeypatch.setenv("OVERTURN_DATABASE_URL", "")
    fine = CliRunner().invoke(compose("verify"), ["verify", "--again"])
    assert (fine.exit_code, "claims told anew" in fine.stdout) == (0, True)
    with connection_scope(engine) as connection:
        connection.execute(
            text("UPDATE claim SET state = 'paid' WHERE id = :id"), {"id": claim_numbered(engine, "ST1003").id}
        )
    assert CliRunner().invoke(compose("verify"), ["verify"]).exit_code == 0
    found = CliRunner().invoke(compose("verify"), ["verify", "--again"])
    assert found.exit_code == 1
    assert "FAULT: claim" in found.stdout


@pytest.mark.postgresql
@pytest.mark.xdist_group("postgresql")
def test_on_postgresql_it_comes_out_the_same(
    postgresql_engine: Engine, settings: Settings, clock: FixedClock, tmp_path: Path
) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    books = Books(postgresql_engine, settings, folder)
    paid = "CLP*PCN1*1*100*80**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W100~SVC*HC:99213*100*80~CAS*PR*1*20~"
    books.take(submission(billed("PCN1", "100"), billed("PCN2", "50", last="ROE", member="W2")), payment(paid))
    rerank_all(books.engine, clock, trigger="test")

    assert work_out_again(books.engine, clock) == Again(2, 2, 0, [])

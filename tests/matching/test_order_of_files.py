"""Two weeks of the bundled practice, as they came, backwards and by digest: the same claims, states and books."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import make_engine, read_scope
from app.core.schema import init_database
from app.intake.desk import Desk
from app.intake.pickup import ingest
from app.ledger.verify import verify_books
from app.matching.loaders import LOADERS
from app.matching.verify import verify_answers
from tests.matching.paper import NOW

MONTH = Path(__file__).parents[2] / "samples" / "practice" / "2026-11"
FILES = sorted(path for path in MONTH.iterdir() if "LARKMOOR" in path.name and path.name[:8] >= "20261109")

CLAIMS = """
SELECT c.patient_control_number, c.state, c.state_on, c.last_answer_on, c.next_check_on, c.accepted_on, c.denied_on,
       c.adjudicated_on, c.payer_control_number, c.payer_rank, b.billed_cents, b.insurance_cents, b.patient_cents
FROM claim c JOIN claimbalance b ON b.claim_id = c.id WHERE c.superseded_on IS NULL ORDER BY 1, 2"""
SENDINGS = (
    "SELECT patient_control_number, sent_on, frequency, payer_rank, acknowledgment FROM submission ORDER BY 1, 2"
)
HEARD = """
SELECT c.patient_control_number, e.kind, e.happened_on, e.summary FROM claimevent e JOIN claim c ON c.id = e.claim_id
WHERE e.kind IN ('received', 'rejected', 'acknowledged') ORDER BY 1, 2, 3, 4"""
ACCOUNTS = "SELECT account, sum(amount_cents) FROM posting GROUP BY 1 HAVING sum(amount_cents) <> 0 ORDER BY 1"
DENIALS = """
SELECT c.patient_control_number, d.denied_cents, d.is_open, d.is_repeat
FROM denial d JOIN claim c ON c.id = d.claim_id ORDER BY 1, 2, 3, 4"""


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def as_it_came(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return loaded(tmp_path_factory.mktemp("came"), FILES)


@pytest.mark.parametrize(
    "order",
    [
        lambda files: files[::-1],  # every answer before what it answers
        lambda files: sorted(files, key=digest),
    ],
    ids=["backwards", "by digest"],
)
def test_two_weeks_of_the_practice_end_the_same_in_any_order(
    as_it_came: dict[str, Any], tmp_path: Path, order: Callable[[list[Path]], list[Path]]
) -> None:
    assert any(state == "rejected" for _, state, *_ in as_it_came["claims"])
    assert loaded(tmp_path, order(FILES)) == as_it_came


def loaded(home: Path, files: list[Path]) -> dict[str, Any]:
    settings = Settings(home=home)
    settings.create_folders()
    engine = make_engine(settings.resolved_database_url)
    try:
        init_database(engine)
        for _ in ingest(Desk(engine, settings, FixedClock(NOW), LOADERS), files, channel="command"):
            pass
        with read_scope(engine) as session:
            assert verify_books(session).faults == []
            assert verify_answers(session).faults == []
            asked = {"claims": CLAIMS, "sent": SENDINGS, "heard": HEARD, "accounts": ACCOUNTS, "denials": DENIALS}
            return {name: [tuple(row) for row in session.execute(text(sql))] for name, sql in asked.items()}
    finally:
        engine.dispose()

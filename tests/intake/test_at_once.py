"""Several processes load into one PostgreSQL database at a time: it ends as if one had come after another."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from app.core.config import Settings
from app.core.db import connection_scope, read_scope, session_scope
from app.core.turn import Turn, wait_turn
from app.followup.rank import rerank_all, rerank_claims
from app.followup.tables import WorkScore
from app.followup.verify import verify_queues
from app.intake.tables import Arrival, LoadedSet, SetState, StoredFile
from app.ledger.verify import verify_books
from app.matching.verify import verify_answers
from tests.matching.paper import Books, billed, payment, submission

pytestmark = [pytest.mark.postgresql, pytest.mark.xdist_group("postgresql")]
PAID = (
    "CLP*PCN1*1*100*80**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W100~SVC*HC:99213*100*80~DTM*472*20261005~CAS*CO*45*20~"
)
HELD = payment(PAID, paid="99", trace="EFT2")  # does not foot: kept, and nothing posted


@pytest.fixture
def books(postgresql_engine: Engine, settings: Settings, tmp_path: Path) -> Books:
    folder = tmp_path / "papers"
    folder.mkdir()
    return Books(postgresql_engine, settings, folder)


def at_once(books: Books, turn: Turn, *acts: Callable[[], object]) -> None:
    """All of them wait at the same place, and then go on as fast as they can."""
    raised: list[BaseException] = []

    def caught(act: Callable[[], object]) -> None:
        try:
            act()
        except BaseException as error:  # noqa: BLE001 — told below
            raised.append(error)

    threads = [Thread(target=caught, args=(act,)) for act in acts]
    with connection_scope(books.engine) as connection:
        wait_turn(connection, turn)
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=0.4)
        assert all(thread.is_alive() for thread in threads)
    for thread in threads:
        thread.join(timeout=60)
    assert raised == []


def proved(books: Books) -> bool:
    with read_scope(books.engine) as session:
        return not (verify_books(session).faults + verify_answers(session).faults + verify_queues(session).faults)


def test_a_claim_and_its_answer_that_come_at_the_same_moment_find_each_other(books: Books) -> None:
    claim = submission(billed("PCN1", "100"))
    at_once(books, Turn.LOAD, lambda: books.take(claim), lambda: books.take(payment(PAID)))
    rerank_all(books.engine, books.clock, trigger="test")

    assert [each.patient_control_number for each in books.claims() if each.superseded_on is None] == ["PCN1"]
    assert books.balance("PCN1") == (0, 0)
    assert proved(books)


@pytest.mark.parametrize("paper", [payment(PAID), HELD], ids=["posted", "held"])
def test_one_file_that_two_bring_at_the_same_moment_is_loaded_once(books: Books, paper: str) -> None:
    at_once(books, Turn.LOAD, lambda: books.take(paper), lambda: books.take(paper))

    assert len(books.rows(StoredFile)) == 1
    assert len(books.rows(Arrival)) == 2
    assert [each.state for each in books.rows(LoadedSet)] == [SetState.HELD if paper is HELD else SetState.LOADED]
    assert len(books.answers("PCN1")) == 1


def test_full_re_ranks_and_a_touched_claim_do_not_run_into_each_other(books: Books) -> None:
    books.take(submission(billed("PCN1", "100"), billed("PCN2", "50", last="ROE", member="W2")))
    rerank_all(books.engine, books.clock, trigger="test")
    numbers = sorted(each.id or 0 for each in books.claims())

    def whole() -> None:
        rerank_all(books.engine, books.clock, trigger="test")

    at_once(books, Turn.RANK, whole, whole)

    def touched() -> None:
        with session_scope(books.engine) as session:
            rerank_claims(session, books.clock, numbers)

    others = [Thread(target=touched) for _ in range(4)]
    for each in others:
        each.start()
    for each in others:
        each.join(timeout=60)
    with read_scope(books.engine) as session:
        assert sorted(session.exec(select(WorkScore.claim_id))) == numbers
    assert proved(books)

"""`overturn payments import` on SQLite and on PostgreSQL: the same file ends in the same books."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select
from typer.testing import CliRunner, Result

from app.audit.tables import Event
from app.cli import compose, machine
from app.core.config import Settings
from app.core.db import make_engine, read_scope, session_scope
from app.followup.rank import rerank_all
from app.followup.tables import WorkScore
from app.followup.verify import verify_queues
from app.ledger.payment_file import PaymentsTaken, take_payments
from app.ledger.tables import Account, ClaimBalance, CreditBalance, PatientPaymentLine
from app.ledger.verify import verify_books
from app.matching.verify import verify_answers
from tests.matching.paper import NOW, Books, payment

TODAY = NOW.date()
HEAD = "date,claim,last_name,first_name,birth_date,amount,method,reference,practice\n"
SHARE_20 = (
    "CLP*PCN{n}*1*100*80*20*12*ICN{n}*11*1~NM1*QC*1*{who}*JANE****MI*W{n}~SVC*HC:99213*100*80~DTM*472*2026100{n}~"
    "CAS*PR*1*20~"
)
FILE = (
    "2026-11-04,PCN1,,,,15.00,lockbox,L1,1234567893\n"  # a part of what is owed
    "2026-11-04,PCN2,,,,25.50,portal,P1,1234567893\n"  # $5.50 too much
    "2026-11-05,NOSUCH,,,,9.99,check,77,1234567893\n"  # nobody's
    "2026-11-05,PCN1,,,,lots,check,78,1234567893\n"  # no amount
    "2026-11-06,PCN1,,,,1.00,card,C1,1234567893\n"
    "2026-11-09,PCN1,,,,-1.00,card,C1,1234567893\n"  # bounced
)
COUNTS = {"posted": 3, "unapplied": 1, "taken back": 1, "known": 0, "bad": 1}


@pytest.fixture
def books(any_engine: Engine, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    """Two claims, $20.00 of each the patient's, and a command line that finds them."""
    opened: list[Engine] = []

    def remembered(address: str) -> Engine:
        opened.append(make_engine(address))
        return opened[-1]

    monkeypatch.setattr(machine, "make_engine", remembered)  # a command leaves its connections to the process's end
    monkeypatch.setenv("OVERTURN_HOME", str(settings.home))
    monkeypatch.setenv("OVERTURN_TODAY", TODAY.isoformat())
    monkeypatch.setenv("OVERTURN_DATABASE_URL", any_engine.url.render_as_string(hide_password=False))
    folder = tmp_path / "papers"
    folder.mkdir()
    made = Books(any_engine, settings, folder)
    made.take(payment(SHARE_20.format(n=1, who="DOE"), SHARE_20.format(n=2, who="ROE")))
    rerank_all(made.engine, made.clock, trigger="test")
    yield made
    for each in opened:
        each.dispose()


def run(books: Books, *options: str, text: str = FILE) -> Result:
    path = books.folder / "lockbox.csv"
    path.write_text(HEAD + text)
    return CliRunner().invoke(compose("payments"), ["payments", "import", str(path), *options])


def counts(answer: Result) -> dict[str, int]:
    told = json.loads(answer.stdout.splitlines()[-1])
    return {name: told[name] for name in COUNTS}


def proved(books: Books) -> bool:
    with read_scope(books.engine) as session:
        return not (verify_books(session).faults + verify_answers(session).faults + verify_queues(session).faults)


def test_a_file_is_taken_line_by_line_and_once(books: Books) -> None:
    cash = books.account(Account.CASH)
    first = run(books, "--json")

    assert (first.exit_code, counts(first)) == (1, COUNTS)  # 1: a line was bad, and is told
    assert (books.balance("PCN1"), books.balance("PCN2")) == ((0, 500), (0, -550))
    assert books.account(Account.CASH) == cash + 1500 + 2550 + 999
    assert books.account(Account.UNAPPLIED_CASH) == -999
    with read_scope(books.engine) as session:
        assert [each.identified_on for each in session.exec(select(CreditBalance))] == [TODAY]
        assert {row.open_cents for row in session.exec(select(WorkScore))} == {500, 0}  # ranked by what is left
        assert [each.action for each in session.exec(select(Event))].count("payments.import") == 1
    assert proved(books)

    again = run(books, "--json")
    assert counts(again) == {"posted": 0, "unapplied": 0, "taken back": 0, "known": 5, "bad": 1}
    assert (books.balance("PCN1"), books.balance("PCN2")) == ((0, 500), (0, -550))
    assert len(books.rows(PatientPaymentLine)) == 5
    assert proved(books)


def test_a_dry_run_says_the_same_and_posts_nothing(books: Books) -> None:
    before = books.account(Account.CASH)
    answer = run(books, "--dry-run", "--json")

    assert counts(answer) == COUNTS
    assert books.account(Account.CASH) == before
    assert books.rows(PatientPaymentLine) == []
    assert counts(run(books, "--json")) == COUNTS


def test_a_file_that_is_none_is_refused_with_its_name(books: Books) -> None:
    path = books.folder / "notes.csv"
    path.write_text("hello\n")
    answer = CliRunner().invoke(compose("payments"), ["payments", "import", str(path)])

    assert answer.exit_code == 2
    assert "notes.csv" in answer.stderr
    assert "Nothing was taken" in answer.stderr


@pytest.mark.postgresql
@pytest.mark.xdist_group("postgresql")
def test_two_who_bring_the_same_file_at_once_post_it_once(
    postgresql_engine: Engine, settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    books = Books(postgresql_engine, settings, folder)
    books.take(payment(SHARE_20.format(n=1, who="DOE"), SHARE_20.format(n=2, who="ROE")))
    second: list[PaymentsTaken] = []

    def take(session: Session) -> PaymentsTaken:
        lines = io.StringIO(HEAD + FILE)
        return take_payments(session, lines, name="lockbox.csv", practice_ids=(1,), person_id=1, today=TODAY)

    def beside() -> None:
        with session_scope(books.engine) as session:
            second.append(take(session))

    with session_scope(books.engine) as session:
        assert len(take(session).of("posted")) == 3
        other = Thread(target=beside)
        other.start()
        other.join(timeout=0.5)
        assert other.is_alive()  # it waits for the first file
    other.join(timeout=30)

    assert [len(second[0].of(what)) for what in ("posted", "known", "bad")] == [0, 5, 1]
    with read_scope(books.engine) as session:
        assert sorted(row.patient_cents for row in session.exec(select(ClaimBalance))) == [-550, 500]

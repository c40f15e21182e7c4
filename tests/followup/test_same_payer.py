"""Two payers prove to be one: everything of the first is the second's, no cent moves, and it can be taken apart."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlalchemy import select as select_rows
from sqlmodel import Session, col, select

from app.audit.actor import Actor, act_as
from app.audit.tables import Event
from app.auth.permissions import Role
from app.claims.directory import Directory
from app.claims.follow import naming_tables
from app.claims.override_code import override_code
from app.claims.payer_merge import LEARNED, MergeRefused, _own_key, survivor_of
from app.claims.tables import Coverage, Payer, PayerIdentifier, PayerMerge, PayerTerm
from app.claims.term_changes import set_term
from app.core.bulk import table_of
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import metadata, read_scope, session_scope
from app.followup.playbooks import newest_playbook
from app.followup.rank import rerank_all
from app.followup.same_payer import look, make_same, part_again
from app.followup.tables import PlaybookVersion, SavedView, WorkDay, WorkScore
from app.followup.verify import verify_queues
from app.ledger.tables import ClaimBalance, JournalEntry, Posting
from app.ledger.verify import verify_books
from app.main import create_app
from app.matching.fees import load_fees
from app.matching.tables import Remittance
from app.matching.verify import verify_answers
from tests.browser_double import Browser, sign_in_as
from tests.matching.paper import NOW, Books, billed, payment, submission

CLOCK = FixedClock(NOW)
HERE = (1,)
DENIED = (
    "CLP*PCN{n}*4*10{n}*0**12*ICN{n}*11*1~NM1*QC*1*DOE*JANE****MI*W100~SVC*HC:99213*10{n}*0~DTM*472*2026100{n}~"
    "CAS*CO*197*10{n}~"
)
# What a practice sends to ACME HLTH, id 88888, is answered by ACME HEALTH PLAN, id 99999.
SENT = {"payer": "ACME HLTH", "payer_code": "88888"}
ANSWERED = {"payer": "ACME HEALTH PLAN", "payer_code": "99999"}


@pytest.fixture
def books(any_engine: Engine, settings: Settings, tmp_path: Path) -> Books:
    """Two claims sent to one name, a third that only the other name's remittance tells of."""
    folder = tmp_path / "papers"
    folder.mkdir()
    made = Books(any_engine, settings, folder)
    made.take(
        submission(billed("PCN1", "101", on="20261001", **SENT), billed("PCN2", "102", on="20261002", **SENT)),
        payment(DENIED.format(n=1), DENIED.format(n=3), trace="EFT1", **ANSWERED),
    )
    rerank_all(made.engine, CLOCK, trigger="test")
    return made


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    """Not the loaded practice: these books are their own."""
    return empty_engine


def payer(session: Session, named: dict[str, str]) -> Payer:
    code = select(PayerIdentifier.payer_id).where(PayerIdentifier.value == named["payer_code"])
    return session.get_one(Payer, session.exec(code).one())


def merge(books: Books, practice_ids: tuple[int, ...] = HERE) -> int:
    """The name that is sent to is the name that answers."""
    with session_scope(books.engine) as session:
        act_as(session, Actor.system("supervisor"), CLOCK)
        first, second = payer(session, SENT), payer(session, ANSWERED)
        made = make_same(session, practice_ids, first, second, person_name="Sam", clock=CLOCK).id or 0
    assert proved(books.engine)  # before the re-rank, too
    rerank_all(books.engine, CLOCK, trigger="test")
    return made


def part(books: Books, number: int) -> None:
    with session_scope(books.engine) as session:
        act_as(session, Actor.system("supervisor"), CLOCK)
        part_again(session, HERE, session.get_one(PayerMerge, number), clock=CLOCK)
    rerank_all(books.engine, CLOCK, trigger="test")


def against(books: Books, practice_ids: tuple[int, ...] = HERE) -> str:
    with read_scope(books.engine) as session:
        return " ".join(look(session, practice_ids, payer(session, SENT), payer(session, ANSWERED)).against)


def with_session(books: Books, act: Any) -> Any:
    with session_scope(books.engine) as session:
        act_as(session, Actor.system("supervisor"), CLOCK)
        return act(session)


def named(engine: Engine) -> dict[str, list[Any]]:
    """Every row of every table that names a payer, in full."""
    tables = {table for table, _ in naming_tables(table_of(Payer))} | {table_of(Payer), table_of(WorkScore)}
    with engine.connect() as connection:
        return {
            table.name: sorted(map(str, connection.execute(select_rows(table)).all()))
            for table in sorted(tables, key=lambda table: table.name)
            if table.name not in LEARNED
        }


def money(engine: Engine) -> list[Any]:
    with engine.connect() as connection:
        return [
            connection.execute(select_rows(table_of(model)).order_by(table_of(model).c[key])).all()
            for model, key in ((JournalEntry, "id"), (Posting, "id"), (ClaimBalance, "claim_id"))
        ]


def proved(engine: Engine) -> bool:
    with read_scope(engine) as session:
        return not (verify_books(session).faults + verify_answers(session).faults + verify_queues(session).faults)


def test_everything_that_named_the_first_names_the_second_and_no_cent_moves(books: Books) -> None:
    before = money(books.engine)
    with read_scope(books.engine) as session:
        old, new = payer(session, SENT).id, payer(session, ANSWERED).id
        same = look(session, HERE, payer(session, SENT), payer(session, ANSWERED))
    assert (same.claims, same.open_claims, same.against) == (1, 1, [])  # PCN1 is with whoever answered it
    assert old != new

    merge(books)

    for table, column in naming_tables(table_of(Payer)):
        with books.engine.connect() as connection:
            assert old not in set(connection.execute(select_rows(column)).scalars()), table.name
    assert {claim.payer_id for claim in books.claims()} == {new}
    assert {row.payer_id for row in with_session(books, lambda s: s.exec(select(WorkScore)).all())} == {new}
    assert money(books.engine) == before
    assert proved(books.engine)


def test_later_files_under_either_name_or_id_belong_to_the_one_that_is_left(books: Books) -> None:
    merge(books)
    books.take(
        submission(billed("PCN7", "50", **SENT), billed("PCN8", "50", payer="ACME HLTH", payer_code="")),
        payment(DENIED.format(n=9), trace="EFT9", **ANSWERED),
    )
    rerank_all(books.engine, CLOCK, trigger="test")

    with read_scope(books.engine) as session:
        left = payer(session, ANSWERED).id
    assert {claim.payer_id for claim in books.claims()} == {left}
    assert len(books.claims()) == 6
    assert proved(books.engine)


def test_a_file_that_met_the_old_payer_while_it_was_merged_follows(books: Books) -> None:
    """On PostgreSQL a load waits for the merge holding ids that it read before."""
    merge(books)

    def lag(session: Session) -> tuple[int, int | None]:
        old = session.exec(select(PayerMerge.from_id)).one()
        moved = session.exec(select(PayerIdentifier).where(PayerIdentifier.value == "88888")).one()
        moved.payer_id = old
        session.flush()
        return Directory(session.connection(), NOW).payer(codes=("88888",)).id, payer(session, ANSWERED).id

    found, left = with_session(books, lag)
    assert found == left


def test_taken_apart_every_row_stands_as_it_stood(books: Books) -> None:
    before = named(books.engine)
    number = merge(books)
    assert named(books.engine) != before
    part(books, number)

    after = named(books.engine)
    for table in (*("workscore",), *before):
        if table != "workscore":  # ranked anew: the same claims and payers, at another moment
            assert after[table] == before[table], table
    assert proved(books.engine)
    with pytest.raises(MergeRefused, match="taken apart already"):
        part(books, number)


def test_what_files_brought_since_stays_with_the_second_payer(books: Books) -> None:
    number = merge(books)
    books.take(submission(billed("PCN7", "50", **SENT)))
    part(books, number)

    with read_scope(books.engine) as session:
        old, new = payer(session, SENT).id, payer(session, ANSWERED).id
    assert books.claim("PCN2").payer_id == old
    assert books.claim("PCN7").payer_id == new
    assert proved(books.engine)


def test_of_a_clock_that_both_have_the_second_payers_holds_and_the_other_comes_back(books: Books) -> None:
    def set_clocks(session: Session) -> None:
        for who, clock, count in ((SENT, "appeal", 30), (ANSWERED, "appeal", 60), (SENT, "filing", 90)):
            set_term(
                session, payer(session, who).id or 0, clock, count=count, unit="calendar-days",
                anchor="notice" if clock == "appeal" else "service", presumption_days=0, evidence="page 4",
            )  # fmt: skip

    def clocks() -> dict[str, int]:
        left = payer(session, ANSWERED).id
        rows = session.exec(select(PayerTerm).where(PayerTerm.payer_id == left))
        return {row.clock: row.count for row in rows}

    with_session(books, set_clocks)
    with read_scope(books.engine) as session:
        ways = look(session, HERE, payer(session, SENT), payer(session, ANSWERED)).gives_way
    assert "Clocks that both have: appeal" in ways[0]
    number = merge(books)
    with read_scope(books.engine) as session:
        assert clocks() == {"appeal": 60, "filing": 90}
    part(books, number)
    with read_scope(books.engine) as session:
        assert clocks() == {"appeal": 60}
        assert [row.count for row in session.exec(select(PayerTerm).order_by(col(PayerTerm.count)))] == [
            *(30, 60, 90)
        ]


def test_one_person_covered_by_both_has_one_coverage_and_two_when_they_are_apart(books: Books) -> None:
    def covers() -> list[tuple[int, int]]:
        with read_scope(books.engine) as session:
            rows = session.exec(select(Coverage).where(Coverage.member_id == "W100"))
            return sorted((row.patient_id, row.payer_id) for row in rows)

    before = covers()
    assert len({patient for patient, _ in before}) < len(before)  # one patient, both payers
    number = merge(books)
    assert len(covers()) == len({patient for patient, _ in before})
    part(books, number)
    assert covers() == before


def test_who_knows_the_payer_and_what_is_a_view_of_it_follow_and_come_back(books: Books) -> None:
    def keep(session: Session) -> tuple[int, int]:
        old, new = payer(session, SENT).id or 0, payer(session, ANSWERED).id or 0
        session.add(WorkDay(person_id=5, payer_ids=f"{old} 77"))
        session.add(SavedView(person_id=5, name="Acme", query=f"payer={old}&state=denied", made_at=NOW))
        return old, new

    def kept() -> tuple[str, str]:
        with read_scope(books.engine) as session:
            day = session.get_one(WorkDay, 5)
            return day.payer_ids, session.exec(select(SavedView.query)).one()

    old, new = with_session(books, keep)
    number = merge(books)
    assert kept() == (f"{new} 77", f"payer={new}&state=denied")
    part(books, number)
    assert kept() == (f"{old} 77", f"payer={old}&state=denied")


def test_practices_of_somebody_else_stand_against_it(books: Books) -> None:
    assert "do not work for" in against(books, (2,))
    with pytest.raises(MergeRefused, match="do not work for"):
        merge(books, (2,))


def test_a_rule_of_the_playbook_that_names_the_payer_stands_against_it(books: Books) -> None:
    def switch_off(session: Session) -> None:
        assert newest_playbook(session) is None
        text = f'version = 1\n[[switch]]\nrule = "late-filing"\noff_for = [{payer(session, SENT).id}]\n'
        session.add(PlaybookVersion(number=2, text=text, why="test", person_name="Sam", made_at=NOW))

    with_session(books, switch_off)
    assert against(books) == "The playbook names ACME HLTH in late-filing: change that first."


def test_judgements_of_a_code_that_differ_stand_against_it(books: Books) -> None:
    def judge(session: Session, who: dict[str, str], label: str) -> None:
        override_code(
            session,
            CLOCK,
            list_name="carc",
            code="197",
            changes={"label": label},
            payer_id=payer(session, who).id,
            from_on=None,
            until_on=None,
            why="manual",
            person_id=1,
            person_name="Sam",
        )

    with_session(books, lambda session: judge(session, SENT, "one"))
    assert against(books) == ""
    with_session(books, lambda session: judge(session, ANSWERED, "two"))
    assert "CARC 197" in against(books)


@pytest.mark.parametrize(("fee", "is_against"), [("90.00", False), ("95.00", True)])
def test_fees_that_differ_stand_against_it(books: Books, fee: str, is_against: bool) -> None:
    def load(session: Session) -> None:
        header = "payer,practice,procedure,modifiers,fee,valid_from,valid_through\n"
        rows = f"88888,,99213,,90.00,2026-01-01,\n99999,,99213,,{fee},2026-06-01,\n88888,,99214,,10.00,2026-01-01,\n"
        load_fees(session, io.StringIO(header + rows), tolerance_cents=None, tolerance_permille=None)

    with_session(books, load)
    assert ("99213" in against(books)) is is_against


def test_a_chain_of_merges_leads_to_the_last_and_is_taken_apart_from_its_end(books: Books) -> None:
    books.take(payment(DENIED.format(n=5), trace="EFT5", payer="ACME OF THE WEST", payer_code="77777"))
    rerank_all(books.engine, CLOCK, trigger="test")
    first = merge(books)

    def again(session: Session) -> int:
        second, last = payer(session, ANSWERED), payer(session, {"payer_code": "77777"})
        return make_same(session, HERE, second, last, person_name="Sam", clock=CLOCK).id or 0

    second = with_session(books, again)
    with read_scope(books.engine) as session:
        (oldest,) = session.exec(select(PayerMerge.from_id).where(PayerMerge.id == first))
        meant = survivor_of(session, oldest)
        assert meant is not None
        assert meant.name == "ACME OF THE WEST"
    with pytest.raises(MergeRefused, match="take that apart first"):
        part(books, first)
    part(books, second)
    part(books, first)
    assert len({claim.payer_id for claim in books.claims()}) == 3
    assert proved(books.engine)


def test_every_table_that_names_a_payer_can_be_moved_row_by_row() -> None:
    assert [_own_key(table, column) is not None for table, column in naming_tables(table_of(Payer))]
    unlinked = {
        f"{table.name}.{column.name}"
        for table in metadata.sorted_tables
        for column in table.columns
        if "payer_id" in column.name and not column.foreign_keys
    }
    # Those that same_payer.py follows.
    assert unlinked == {"workscore.payer_id", "workday.payer_ids", "calltotal.payer_id", "payertotal.payer_id"}


@pytest.fixture
def desk(books: Books, settings: Settings) -> FastAPI:
    return create_app(settings, engine=books.engine, clock=CLOCK)


def test_a_supervisor_sees_what_it_would_do_does_it_and_takes_it_apart(desk: FastAPI, books: Books) -> None:
    sam: Browser = sign_in_as(desk, Role.SUPERVISOR)
    with read_scope(books.engine) as session:
        old, new = payer(session, SENT).id, payer(session, ANSWERED).id
    assert "is the same payer as" in sam.get(f"/payers/{old}").text
    page = sam.get(f"/payers/{old}/same?other={new}").text
    assert "ACME HLTH is ACME HEALTH PLAN?" in page
    assert "move 1 claim" in page
    assert sam.submit(f"/payers/{old}/same", {"other": new}).headers["location"] == f"/payers/{new}"
    assert sam.get(f"/payers/{old}").headers["location"] == f"/payers/{new}"
    left = sam.get(f"/payers/{new}").text
    assert "ACME HLTH proved to be this payer" in left
    assert "ACME HLTH</" not in sam.get("/payers").text
    assert sam.get(f"/payers/{new}/same?other={old}").status_code == 404
    with read_scope(books.engine) as session:
        (event,) = [each for each in session.exec(select(Event)) if each.action == "payer.merge"]
    assert event.detail["from"] == [old, "ACME HLTH"]
    assert event.detail["rows"]["claim"] == 1

    sam.submit(f"/payers/merges/{event.detail['merge']}/undo")
    assert sam.get(f"/payers/{old}").status_code == 200
    with read_scope(books.engine) as session:
        assert "payer.merge_undone" in [each.action for each in session.exec(select(Event))]
    assert proved(books.engine)


def test_what_stands_against_it_is_said_and_nothing_moves(desk: FastAPI, books: Books) -> None:
    with_session(books, lambda session: setattr(payer(session, SENT), "is_capitated", True))
    sam: Browser = sign_in_as(desk, Role.SUPERVISOR)
    with read_scope(books.engine) as session:
        old, new = payer(session, SENT).id, payer(session, ANSWERED).id
    assert "pays by the month" in sam.get(f"/payers/{old}/same?other={new}").text
    assert "They are the same:" not in sam.get(f"/payers/{old}/same?other={new}").text
    sam.submit(f"/payers/{old}/same", {"other": new})

    assert sam.get(f"/payers/{old}").status_code == 200
    assert with_session(books, lambda session: session.exec(select(PayerMerge)).all()) == []


def test_whoever_does_not_keep_the_tables_or_stands_behind_a_wall_merges_nothing(desk: FastAPI, books: Books) -> None:
    with read_scope(books.engine) as session:
        old, new = payer(session, SENT).id, payer(session, ANSWERED).id
    biller, outsider = sign_in_as(desk, Role.BILLER), sign_in_as(desk, Role.SUPERVISOR, practice_ids=(2,))
    assert biller.submit(f"/payers/{old}/same", {"other": new}).status_code == 403
    assert outsider.submit(f"/payers/{old}/same", {"other": new}).status_code == 404
    number = merge(books)
    assert outsider.submit(f"/payers/merges/{number}/undo").status_code == 404
    assert "is the same payer as" not in biller.get(f"/payers/{new}").text


def test_a_remittance_and_a_claim_that_were_apart_are_on_one_page(desk: FastAPI, books: Books) -> None:
    merge(books)
    with read_scope(books.engine) as session:
        left = payer(session, ANSWERED).id
        assert {each.payer_id for each in session.exec(select(Remittance))} == {left}

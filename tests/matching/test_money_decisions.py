"""Money that waits for a person: shortfalls accepted, credits returned, held write-offs decided; each taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine, event
from sqlmodel import Session, select

from app.audit.actor import Actor, act_as
from app.auth.permissions import Role
from app.claims.tables import Claim
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import read_scope, session_scope
from app.ledger.credits import note_credits
from app.ledger.person import CannotPost, receive_payment
from app.ledger.returning import move_credit, stop_waiting, undo_move, wait_for_take_back
from app.ledger.tables import Account
from app.ledger.verify import verify_books
from app.main import create_app
from app.matching.credit_queries import candidates, causes_of, credit_total, credits_of
from app.matching.held_queries import held_total, held_write_offs
from app.matching.held_write_off import NoHeldWriteOff, drop, post_anyway, undo_decision
from app.matching.shortfalls import (
    accept,
    change_tolerance,
    evidence,
    groups,
    shortfall_total,
    shortfalls,
    undo_accept,
)
from app.matching.tables import Underpayment
from app.matching.verify import verify_answers
from tests.browser_double import Browser, sign_in_as
from tests.matching.paper import NOW, Books, payment, submission
from tests.matching.test_held_write_off import IGNORES
from tests.matching.test_several_payers import CROSSED, SENT, second
from tests.matching.test_underpayment import FEE, PAID_80, PAID_90, TAKEN_BACK, load

TODAY = date(2026, 11, 23)
HERE = (1,)
Result = TypeVar("Result")


def with_session(books: Books, act: Callable[[Session], Result]) -> Result:
    with session_scope(books.engine) as session:
        act_as(session, Actor.system("supervisor"), FixedClock(NOW))
        return act(session)


def proved(books: Books) -> bool:
    with read_scope(books.engine) as session:
        return not verify_books(session).faults and not verify_answers(session).faults


@pytest.fixture
def short(any_engine: Engine, settings: Settings, tmp_path: Path) -> Books:
    """One claim allowed $80.00 where $90.00 were promised."""
    folder = tmp_path / "papers"
    folder.mkdir()
    books = Books(any_engine, settings, folder)
    books.take(payment(PAID_80))
    load(books, FEE)
    return books


def accepted(books: Books) -> list[int]:
    return with_session(
        books, lambda session: accept(session, shortfalls(session, HERE), person_id=1, reason="agreed", on=TODAY)
    )


def test_the_list_shows_the_cents_that_the_ledger_holds_open(short: Books) -> None:
    rows = with_session(short, lambda session: shortfalls(session, HERE))

    assert sum(each.open_cents for each in rows) == short.account(Account.INSURANCE_AR) == 1000
    assert [(group.procedure, group.claims, group.cents) for group in groups(rows, {})] == [("99213", 1, 1000)]


def test_a_line_names_the_fee_that_it_was_held_against(short: Books) -> None:
    def look(session: Session) -> tuple[int, int, int]:
        (line,) = evidence(session, session.exec(select(Underpayment)).one())
        assert line.fee is not None
        return line.fee.fee_cents, line.service.charge_cents, line.service.segment

    fee, charge, segment = with_session(short, look)
    assert (fee, charge) == (9000, 10000)
    assert segment > 0


def test_an_accepted_shortfall_is_contractual_and_leaves_the_list(short: Books) -> None:
    accepted(short)

    assert short.account(Account.INSURANCE_AR) == 0
    assert short.account(Account.CONTRACTUAL) == 2000
    assert with_session(short, lambda session: shortfalls(session, HERE)) == []
    assert short.claims()[0].closed_on == TODAY
    assert proved(short)


def test_an_acceptance_taken_back_opens_the_difference_again(short: Books) -> None:
    entries = accepted(short)
    with_session(short, lambda session: undo_accept(session, HERE, entries, person_id=1, on=TODAY))

    assert short.account(Account.INSURANCE_AR) == 1000
    assert len(with_session(short, lambda session: shortfalls(session, HERE))) == 1
    assert short.claims()[0].closed_on is None
    assert proved(short)


def test_a_schedule_loaded_again_leaves_what_was_accepted_accepted(short: Books) -> None:
    accepted(short)
    load(short, FEE)

    assert short.account(Account.INSURANCE_AR) == 0
    assert with_session(short, lambda session: shortfalls(session, HERE)) == []


def test_what_was_accepted_makes_no_credit_when_the_payer_corrects_itself(short: Books) -> None:
    accepted(short)
    short.take(payment(TAKEN_BACK, PAID_90.replace("ICN1", "ICN2"), trace="EFT0002"))

    assert short.account(Account.INSURANCE_AR) == 0
    assert short.account(Account.CONTRACTUAL) == 1000
    assert proved(short)


def test_a_wider_tolerance_settles_what_now_lies_within_it(short: Books) -> None:
    moved = with_session(short, lambda session: change_tolerance(session, 1, cents=2000, permille=0, on=TODAY))

    assert len(moved) == 1
    assert short.account(Account.INSURANCE_AR) == 0
    assert proved(short)


def test_above_a_thousand_dollars_one_person_does_not_accept(short: Books) -> None:
    rows = with_session(
        short, lambda session: [each._replace(open_cents=100_001) for each in shortfalls(session, HERE)]
    )

    with pytest.raises(CannotPost, match="two people"):
        with_session(short, lambda session: accept(session, rows, person_id=1, reason="agreed", on=TODAY))


@pytest.fixture
def over(books: Books) -> Books:
    """The patient of a settled claim has sent $25.00 too much, and owes $20.00 on another claim."""
    owed = "CLP*PCN2*1*100*80*20*12*ICN2*11*1~NM1*QC*1*DOE*JANE****MI*W1~SVC*HC:99213*100*80~CAS*PR*1*20~"
    books.take(payment(PAID_80, owed))

    def pay(session: Session) -> None:
        claim = session.exec(select(Claim).where(Claim.patient_control_number == "PCN1")).one()
        receive_payment(session, claim.id or 0, 2500, person_id=1, reason="Check 55", on=TODAY)
        note_credits(session.connection(), TODAY)

    with_session(books, pay)
    return books


def claim_of(session: Session, number: str) -> Claim:
    return session.exec(select(Claim).where(Claim.patient_control_number == number)).one()


def move(books: Books, cents: int) -> int:
    def act(session: Session) -> int:
        one, other = claim_of(session, "PCN1"), claim_of(session, "PCN2")
        return move_credit(session, one, other, "patient", cents, person_id=1, reason="same patient", on=TODAY)

    return with_session(books, act)


def test_a_credit_names_whose_it_is_and_the_entry_that_made_it(over: Books) -> None:
    def look(session: Session) -> tuple[str, int, str, list[str]]:
        (credit,) = credits_of(session, HERE)
        cause = causes_of(session, [credit])[credit.key]
        assert cause is not None
        others = [claim.patient_control_number for claim, _ in candidates(session, credit)]
        return credit.side, credit.cents, cause.words, others

    assert with_session(over, look) == ("patient", 2500, "a person’s entry: Check 55", ["PCN2"])


def test_a_credit_moved_pays_the_other_claim_and_no_cash_moves(over: Books) -> None:
    before = over.account(Account.CASH)
    move(over, 2000)

    assert over.balance("PCN1") == (0, -500)
    assert over.balance("PCN2") == (0, 0)
    assert over.account(Account.CASH) == before
    assert proved(over)


def test_a_credit_is_not_moved_beyond_what_is_open_there(over: Books) -> None:
    with pytest.raises(CannotPost, match=r"Only \$20\.00 is open there"):
        move(over, 2500)


def test_a_credit_that_was_moved_is_taken_back_by_the_opposite(over: Books) -> None:
    before = over.balance("PCN1"), over.balance("PCN2"), over.account(Account.CASH)
    entry = move(over, 2000)
    with_session(over, lambda session: undo_move(session, HERE, entry, person_id=1, on=TODAY))

    assert (over.balance("PCN1"), over.balance("PCN2"), over.account(Account.CASH)) == before
    assert len(with_session(over, lambda session: credits_of(session, HERE))) == 1
    assert proved(over)


def test_a_move_behind_the_wall_cannot_be_taken_back(over: Books) -> None:
    entry = move(over, 2000)

    with pytest.raises(CannotPost, match="no such move"):
        with_session(over, lambda session: undo_move(session, (2,), entry, person_id=1, on=TODAY))


def test_waiting_for_a_take_back_moves_nothing(over: Books) -> None:
    before = over.balance("PCN1")

    def wait(session: Session) -> int:
        claim_id = claim_of(session, "PCN1").id or 0
        wait_for_take_back(session, claim_id, person_id=1, note="said on the phone", on=TODAY)
        return claim_id

    claim_id = with_session(over, wait)
    assert over.balance("PCN1") == before
    with_session(over, lambda session: stop_waiting(session, claim_id))
    with pytest.raises(CannotPost, match="any more"):
        with_session(over, lambda session: stop_waiting(session, claim_id))


@pytest.fixture
def held(books: Books) -> Books:
    books.take(submission(SENT), payment(CROSSED), second(IGNORES))
    return books


@pytest.mark.parametrize("act", ["post", "drop"])
def test_a_decision_about_a_held_write_off_is_taken_back_whole(held: Books, act: str) -> None:
    before = held.balance("PCN1"), held.answers("PCN1")[1].held_cents, held.answers("PCN1")[1].note
    number = held.answers("PCN1")[1].id or 0
    if act == "post":
        with_session(held, lambda session: post_anyway(session, number, reason="payer confirms", on=TODAY))
    else:
        with_session(held, lambda session: drop(session, number, reason="not ours"))
    assert with_session(held, lambda session: held_write_offs(session, HERE)) == []
    with_session(held, lambda session: undo_decision(session, number, on=TODAY))

    answer = held.answers("PCN1")[1]
    assert (held.balance("PCN1"), answer.held_cents, answer.note) == before
    assert proved(held)


def test_a_held_write_off_that_nobody_decided_has_nothing_to_take_back(held: Books) -> None:
    number = held.answers("PCN1")[1].id or 0
    with pytest.raises(NoHeldWriteOff):
        with_session(held, lambda session: undo_decision(session, number, on=TODAY))


@pytest.fixture
def desk(books: Books, settings: Settings) -> FastAPI:
    """All three kinds in one practice."""
    books.take(submission(SENT), payment(CROSSED), second(IGNORES))
    books.take(payment(PAID_80.replace("PCN1", "PCN7").replace("ICN1", "ICN7"), trace="EFT7"))
    load(books, FEE)
    return create_app(settings, engine=books.engine, clock=FixedClock(NOW))


def number_of(app: FastAPI, number: str) -> int:
    with read_scope(app.state.product.engine) as session:
        return claim_of(session, number).id or 0


def test_the_overview_counts_each_kind_with_its_dollars(desk: FastAPI) -> None:
    page = sign_in_as(desk, Role.BILLER).get("/money").text

    assert "$435.00" in page
    assert "$10.00" in page


def test_a_supervisor_accepts_a_shortfall_and_one_key_takes_it_back(desk: FastAPI, books: Books) -> None:
    sam = sign_in_as(desk, Role.SUPERVISOR)
    claim_id = number_of(desk, "PCN7")
    assert "99213" in sam.get(f"/money/underpaid/{claim_id}").text
    sam.submit("/money/underpaid/accept", {"claim": claim_id, "reason": "the old price"})
    assert sam.get(f"/money/underpaid/{claim_id}").status_code == 404

    with read_scope(books.engine) as session:
        entry = session.exec(select(Underpayment)).one().accepted_entry_id
    sam.submit(f"/money/underpaid/accepted/{entry}/undo")
    assert sam.get(f"/money/underpaid/{claim_id}").status_code == 200
    assert proved(books)


def test_accepting_without_a_reason_says_so_and_moves_nothing(desk: FastAPI, books: Books) -> None:
    sam = sign_in_as(desk, Role.SUPERVISOR)
    before = books.account(Account.CONTRACTUAL)
    sam.submit("/money/underpaid/accept", {"claim": number_of(desk, "PCN7"), "reason": " "})

    assert books.account(Account.CONTRACTUAL) == before
    assert "Say why" in sam.get("/money/underpaid").text


def test_a_held_write_off_accepted_makes_a_credit_whose_refund_two_people_agree_on(
    desk: FastAPI, books: Books
) -> None:
    sam, max_ = sign_in_as(desk, Role.SUPERVISOR), sign_in_as(desk, Role.SUPERVISOR, name="Max Ahmadi")
    answer = books.answers("PCN1")[1].id
    assert "more than what is open" in sam.get(f"/money/held/{answer}").text
    sam.submit(f"/money/held/{answer}", {"act": "accept", "reason": "payer confirms"})
    claim_id = number_of(desk, "PCN1")
    over = -books.balance("PCN1")[0]
    assert over > 0
    assert f"{over / 100:.2f}" in sam.get(f"/money/credits/{claim_id}/payer").text
    sam.submit(f"/money/credits/{claim_id}/payer/refund", {"dollars": f"{over / 100:.2f}", "reason": "check 7"})
    assert books.balance("PCN1")[0] == -over
    max_.submit("/money/refunds/1/approve")

    assert books.balance("PCN1")[0] == 0
    assert proved(books)


@pytest.mark.parametrize("role", [Role.BILLER, Role.AUDITOR])
def test_whoever_does_not_post_reads_the_pages_and_decides_nothing(desk: FastAPI, books: Books, role: Role) -> None:
    reader: Browser = sign_in_as(desk, role)
    answer = books.answers("PCN1")[1].id
    assert reader.get(f"/money/held/{answer}").status_code == 200
    assert reader.submit(f"/money/held/{answer}", {"act": "accept", "reason": "mine"}).status_code == 403
    assert reader.submit("/money/underpaid/accept", {"claim": 1, "reason": "mine"}).status_code == 403


def test_the_claim_leads_to_what_waits_on_it(desk: FastAPI, books: Books) -> None:
    dana = sign_in_as(desk, Role.BILLER)
    short, held = number_of(desk, "PCN7"), number_of(desk, "PCN1")

    assert f"/money/underpaid/{short}" in dana.get(f"/claims/{short}").text
    assert f"/money/held/{books.answers('PCN1')[1].id}" in dana.get(f"/claims/{held}").text


def test_the_overview_counts_the_shortfalls_that_its_list_holds(short: Books) -> None:
    assert counted_and_listed(short)["short"] == ((1, 1000), (1, 1000))


def test_the_overview_counts_the_credits_that_its_list_holds(over: Books) -> None:
    assert counted_and_listed(over)["over"] == ((1, 2500), (1, 2500))


def test_the_overview_counts_the_held_write_offs_that_its_list_holds(held: Books) -> None:
    total, listed = counted_and_listed(held)["held"]
    assert total == listed
    assert total[0] == 1


def counted_and_listed(books: Books) -> dict[str, tuple[tuple[int, int], tuple[int, int]]]:
    def both(session: Session) -> dict[str, tuple[tuple[int, int], tuple[int, int]]]:
        lists = {
            "short": (shortfall_total, [each.open_cents for each in shortfalls(session, HERE)]),
            "over": (credit_total, [each.cents for each in credits_of(session, HERE)]),
            "held": (held_total, [each.cents for each in held_write_offs(session, HERE)]),
        }
        return {name: (total(session, HERE), (len(cents), sum(cents))) for name, (total, cents) in lists.items()}

    return with_session(books, both)


def test_few_of_a_million_are_found_by_their_own_index(over: Books) -> None:
    told: list[tuple[str, Any]] = []

    def note(connection: object, cursor: object, statement: str, values: Any, *_: object) -> None:
        told.append((statement, values))

    def plans(session: Session) -> str:
        event.listen(over.engine, "before_cursor_execute", note)
        for ask in (credits_of, credit_total, held_write_offs, held_total):
            ask(session, HERE)
        event.remove(over.engine, "before_cursor_execute", note)
        explain = session.connection().exec_driver_sql
        explained = [explain(f"EXPLAIN QUERY PLAN {statement}", values).all() for statement, values in told]
        return " ".join(str(row[-1]) for plan in explained for row in plan)

    found = with_session(over, plans)

    assert found.count("claim_balance_credit") == 2
    assert found.count("claim_payment_held_cents") == 2

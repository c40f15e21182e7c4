"""A refund: asked for by one person, decided by another, above the limit by two; the cash leaves only then."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from threading import Thread

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.audit.actor import Actor, act_as
from app.audit.tables import Event
from app.auth.permissions import Role
from app.claims.tables import ClaimEvent
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import read_scope, session_scope
from app.ledger.credits import note_credits
from app.ledger.person import CannotPost, receive_payment
from app.ledger.refunds import REFUND, request_refund
from app.ledger.returning import post_refund, wait_for_take_back
from app.ledger.second_person import RequestRefused, approve, refuse, reopen, withdraw
from app.ledger.tables import Account, CreditBalance, RefundRequest
from app.main import create_app
from tests.browser_double import Browser, sign_in_as
from tests.matching.paper import NOW, Books, payment
from tests.matching.test_money_decisions import claim_of, proved, with_session
from tests.matching.test_underpayment import PAID_80

TODAY = date(2026, 11, 23)
CLOCK = FixedClock(NOW)
DANA, SAM, MAX = 1, 2, 3  # people, as the ledger knows them


def with_credit(books: Books, cents: int) -> Books:
    """The patient of a settled claim has sent so much too much."""
    books.take(payment(PAID_80))

    def pay(session: Session) -> None:
        receive_payment(session, claim_of(session, "PCN1").id or 0, cents, person_id=9, reason="Check 55", on=TODAY)
        note_credits(session.connection(), TODAY)

    with_session(books, pay)
    return books


@pytest.fixture
def over(books: Books) -> Books:
    return with_credit(books, 2500)


def ask(books: Books, cents: int, *, by: int = DANA, side: str = "patient", reason: str = "check 99") -> int:
    def act(session: Session) -> int:
        claim = claim_of(session, "PCN1")
        return request_refund(session, claim, side, cents, reason, person_id=by, clock=CLOCK).id or 0

    return with_session(books, act)


def agree(books: Books, number: int, *, by: int) -> bool:
    return with_session(
        books,
        lambda session: approve(session, REFUND, session.get_one(RefundRequest, number), person_id=by, clock=CLOCK),
    )


def take_back(books: Books, number: int, *, by: int) -> bool:
    return with_session(
        books,
        lambda session: reopen(session, REFUND, session.get_one(RefundRequest, number), person_id=by, clock=CLOCK),
    )


def state(books: Books, number: int) -> str:
    return with_session(books, lambda session: session.get_one(RefundRequest, number).state)


def test_asking_moves_nothing_and_an_approval_sends_the_cash(over: Books) -> None:
    before = over.account(Account.CASH)
    number = ask(over, 2500)
    assert (over.balance("PCN1"), over.account(Account.CASH)) == ((0, -2500), before)

    assert agree(over, number, by=SAM)

    assert (over.balance("PCN1"), over.account(Account.CASH)) == ((0, 0), before - 2500)
    assert with_session(over, lambda session: session.exec(select(CreditBalance)).all()) == []
    assert proved(over)


def test_nobody_approves_or_declines_what_they_asked_for(over: Books) -> None:
    number = ask(over, 2500)
    with pytest.raises(RequestRefused, match="somebody else decides"):
        agree(over, number, by=DANA)
    with pytest.raises(RequestRefused, match="somebody else decides"):
        with_session(
            over,
            lambda session: refuse(
                session, REFUND, session.get_one(RefundRequest, number), "no", person_id=DANA, clock=CLOCK
            ),
        )
    assert over.balance("PCN1") == (0, -2500)


def test_above_the_limit_two_different_people_agree_before_cash_leaves(books: Books) -> None:
    with_credit(books, 100_001)
    number = ask(books, 100_001)

    assert not agree(books, number, by=SAM)
    assert books.balance("PCN1") == (0, -100_001)
    with pytest.raises(RequestRefused, match="somebody else gives the second"):
        agree(books, number, by=SAM)
    assert agree(books, number, by=MAX)
    assert books.balance("PCN1") == (0, 0)
    assert proved(books)


def test_up_to_the_limit_one_approval_is_enough(books: Books) -> None:
    with_credit(books, 100_000)
    assert agree(books, ask(books, 100_000), by=SAM)


@pytest.mark.parametrize(
    ("cents", "side", "reason", "said"),
    [
        (2501, "patient", "check 99", r"Only \$25\.00"),
        (0, "patient", "check 99", "more than nothing"),
        (100, "payer", "check 99", r"Only \$0\.00"),
        (100, "bank", "check 99", "whose credit"),
        (100, "patient", "  ", "why"),
    ],
)
def test_what_is_not_over_is_not_asked_for(over: Books, cents: int, side: str, reason: str, said: str) -> None:
    with pytest.raises(RequestRefused, match=said):
        ask(over, cents, side=side, reason=reason)


def test_one_request_waits_for_a_credit_at_a_time(over: Books) -> None:
    ask(over, 1000)
    with pytest.raises(RequestRefused, match="waits for a decision already"):
        ask(over, 1000)


def test_a_credit_that_shrank_meanwhile_is_not_refunded_beyond_what_is_left(over: Books) -> None:
    number = ask(over, 2500)

    def settle(session: Session) -> None:
        claim_id = claim_of(session, "PCN1").id or 0
        post_refund(session, claim_id, "patient", 2000, person_id=MAX, reason="by another way", on=TODAY)

    with_session(over, settle)
    with pytest.raises(RequestRefused, match=r"Only \$5\.00"):
        agree(over, number, by=SAM)
    assert state(over, number) == "waiting"
    assert proved(over)


def test_an_approval_taken_back_returns_the_cash_and_the_request_waits_again(over: Books) -> None:
    before = over.account(Account.CASH)
    number = ask(over, 2500)
    agree(over, number, by=SAM)
    with pytest.raises(RequestRefused, match="Somebody else"):
        take_back(over, number, by=MAX)

    assert take_back(over, number, by=SAM)

    assert (over.balance("PCN1"), over.account(Account.CASH)) == ((0, -2500), before)
    assert state(over, number) == "waiting"
    assert with_session(
        over, lambda session: [each.identified_on for each in session.exec(select(CreditBalance))]
    ) == [TODAY]
    assert proved(over)
    assert agree(over, number, by=MAX)
    assert over.balance("PCN1") == (0, 0)


def test_whoever_asked_withdraws_while_nobody_has_decided(over: Books) -> None:
    def draw_back(session: Session) -> None:
        withdraw(session, REFUND, session.exec(select(RefundRequest)).one(), person_id=DANA)

    ask(over, 2500)
    with_session(over, draw_back)
    assert with_session(over, lambda session: session.exec(select(RefundRequest)).all()) == []

    agree(over, ask(over, 2500), by=SAM)
    with pytest.raises(RequestRefused, match="decided meanwhile"):
        with_session(over, draw_back)


def test_the_log_and_the_timeline_name_whoever_asked_and_whoever_agreed(books: Books) -> None:
    with_credit(books, 150_000)
    number = ask(books, 150_000)
    agree(books, number, by=SAM)
    agree(books, number, by=MAX)

    with read_scope(books.engine) as session:
        events = {each.action: each for each in session.exec(select(Event)) if "refund" in each.action}
        told = session.exec(select(ClaimEvent.summary, ClaimEvent.person_id)).all()
    assert list(events) == ["refund.request", "refund.approve_first", "ledger.refund", "refund.approve"]
    detail = events["refund.approve"].detail
    assert (detail["requested_by_id"], detail["first_by_id"], detail["cents"]) == (DANA, SAM, 150_000)
    assert ("Refunded: $1,500.00", MAX) in told


def test_a_refund_and_a_take_back_of_the_same_money_exclude_each_other(books: Books) -> None:
    books.take(payment(PAID_80))

    def pay(session: Session) -> None:
        claim_id = claim_of(session, "PCN1").id or 0
        receive_payment(session, claim_id, 500, person_id=9, reason="paid twice", on=TODAY, side=Account.INSURANCE_AR)
        note_credits(session.connection(), TODAY)

    def wait(session: Session) -> None:
        claim_id = claim_of(session, "PCN1").id or 0
        wait_for_take_back(session, claim_id, person_id=SAM, note="said on the phone", on=TODAY)

    with_session(books, pay)
    number = ask(books, 500, side="payer")
    with pytest.raises(CannotPost, match="goes back twice"):
        with_session(books, wait)
    with_session(
        books, lambda session: withdraw(session, REFUND, session.get_one(RefundRequest, number), person_id=DANA)
    )
    with_session(books, wait)
    with pytest.raises(RequestRefused, match="goes back twice"):
        ask(books, 500, side="payer")


@pytest.mark.postgresql
@pytest.mark.xdist_group("postgresql")
def test_of_two_who_approve_at_once_only_one_sends_the_cash(
    postgresql_engine: Engine, tmp_path: Path, settings: Settings
) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    books = with_credit(Books(postgresql_engine, settings, folder), 2500)
    number = ask(books, 2500)
    refused: list[str] = []

    def second() -> None:
        try:
            agree(books, number, by=MAX)
        except RequestRefused as refusal:
            refused.append(str(refusal))

    with session_scope(books.engine) as session:
        act_as(session, Actor.system("supervisor"), CLOCK)
        asked = session.get_one(RefundRequest, number)
        assert approve(session, REFUND, asked, person_id=SAM, clock=CLOCK)
        beside = Thread(target=second)
        beside.start()
        beside.join(timeout=0.5)
        assert beside.is_alive()  # it waits for what the first one does
    beside.join(timeout=30)

    assert refused == ["It was decided already."]
    assert books.balance("PCN1") == (0, 0)


@pytest.fixture
def desk(over: Books, settings: Settings) -> FastAPI:
    return create_app(settings, engine=over.engine, clock=CLOCK)


def test_a_biller_asks_and_a_supervisor_approves_on_screen_with_undo(desk: FastAPI, over: Books) -> None:
    dana, sam = sign_in_as(desk, Role.BILLER), sign_in_as(desk, Role.SUPERVISOR)
    page = f"/money/credits/{with_session(over, lambda session: claim_of(session, 'PCN1').id)}/patient"
    assert "Ask for the refund" in dana.get(page).text
    assert dana.submit(f"{page}/refund", {"dollars": "25.00", "reason": "check 99"}).status_code == 303
    assert "Withdraw it" in dana.get(page).text
    assert dana.submit("/money/refunds/1/approve").status_code == 403
    assert "somebody else decides" in dana.get("/money/credits").text
    assert "Refunds to approve" in sam.get("/money").text
    assert "Approve" in sam.get(page).text
    assert sam.submit("/money/refunds/1/approve").status_code == 303
    assert over.balance("PCN1") == (0, 0)
    assert sam.get(page).status_code == 404

    sam.submit("/money/refunds/1/reopen")
    assert over.balance("PCN1") == (0, -2500)
    sam.submit("/money/refunds/1/refuse", {"said": "the check bounced"})
    assert state(over, 1) == "refused"
    assert "Ask for the refund" in dana.get(page).text


def test_a_supervisor_who_asked_is_told_to_leave_it_to_somebody_else(desk: FastAPI, over: Books) -> None:
    sam: Browser = sign_in_as(desk, Role.SUPERVISOR)
    ask(over, 2500, by=sam.person_id)
    sam.submit("/money/refunds/1/approve")

    assert over.balance("PCN1") == (0, -2500)
    assert "You asked for it" in sam.get("/money/credits").text


def test_a_refund_behind_the_wall_is_not_there(desk: FastAPI, over: Books) -> None:
    ask(over, 2500)
    stranger = sign_in_as(desk, Role.SUPERVISOR, practice_ids=(2,))

    for act in ("approve", "refuse", "withdraw", "reopen"):
        assert stranger.submit(f"/money/refunds/1/{act}", {"said": "no"}).status_code == 404
    assert state(over, 1) == "waiting"

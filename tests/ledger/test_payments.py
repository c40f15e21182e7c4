"""Payments that a person takes, places and takes back, on screen and in the books."""

from __future__ import annotations

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, func, select

from app.audit.tables import Event
from app.auth.permissions import Role
from app.claims.tables import ClaimEvent
from app.core.db import read_scope
from app.followup.verify import verify_queues
from app.ledger.tables import Account, ClaimBalance, JournalEntry, Posting
from app.ledger.verify import verify_books
from tests.browser_double import Browser, sign_in_as
from tests.practice import claim_numbered

NUMBER = "ST1005"  # the patient's share is open


@pytest.fixture
def engine(practice_engine: Engine) -> Engine:
    """The loaded practice instead of an empty database."""
    return practice_engine


@pytest.fixture
def sam(app: FastAPI, practice_ids: tuple[int, ...]) -> Browser:
    return sign_in_as(app, Role.SUPERVISOR, practice_ids=practice_ids)


def typed(engine: Engine, **changes: str) -> dict[str, str]:
    form = {
        "act": "take",
        "practice": str(claim_numbered(engine, NUMBER).practice_id),
        "claim": NUMBER,
        "dollars": "25.00",
        "on": "2026-11-20",
        "method": "check",
        "reference": "1204",
        "note": "",
        "side": "patient",
    }
    return {**form, **changes}


def open_cents(engine: Engine) -> tuple[int, int]:
    """With the payer and with the patient."""
    with Session(engine) as session:
        row = session.get_one(ClaimBalance, claim_numbered(engine, NUMBER).id)
        return row.insurance_cents, row.patient_cents


def account(engine: Engine, account: Account) -> int:
    """Posted there by people."""
    with Session(engine) as session:
        total = session.exec(
            select(func.coalesce(func.sum(Posting.amount_cents), 0))
            .join(JournalEntry)
            .where(Posting.account == account.value, JournalEntry.cause_kind == "person")
        ).one()
        return int(total)


def newest(engine: Engine) -> int:
    with Session(engine) as session:
        return session.exec(select(func.max(JournalEntry.id)).where(JournalEntry.cause_kind == "person")).one() or 0


def actions(engine: Engine) -> list[str]:
    with Session(engine) as session:
        rows = session.exec(select(Event.action).where(Event.action.startswith("ledger.")))
        return list(rows)


def books_are_whole(engine: Engine) -> None:
    with read_scope(engine) as session:
        assert verify_books(session).faults == []
        assert verify_queues(session).faults == []


def test_a_check_for_a_claim_lowers_what_its_side_owes(sam: Browser, engine: Engine) -> None:
    insurance, patient = open_cents(engine)
    sam.submit("/payments", typed(engine))

    assert open_cents(engine) == (insurance, patient - 2500)
    assert account(engine, Account.CASH) == 2500
    assert actions(engine) == ["ledger.payment"]
    with Session(engine) as session:
        told = session.exec(select(ClaimEvent).where(ClaimEvent.kind == "posted")).one()
    assert "$25.00 received for the patient’s side: Check 1204" in told.summary
    books_are_whole(engine)


def test_a_payment_may_go_to_the_payers_side(sam: Browser, engine: Engine) -> None:
    insurance, patient = open_cents(engine)
    sam.submit("/payments", typed(engine, side="payer", method="lockbox", reference="B7 line 3"))

    assert open_cents(engine) == (insurance - 2500, patient)


def test_without_a_claim_it_waits_as_unapplied_cash(sam: Browser, engine: Engine) -> None:
    before = open_cents(engine)
    sam.submit("/payments", typed(engine, claim=""))

    assert open_cents(engine) == before
    assert account(engine, Account.UNAPPLIED_CASH) == -2500
    assert "$25.00 taken by hand is unapplied" in sam.get("/payments").text
    books_are_whole(engine)


def test_unapplied_cash_is_placed_on_a_claim(sam: Browser, engine: Engine) -> None:
    _, patient = open_cents(engine)
    sam.submit("/payments", typed(engine, claim=""))
    sam.submit("/payments", typed(engine, act="place", dollars="10"))

    assert open_cents(engine)[1] == patient - 1000
    assert account(engine, Account.UNAPPLIED_CASH) == -1500
    assert account(engine, Account.CASH) == 2500
    books_are_whole(engine)


def test_no_more_is_placed_than_was_taken(sam: Browser, engine: Engine) -> None:
    sam.submit("/payments", typed(engine, claim=""))
    answer = sam.submit("/payments", typed(engine, act="place", dollars="25.01"))

    assert answer.status_code == 422
    assert "Only $25.00" in answer.text
    assert account(engine, Account.UNAPPLIED_CASH) == -2500


def test_money_of_unmatched_answers_cannot_be_placed_by_hand(sam: Browser, engine: Engine) -> None:
    with Session(engine) as session:
        waits = session.exec(
            select(func.sum(Posting.amount_cents)).where(Posting.account == Account.UNAPPLIED_CASH.value)
        ).one()
    assert waits < 0
    answer = sam.submit("/payments", typed(engine, act="place", dollars="1"))

    assert "Only $0.00" in answer.text


def test_a_payment_is_taken_back_by_the_opposite_entry_once(sam: Browser, engine: Engine) -> None:
    before = open_cents(engine)
    sam.submit("/payments", typed(engine))
    entry = newest(engine)
    sam.submit(f"/payments/{entry}/undo", {"reason": "the check bounced"})

    assert open_cents(engine) == before
    assert account(engine, Account.CASH) == 0
    page = sam.get("/payments").text
    assert "taken back" in page
    assert "the check bounced" in page
    assert sam.submit(f"/payments/{entry}/undo").status_code == 409
    books_are_whole(engine)


def test_a_claim_settled_by_a_payment_opens_again_without_it(sam: Browser, engine: Engine) -> None:
    insurance, patient = open_cents(engine)
    assert insurance == 0
    sam.submit("/payments", typed(engine, dollars=f"{patient / 100:.2f}"))
    assert claim_numbered(engine, NUMBER).closed_on is not None
    sam.submit(f"/payments/{newest(engine)}/undo", {"reason": "bounced"})

    assert claim_numbered(engine, NUMBER).closed_on is None
    books_are_whole(engine)


def test_unapplied_cash_that_was_placed_is_not_taken_back_first(sam: Browser, engine: Engine) -> None:
    sam.submit("/payments", typed(engine, claim=""))
    taken = newest(engine)
    sam.submit("/payments", typed(engine, act="place"))
    placed = newest(engine)
    sam.submit(f"/payments/{taken}/undo", {"reason": "wrong"})
    assert account(engine, Account.CASH) == 2500

    sam.submit(f"/payments/{placed}/undo", {"reason": "wrong"})
    sam.submit(f"/payments/{taken}/undo", {"reason": "wrong"})

    assert account(engine, Account.CASH) == 0
    books_are_whole(engine)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"dollars": "ten"}, "is not an amount"),
        ({"dollars": "0"}, "more than nothing"),
        ({"dollars": "-5"}, "more than nothing"),
        ({"on": "2027-01-01"}, "lies in the future"),
        ({"on": ""}, "on which day"),
        ({"reference": ""}, "number of the check"),
        ({"claim": "NOWHERE"}, "no claim with the number NOWHERE"),
        ({"method": "barter"}, "how it was paid"),
        ({"side": "mine"}, "which side"),
        ({"act": "place", "claim": ""}, "to which claim"),
    ],
)
def test_what_cannot_be_posted_is_told_and_what_was_typed_stays(
    sam: Browser, engine: Engine, wrong: dict[str, str], told: str
) -> None:
    answer = sam.submit("/payments", typed(engine, note="typed with care", **wrong))

    assert answer.status_code == 422
    assert told in answer.text
    assert "typed with care" in answer.text
    assert newest(engine) == 0


def test_who_may_see_and_who_may_post(app: FastAPI, engine: Engine, practice_ids: tuple[int, ...]) -> None:
    dana = sign_in_as(app, Role.BILLER, practice_ids=practice_ids)
    stranger = sign_in_as(app, Role.SUPERVISOR, practice_ids=(4711,))
    sam = sign_in_as(app, Role.SUPERVISOR, practice_ids=practice_ids)
    sam.submit("/payments", typed(engine))

    assert "Check 1204" in dana.get("/payments").text
    assert "Take back" not in dana.get("/payments").text.split("<tbody>")[1]
    assert dana.submit("/payments", typed(engine)).status_code == 403
    assert "Check 1204" not in stranger.get("/payments").text
    assert stranger.submit("/payments", typed(engine)).status_code == 404
    assert stranger.submit(f"/payments/{newest(engine)}/undo").status_code == 404

"""What the pages of the books ask, on SQLite and on PostgreSQL."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Engine

from app.audit.actor import Actor, act_as
from app.claims.tables import Claim
from app.core.config import Settings
from app.core.db import read_scope, session_scope
from app.followup.payers import payer_lines, payer_view
from app.ledger import payments as by_hand
from app.matching import remittance_queries
from app.matching.remittance_queries import (
    RemittanceFilter,
    claims_of,
    held_remittances,
    known_payers,
    paying_payers,
    remittance_view,
    remittances,
)
from tests.matching.paper import Books, payment

CLAIM = "CLP*{n}*1*100*80**12*I{n}*11*1~NM1*QC*1*DOE*JANE****MI*W1~DTM*232*20261005~SVC*HC:99213*100*80~CAS*CO*45*20~"
EVERYTHING = RemittanceFilter()


@pytest.fixture
def books(any_engine: Engine, settings: Settings, tmp_path: Path) -> Books:
    """Five payments of four days, the fourth out of balance."""
    folder = tmp_path / "papers"
    folder.mkdir()
    made = Books(any_engine, settings, folder)
    made.take(
        payment(CLAIM.format(n="P1"), trace="T1", on="20261101"),
        payment(CLAIM.format(n="P2"), trace="T2", on="20261115"),
        payment(CLAIM.format(n="P3"), trace="T3", on="20261115"),
        payment(CLAIM.format(n="P4"), trace="T4", on="20261110", paid="81"),
        payment(CLAIM.format(n="P5"), trace="T5", on="20261105", plb="PLB*1*20261231*FB:T5*-5~"),
    )
    return made


def test_pages_follow_the_date_of_payment_and_miss_nothing(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remittance_queries, "REMITTANCE_ROWS", 2)
    seen: list[str] = []
    after = ""
    with read_scope(books.engine) as session:
        for _ in range(5):
            page = remittances(session, (1,), EVERYTHING, after=after)
            seen += [row.trace for row in page.rows]
            assert page.totals.remittances == 5
            after = page.older
            if not after:
                break

    assert seen == ["T3", "T2", "T4", "T5", "T1"]


def test_filters_and_totals_agree(books: Books) -> None:
    with read_scope(books.engine) as session:
        held, held_totals = held_remittances(session, (1,))
        posted = remittances(session, (1,), RemittanceFilter(state="posted"))
        by_amount = remittances(session, (1,), RemittanceFilter(text="$81.00"))
        by_trace = remittances(session, (1,), RemittanceFilter(text="t2"))

    assert ([row.trace for row in held], held_totals) == (["T4"], (1, 8100))
    assert posted.totals == (4, 3 * 8000 + 8500)
    assert [row.trace for row in by_amount.rows] == ["T4"]
    assert [row.trace for row in by_trace.rows] == ["T2"]


def test_a_sign_of_a_pattern_is_only_a_sign(books: Books) -> None:
    with read_scope(books.engine) as session:
        assert remittances(session, (1,), RemittanceFilter(text="%")).rows == []


def test_one_payment_with_its_claims_and_adjustments(books: Books) -> None:
    with read_scope(books.engine) as session:
        (row,) = remittances(session, (1,), RemittanceFilter(text="T5")).rows
        view = remittance_view(session, row)
        claims, more = claims_of(session, row.id or 0)

    assert (view.expected_cents, view.difference_cents, view.matched_claims) == (8500, 0, 1)
    assert [(each.row.reason, each.row.cents) for each in view.adjustments] == [("FB", -500)]
    assert [(one.classification, one.claims, one.paid_cents) for one in view.classes] == [("paid", 1, 8000)]
    assert (len(claims), more) == (1, 0)


def test_other_practices_see_none_of_it(books: Books) -> None:
    with read_scope(books.engine) as session:
        assert remittances(session, (2,), EVERYTHING).rows == []
        assert remittances(session, (), EVERYTHING).totals == (0, 0)
        assert paying_payers(session, (2,)) == known_payers(session, (2,)) == []
        assert payer_lines(session, (2,)) == []
        assert payer_view(session, (2,), 1) is None


def test_the_payer_shows_its_running_account(books: Books) -> None:
    with read_scope(books.engine) as session:
        (line,) = payer_lines(session, (1,))
        view = payer_view(session, (1,), line.payer.id or 0)

    assert (line.owed_cents, line.holds_cents) == (500, 0)
    assert view is not None
    assert [entry.balance_cents for _, entries in view.accounts for entry in entries] == [-500]


def test_payments_by_hand_are_taken_placed_and_taken_back(books: Books) -> None:
    claim_id = books.claim("P1").id
    typed = by_hand.Typed(1500, date(2026, 11, 20), "check", "77", "", "patient")
    today = date(2026, 11, 23)
    with session_scope(books.engine) as session:
        act_as(session, Actor.system("test"), books.clock)
        by_hand.take_unapplied(session, 1, typed, person_id=1, today=today)
        claim = session.get_one(Claim, claim_id)
        entry = by_hand.place_unapplied(session, claim, typed, person_id=1, today=today)
        placed = by_hand.available_cents(session, 1)
        by_hand.undo_payment(session, entry, person_id=1, reason="wrong claim", on=today)
        rows = by_hand.payments(session, (1,))
        again = by_hand.available_cents(session, 1)

    assert (placed, again) == (0, 1500)
    assert [row.what for row in rows] == ["Placement taken back", "Placed from unapplied", "Received, unapplied"]
    assert [row.was_taken_back for row in rows] == [False, True, False]

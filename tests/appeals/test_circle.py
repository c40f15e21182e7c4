"""The whole way of an appeal: denied by an 835, appealed, sent, and decided by a later 835, with cents."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.appeals.case import case_file
from app.appeals.leave import mark_sent, queue_appeal, take_back, withdraw
from app.appeals.settle import settle_appeals
from app.appeals.start import AppealRefused, start_appeal
from app.appeals.tables import Appeal, AppealState, Decision, Packet
from app.claims.tables import Claim
from app.claims.under_way import steps_under_way
from app.core.config import Settings
from app.core.db import session_scope
from app.core.outbox import content_of
from app.core.tables import OutboxItem, OutboxState
from app.followup.open_work import open_work
from app.followup.rank import rerank_claims
from app.followup.tables import Snooze, Touch
from app.intake.store import path_of
from app.jobs.proof import prove
from tests.matching.paper import Books, billed, payment, submission

SENT = submission(billed("PCN1", "200", "99214:25*200"))
DENIED = payment(
    """CLP*PCN1*4*200*0**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W100~
    SVC*HC:99214:25*200*0~DTM*472*20261005~CAS*CO*197*200~LQ*HE*N130~"""
)
BACK = "CLP*PCN1*22*-200*0**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W100~SVC*HC:99214:25*-200*0~CAS*CO*197*-200~"


def answered(claim: str, on: str = "20261218") -> str:
    return payment(claim, trace="EFT0002", on=on)


PAID = answered(
    "CLP*PCN1*1*200*130*20*12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W100~SVC*HC:99214:25*200*130~CAS*CO*45*50~CAS*PR*2*20~"
)
DENIED_AGAIN = answered(
    "CLP*PCN1*4*200*0**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W100~SVC*HC:99214:25*200*0~CAS*CO*197*200~"
)


@pytest.fixture
def engine(empty_engine: Engine) -> Engine:
    """Nothing is loaded yet."""
    return empty_engine


@pytest.fixture
def books(engine: Engine, settings: Settings, tmp_path: Path) -> Books:
    folder = tmp_path / "papers"
    folder.mkdir()
    return Books(engine, settings, folder)


def started(books: Books, session: Session) -> Appeal:
    claim = session.exec(select(Claim)).one()
    assert claim.id is not None
    file = case_file(session, claim.id)
    return start_appeal(
        *(session, books.clock, file, file.issues[0], file.levels[0]),
        person_id=1,
        signer="Dana Reyes",
        argument="It was authorized by phone.",
    )


def sent(books: Books) -> int:
    """Started, queued and faxed; the appeal's number."""
    with session_scope(books.engine) as session:
        appeal = started(books, session)
        queue_appeal(session, books.settings, books.clock, appeal, person_id=1)
        mark_sent(session, books.clock, appeal, how="fax", proof="Confirmation 4711", person_id=1)
        assert appeal.id is not None
        return appeal.id


def settled(books: Books) -> Appeal:
    with session_scope(books.engine) as session:
        claims = [claim.id for claim in books.claims() if claim.id is not None]
        settle_appeals(session, books.clock, claims)
        rerank_claims(session, books.clock, claims)
    with Session(books.engine) as session:
        return session.exec(select(Appeal)).one()


def test_a_denial_is_appealed_sent_and_won_by_a_later_remittance(books: Books) -> None:
    books.take(SENT, DENIED)
    sent(books)
    books.take(PAID)
    appeal = settled(books)

    assert (appeal.state, appeal.decision, appeal.won_cents) == (AppealState.DECIDED, Decision.OVERTURNED, 13_000)
    assert str(appeal.decided_on) == "2026-12-18"
    assert "Appeal won: $130.00 more paid (remittance EFT0002)" in books.events("PCN1")
    assert books.balance("PCN1") == (0, 2_000)
    with Session(books.engine) as session:
        assert steps_under_way(session, appeal.claim_id) == []
        assert prove(session).faults == []


def test_a_denial_that_is_repeated_upholds_and_the_next_level_is_offered(books: Books) -> None:
    books.take(SENT, DENIED)
    sent(books)
    books.take(DENIED_AGAIN)
    appeal = settled(books)

    assert (appeal.decision, appeal.won_cents) == (Decision.UPHELD, 0)
    assert books.balance("PCN1") == (20_000, 0)


def test_a_take_back_alone_decides_nothing_and_its_correction_does(books: Books) -> None:
    books.take(SENT, DENIED)
    sent(books)
    books.take(answered(BACK))
    assert settled(books).state == AppealState.SENT
    books.take(payment(PAID_CLAIM, trace="EFT0003", on="20261221"))
    assert settled(books).decision == Decision.OVERTURNED


PAID_CLAIM = "CLP*PCN1*1*200*150**12*ICN2*11*1~NM1*QC*1*DOE*JANE****MI*W100~SVC*HC:99214:25*200*150~CAS*CO*45*50~"


def test_settling_twice_changes_nothing(books: Books) -> None:
    books.take(SENT, DENIED)
    sent(books)
    books.take(PAID)
    first = settled(books).changed_at
    books.clock.advance(hours=1)

    assert settled(books).changed_at == first
    assert len([words for words in books.events("PCN1") if words.startswith("Appeal won")]) == 1


def test_what_was_sent_is_kept_as_sent_and_the_claim_waits_for_the_answer(books: Books) -> None:
    books.take(SENT, DENIED)
    appeal_id = sent(books)
    with Session(books.engine) as session:
        appeal = session.get_one(Appeal, appeal_id)
        item = session.get_one(OutboxItem, appeal.outbox_id)
        packet = session.exec(select(Packet)).one()
        snooze = session.get_one(Snooze, appeal.claim_id)
        touch = session.exec(select(Touch)).one()
        step = steps_under_way(session, appeal.claim_id)[0]
        assert open_work(session, appeal.claim_id, but="refile") == "appeal of Nov 23, 2026"

    assert (item.state, item.proof) == (OutboxState.SENT_BY_HAND, "Confirmation 4711")
    content = content_of(books.settings, item)
    assert content.startswith(b"%PDF-")
    assert content == path_of(books.settings, packet.sha256).read_bytes()
    assert (packet.version, packet.pages) == (1, 3)
    assert "It was authorized by phone." in packet.letter
    assert (appeal.send_how, appeal.sent_proof) == ("fax", "Confirmation 4711")
    assert (appeal.rule_words, appeal.decision_due) == ("not configured", None)
    assert appeal.follow_up_on == appeal.sent_on + timedelta(days=30)  # type: ignore[operator]
    assert (snooze.waits_for, snooze.until) == ("answer", appeal.follow_up_on)
    assert (touch.kind, touch.outcome) == ("appeal_sent", "sent")
    assert (step.step, step.since) == ("appeal", appeal.sent_on)


def test_taken_back_from_the_outbox_it_is_a_draft_again(books: Books) -> None:
    books.take(SENT, DENIED)
    with session_scope(books.engine) as session:
        appeal = started(books, session)
        queue_appeal(session, books.settings, books.clock, appeal, person_id=1)
        assert appeal.state == AppealState.READY
        take_back(session, books.clock, appeal)
        session.refresh(appeal)
        assert (appeal.state, appeal.outbox_id) == (AppealState.DRAFT, None)
        assert steps_under_way(session, appeal.claim_id) == []
        queue_appeal(session, books.settings, books.clock, appeal, person_id=1)
        packets = session.exec(select(Packet).order_by(col(Packet.version))).all()
    assert [packet.version for packet in packets] == [1, 2]


def test_a_withdrawn_appeal_leaves_nothing_under_way(books: Books) -> None:
    books.take(SENT, DENIED)
    sent(books)
    with session_scope(books.engine) as session:
        appeal = session.exec(select(Appeal)).one()
        withdraw(session, books.clock, appeal, reason="Paid by phone call")
        assert (appeal.decision, appeal.won_cents) == (Decision.WITHDRAWN, 0)
        assert steps_under_way(session, appeal.claim_id) == []
    books.take(PAID)
    assert settled(books).decision == Decision.WITHDRAWN


def test_an_appeal_beside_a_corrected_claim_is_refused_by_its_rule(books: Books) -> None:
    books.take(SENT, DENIED)
    books.take(submission(billed("PCN1", "200", "99214:25*200", frequency="7"), on="20261120"))
    with session_scope(books.engine) as session, pytest.raises(AppealRefused) as refused:
        started(books, session)
    assert [rule.rule for rule in refused.value.rules] == ["APPEAL-WHILE-REFILED"]
    books.clock.advance(days=45)  # nobody answered: it was lost
    with session_scope(books.engine) as session:
        assert started(books, session).state == AppealState.DRAFT


def test_one_claim_has_one_open_appeal(books: Books) -> None:
    books.take(SENT, DENIED)
    with session_scope(books.engine) as session:
        started(books, session)
        with pytest.raises(AppealRefused, match="open already"):
            started(books, session)


def test_two_people_who_start_one_at_once_leave_one(books: Books) -> None:
    books.take(SENT, DENIED)
    with session_scope(books.engine) as session:
        claim = session.exec(select(Claim)).one()
        file = case_file(session, claim.id or 0)  # as both saw it: no appeal is open
        given = (session, books.clock, file, file.issues[0], file.levels[0])
        start_appeal(*given, person_id=1)
        with pytest.raises(AppealRefused, match="open already"):
            start_appeal(*given, person_id=2)
        assert len(session.exec(select(Appeal)).all()) == 1


@pytest.mark.parametrize(
    ("remark", "rule"),
    [("MA130", "APPEAL-UNPROCESSABLE"), ("MA44", "APPEAL-NO-RIGHTS"), ("N211", "APPEAL-NO-RIGHTS")],
)
def test_a_remark_that_forbids_an_appeal_is_obeyed(books: Books, remark: str, rule: str) -> None:
    books.take(SENT, DENIED.replace("LQ*HE*N130", f"LQ*HE*{remark}"))
    with session_scope(books.engine) as session, pytest.raises(AppealRefused) as refused:
        started(books, session)
    assert [refusal.rule for refusal in refused.value.rules] == [rule]

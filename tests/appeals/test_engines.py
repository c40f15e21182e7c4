"""Appeals and inquiries on both engines: the same story, the same figures."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine
from sqlmodel import Session, select

from app.appeals import batch
from app.appeals.case import case_file
from app.appeals.leave import mark_sent, queue_appeal
from app.appeals.queries import decided_appeals, open_appeals, totals
from app.appeals.settle import settle_appeals
from app.appeals.start import start_appeal
from app.claims.tables import Claim
from app.core.config import Settings
from app.core.db import session_scope
from app.research.answer import settle_inquiries
from app.research.ask import ask_status
from app.research.automatic import due_claims
from app.research.queries import batches, candidates
from tests.matching.paper import Books, billed, payment, submission


def test_a_story_of_two_denials_and_an_inquiry(any_engine: Engine, settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    books = Books(any_engine, settings, folder)
    people = (("PCN1", "DOE", "W100"), ("PCN2", "ROE", "W200"), ("PCN3", "POE", "W300"))
    books.take(submission(*(billed(number, "200", last=last, member=member) for number, last, member in people)))
    lost = "CLP*{0}*4*200*0**12*I{0}*11*1~NM1*QC*1*{1}*JANE****MI*{2}~SVC*HC:99213*200*0~CAS*CO*197*200~"
    books.take(payment(*(lost.format(*person) for person in people[:2])))
    practice = [books.claim("PCN1").practice_id]
    with session_scope(any_engine) as session:
        (group,) = batch.groups(session, practice)
        assert (group.claims, group.cents, group.reason) == (2, 40_000, "197")
        claim = session.exec(select(Claim).where(Claim.patient_control_number == "PCN1")).one()
        file = case_file(session, claim.id or 0)
        appeal = start_appeal(
            *(session, books.clock, file, file.issues[0], file.levels[0]), person_id=1, argument="It was authorized."
        )
        queue_appeal(session, settings, books.clock, appeal, person_id=1)
        mark_sent(session, books.clock, appeal, how="mail", proof="RR 1 US", person_id=1)
        asked = ask_status(session, settings, books.clock, [books.claim("PCN3").id or 0], person_id=1)
        assert (asked.inquiries, asked.refused) == (1, [])
        assert due_claims(session, books.clock.today()) == []
    paid = "CLP*PCN1*1*200*120**12*IPCN1*11*1~NM1*QC*1*DOE*JANE****MI*W100~SVC*HC:99213*200*120~CAS*CO*45*80~"
    books.take(payment(paid, trace="EFT2", on="20261222"))
    with session_scope(any_engine) as session:
        (won,) = settle_appeals(session, books.clock, [claim.id or 0])
        assert settle_inquiries(session, books.clock) == []
    with Session(any_engine) as session:
        assert (won.decision, won.won_cents) == ("overturned", 12_000)
        assert open_appeals(session, practice) == []
        assert [row.claim.patient_control_number for row in decided_appeals(session, practice)] == ["PCN1"]
        assert totals(session, practice) == (0, 0, 1, 1, 12_000, 1)
        (row,) = batches(session, practice, books.clock.today())
        assert row.report.waiting == 1
        (payer,) = candidates(session, practice, books.clock.today())
        assert (payer.claims, payer.open_cents) == (1, 20_000)

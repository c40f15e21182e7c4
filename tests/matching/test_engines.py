"""The same papers on SQLite and on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from app.core.config import Settings
from app.core.db import read_scope, session_scope
from app.ledger.verify import verify_books
from app.matching.held import post_held
from app.matching.tables import PaymentState, Remittance
from app.matching.unmatched import apply_to_claim, candidates
from app.matching.verify import verify_answers
from tests.matching.paper import Books, billed, payment, status, submission

PAID = """CLP*PCN1*19*200*120*30*12*ICN1*11*1~
NM1*QC*1*DOE*JANE****MI*W100~
DTM*232*20261005~
SVC*HC:99213*200*120~
CAS*CO*45*50~
CAS*PR*1*30~
"""
REVERSAL = """CLP*PCN1*22*-200*-120**12*ICN1*11*1~
NM1*QC*1*DOE*JANE****MI*W100~
SVC*HC:99213*-200*-120~
CAS*CO*45*-50~
CAS*PR*1*-30~
"""
DENIED = "CLP*PCN1*1*200*0**12*ICN2*11*1~NM1*QC*1*DOE*JANE****MI*W100~SVC*HC:99213*200*0~CAS*CO*197*200~"
LOST = "CLP*LOST*1*75*75**12*ICN8*11*1~NM1*QC*1*ROE*JOHN****MI*W9~DTM*232*20261005~SVC*HC:99213*75*75~"
OTHER = "CLP*PCN9*1*500*500**12*ICN9*11*1~NM1*QC*1*POE*MARY****MI*W3~SVC*HC:99205*500*500~"
ACCEPTED = "NM1*QC*1*DOE*JANE****MI*W100~TRN*2*PCN1~STC*A2:20:PR*20261012*WQ*200~REF*1K*ICN1~DTP*472*D8*20261005~"


def test_one_story_ends_alike_on_both_engines(any_engine: Engine, settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    books = Books(any_engine, settings, folder)
    roe = {"last": "ROE", "first": "JOHN", "member": "W9"}
    books.take(
        submission(billed("PCN1", "200"), billed("A1", "75", **roe), billed("A2", "75", **roe)),
        status(ACCEPTED),
        payment(PAID),
        payment(REVERSAL, DENIED, OTHER, LOST, trace="EFT2", on="20261125"),
        payment(OTHER.replace("PCN9", "PCN10").replace("ICN9", "ICN10"), trace="EFT3", paid="499"),
    )
    with session_scope(any_engine) as session:
        lost = books.answers("LOST")[0]
        best = candidates(session, lost.id or 0)[0]
        apply_to_claim(session, lost.id or 0, best.head.claim.id or 0)
    with session_scope(any_engine) as session:
        held = next(row for row in books.rows(Remittance) if row.state == "held")
        post_held(session, held.id, person_id=1, reason="agreed with the payer")

    assert books.balance("PCN1") == (20000, 0)
    assert books.balance("A1") == (0, 0)
    assert books.balance("PCN10") == (0, 0)
    assert [answer.state for answer in books.answers("PCN1")] == [PaymentState.POSTED] * 3
    with read_scope(any_engine) as session:
        assert verify_books(session).faults + verify_answers(session).faults == []

"""What a claim is told anew from what was heard is what it was told as the files came, in whatever order."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.claims.numbering import Numbers
from app.claims.tables import Claim, ClaimState
from app.core.bulk import table_of
from app.core.db import session_scope
from app.intake.pickup import ingest
from app.ledger.tables import ClaimBalance
from app.ledger.verify import verify_books
from app.matching.retell import retell
from tests.matching.paper import NOW, Books, billed, payment, status, submission

STORIES = Path(__file__).resolve().parent.parent.parent / "samples" / "stories"
MONTH = STORIES.parent / "practice" / "2026-11"
FIRST = "CLP*PCN1*1*100*60*40*12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W100~SVC*HC:99213*100*60~CAS*PR*1*40~"
SECOND = "CLP*PCN1*2*100*40**12*ICNS*11*1~NM1*QC*1*DOE*JANE****MI*S100~SVC*HC:99213*100*40~CAS*OA*23*60~"
PAID = "CLP*PCN1*1*100*80**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W100~SVC*HC:99213*100*80~CAS*CO*45*20~"
BACK = "CLP*PCN1*22*-100*-80**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*W100~SVC*HC:99213*-100*-80~CAS*CO*45*-20~"
ACCEPTED = "NM1*QC*1*DOE*JANE****MI*W100~TRN*2*PCN1~STC*A2:20:PR*20261112*WQ*100~REF*1K*ICN1~DTP*472*D8*20261005~"


def rows(connection: Any) -> dict[str, dict[str, Any]]:
    made = {}
    for model, key in ((Claim, "id"), (ClaimBalance, "claim_id")):
        for row in connection.execute(select(table_of(model))):
            made[f"{model.__name__} {row._mapping[key]}"] = dict(row._mapping)
    return made


def changed_by_telling_anew(books: Books) -> list[str]:
    """Columns in which telling every claim anew makes a difference; nothing is kept of it."""
    with session_scope(books.engine) as session:
        connection = session.connection()
        before = rows(connection)
        for practice_id in {each["practice_id"] for each in before.values()}:
            claims = [each["id"] for each in before.values() if "id" in each and each["practice_id"] == practice_id]
            retell(connection, practice_id, claims, NOW, Numbers(connection, Claim))
        after = rows(connection)
        assert verify_books(session).faults == []
        session.rollback()
    return [
        f"{name}: {column} was {was}, is {after[name][column]}"
        for name, row in before.items()
        for column, was in row.items()
        if after[name][column] != was
    ]


@pytest.mark.parametrize("folder", [STORIES, MONTH], ids=["stories", "a month"])
def test_telling_every_claim_anew_changes_nothing(books: Books, folder: Path) -> None:
    paths = sorted(path for path in folder.iterdir() if path.suffix != ".toml")[: 60 if folder is STORIES else 12]
    assert len(list(ingest(books.desk, paths, channel="command"))) == len(paths)
    assert len(books.claims()) > 20

    assert changed_by_telling_anew(books) == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_two_payers_that_decide_on_one_day_the_later_in_turn_has_the_last_word(
    books: Books, order: tuple[int, ...]
) -> None:
    papers = [
        submission(billed("PCN1", "100", order="S", payer="SECOND HEALTH", payer_code="77777", member="S100")),
        payment(FIRST, trace="EFT1"),
        payment(SECOND, trace="EFT2", payer="SECOND HEALTH", payer_code="77777"),
    ]
    books.take(*(papers[place] for place in order))

    claim = books.claim("PCN1")
    assert claim.payer_rank == 2
    assert changed_by_telling_anew(books) == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_a_void_ends_a_claim_that_a_status_speaks_of_later(books: Books, order: tuple[int, ...]) -> None:
    papers = [
        submission(billed("PCN1", "100"), on="20261110"),
        submission(billed("PCN1", "100", frequency="8", references="REF*F8*ICN1~"), on="20261110"),
        status(ACCEPTED, on="20261112"),
    ]
    books.take(*(papers[place] for place in order))

    assert books.claim("PCN1").state == ClaimState.CLOSED
    assert changed_by_telling_anew(books) == []


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_decision_taken_back_is_looked_at_again_after_a_month_in_either_order(
    books: Books, order: tuple[int, ...]
) -> None:
    papers = [payment(PAID, trace="EFT1", on="20261020"), payment(BACK, trace="EFT2", on="20261110")]
    books.take(*(papers[place] for place in order))

    claim = books.claim("PCN1")
    assert (claim.state, str(claim.next_check_on)) == (ClaimState.REVERSED, "2026-12-10")
    assert changed_by_telling_anew(books) == []

"""What each kind of answer does to the books, wire text in, cents out."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlmodel import select

from app.claims.tables import ClaimState, CodeOverride
from app.core.db import session_scope
from app.ledger.tables import Account
from app.matching.tables import Remittance
from tests.matching.paper import Books, billed, payment, submission

PAID = """CLP*PCN1*1*200*120*30*12*ICN1*11*1~
NM1*QC*1*DOE*JANE****MI*W100~
DTM*232*20261005~
SVC*HC:99214:25*200*120**1~
DTM*472*20261005~
CAS*CO*45*50~
CAS*PR*1*20**2*10~
REF*6R*PCN1L1~
"""


def test_a_paid_claim_splits_into_payment_write_off_and_patient_share(books: Books) -> None:
    books.take(submission(billed("PCN1", "200", "99214:25*200")), payment(PAID))

    assert books.balance("PCN1") == (0, 3000)
    assert books.account(Account.CONTRACTUAL) == 5000
    assert books.account(Account.CASH) == 12000
    assert books.account(Account.REMITTANCE_CLEARING) == 0
    assert books.claim("PCN1").state == ClaimState.PAID


def test_a_claim_known_only_from_its_remittance_is_created_and_says_so(books: Books) -> None:
    books.take(payment(PAID))

    claim = books.claim("PCN1")
    assert claim.known_from == "835"
    assert claim.charge_cents == 20000
    assert books.balance("PCN1") == (0, 3000)


def test_a_denial_writes_nothing_off(books: Books) -> None:
    books.take(
        payment(
            """CLP*PCN1*1*120*0**12*ICN1*11*1~
            NM1*QC*1*DOE*JANE****MI*W100~
            SVC*HC:99213*120*0**0~
            DTM*472*20261005~
            CAS*CO*45*35**197*85~
            LQ*HE*N54~"""
        )
    )

    assert books.balance("PCN1") == (12000, 0)
    assert books.account(Account.CONTRACTUAL) == 0
    (denial,) = books.denials("PCN1")
    assert (denial.category, denial.group, denial.reason) == ("authorization", "CO", "197")
    assert (denial.denied_cents, denial.is_full, denial.is_repeat, denial.remarks) == (8500, True, False, "N54")


def test_a_denied_line_stays_open_beside_a_paid_one(books: Books) -> None:
    books.take(
        payment(
            """CLP*PCN1*1*150*80**12*ICN1*11*1~
            NM1*QC*1*DOE*JANE****MI*W100~
            SVC*HC:11042*100*80**1~
            CAS*CO*45*20~
            SVC*HC:97597*50*0**0~
            CAS*CO*97*50~"""
        )
    )

    assert books.balance("PCN1") == (5000, 0)
    assert books.claim("PCN1").state == ClaimState.PARTIALLY_DENIED


def test_interest_is_income_and_never_payment_on_the_claim(books: Books) -> None:
    books.take(
        payment(
            """CLP*PCN1*1*100*100**12*ICN1*11*1~
            NM1*QC*1*FOE*KIM****MI*W600~
            AMT*I*10~
            SVC*HC:99203*100*100**1~""",
            plb="PLB*1234567893*20261231*L6*-10~",
        )
    )

    assert books.balance("PCN1") == (0, 0)
    assert books.account(Account.INTEREST_INCOME) == -1000
    assert books.account(Account.CASH) == 11000


def test_a_claim_paid_in_full_is_closed(books: Books) -> None:
    books.take(payment("CLP*PCN1*1*100*100**12*ICN1*11*1~NM1*QC*1*FOE*KIM****MI*W6~SVC*HC:99203*100*100**1~"))

    assert str(books.claim("PCN1").closed_on) == "2026-11-18"


def test_a_denial_repeats_an_earlier_one_of_the_same_line_only(books: Books) -> None:
    """The first line denied; then paid and the second denied; then the second denied once more."""
    lines = billed("PCN5", "200", "99213*100", "36415*100")
    first = """CLP*PCN5*1*200*100**12*ICN5*11*1~
    NM1*QC*1*DOE*JANE****MI*W100~
    SVC*HC:99213*100*0~
    DTM*472*20261005~
    CAS*CO*197*100~
    REF*6R*PCN5L1~
    SVC*HC:36415*100*100~
    DTM*472*20261005~
    REF*6R*PCN5L2~"""
    other = """CLP*PCN5*1*200*100**12*ICN6*11*1~
    NM1*QC*1*DOE*JANE****MI*W100~
    SVC*HC:99213*100*100~
    DTM*472*20261005~
    REF*6R*PCN5L1~
    SVC*HC:36415*100*0~
    DTM*472*20261005~
    CAS*CO*97*100~
    REF*6R*PCN5L2~"""
    books.take(
        submission(lines),
        payment(first, on="20261110", trace="EFT0001"),
        payment(other, on="20261114", trace="EFT0002"),
        payment(other.replace("ICN6", "ICN7"), on="20261118", trace="EFT0003"),
    )

    assert [denial.is_repeat for denial in books.denials("PCN5")] == [False, False, True]


def test_a_denial_is_about_what_this_site_says_of_its_payers_code(books: Books) -> None:
    """Decisions of that payer only: another's denial for the same reason is about what the table says."""
    denied = "CLP*{0}*1*120*0**12*I{0}*11*1~\nNM1*QC*1*DOE*JANE****MI*W100~\nSVC*HC:99213*120*0**0~\nCAS*CO*197*120~"
    books.take(payment(denied.format("PCN1")))
    with session_scope(books.engine) as session:
        judged = CodeOverride(
            payer_id=session.exec(select(Remittance.payer_id)).first(),
            list_name="carc",
            code="197",
            changes={"category": "coding"},
            why="x",
            person_name="Sam",
            made_at=datetime(2026, 1, 1, tzinfo=UTC),
        )
        session.add(judged)
    books.take(payment(denied.format("PCN2"), trace="T2"))
    books.take(payment(denied.format("PCN3"), trace="T3", payer="ANOTHER PLAN", payer_code="77777"))

    found = [books.denials(number)[0].category for number in ("PCN1", "PCN2", "PCN3")]
    assert found == ["authorization", "coding", "authorization"]

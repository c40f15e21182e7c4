"""A file of inquiries that is refused as a whole: tied back, told, counted, and asked again after mending."""

from __future__ import annotations

import pytest
from sqlmodel import Session

from app.claims.tables import ClaimState
from app.core.db import session_scope
from app.core.tables import Destination
from app.matching.tables import InquiryRefusal
from app.research.automatic import ask_due
from app.research.queries import batches, report_of
from app.research.tables import Inquiry, InquiryBatch, InquiryState
from tests.matching.paper import ISA, Books, _envelope, acknowledgment
from tests.research.test_inquiries import SENT, answer, ask, books, engine, settled

__all__ = ["books", "engine"]


def refusing(*, source: str = "", receiver: str = "", provider: str = "", theirs: str = "A9") -> str:
    """A 277 that names no claim: what stands under each level is handed in."""
    body = (
        f"BHT*0010*08*{theirs}*20261124*1200*DG~HL*1**20*1~NM1*PR*2*TESTPAYER HEALTH*****PI*99999~{source}"
        f"HL*2*1*21*1~NM1*41*2*SAMPLE CLINIC PLLC*****46*1234567893~{receiver}"
    )
    if provider:
        body += f"HL*3*2*19*0~NM1*1P*2*SAMPLE CLINIC PLLC*****XX*1234567893~{provider}"
    return _envelope("HN", "277", "005010X212", body, 77)


def interchange_answer(number: str, result: str, note: str, *, on: str = "261123") -> str:
    return ISA.format(sender="CLEARHOUSE", receiver="US", control=55) + (
        f"TA1*{number}*{on}*1400*{result}*{note}~IEA*0*000000055~"
    )


def batch_of(books: Books) -> InquiryBatch:
    (found,) = books.rows(InquiryBatch)
    assert isinstance(found, InquiryBatch)
    return found


@pytest.mark.parametrize(
    ("paper", "who", "why"),
    [
        # the receiver's level, by our BHT03 in its trace
        (
            lambda batch: refusing(receiver=f"TRN*2*{batch.reference}~STC*E4:24:41*20261124~"),
            "TESTPAYER HEALTH",
            "(at the level of the receiver of the answer) (277)",
        ),
        # the payer's own system, by the receiver's trace
        (
            lambda batch: refusing(source=f"TRN*2*{batch.reference}~STC*E1:0*20261124~"),
            "TESTPAYER HEALTH",
            "(at the level of the payer) (277)",
        ),
        # the provider's level has no trace of its own: our reference stands above it
        (
            lambda batch: refusing(receiver=f"TRN*2*{batch.reference}~", provider="TRN*2*0~STC*E0:562:1P*20261124~"),
            "TESTPAYER HEALTH",
            "(at the level of the billing provider) (277)",
        ),
        # by BHT03 alone
        (
            lambda batch: refusing(provider="STC*D0:562:1P*20261124~", theirs=batch.reference),
            "TESTPAYER HEALTH",
            "(at the level of the billing provider) (277)",
        ),
        # no reference at all: the provider's only file that waits
        (
            lambda batch: refusing(provider="STC*E0:562:1P*20261124~"),
            "TESTPAYER HEALTH",
            "(at the level of the billing provider) (277)",
        ),
        (
            lambda batch: acknowledgment(
                f"AK1*HR*{int(batch.control_number)}*005010X212~",
                "AK2*276*0001*005010X212~IK3*NM1*6*2100*8~IK4*9*67*1~IK5*R*5~AK9*R*1*1*0~",
            ),
            "SENDER",
            "The transaction was rejected for its syntax: NM1 at position 6, element 9 (999)",
        ),
        (
            lambda batch: acknowledgment(f"AK1*HR*{int(batch.control_number)}*005010X212~", "AK9*R*1*1*0*2~"),
            "SENDER",
            "The whole group was rejected for its syntax (999)",
        ),
        (
            lambda batch: interchange_answer(batch.control_number, "R", "006"),
            "whoever takes the files in",
            "The file could not be taken in: the sender's id (ISA06) is not known (TA1 note 006) (TA1)",
        ),
    ],
    ids=["receiver", "source", "provider", "bht03", "only-one", "999-set", "999-group", "ta1"],
)
def test_a_refused_file_is_tied_to_its_inquiries_and_says_who_and_why(
    books: Books, paper: object, who: str, why: str
) -> None:
    books.take(SENT)
    ask(books, "PCN1", "PCN2")
    assert callable(paper)
    books.take(paper(batch_of(books)))
    inquiries = settled(books)

    assert [inquiry.state for inquiry in inquiries] == [InquiryState.FAILED, InquiryState.FAILED]
    batch = batch_of(books)
    assert batch.refused_by == who
    assert why in batch.refused_words
    assert f"was refused by {who}, with its whole file" in books.events("PCN2")[-1]
    assert books.claim("PCN1").state == ClaimState.SUBMITTED  # nothing was said about the claim
    assert report_of(inquiries, books.clock.today()) == (2, 0, 0, 0, 0, 2, 0)


def test_claims_that_were_answered_in_the_same_file_keep_their_answer(books: Books) -> None:
    books.take(SENT)
    ask(books, "PCN1", "PCN2")
    first = books.rows(Inquiry)[0]
    books.take(
        answer(first.trace, "P1:20", references="REF*EJ*PCN1~"),
        refusing(receiver=f"TRN*2*{batch_of(books).reference}~STC*E1:0*20261124~"),
    )
    answered, refused = settled(books)
    assert (answered.state, refused.state) == (InquiryState.ANSWERED, InquiryState.FAILED)


@pytest.mark.parametrize(
    "paper",
    [
        "AK1*HR*{number}*005010X212~AK2*276*0001~IK5*A~AK9*A*1*1*1~",  # it was taken
        "AK1*HR*{other}*005010X212~AK9*R*1*1*0~",  # another number
        "AK1*HC*{number}*005010X222A1~AK9*R*1*1*0~",  # claims, not inquiries
    ],
)
def test_what_is_about_something_else_refuses_nothing(books: Books, paper: str) -> None:
    books.take(SENT)
    ask(books, "PCN1")
    number = int(batch_of(books).control_number)
    books.take(acknowledgment(paper.format(number=number, other=number + 1)))
    assert settled(books)[0].state == InquiryState.SENT


def test_a_ta1_of_another_day_means_another_programs_file(books: Books) -> None:
    books.take(SENT)
    ask(books, "PCN1")
    number = batch_of(books).control_number
    books.take(interchange_answer(number, "R", "006", on="260302"), interchange_answer(number, "A", "000"))
    assert settled(books)[0].state == InquiryState.SENT


def test_when_two_files_wait_a_refusal_without_a_reference_is_tied_to_neither(books: Books) -> None:
    books.take(SENT)
    ask(books, "PCN1")
    ask(books, "PCN2")
    books.take(refusing(provider="STC*E0:562:1P*20261124~"))
    assert {inquiry.state for inquiry in settled(books)} == {InquiryState.SENT}
    assert len(books.rows(InquiryRefusal)) == 1


def test_the_claim_comes_back_today_and_is_asked_about_again_with_the_same_question(books: Books) -> None:
    books.take(SENT)
    ask(books, "PCN1")
    books.take(answer(books.rows(Inquiry)[0].trace, "D0:35"))
    settled(books)
    books.clock.advance(days=1)
    ask(books, "PCN1")
    second = books.rows(Inquiry)[-1]
    assert (second.rung, second.change) == (2, "with dates three days wider")
    batch = books.rows(InquiryBatch)[-1]
    books.take(refusing(receiver=f"TRN*2*{batch.reference}~STC*E4:24:41*20261124~"))
    settled(books)
    assert books.claim("PCN1").next_check_on == books.clock.today()

    asked, _ = ask(books, "PCN1")
    third = books.rows(Inquiry)[-1]
    assert asked.inquiries == 1
    assert (third.rung, third.change, third.state) == (2, "with dates three days wider", InquiryState.SENT)


@pytest.mark.parametrize(("category", "asked"), [("E1", 2), ("E4", 0)])
def test_the_schedule_repeats_only_what_passes_by_itself(books: Books, category: str, asked: int) -> None:
    books.take(SENT)
    with session_scope(books.engine) as session:
        practice = books.claim("PCN1").practice_id
        place = Destination(
            practice_id=practice, name="C", sender="SUB1", receiver="CLR1", changed_at=books.clock.now()
        )
        session.add(place)
    ask(books, "PCN1", "PCN2")
    books.take(refusing(receiver=f"TRN*2*{batch_of(books).reference}~STC*{category}:0*20261123~"))
    settled(books)
    books.clock.advance(days=1)
    with session_scope(books.engine) as session:
        assert ask_due(session, books.settings, books.clock).inquiries == asked


def test_the_batch_foots_with_every_way_an_inquiry_can_end(books: Books) -> None:
    books.take(SENT)
    ask(books, "PCN1", "PCN2")
    books.take(refusing(receiver=f"TRN*2*{batch_of(books).reference}~STC*E1:0*20261124~"))
    settled(books)
    with Session(books.engine) as session:
        (row,) = batches(session, [books.claim("PCN1").practice_id], books.clock.today())
    asked, *parts = row.report
    assert asked == sum(parts) == 2

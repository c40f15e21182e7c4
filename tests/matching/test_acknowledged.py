"""An acknowledgment that came before the 837 it answers waits for it, and then says what it would have said."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from app.audit.tables import Event
from app.claims.tables import ClaimEvent, ClaimState, EventKind, Submission
from app.core.config import Settings
from app.core.db import read_scope
from app.intake.tables import LoadedSet
from app.matching.tables import Acknowledgment
from tests.matching.paper import Books, acknowledgment, billed, payment, status, submission

REFUSED = "IK3*NM1*8**8~IK5*R*5~"
TAKEN = "IK5*A~"


def sent(*numbers: str, on: str = "20261010", group: int = 7, sender: str = "SENDER") -> str:
    """An 837 under a group number that the test chooses."""
    text = submission(*(billed(number, "200", member=f"W{number}") for number in numbers), on=on)
    return _numbered(text, group).replace("*ZZ*SENDER         *", f"*ZZ*{sender:<15}*")


def said(how: str, group: int = 7, on: str = "261120", receiver: str = "RECEIVER") -> str:
    """A 999 about the one set of that group."""
    text = acknowledgment(
        f"AK1*HC*{group}*005010X222A1~",
        f"AK2*837*{group:04}*005010X222A1~{how}",
        f"AK9*{'R*1*1*0' if how == REFUSED else 'A*1*1*1'}~",
    )
    return text.replace("*261120*1200*^", f"*{on}*1200*^").replace("RECEIVER       *", f"{receiver:<15}*", 1)


def interchange_refused(number: int = 7, day: str = "261010") -> str:
    own = "ISA*00*          *00*          *ZZ*THEM           *ZZ*SENDER         *261011*1200*^*00501*000000900*0*P*:~"
    return f"{own}TA1*{number:09}*{day}*1200*R*006~IEA*0*000000900~"


def batch_refused(reference: str) -> str:
    """A 277CA that refuses the whole batch and names no claim."""
    text = status()
    refusal = f"TRN*2*{reference}~STC*A8:24:PR*20261012*U*200~"
    accepted = text[text.index("TRN*2*B1~") : text.index("HL*3*2*19*1~")]
    return text.replace(accepted, refusal).replace(text[text.index("HL*3*2*19*1~") : text.index("SE*")], "")


def why_of(books: Books, kind: str) -> list[str]:
    return [row.reason for row in books.rows(LoadedSet) if row.kind == kind]


def test_a_rejection_that_came_first_rejects_the_claims_when_their_837_comes(books: Books) -> None:
    books.take(said(REFUSED))
    assert books.rows(Acknowledgment)[0].sent_file_id is None

    report = books.take(sent("PCN1", "PCN2"))

    assert {claim.state for claim in books.claims()} == {ClaimState.REJECTED}
    assert {str(claim.last_answer_on) for claim in books.claims()} == {"2026-11-20"}
    assert [row.acknowledgment for row in books.rows(Submission)] == ["rejected", "rejected"]
    assert any("NM1 at position 8" in words for words in books.events("PCN1"))
    assert report.touched_claim_ids == {claim.id for claim in books.claims()}
    assert books.balance("PCN1") == (20000, 0)


def test_while_it_waits_its_file_says_for_what_and_no_longer_when_it_came(books: Books) -> None:
    books.take(said(REFUSED))
    assert why_of(books, "999") == [
        "Waits for its 837 (group 7): none is loaded. When it comes, this is applied to its claims."
    ]

    books.take(sent("PCN1"))

    assert why_of(books, "999") == [""]
    with read_scope(books.engine) as session:
        (event,) = session.exec(select(Event).where(Event.action == "acknowledgment.found")).all()
    assert event.detail["still_waiting"] == 0


def test_an_acceptance_that_came_first_is_kept_as_proof_and_counts_as_accepted(books: Books) -> None:
    books.take(said(TAKEN), sent("PCN1"))

    assert books.events("PCN1").count("Accepted by the syntax check (999)") == 1
    assert books.rows(Submission)[0].acknowledgment == "accepted"
    assert books.claim("PCN1").state == ClaimState.SUBMITTED


def test_an_interchange_refused_before_it_was_known_rejects_its_claims(books: Books) -> None:
    books.take(interchange_refused(), sent("PCN1"))

    assert books.claim("PCN1").state == ClaimState.REJECTED
    assert any("TA1 note 006" in words for words in books.events("PCN1"))


def test_a_batch_refused_by_a_277ca_before_it_was_known_rejects_its_claims(books: Books) -> None:
    text = sent("PCN1")
    reference = text[text.index("BHT*0019*00*") :].split("*")[3]
    books.take(batch_refused(reference))
    assert why_of(books, "277CA")[0].startswith(f"Waits for its 837 (batch {reference})")

    books.take(text)

    assert books.claim("PCN1").state == ClaimState.REJECTED
    assert books.rows(Submission)[0].acknowledgment == "rejected"


def test_it_is_told_once_whatever_comes_again(books: Books) -> None:
    answer, claims = said(REFUSED), sent("PCN1")
    books.take(answer, claims, answer, claims)

    events = [event for event in books.rows(ClaimEvent) if event.kind == EventKind.REJECTED]
    assert len(events) == 1
    assert len(books.rows(Acknowledgment)) == 1


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_rejected_and_sent_again_ends_alike_in_every_order(books: Books, order: tuple[int, ...]) -> None:
    accepted = (
        "NM1*QC*1*DOE*JANE****MI*WPCN1~TRN*2*PCN1~STC*A2:20:PR*20261103*WQ*200~REF*1K*ICN1~DTP*472*D8*20261005~"
    )
    papers = [
        sent("PCN1", on="20261010"),
        said(REFUSED, on="261012"),
        sent("PCN1", on="20261102", group=8),
        status(accepted, on="20261103"),
    ]
    books.take(*(papers[place] for place in order))

    claim = books.claim("PCN1")
    assert (claim.state, str(claim.state_on), str(claim.accepted_on)) == ("accepted", "2026-11-03", "2026-11-03")
    assert str(claim.next_check_on) == "2026-11-24"
    sendings = sorted(books.rows(Submission), key=lambda row: row.sent_on)
    assert [row.acknowledgment for row in sendings] == ["rejected", "accepted"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_numbers_that_start_over_mean_the_newest_file_before_the_answer(books: Books, order: tuple[int, ...]) -> None:
    papers = [sent("OLD", on="20261010"), sent("NEW", on="20261115"), said(REFUSED)]
    books.take(*(papers[place] for place in order))

    assert books.claim("NEW").state == ClaimState.REJECTED
    assert books.claim("OLD").state == ClaimState.SUBMITTED
    assert not any("Rejected" in words for words in books.events("OLD"))
    assert [row.acknowledgment for row in sorted(books.rows(Submission), key=lambda row: row.sent_on)] == [
        "",
        "rejected",
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_of_two_senders_with_the_same_numbers_the_one_addressed_is_meant(
    books: Books, order: tuple[int, ...]
) -> None:
    papers = [
        sent("THEIRS", on="20261118", sender="OTHER"),
        sent("OURS", on="20261116", sender="CLINIC"),
        said(REFUSED, receiver="CLINIC"),
    ]
    books.take(*(papers[place] for place in order))

    assert books.claim("OURS").state == ClaimState.REJECTED
    assert books.claim("THEIRS").state == ClaimState.SUBMITTED


def test_a_file_of_long_ago_under_the_same_number_is_not_meant(books: Books) -> None:
    books.take(sent("PCN1", on="20260105"), said(REFUSED))

    assert books.claim("PCN1").state == ClaimState.SUBMITTED
    assert why_of(books, "999")[0].startswith("Waits for its 837")


def test_a_claim_decided_since_keeps_its_state(books: Books) -> None:
    paid = "CLP*PCN1*1*200*200**12*ICN1*11*1~NM1*QC*1*DOE*JANE****MI*WPCN1~SVC*HC:99213*200*200~"
    books.take(said(REFUSED), payment(paid), sent("PCN1"))

    assert books.claim("PCN1").state == ClaimState.PAID


def group_said(*segments: str, group: int = 7) -> str:
    return acknowledgment(f"AK1*HC*{group}*005010X222A1~", *segments)


def two_sets(group: int = 7) -> str:
    """One functional group of two sets: the claims PCN1 and PCN2."""
    one, other = sent("PCN1", group=group), sent("PCN2", group=group)
    second = other[other.index("ST*837") : other.index("GE*")].replace(f"*{group:04}", "*0099")
    return one.replace("GE*1*", second + "GE*2*")


@pytest.mark.parametrize("answer_first", [True, False])
def test_a_group_accepted_without_naming_its_sets_accepts_them_all(books: Books, answer_first: bool) -> None:
    papers = [group_said("AK9*A*2*2*2~"), two_sets()]
    books.take(*(papers if answer_first else papers[::-1]))

    assert [row.acknowledgment for row in books.rows(Submission)] == ["accepted", "accepted"]
    for number in ("PCN1", "PCN2"):
        assert books.events(number).count("Accepted by the syntax check (999)") == 1
    assert {claim.state for claim in books.claims()} == {ClaimState.SUBMITTED}
    assert why_of(books, "999") == [""]


def test_an_acceptance_whose_counts_say_otherwise_accepts_nothing(books: Books) -> None:
    books.take(two_sets(), group_said("AK9*A*2*2*1~"))

    assert [row.acknowledgment for row in books.rows(Submission)] == ["", ""]
    assert books.rows(Acknowledgment) == []


@pytest.mark.parametrize("answer_first", [True, False])
def test_of_a_group_taken_in_part_the_refused_set_is_named_and_the_other_accepted(
    books: Books, answer_first: bool
) -> None:
    papers = [group_said(f"AK2*837*0099~{REFUSED}", "AK9*P*2*2*1~"), two_sets()]
    books.take(*(papers if answer_first else papers[::-1]))

    assert (books.claim("PCN1").state, books.claim("PCN2").state) == (ClaimState.SUBMITTED, ClaimState.REJECTED)
    assert [row.acknowledgment for row in books.rows(Submission)] == ["accepted", "rejected"]
    assert "Accepted by the syntax check (999)" not in books.events("PCN2")


def test_a_set_whose_answer_broke_off_is_not_accepted(books: Books) -> None:
    books.take(two_sets(), group_said("AK2*837*0099~", "AK9*A*2*2*2~"))

    assert [row.acknowledgment for row in books.rows(Submission)] == ["", ""]


def test_it_waits_alike_on_both_engines(any_engine: Engine, settings: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "papers"
    folder.mkdir()
    books = Books(any_engine, settings, folder)
    books.take(said(REFUSED), sent("NEW", on="20261115"), interchange_refused(8), sent("PCN1", group=8))
    assert {claim.state for claim in books.claims()} == {ClaimState.REJECTED}

    books.take(group_said("AK9*A*1*1*1~", group=9), sent("PCN3", group=9))
    assert books.rows(Submission)[-1].acknowledgment == "accepted"


def _numbered(text: str, group: int) -> str:
    """The same envelope under other control numbers."""
    parts = []
    for segment in text.split("~"):
        elements = segment.split("*")
        if elements[0] == "ISA":
            elements[13] = f"{group:09}"
        elif elements[0] == "GS":
            elements[6] = str(group)
        elif elements[0] in ("ST", "SE"):
            elements[2] = f"{group:04}"
        elif elements[0] in ("GE", "IEA"):
            elements[2] = f"{group:09}" if elements[0] == "IEA" else str(group)
        parts.append("*".join(elements))
    return "~".join(parts)

"""A damaged segment costs that segment or its claim, never the neighbours."""

from __future__ import annotations

import io

import pytest

import edi
from edi.findings import Finding
from edi.x835.model import ClaimPayment
from edi.x835.read import MOST_SEGMENTS
from tests.edi.payment_text import BOTH, TWO_CLAIMS, codes, interchange, money, of, payment, read


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("CLP*PCN1*1*100*80*20", "CLP*PCN1*1*1O0*80*20", "element.amount"),
        ("CLP*PCN1*1*100*80*20", "CLP*PCN1*1*100*80*2..0", "element.amount"),
        ("SVC*HC:99213:25*100*80**1", "SVC*HC:99213:25*100*8O**1", "element.amount"),
        ("CAS*PR*2*20", "CAS*PR*2*twenty", "element.amount"),
        ("CAS*PR*2*20", "CAS*PR*2*20.001", "element.amount"),
    ],
)
def test_an_unreadable_amount_damages_its_claim_and_no_other(right: str, wrong: str, code: str) -> None:
    values = read(interchange(payment(TWO_CLAIMS.replace(right, wrong))))
    first, second = of(ClaimPayment, values)
    assert (first.is_damaged, second.is_damaged) == (True, False)
    assert money(values)[1] == BOTH[1]
    assert code in codes(values)


@pytest.mark.parametrize(
    ("right", "wrong", "code"),
    [
        ("DTM*472*20261101", "DTM*472*20261301", "element.date"),
        ("DTM*472*20261101", "DTM*472*yesterday", "element.date"),
        ("SVC*HC:99213:25*100*80**1", "SVC*HC:99213:25*100*80**one", "element.number"),
        ("CAS*PR*2*20", "CAS*PR*2*20*many", "element.number"),
    ],
)
def test_an_unreadable_date_or_number_is_told_and_the_money_stays_whole(right: str, wrong: str, code: str) -> None:
    values = read(interchange(payment(TWO_CLAIMS.replace(right, wrong))))
    assert money(values) == BOTH
    assert codes(values) == [code]
    assert not any(claim.is_damaged for claim in of(ClaimPayment, values))


@pytest.mark.parametrize(
    "short", ["CLP", "CLP*X", "SVC", "CAS", "CAS*CO", "NM1", "DTM", "REF", "AMT*I", "QTY*CA", "LQ"]
)
def test_a_segment_that_breaks_off_short_costs_nobody_else(short: str) -> None:
    values = read(interchange(payment(TWO_CLAIMS.replace("CLP*PCN2", short + "~\nCLP*PCN2"))))
    found = money(values)
    assert found[-1] == BOTH[1]
    assert found[0][:3] == BOTH[0][:3]


def test_a_segment_that_does_not_belong_is_told_and_skipped() -> None:
    values = read(interchange(payment(TWO_CLAIMS.replace("DTM*472*20261101", "K3*SOMETHING~\nDTM*472*20261101"))))
    assert money(values) == BOTH
    assert codes(values) == ["segment.unexpected"]


def test_an_unknown_qualifier_is_kept_as_sent() -> None:
    values = read(interchange(payment(TWO_CLAIMS.replace("DTM*472*20261101", "REF*QQ7*NEW~\nDTM*472*20261101"))))
    assert of(ClaimPayment, values)[0].lines[0].references[0].qualifier == "QQ7"
    assert codes(values) == ["qualifier.reference"]


def test_unknown_groups_and_reasons_are_kept_as_sent_and_told() -> None:
    values = read(interchange(payment(TWO_CLAIMS.replace("CAS*PR*2*10", "CAS*ZZ*9Z9*10"))))
    adjustment = of(ClaimPayment, values)[1].lines[0].adjustments[0]
    assert (adjustment.group, adjustment.reason, adjustment.cents) == ("ZZ", "9Z9", 1_000)
    assert {"835.adjustment.group", "835.adjustment.reason"} <= set(codes(values))


def test_a_lost_clp_shows_by_its_second_patient() -> None:
    lost = TWO_CLAIMS.replace("CLP*PCN2*1*50*40*10*12*ICN2*11*1~\n", "")
    values = read(interchange(payment(lost)))
    (claim,) = of(ClaimPayment, values)
    assert claim.is_damaged
    assert "835.claim.merged" in codes(values)
    assert "835.balance.transaction" in codes(values)


def test_a_claim_behind_an_lx_that_lost_its_clp_is_told_once_and_skipped() -> None:
    lost = TWO_CLAIMS.replace("CLP*PCN2*1*50*40*10*12*ICN2*11*1~\n", "LX*2~\n")
    values = read(interchange(payment(lost)))
    assert money(values) == BOTH[:1]
    assert codes(values) == ["835.claim.headless", "835.balance.transaction"]


def test_a_finding_about_a_claim_stands_right_behind_it() -> None:
    values = read(interchange(payment(TWO_CLAIMS.replace("CAS*PR*2*20", "CAS*PR*2*x"))))
    at = [type(value) for value in values].index(ClaimPayment)
    following = values[at + 1]
    assert isinstance(following, Finding)
    assert following.code == "element.amount"


@pytest.mark.parametrize(
    ("status", "code"), [("5", "835.status.4010"), ("17", "835.status.4010"), ("99", "835.status.unknown")]
)
def test_a_claim_status_outside_the_guide_is_told(status: str, code: str) -> None:
    values = read(interchange(payment(TWO_CLAIMS.replace("CLP*PCN1*1*", f"CLP*PCN1*{status}*"))))
    assert money(values) == BOTH
    assert codes(values) == [code]


def test_a_claim_without_end_is_given_up_in_bounded_memory() -> None:
    flood = "REF*QQ*X~\n" * (3 * MOST_SEGMENTS)
    text = interchange(payment(TWO_CLAIMS.replace("CLP*PCN2", flood + "CLP*PCN2")))
    values = list(edi.read(io.BytesIO(text.encode())))
    assert money(values) == BOTH
    assert [claim.is_damaged for claim in of(ClaimPayment, values)] == [True, False]
    assert len(of(ClaimPayment, values)[0].lines[0].references) < 2 * MOST_SEGMENTS
    assert "835.limit.claim" in codes(values)


def test_a_header_without_end_is_given_up() -> None:
    text = interchange().replace("N1*PE", "REF*EV*X~\n" * 5_000 + "N1*PE")
    values = read(text)
    assert money(values) == BOTH
    assert codes(values).count("835.limit.header") == 1

"""What can be read but can hardly be so: told against a given day, without holding anything."""

from __future__ import annotations

from datetime import date

import pytest

from edi import plausible
from edi.findings import Finding, Severity
from edi.identifiers import is_routing_number, is_tax_id
from tests.edi.payment_text import TWO_CLAIMS, interchange, payment, read

TODAY = date(2026, 11, 20)
GOOD = payment().replace("999988880", "990100777").replace("999977770", "990044118")


def found(sets: str, today: date = TODAY) -> list[Finding]:
    return list(plausible.findings(read(interchange(sets)), today))


def test_an_ordinary_payment_has_nothing_implausible() -> None:
    assert found(GOOD) == []


def test_a_payment_date_more_than_thirty_days_ahead_is_told() -> None:
    (finding,) = found(GOOD.replace("*20261118~", "*20261221~"))
    assert (finding.code, finding.severity) == ("835.date.payment", Severity.WARNING)
    assert "2026-12-21" in finding.message
    assert finding.excerpt[finding.caret :] == "20261221"
    assert found(GOOD.replace("*20261118~", "*20261220~")) == []


def test_a_service_after_the_payment_is_told_with_its_claim_and_place() -> None:
    (finding,) = found(GOOD.replace("DTM*472*20261102", "DTM*472*20261119"))
    assert finding.code == "835.date.service"
    assert "PCN2" in finding.message
    assert finding.excerpt == "DTM*472*20261119"
    assert finding.source.set_number == 1


def test_a_service_still_to_come_is_told_though_the_payment_is_dated_ahead() -> None:
    ahead = GOOD.replace("*20261118~", "*20261130~").replace("DTM*472*20261102", "DTM*472*20261125")
    assert [one.code for one in found(ahead)] == ["835.date.service"]


def test_a_date_that_is_no_day_of_service_may_lie_behind_the_payment() -> None:
    assert found(GOOD.replace("NM1*QC*1*DOE*JANE****MI*W1~", "NM1*QC*1*DOE*JANE****MI*W1~\nDTM*036*20261231~")) == []


def test_a_wrong_provider_number_is_told_once_in_a_payment() -> None:
    with_rendering = TWO_CLAIMS.replace("SVC*", "NM1*82*1*ROE*ANN****XX*1234567890~\nSVC*")
    sets = GOOD.replace(TWO_CLAIMS, with_rendering).replace("SE*20*", "SE*22*")
    assert [one.code for one in found(sets)] == ["835.number.npi"]


def test_tax_ids_have_nine_digits_with_or_without_a_hyphen() -> None:
    assert is_tax_id("741234567")
    assert is_tax_id("74-1234567")
    for wrong in ("", "74123456", "7412345678", "74123456X"):
        assert not is_tax_id(wrong)
    (finding,) = found(GOOD.replace("*XX*1234567893~", "*FI*74123456~"))
    assert (finding.code, finding.severity) == ("835.number.tax", Severity.INFO)


@pytest.mark.parametrize(
    ("number", "valid"),
    [
        ("990100777", True),  # 3*9+7*9+0 + 3*1+0+0 + 3*7+7*7+7 = 170
        ("990100778", False),  # one digit further
        ("99010077", False),  # too short
        ("99010077X", False),
        ("", False),
    ],
)
def test_a_bank_routing_number_has_a_check_digit(number: str, valid: bool) -> None:
    assert is_routing_number(number) is valid


def test_a_canadian_bank_is_not_held_to_the_american_check_digit() -> None:
    assert found(GOOD.replace("*01*990100777*", "*04*000112345*")) == []
    assert [one.code for one in found(GOOD.replace("*01*990100777*", "*01*000112345*"))] == ["835.number.bank"]

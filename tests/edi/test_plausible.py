"""What can hardly be so in submitted claims and statuses, told behind the value that says it."""

from __future__ import annotations

import io
from datetime import date

import pytest

import edi
from docs.reproducers import made
from edi import plausible
from edi.findings import Finding
from edi.x277.model import ClaimStatus
from edi.x837.model import SubmittedClaim

TODAY = date(2026, 11, 20)


def found(wire: bytes, today: date = TODAY) -> list[str]:
    return [finding.code for finding in plausible.findings(edi.read(io.BytesIO(wire)), today)]


@pytest.mark.parametrize("base", ["837P", "837I", "277CA", "276", "999", "835"])
def test_an_ordinary_file_has_nothing_implausible(base: str) -> None:
    assert found(made(base, (), {})) == []


def test_a_claim_for_tomorrow_is_told_whatever_day_the_batch_is_dated() -> None:
    wire = made("837P", (), {}).replace(b"BATCH0001*20261120", b"BATCH0001*20261231")
    assert found(wire, date(2026, 10, 5)) == ["837.date.service"]
    assert found(wire, date(2026, 10, 6)) == []


def test_a_birth_on_the_day_of_the_service_may_be() -> None:
    wire = made("837P", (), {})
    assert found(wire.replace(b"DMG*D8*19750303", b"DMG*D8*20261006")) == []
    assert found(wire.replace(b"DMG*D8*19750303", b"DMG*D8*20261007")) == ["837.date.birth"]


def test_a_wrong_number_of_the_billing_provider_is_told_once_for_all_its_claims() -> None:
    wire = made("837P", (), {}).replace(b"*XX*1234567893", b"*XX*1234567890")
    claim = wire[wire.index(b"CLM*") : wire.index(b"SE*28")]
    twice = wire.replace(claim, claim + claim.replace(b"PCN1002", b"PCN1003"))
    assert found(twice) == ["837.number.npi"]


def test_a_finding_stands_right_behind_its_value() -> None:
    for base, value in (("837P", SubmittedClaim), ("277CA", ClaimStatus)):
        wire = made(base, (), {}).replace(b"*XX*1234567893", b"*XX*1234567890")
        watched = list(plausible.watched(edi.read(io.BytesIO(wire)), TODAY))
        (place,) = (place for place, one in enumerate(watched) if isinstance(one, Finding))
        assert isinstance(watched[place - 1], value)
        assert [one for one in watched if not isinstance(one, Finding)] == list(edi.read(io.BytesIO(wire)))

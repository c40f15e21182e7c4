"""The same files through openx12, a reader that types claims as we do: numbers, amounts and codes agree.

openx12 0.2.1 gives amounts as floats and, of a file with several payments, only the last payment's amount; both are
allowed for here and neither hides a cent. Where it reads less than is there, a test of its own says what and why.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openx12 import x835

import edi
from edi.x835.model import ClaimPayment, Remittance
from tests.edi.payment_text import of

ROOT = Path(__file__).resolve().parents[3]
PRACTICE = sorted((ROOT / "samples" / "practice").rglob("*.835"))
EVERY = 9  # each ninth of the practice's remittances: every payer and kind is among them

Facts = dict[str, Any]


def cents(amount: float | None) -> int:
    return round((amount or 0.0) * 100)


def by_openx12(path: Path) -> tuple[int, list[Facts]]:
    read = x835.parse(path.read_text())
    claims = [
        {
            "number": claim["patient_control_number"],
            "status": claim["claim_status"],
            "charge": cents(claim["total_claim_charge"]),
            "paid": cents(claim["claim_payment_amount"]),
            "payer number": claim.get("payer_claim_control_number") or "",
            "lines": [
                (
                    line["cpt_code"],
                    tuple(line["modifiers"]),
                    cents(line["line_item_charge_amount"]),
                    cents(line["line_item_payment_amount"]),
                    tuple(
                        (one["group"], one["reason"], cents(one["amount"])) for one in line.get("adjustments") or ()
                    ),
                )
                for line in claim.get("services") or ()
            ],
        }
        for claim in read.claims
    ]
    return cents(read.payment_amount), claims


def by_us(path: Path) -> tuple[int, list[Facts]]:
    values = list(edi.read_path(path))
    claims = [
        {
            "number": claim.patient_control_number,
            "status": claim.status,
            "charge": claim.charge_cents,
            "paid": claim.paid_cents,
            "payer number": claim.payer_claim_control_number,
            "lines": [
                (
                    line.procedure.code,
                    line.procedure.modifiers,
                    line.charge_cents,
                    line.paid_cents,
                    tuple((one.group, one.reason, one.cents) for one in line.adjustments),
                )
                for line in claim.lines
            ],
        }
        for claim in of(ClaimPayment, values)
    ]
    return of(Remittance, values)[-1].paid_cents, claims


@pytest.mark.parametrize("path", PRACTICE[::EVERY], ids=lambda path: path.name)
def test_claims_lines_and_adjustments_are_those_that_openx12_reads(path: Path) -> None:
    assert by_us(path) == by_openx12(path)


@pytest.mark.parametrize(
    ("story", "theirs", "ours"),
    [
        ("wire-odd-delimiters.edi", 0, 1),  # it takes `*`, `:` and `~` for granted; the ISA says otherwise
        ("wire-several-interchanges.edi", 2, 3),  # the third interchange has delimiters of its own
    ],
)
def test_it_reads_the_usual_delimiters_only_and_we_those_of_each_isa(story: str, theirs: int, ours: int) -> None:
    path = ROOT / "samples" / "stories" / story
    assert (len(by_openx12(path)[1]), len(by_us(path)[1])) == (theirs, ours)


def test_the_comparison_is_over_many_claims() -> None:
    assert sum(len(by_us(path)[1]) for path in PRACTICE[::EVERY]) > 100

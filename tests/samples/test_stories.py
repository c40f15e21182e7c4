"""The small sample files: each is read as its row says, and every one stands in samples/README.md."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

import pytest

import edi
from edi.errors import NotX12Error
from edi.findings import Finding
from edi.values import SetEnd
from edi.x277.model import ClaimStatus
from edi.x835.model import ClaimPayment, ProviderAdjustment
from edi.x837.model import SubmittedClaim
from edi.x999.model import GroupAcknowledgment, InterchangeAcknowledgment

SAMPLES = Path(__file__).parents[2] / "samples"
STORIES = SAMPLES / "stories"

# file: what is in it, in order; then the codes of its findings.
# Remittance claims by classification, submitted claims by kind and frequency, statuses by category.
TABLE: dict[str, tuple[str, str]] = {
    "277-denied.edi": ("F2", ""),
    "277-in-process.edi": ("P1", ""),
    "277-not-found.edi": ("D0", ""),
    "277-paid-no-remittance.edi": ("F1", ""),
    "277-records-wanted.edi": ("P3", ""),
    "277ca-accepted.edi": ("A2", ""),
    "277ca-clearinghouse-only.edi": ("A0", ""),
    "277ca-rejected.edi": ("A3 A7", ""),
    "835-bundled-lines.edi": ("partial_denial", ""),
    "835-capitated.edi": ("capitated", ""),
    "835-conflict-1-first.edi": ("paid", ""),
    "835-conflict-2-same-trace-other-claim.edi": ("paid", ""),
    "835-corrected-member.edi": ("paid", ""),
    "835-crossover-then-secondary.edi": ("paid paid", ""),
    "835-denied-status-1.edi": ("full_denial", ""),
    "835-duplicate-1-original.edi": ("paid", ""),
    "835-duplicate-2-new-envelope.edi": ("paid", ""),
    "835-forwarded-not-ours.edi": ("forwarded", ""),
    "835-hospital-claim-level.edi": ("paid", ""),
    "835-other-payer-first.edi": ("full_denial", ""),
    "835-out-of-balance-claim.edi": ("paid paid", "835.balance.line 835.balance.claim"),
    "835-out-of-balance-payment.edi": ("paid", "835.balance.transaction"),
    "835-paid.edi": ("paid", ""),
    "835-partial-denial.edi": ("partial_denial", ""),
    "835-patient-liable-denial.edi": ("full_denial", ""),
    "835-pended.edi": ("pended_no_pay", ""),
    "835-plb-balance-forward.edi": ("paid reversal FB-11785 paid FB+11785", ""),
    "835-plb-handed-back-then-taken.edi": ("paid reversal paid paid WO-2018 paid WO+2018", ""),
    "835-plb-interest.edi": ("paid L6-276", ""),
    "835-plb-refund-acknowledged.edi": ("paid WO+3500 72-3500", ""),
    "835-plb-several-kinds.edi": ("paid CT-100000 AP+5000 CS-2500 J1-1000", ""),
    "835-plb-withheld.edi": ("paid WO+6000", ""),
    "835-predetermination.edi": ("predetermination", ""),
    "835-retired-reason.edi": ("full_denial", ""),
    "835-reversal-and-correction.edi": ("paid reversal paid paid", ""),
    "835-reversal-first-1-taken-back.edi": ("reversal FB-6091", ""),
    "835-reversal-first-2-original.edi": ("paid", ""),
    "835-secondary-ignores-primary.edi": ("paid", "835.prior_payer"),
    "835-sequestration.edi": ("paid", ""),
    "835-split-claim.edi": ("paid paid", ""),
    "835-status-4-unknown-member.edi": ("full_denial", ""),
    "835-suspect-match.edi": ("paid paid", ""),
    "835-test-file.edi": ("paid", ""),
    "835-unknown-reason-and-remark.edi": ("zero_pay_review", "835.remark 835.adjustment.reason"),
    "835-unmatched-claim.edi": ("paid", ""),
    "835-unprocessable-ma130.edi": ("full_denial", ""),
    "835-zero-pay-part-denied.edi": ("partial_denial", ""),
    "835-zero-pay-patient-share.edi": ("zero_pay_patient", ""),
    "837i-hospital-outpatient.edi": ("837I/1", ""),
    "837p-charge-differs.edi": ("837P/1", "837.balance.lines"),
    "837p-dependent.edi": ("837P/1", ""),
    "837p-original.edi": ("837P/1", ""),
    "837p-replacement.edi": ("837P/7", ""),
    "837p-secondary.edi": ("837P/1", ""),
    "837p-void.edi": ("837P/8", ""),
    "999-1-the-claim-sent.edi": ("837P/1", ""),
    "999-2-set-rejected.edi": ("837:R", ""),
    "ta1-1-the-batch-sent.edi": ("837P/1", ""),
    "ta1-2-interchange-rejected.edi": ("TA1:R", ""),
    "wire-bad-claim-in-good-file.edi": (
        "paid paid paid",
        "element.amount 835.balance.line 835.balance.claim.lines.charge",
    ),
    "wire-crlf.edi": ("paid", ""),
    "wire-no-envelope.edi": ("paid", "envelope.isa_missing"),
    "wire-odd-delimiters.edi": ("paid", ""),
    "wire-several-interchanges.edi": ("paid paid paid", ""),
    "wire-truncated.edi": (
        "paid paid",
        "text.truncated envelope.se_missing 835.balance.claim 835.patient_share "
        "envelope.ge_missing envelope.iea_missing",
    ),
    "wire-unknown-qualifier.edi": ("paid", "qualifier.entity qualifier.reference segment.unexpected"),
    "wire-unread-set.edi": ("", "set.unknown"),
    "wire-version-4010.edi": ("paid", "835.version.4010"),
    "wire-wrong-counts.edi": ("paid", "envelope.se_count envelope.ge_count envelope.iea_control"),
}
NOT_X12 = {"wire-not-x12.edi", "wire-spreadsheet.edi", "wire-empty.edi"}
UNBALANCED = {"835-out-of-balance-claim.edi", "835-out-of-balance-payment.edi"}
BROKEN = {"wire-truncated.edi", "wire-bad-claim-in-good-file.edi"}


@dataclass
class Story:
    contents: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    ends: list[SetEnd] = field(default_factory=list)
    values: list[edi.Value] = field(default_factory=list)


def read(name: str) -> Story:
    story = Story()
    with (STORIES / name).open("rb") as stream:
        for value in edi.read(stream, file=name):
            story.values.append(value)
            match value:
                case ClaimPayment():
                    story.contents.append(str(value.classification))
                case SubmittedClaim():
                    story.contents.append(f"{value.kind}/{value.frequency}")
                case ClaimStatus():
                    story.contents.append(value.statuses[0].codes[0].category)
                case ProviderAdjustment():
                    story.contents.append(f"{value.reason}{value.cents:+d}")
                case GroupAcknowledgment():
                    story.contents += [f"{each.set_id}:{each.result}" for each in value.sets]
                case InterchangeAcknowledgment():
                    story.contents.append(f"TA1:{value.result}")
                case Finding():
                    story.findings.append(value.code)
                case SetEnd():
                    story.ends.append(value)
    return story


def test_every_story_has_a_row_here_and_in_the_readme() -> None:
    files = {path.name for path in STORIES.iterdir()}
    told = set(re.findall(r"`([\w-]+\.edi)`", (SAMPLES / "README.md").read_text()))
    assert files == set(TABLE) | NOT_X12
    assert files == told


@pytest.mark.parametrize("name", sorted(TABLE))
def test_a_story_reads_as_its_row_says(name: str) -> None:
    story = read(name)
    assert (" ".join(story.contents), " ".join(story.findings)) == TABLE[name]


@pytest.mark.parametrize("name", sorted(NOT_X12))
def test_what_is_not_x12_is_refused_with_a_remedy(name: str) -> None:
    with pytest.raises(NotX12Error) as refused:
        read(name)
    assert refused.value.remedy


@pytest.mark.parametrize("name", sorted(name for name in TABLE if name not in UNBALANCED | BROKEN))
def test_a_story_that_is_not_about_balance_balances(name: str) -> None:
    for end in read(name).ends:
        assert end.unbalanced_claims == 0
        assert end.balance is None or end.balance.difference_cents == 0


def test_the_out_of_balance_payment_says_by_how_much() -> None:
    (end,) = read("835-out-of-balance-payment.edi").ends
    assert end.balance is not None
    assert end.balance.difference_cents == 28_28


def test_the_truncated_file_keeps_its_first_claim_and_marks_the_set_incomplete() -> None:
    story = read("wire-truncated.edi")
    first = next(value for value in story.values if isinstance(value, ClaimPayment))
    assert (first.patient_control_number, first.paid_cents) == ("ST1051", 71_72)
    assert not story.ends[0].complete


def test_one_bad_amount_damages_one_claim_and_no_other() -> None:
    story = read("wire-bad-claim-in-good-file.edi")
    damaged = {one.patient_control_number: one.is_damaged for one in story.values if isinstance(one, ClaimPayment)}
    assert damaged == {"ST1059": False, "ST1060": True, "ST1061": False}


def test_the_resent_payment_has_the_same_fingerprint_and_the_conflicting_one_another() -> None:
    prints = [
        read(name).ends[0].fingerprint
        for name in (
            "835-duplicate-1-original.edi",
            "835-duplicate-2-new-envelope.edi",
            "835-conflict-1-first.edi",
            "835-conflict-2-same-trace-other-claim.edi",
        )
    ]
    assert prints[0] == prints[1]
    assert prints[2] != prints[3]


def test_the_999_names_the_claim_and_the_batch_that_it_rejects() -> None:
    sent = next(value for value in read("999-1-the-claim-sent.edi").values if isinstance(value, SubmittedClaim))
    start = next(value for value in read("999-1-the-claim-sent.edi").values if isinstance(value, edi.SetStart))
    answer = next(value for value in read("999-2-set-rejected.edi").values if isinstance(value, GroupAcknowledgment))
    assert start.group is not None
    assert answer.group_control_number == start.group.control_number
    assert answer.sets[0].errors[0].contexts == (("CLM01", sent.patient_control_number),)


def test_the_ta1_names_the_file_that_it_rejects() -> None:
    start = next(value for value in read("ta1-1-the-batch-sent.edi").values if isinstance(value, edi.SetStart))
    answer = next(
        value
        for value in read("ta1-2-interchange-rejected.edi").values
        if isinstance(value, InterchangeAcknowledgment)
    )
    assert start.interchange is not None
    assert answer.control_number == start.interchange.control_number

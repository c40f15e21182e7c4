"""The bundled synthetic practice: it reads clean, balances, holds together in time, and is rich enough to show."""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

import pytest

import edi
from edi import codes
from edi.findings import Finding
from edi.values import SetEnd, SetStart
from edi.x277.model import ClaimStatus
from edi.x835.model import ClaimPayment, ProviderAdjustment, Remittance
from edi.x837.model import SubmittedClaim
from edi.x999.model import GroupAcknowledgment
from samples.generate import DEFAULT_CLAIMS, DEFAULT_END, DEFAULT_SEED
from samples.generator.cast import PAYERS, PRACTICES
from samples.generator.identifiers import npi
from samples.generator.simulation import generate

PRACTICE = Path(__file__).parents[2] / "samples" / "practice"
LARGEST_BYTES = 4_000_000  # the repository carries these files


@dataclass
class Answered:
    """One 835 set as read."""

    start: SetStart
    header: Remittance
    claims: list[ClaimPayment] = field(default_factory=list)
    money: list[ProviderAdjustment] = field(default_factory=list)
    end: SetEnd | None = None


@dataclass
class Practice:
    starts: list[SetStart] = field(default_factory=list)
    ends: list[SetEnd] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    remittances: list[Answered] = field(default_factory=list)
    submitted: list[tuple[SetStart, SubmittedClaim]] = field(default_factory=list)
    statuses: list[tuple[SetStart, ClaimStatus]] = field(default_factory=list)
    acknowledgments: list[GroupAcknowledgment] = field(default_factory=list)

    def take(self, value: edi.Value) -> None:
        match value:
            case SetStart():
                self.starts.append(value)
            case SetEnd():
                self.ends.append(value)
                if self.starts[-1].kind == "835":
                    self.remittances[-1].end = value
            case Finding():
                self.findings.append(value)
            case Remittance():
                self.remittances.append(Answered(self.starts[-1], value))
            case ClaimPayment():
                self.remittances[-1].claims.append(value)
            case ProviderAdjustment():
                self.remittances[-1].money.append(value)
            case SubmittedClaim():
                self.submitted.append((self.starts[-1], value))
            case ClaimStatus():
                self.statuses.append((self.starts[-1], value))
            case GroupAcknowledgment():
                self.acknowledgments.append(value)

    @property
    def payments(self) -> list[ClaimPayment]:
        return [claim for remittance in self.remittances for claim in remittance.claims]


@pytest.fixture(scope="module")
def practice() -> Practice:
    """The bundled practice, read once for all tests."""
    read = Practice()
    for path in sorted(PRACTICE.rglob("*.*")):
        with path.open("rb") as stream:
            for value in edi.read(stream, file=path.name):
                read.take(value)
    return read


def test_the_same_seed_writes_the_bundled_files_again_byte_for_byte(tmp_path: Path) -> None:
    generate(tmp_path, claims=DEFAULT_CLAIMS, end=DEFAULT_END, seed=DEFAULT_SEED)
    assert contents(tmp_path) == contents(PRACTICE)


def test_another_seed_writes_another_practice(tmp_path: Path) -> None:
    generate(tmp_path / "one", claims=40, end=DEFAULT_END, seed=1)
    generate(tmp_path / "two", claims=40, end=DEFAULT_END, seed=2)
    assert contents(tmp_path / "one") != contents(tmp_path / "two")


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.*") if path.is_file()}


def test_the_bundled_files_stay_small() -> None:
    assert sum(len(data) for data in contents(PRACTICE).values()) < LARGEST_BYTES


def test_every_file_reads_without_a_finding(practice: Practice) -> None:
    assert [str(finding) for finding in practice.findings] == []
    assert all(end.complete for end in practice.ends)


def test_every_remittance_balances(practice: Practice) -> None:
    for remittance in practice.remittances:
        assert remittance.end is not None
        assert remittance.end.balance is not None
        assert remittance.end.balance.difference_cents == 0
        assert remittance.end.unbalanced_claims == 0
        assert remittance.header.paid_cents >= 0


def test_every_envelope_is_production_and_has_its_own_control_number(practice: Practice) -> None:
    envelopes = {start.interchange for start in practice.starts if start.interchange is not None}
    assert {one.usage for one in envelopes} == {"P"}
    files = {start.file for start in practice.starts}
    assert len({one.control_number for one in envelopes}) == len(files)


def test_a_trace_names_one_payment_and_a_resent_payment_is_the_same_to_the_byte(practice: Practice) -> None:
    prints: dict[tuple[str, str], set[str]] = {}
    times: Counter[tuple[str, str]] = Counter()
    for remittance in practice.remittances:
        assert remittance.end is not None
        key = (remittance.header.trace_originator, remittance.header.trace)
        prints.setdefault(key, set()).add(remittance.end.fingerprint)
        times[key] += 1
    assert all(len(found) == 1 for found in prints.values())
    assert sum(count == 2 for count in times.values()) >= 3


def test_nothing_is_dated_before_what_it_answers(practice: Practice) -> None:
    """Served, then sent, then acknowledged, then paid; nothing after the last day."""
    first_sent: dict[str, date] = {}
    for start, claim in practice.submitted:
        assert start.interchange is not None
        assert start.interchange.sent_on is not None
        sent_on = start.interchange.sent_on
        assert claim.first_date is not None
        assert claim.first_date <= sent_on <= DEFAULT_END
        known = first_sent.setdefault(claim.patient_control_number, sent_on)
        first_sent[claim.patient_control_number] = min(known, sent_on)
    for start, status in practice.statuses:
        assert start.interchange is not None
        assert start.interchange.sent_on is not None
        assert first_sent[status.patient_control_number] < start.interchange.sent_on <= DEFAULT_END
        assert all(one.effective is None or one.effective <= start.interchange.sent_on for one in status.statuses)
    for remittance in practice.remittances:
        paid_on = remittance.header.payment_date
        assert paid_on is not None
        assert paid_on <= DEFAULT_END
        for answer in remittance.claims:
            received_on = next(each.first for each in answer.dates if each.qualifier == "050")
            served_on = next(each.first for each in answer.dates if each.qualifier == "232")
            assert received_on is not None
            assert served_on is not None
            assert served_on <= received_on < paid_on
            assert first_sent.get(answer.patient_control_number, date.min) < paid_on


def test_every_submitted_charge_is_the_sum_of_its_lines(practice: Practice) -> None:
    for _, claim in practice.submitted:
        assert claim.charge_cents == sum(line.charge_cents for line in claim.lines)


def test_every_code_is_on_the_lists_in_force(practice: Practice) -> None:
    reasons = {adjustment.reason for claim in practice.payments for adjustment in claim.adjustments}
    reasons |= {
        adjustment.reason for claim in practice.payments for line in claim.lines for adjustment in line.adjustments
    }
    remarks = {remark.code for claim in practice.payments for remark in claim.remarks}
    remarks |= {remark.code for claim in practice.payments for line in claim.lines for remark in line.remarks}
    found = [code for _, status in practice.statuses for one in status.statuses for code in one.codes]
    assert {code: getattr(codes.carc(code), "status", None) for code in reasons} == dict.fromkeys(reasons, "active")
    assert {code: getattr(codes.rarc(code), "status", None) for code in remarks} == dict.fromkeys(remarks, "active")
    assert [code for code in found if codes.status_category(code.category) is None] == []
    assert [code for code in found if codes.status_code(code.status) is None] == []
    assert len(reasons) >= 35
    assert len(remarks) >= 30


def test_a_reason_that_needs_a_remark_has_one(practice: Practice) -> None:
    for claim in practice.payments:
        for line in claim.lines:
            for adjustment in line.adjustments:
                row = codes.carc(adjustment.reason)
                if row is not None and row.rarc_required == "yes":
                    assert line.remarks or claim.remarks


def test_identifiers_pass_their_checks_and_telephones_ring_nowhere() -> None:
    for practice in PRACTICES:
        assert npi(practice.npi[:9]) == practice.npi
        assert all(npi(one.npi[:9]) == one.npi for one in practice.clinicians)
    assert npi("123456789") == "1234567893"  # the worked example of the NPI's own standard
    assert all(one.phone[3:8] == "55501" for one in (*PRACTICES, *PAYERS))


def test_the_year_holds_enough_of_every_kind_of_answer(practice: Practice) -> None:
    classes = Counter(str(claim.classification) for claim in practice.payments)
    statuses = Counter(claim.status for claim in practice.payments)
    groups = Counter(
        adjustment.group for claim in practice.payments for line in claim.lines for adjustment in line.adjustments
    )
    assert len(practice.submitted) >= DEFAULT_CLAIMS * 95 // 100
    assert classes["paid"] >= 700
    assert classes["full_denial"] >= 150
    assert classes["partial_denial"] >= 40
    assert classes["zero_pay_patient"] >= 60
    assert classes["reversal"] >= 30
    assert classes["pended_no_pay"] >= 2
    assert statuses["4"] >= 10
    assert statuses["19"] >= 30
    assert statuses["2"] >= 25
    assert {group for group, count in groups.items() if count >= 4} >= {"CO", "PR", "OA", "PI"}


def test_money_outside_claims_comes_in_every_common_kind(practice: Practice) -> None:
    reasons = Counter((one.reason, one.cents > 0) for remittance in practice.remittances for one in remittance.money)
    assert reasons["L6", False] >= 5
    assert reasons["WO", True] >= 8
    assert reasons["WO", False] >= 2  # handed back, to be taken later
    assert reasons["72", False] >= 3
    assert reasons["FB", False] >= 2
    assert reasons["FB", True] >= 2


def test_a_forwarded_balance_is_taken_by_a_later_payment_of_the_same_payer(practice: Practice) -> None:
    left: dict[tuple[str, int], str] = {}
    for remittance in practice.remittances:
        originator = remittance.header.originator or remittance.header.trace_originator
        for one in remittance.money:
            if one.reason == "FB" and one.cents < 0:
                assert one.reference == remittance.header.trace
                assert remittance.header.paid_cents == 0
                left[one.reference, -one.cents] = originator
            elif one.reason == "FB":
                assert left[one.reference, one.cents] == originator


def test_statuses_tell_of_acceptance_rejection_waiting_and_asking(practice: Practice) -> None:
    categories = Counter(
        code.category for _, status in practice.statuses for one in status.statuses for code in one.codes
    )
    assert categories["A2"] >= 1200
    assert min(categories[code] for code in ("A3", "A6", "A7", "A8")) >= 3
    assert min(categories[code] for code in ("A0", "D0", "P1", "P3", "R4", "F1")) >= 3
    assert sum(one.result != "A" for one in practice.acknowledgments) >= 4


def test_some_claims_wait_for_an_answer_for_more_than_180_days(practice: Practice) -> None:
    answered = {claim.patient_control_number for claim in practice.payments}
    waiting = [
        claim.patient_control_number
        for start, claim in practice.submitted
        if claim.patient_control_number not in answered
        and start.interchange is not None
        and start.interchange.sent_on is not None
        and start.interchange.sent_on < DEFAULT_END - timedelta(days=180)
    ]
    assert len(set(waiting)) >= 10


def test_some_claims_are_refiled_and_some_billed_to_the_next_payer(practice: Practice) -> None:
    replaced = [claim for _, claim in practice.submitted if claim.frequency == "7"]
    second = [claim for _, claim in practice.submitted if claim.payer_order == "S"]
    assert len(replaced) >= 12
    assert all(claim.reference("F8") for claim in replaced)
    assert len(second) >= 8
    assert all(claim.other_payers and claim.lines[0].adjudications for claim in second)


def test_patients_pay_claims_of_the_practice_and_no_day_is_after_the_last(practice: Practice) -> None:
    with (PRACTICE.parent / "patient-payments.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    numbers = {claim.patient_control_number for _, claim in practice.submitted}
    numbers |= {claim.patient_control_number for claim in practice.payments}
    paid = [row for row in rows if not row["amount"].startswith("-")]
    bounced = [row["reference"] for row in rows if row["amount"].startswith("-")]

    assert {row["claim"] for row in rows if row["claim"]} - numbers == {"A26009999"}  # one that nobody knows
    assert len(bounced) == 2
    assert set(bounced) <= {row["reference"] for row in paid}
    assert len({row["reference"] for row in paid}) == len(paid) > 150
    assert max(row["date"] for row in rows) <= DEFAULT_END.isoformat()

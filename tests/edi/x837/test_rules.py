"""The rules that a refiled claim must keep before it is released."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from edi.identifiers import is_npi
from edi.x837.build import ClaimFacts, Coverage, Line, Person, Provider, build_claim
from edi.x837.edits import NO_EDITS, ClaimEdits, CoverageEdit, LineEdit, PersonEdit
from edi.x837.model import SubmittedClaim
from edi.x837.replace import refile, replacement, resend, void
from edi.x837.rules import Standing, refile_findings

CLINIC = Provider(npi="1234567893", name="SAMPLE CLINIC PLLC")
JOHN = Person(last="ROE", first="JOHN", birth_date=date(1975, 3, 3), sex="M")
TESTPAYER = Coverage(payer_name="TESTPAYER HEALTH", payer_id="99999", member_id="W200")
FACTS = ClaimFacts(patient_control_number="PCN1", facility_code="11", diagnoses=("L97521", "E119"))
LINE = Line(code="11042", charge_cents=100_00, first_date=date(2026, 10, 6), control_number="L1")
MODIFIER = ClaimEdits(lines=(LineEdit(line=1, modifiers=("59",)),))


def office_visit(coverage: Coverage = TESTPAYER) -> SubmittedClaim:
    return build_claim(
        "837P",
        billing=CLINIC,
        subscriber=JOHN,
        coverage=coverage,
        facts=FACTS,
        lines=[LINE],
    )


def stay(coverage: Coverage = TESTPAYER) -> SubmittedClaim:
    line = Line(revenue_code="0120", charge_cents=100_00, first_date=date(2026, 10, 6))
    return build_claim("837I", billing=CLINIC, subscriber=JOHN, coverage=coverage, facts=FACTS, lines=[line])


def codes(before: SubmittedClaim, after: SubmittedClaim, standing: Standing | None = None) -> list[str]:
    findings = refile_findings(before, after, standing or Standing())
    return [finding.code.removeprefix("837.refile.") for finding in findings]


CLAIM = office_visit()
MEDICARE_PART_A = stay(replace(TESTPAYER, filing_indicator="MA"))


def test_a_proper_replacement_may_be_sent() -> None:
    assert codes(CLAIM, replacement(CLAIM, MODIFIER, "ICN1")) == []


def test_a_proper_void_may_be_sent() -> None:
    assert codes(CLAIM, void(CLAIM, "ICN1", ClaimEdits(note="BILLED IN ERROR"))) == []


def test_a_proper_new_claim_may_be_sent_even_to_another_payer() -> None:
    right_payer = ClaimEdits(coverage=CoverageEdit(payer_name="RIGHT HEALTH", payer_id="77777"))

    assert codes(CLAIM, resend(CLAIM, right_payer)) == []


@pytest.mark.parametrize(
    ("after", "broken"),
    [
        (replacement(CLAIM, MODIFIER, ""), ["original_missing"]),
        (replacement(CLAIM, MODIFIER, "PCN1"), ["original_own"]),
        (replacement(CLAIM, ClaimEdits(note="PLEASE LOOK AGAIN"), "ICN1"), ["unchanged"]),
        (replacement(CLAIM, ClaimEdits(patient=PersonEdit(birth_date=date(1980, 1, 1))), "ICN1"), ["other_patient"]),
        (replacement(CLAIM, ClaimEdits(coverage=CoverageEdit(payer_id="77777")), "ICN1"), ["other_payer_id"]),
        (
            replacement(CLAIM, ClaimEdits(billing=Provider(npi="1245319599", name="OTHER CLINIC")), "ICN1"),
            ["other_billing"],
        ),
        (void(CLAIM, "ICN1", MODIFIER), ["void_changed"]),
        (refile(CLAIM, MODIFIER, "1", "ICN1"), ["original_sent"]),
        (refile(CLAIM, MODIFIER, "K", ""), ["frequency_code"]),
    ],
)
def test_a_refile_keeps_the_rules_of_its_frequency(after: SubmittedClaim, broken: list[str]) -> None:
    assert codes(CLAIM, after) == broken


@pytest.mark.parametrize(
    ("edits", "broken"),
    [
        (ClaimEdits(diagnoses=()), ["no_diagnosis", "pointer"]),
        (ClaimEdits(diagnoses=("L97.521",)), ["diagnosis"]),
        (ClaimEdits(diagnoses=tuple(f"Z{n:03d}" for n in range(13))), ["diagnoses"]),
        (ClaimEdits(lines=(LineEdit(line=1, pointers=(3,)),)), ["pointer"]),
        (ClaimEdits(lines=(LineEdit(line=1, pointers=()),)), ["pointers"]),
        (ClaimEdits(lines=(LineEdit(line=1, modifiers=("5",)),)), ["modifier"]),
        (ClaimEdits(lines=(LineEdit(line=1, code="1104"),)), ["procedure"]),
        (ClaimEdits(lines=(LineEdit(line=1, charge_cents=-100),)), ["negative"]),
        (ClaimEdits(added_lines=(Line(code="99213", charge_cents=100),)), ["service_date"]),
        (ClaimEdits(added_lines=(LINE,)), ["line_number"]),
        (ClaimEdits(removed_lines=(1,)), ["no_lines"]),
        (ClaimEdits(note="X" * 81), ["note"]),
        (ClaimEdits(note="SEEN AT 10:30"), ["character"]),
        (ClaimEdits(subscriber=PersonEdit(last="RO*E")), ["character"]),
        (ClaimEdits(attachments=(("M1", "FX", "1"),) * 11), ["attachments"]),
        (ClaimEdits(billing=Provider(npi="1234567890", name="SAMPLE CLINIC PLLC")), ["npi"]),
        (
            ClaimEdits(added_lines=tuple(replace(LINE, control_number=f"A{n}") for n in range(50))),
            ["lines"],
        ),
    ],
)
def test_any_refile_keeps_the_rules_of_a_claim(edits: ClaimEdits, broken: list[str]) -> None:
    assert codes(CLAIM, resend(CLAIM, edits)) == broken


@pytest.mark.parametrize(
    ("standing", "broken"),
    [
        (Standing(accepts_frequency=False), ["not_accepted"]),
        (Standing(is_decided=False), ["not_decided"]),
        (Standing(last_day=date(2026, 11, 1), today=date(2026, 11, 2)), ["late"]),
        (Standing(last_day=date(2026, 11, 2), today=date(2026, 11, 2)), []),
        (Standing(today=date(2026, 10, 1)), ["future"]),
        (Standing(open_work="appeal of 2026-11-02"), ["open_work"]),
        (Standing(accepts_frequency=True, is_decided=True), []),
    ],
)
def test_what_is_known_of_the_claim_is_checked(standing: Standing, broken: list[str]) -> None:
    assert codes(CLAIM, replacement(CLAIM, MODIFIER, "ICN1"), standing) == broken


def test_medicare_part_b_takes_no_replacement() -> None:
    claim = office_visit(replace(TESTPAYER, filing_indicator="MB"))

    assert codes(claim, replacement(claim, MODIFIER, "ICN1")) == ["part_b"]


@pytest.mark.parametrize(
    ("condition_codes", "frequency", "broken"),
    [
        (("D9",), "7", []),
        (("D5",), "8", []),
        ((), "7", ["condition_code"]),
        (("D1", "D9"), "7", ["condition_code"]),
        (("D5",), "7", ["condition_code_void"]),
        (("D9",), "8", ["condition_code_void"]),
    ],
)
def test_medicare_part_a_wants_one_reason(
    condition_codes: tuple[str, ...], frequency: str, broken: list[str]
) -> None:
    change = ClaimEdits(lines=(LineEdit(line=1, charge_cents=90_00),)) if frequency == "7" else NO_EDITS
    edits = replace(change, condition_codes=condition_codes)

    assert codes(MEDICARE_PART_A, refile(MEDICARE_PART_A, edits, frequency, "DCN1")) == broken


def test_a_claim_that_could_not_be_read_whole_is_not_sent() -> None:
    damaged = CLAIM._replace(is_damaged=True)

    assert codes(damaged, resend(damaged)) == ["damaged"]


def test_a_claim_of_the_older_version_is_not_sent() -> None:
    older = CLAIM._replace(version="004010X098A1")

    assert codes(older, resend(older)) == ["version"]


def test_a_finding_about_a_party_shows_its_segment() -> None:
    (finding,) = refile_findings(CLAIM, resend(CLAIM, ClaimEdits(subscriber=PersonEdit(first="JO~HN"))))

    assert (finding.excerpt, finding.caret) == ("NM1*IL*1*ROE*JO~HN****MI*W200", 13)


def test_a_reopening_names_the_original() -> None:
    assert codes(CLAIM, refile(CLAIM, MODIFIER, "Q", "")) == ["original_missing"]


def test_a_finding_shows_the_line_it_is_about() -> None:
    (finding,) = refile_findings(CLAIM, resend(CLAIM, ClaimEdits(lines=(LineEdit(line=1, modifiers=("5",)),))))

    assert finding.excerpt == "SV1*HC:11042:5*100*UN*1***1"
    assert finding.message == "line 1 has a modifier '5'"


@pytest.mark.parametrize(("number", "valid"), [("1234567893", True), ("1234567890", False), ("123456789", False)])
def test_an_npi_has_a_check_digit(number: str, valid: bool) -> None:
    assert is_npi(number) is valid

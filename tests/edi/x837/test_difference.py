"""What an edit changed, as rows that a biller reads."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from edi.x837.build import ClaimFacts, Coverage, Line, Person, Provider, build_claim
from edi.x837.difference import Difference, difference
from edi.x837.edits import ClaimEdits, LineEdit, PersonEdit
from edi.x837.replace import replacement, resend

CLAIM = build_claim(
    "837P",
    billing=Provider(npi="1234567893", name="SAMPLE CLINIC PLLC"),
    subscriber=Person(last="ROE", first="JOHN", birth_date=date(1975, 3, 3), sex="M"),
    coverage=Coverage(payer_name="TESTPAYER HEALTH", payer_id="99999", member_id="W200"),
    facts=ClaimFacts(patient_control_number="PCN1", facility_code="11", diagnoses=("L97521", "E119")),
    lines=[
        Line(code="11042", charge_cents=100_00, first_date=date(2026, 10, 6)),
        Line(code="97597", charge_cents=50_00, first_date=date(2026, 10, 6)),
        Line(code="99213", charge_cents=75_00, first_date=date(2026, 10, 6)),
    ],
)


def test_a_claim_does_not_differ_from_itself() -> None:
    assert difference(CLAIM, resend(CLAIM)) == []


def test_a_replacement_shows_its_frequency_and_original_number() -> None:
    assert difference(CLAIM, replacement(CLAIM, ClaimEdits(), "ICN1")) == [
        Difference("Claim", "frequency", "1", "7"),
        Difference("Claim", "original claim number", "", "ICN1"),
    ]


def test_a_changed_line_shows_the_fields_that_changed() -> None:
    edits = ClaimEdits(lines=(LineEdit(line=2, modifiers=("59",), units=Decimal(2), charge_cents=60_00),))

    assert difference(CLAIM, resend(CLAIM, edits)) == [
        Difference("Claim", "charge", "225.00", "235.00"),
        Difference("Line 2", "procedure", "97597", "97597 59"),
        Difference("Line 2", "charge", "50.00", "60.00"),
        Difference("Line 2", "units", "1 UN", "2 UN"),
    ]


def test_a_removed_line_does_not_make_the_others_look_changed() -> None:
    assert difference(CLAIM, resend(CLAIM, ClaimEdits(removed_lines=(1,)))) == [
        Difference("Claim", "charge", "225.00", "125.00"),
        Difference("Line 1", "removed", "11042 100.00", ""),
    ]


def test_an_added_line_is_shown_whole() -> None:
    edits = ClaimEdits(added_lines=(Line(code="A6196", charge_cents=12_50, first_date=date(2026, 10, 6)),))

    assert difference(CLAIM, resend(CLAIM, edits))[-1] == Difference("Line 4", "added", "", "A6196 12.50")


def test_people_providers_and_diagnoses_are_named_in_words() -> None:
    edits = ClaimEdits(
        subscriber=PersonEdit(member_id="W201"),
        diagnoses=("E119",),
        providers=(("82", Provider(npi="1245319599", name="SMITH", first="ANN")),),
        note="LATE",
    )

    assert set(difference(CLAIM, resend(CLAIM, edits))) == {
        Difference("Claim", "diagnosis 1", "ABK L97521", "ABK E119"),
        Difference("Claim", "diagnosis 2", "ABF E119", ""),
        Difference("Claim", "note ADD", "", "LATE"),
        Difference("Subscriber", "member id", "W200", "W201"),
        Difference("Rendering provider", "name", "", "ANN SMITH"),
        Difference("Rendering provider", "number", "", "1245319599"),
    }

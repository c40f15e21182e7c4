"""What must hold for any claim: written and read it is the same, and damage stays where it is."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

import edi
from edi.findings import Finding
from edi.values import USUAL, Delimiters
from edi.writing import Envelope
from edi.x837.build import ClaimFacts, Coverage, Line, Person, Place, Provider, build_claim, new_submission
from edi.x837.model import Submission, SubmittedClaim
from edi.x837.write import write_claims

quick = settings(max_examples=25, deadline=None)

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
names = st.text(LETTERS, min_size=1, max_size=12)
numbers = st.text("0123456789", min_size=3, max_size=10)
cents = st.integers(0, 9_999_999)
days = st.integers(0, 3000).map(lambda n: date(2020, 1, 1) + timedelta(days=n))
codes = st.text(LETTERS + "0123456789", min_size=5, max_size=5)
modifiers = st.lists(st.text(LETTERS, min_size=2, max_size=2), max_size=4).map(tuple)
diagnoses = st.lists(st.text(LETTERS + "0123456789", min_size=3, max_size=7), min_size=1, max_size=12).map(tuple)
homes = st.none() | st.builds(Place, line1=names, city=names, state=st.just("TX"), postal_code=numbers)
providers = st.builds(
    Provider, npi=numbers, name=names, first=names, taxonomy=st.just("") | numbers, tax_id=numbers, home=homes
)
people = st.builds(Person, last=names, first=names, birth_date=days, sex=st.sampled_from("FMU"), home=homes)
coverages = st.builds(Coverage, payer_name=names, payer_id=numbers, member_id=numbers, group_number=numbers)
lines = st.lists(
    st.builds(
        Line,
        code=codes,
        modifiers=modifiers,
        charge_cents=cents,
        units=st.integers(1, 99).map(Decimal),
        first_date=days,
        control_number=st.just("") | numbers,
        revenue_code=st.text("0123456789", min_size=4, max_size=4),
    ),
    min_size=1,
    max_size=4,
)
facts = st.builds(
    ClaimFacts,
    patient_control_number=numbers,
    facility_code=st.sampled_from(("11", "22")),
    diagnoses=diagnoses,
    note=st.just("") | names,
    rendering=st.none() | providers,
    authorization=st.just("") | numbers,
)
MARKS = "*|+!~^:;<>\\&%#@$=?{}[]`\x1c\x1d\x1e\x1f"
delimiters = st.lists(st.sampled_from(MARKS), min_size=4, max_size=4, unique=True).map(
    lambda marks: Delimiters(*marks)
)


@st.composite
def batches(draw: st.DrawFn) -> list[SubmittedClaim]:
    """Claims of one kind: several providers, subscribers with several claims, dependents."""
    kind = draw(st.sampled_from(("837P", "837I")))
    claims = []
    for _ in range(draw(st.integers(1, 2))):
        billing = draw(providers)
        for _ in range(draw(st.integers(1, 2))):
            subscriber, coverage = draw(people), draw(coverages)
            for _ in range(draw(st.integers(1, 2))):
                patient = draw(st.none() | people)
                claims.append(
                    build_claim(
                        kind,
                        billing=billing,
                        subscriber=subscriber,
                        coverage=coverage,
                        patient=patient,
                        relationship="19" if patient else "18",
                        facts=draw(facts),
                        lines=draw(lines),
                    )
                )
    return claims


def wire(claims: Sequence[SubmittedClaim], marks: Delimiters, submission: Submission | None = None) -> bytes:
    submission = submission or new_submission(
        claims[0].kind,
        reference="RB0001",
        created=datetime(2026, 11, 22, 9, 10),  # noqa: DTZ001 - BHT carries local time
        submitter="SAMPLE CLINIC PLLC",
        submitter_id="PROVTEST",
        contact="BILLING DESK",
        telephone="5125550100",
        receiver="TESTPAYER HEALTH",
        receiver_id="99999",
    )
    envelope = Envelope(
        "PROVTEST", "PAYERTEST", date(2026, 11, 22), time(9, 10), control_number=301, delimiters=marks, line_end=""
    )
    return b"".join(write_claims(envelope, submission, claims))


def read(file: bytes) -> tuple[Submission | None, list[SubmittedClaim], list[str]]:
    values = list(edi.read(io.BytesIO(file)))
    return (
        next((value for value in values if isinstance(value, Submission)), None),
        [value for value in values if isinstance(value, SubmittedClaim)],
        [value.code for value in values if isinstance(value, Finding)],
    )


def said(claim: SubmittedClaim) -> tuple[object, ...]:
    """A claim without the places where it stood in its file."""
    parties = (claim.billing_provider, claim.subscriber, claim.patient, claim.payer)
    return (claim.segments, *(party.name._replace(segment=0) if party else None for party in parties))


@quick
@given(batches(), delimiters)
def test_claims_written_and_read_are_the_same(claims: list[SubmittedClaim], marks: Delimiters) -> None:
    _, got, findings = read(wire(claims, marks))

    assert findings == []
    usual = [
        claim._replace(
            segments=tuple(
                tuple(text.replace(marks.component, ":") for text in segment) for segment in claim.segments
            )
        )
        for claim in got
    ]
    assert list(map(said, usual)) == list(map(said, claims))


@quick
@given(batches(), delimiters)
def test_a_file_read_and_written_is_the_same_file(claims: list[SubmittedClaim], marks: Delimiters) -> None:
    file = wire(claims, marks)

    submission, got, _ = read(file)

    assert submission is not None
    assert wire(got, marks, submission) == file


def owners(segments: Sequence[str]) -> list[set[int]]:
    """For each segment the claims that it says something about: its own, or all below its level."""
    found: list[set[int]] = [set() for _ in segments]
    levels: dict[str, list[int]] = {}
    claims = 0
    is_above = False
    for place, segment in enumerate(segments):
        elements = segment.split("*")
        if elements[0] == "HL":
            is_above = True
            levels = {code: places for code, places in levels.items() if code < elements[3]}
            levels[elements[3]] = []
        elif elements[0] == "CLM":
            is_above = False
            claims += 1
            for above in levels.values():
                for one in above:
                    found[one].add(claims - 1)
        if is_above:
            levels[max(levels)].append(place)
        elif claims:
            found[place].add(claims - 1)
    return found


def assert_others_unchanged(before: list[SubmittedClaim], damaged: str, struck: set[int]) -> None:
    _, after, _ = read(damaged.encode("latin-1"))
    remaining = list(map(said, after))
    for number, claim in enumerate(before):
        if number not in struck:
            assert said(claim) in remaining


@quick
@given(batches(), st.data())
def test_a_damaged_byte_changes_no_claim_but_its_own(claims: list[SubmittedClaim], data: st.DataObject) -> None:
    file = wire(claims, USUAL).decode()
    _, before, _ = read(file.encode())
    segments = file.split("~")
    belongs = owners(segments)
    first = next(place for place, segment in enumerate(segments) if segment.startswith("HL"))
    struck = data.draw(st.integers(first, len(segments) - 5))  # SE, GE, IEA and the end
    offset = data.draw(st.integers(0, len(segments[struck])))
    byte = data.draw(st.sampled_from("*:~^ A0\x00\xff\n"))
    place = sum(len(segment) + 1 for segment in segments[:struck]) + offset
    affected = belongs[struck] | (belongs[struck + 1] if offset == len(segments[struck]) else set())

    assert_others_unchanged(before, file[:place] + byte + file[place + 1 :], affected)


@quick
@given(batches(), st.data())
def test_a_lost_segment_changes_no_claim_but_its_own(claims: list[SubmittedClaim], data: st.DataObject) -> None:
    file = wire(claims, USUAL).decode()
    _, before, _ = read(file.encode())
    segments = file.split("~")
    first = next(place for place, segment in enumerate(segments) if segment.startswith("HL"))
    lost = data.draw(st.integers(first, len(segments) - 5))
    affected = owners(segments)[lost]
    if segments[lost].startswith("CLM"):
        # Another claim of the same patient gets what stands between the lost CLM and its HI.
        affected |= {number - 1 for number in affected}

    assert_others_unchanged(before, "~".join(segments[:lost] + segments[lost + 1 :]), affected)


@quick
@given(batches(), st.data())
def test_any_damage_is_survived(claims: list[SubmittedClaim], data: st.DataObject) -> None:
    file = bytearray(wire(claims, USUAL))
    for _ in range(data.draw(st.integers(1, 5))):
        place = data.draw(st.integers(106, len(file) - 1))
        file[place : place + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=3))

    _, after, _ = read(bytes(file))

    assert len(after) <= len(file)

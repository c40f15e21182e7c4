"""What must always hold when an 835 is read: no delimiters, no damage and no cut may change an unaffected claim."""

from __future__ import annotations

import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import edi
from edi.errors import NotX12Error
from edi.x835.model import ClaimPayment
from tests.edi.payment_text import interchange, of, payment

CLAIMS = "".join(
    f"CLP*PCN{number}*1*{number}00*{number}0*{number}0*12*ICN{number}*11*1~\n"
    f"NM1*QC*1*DOE{number}*JANE****MI*W{number}~\n"
    f"DTM*232*2026110{number}~\n"
    f"SVC*HC:9921{number}:25*{number}00*{number}0**1~\n"
    f"CAS*CO*45*{number}0*2*97*{number}0**253*{6 * number}0~\n"
    f"CAS*PR*2*{number}0~\n"
    f"LQ*HE*N290~\n"
    for number in range(1, 6)
)
TEXT = interchange(payment(CLAIMS, paid="145", footer="PLB*1234567893*20261231*WO:OLD*5~\n"))
DATA = TEXT.encode()
KEPT = [
    name
    for name in ClaimPayment._fields
    if name
    not in {"segment", "last_segment", "start_offset", "end_offset", "group_number", "is_damaged", "set_number"}
]
LEGAL_DELIMITERS = "!\"#$%&'()*+,-./:;<=>?@[\\]_`{|}~\t\x0b\x0c\x1c\x1d\x1e\x1f\x01\x02"
quickly = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def claims_in(data: bytes) -> dict[str, object]:
    """Each claim by its number, less where it stands in the file."""
    return {
        claim.patient_control_number: content(claim) for claim in of(ClaimPayment, list(edi.read(io.BytesIO(data))))
    }


def content(claim: ClaimPayment) -> tuple[object, ...]:
    return tuple(plain(getattr(claim, name)) for name in KEPT)


def plain(value: object) -> object:
    if hasattr(value, "_fields"):
        return tuple(plain(part) for name, part in zip(value._fields, value, strict=True) if name != "segment")  # type: ignore[call-overload]
    return tuple(plain(part) for part in value) if isinstance(value, tuple) else value


WHOLE = claims_in(DATA)
PLACES = [
    (claim.patient_control_number, claim.start_offset, claim.end_offset)
    for claim in of(ClaimPayment, list(edi.read(io.BytesIO(DATA))))
]


def unaffected_by(first: int, last: int) -> set[str]:
    """The claims that damage to these bytes leaves whole. A lost CLP runs its claim into the one before."""
    touched = [index for index, (_, start, end) in enumerate(PLACES) if start - 2 <= last and first < end]
    affected = {PLACES[index][0] for at in touched for index in (at - 1, at) if index >= 0}
    return WHOLE.keys() - affected


def assert_unaffected_are_whole(damaged: bytes, first: int, last: int) -> None:
    found = claims_in(damaged)
    for number in unaffected_by(first, last):
        assert found.get(number) == WHOLE[number], number


def test_the_file_that_is_damaged_here_is_whole() -> None:
    findings = of(edi.Finding, list(edi.read(io.BytesIO(DATA))))
    assert len(WHOLE) == 5
    assert findings == []


@quickly
@given(st.permutations(LEGAL_DELIMITERS), st.sampled_from(["", "\n", "\r\n"]))
def test_any_legal_delimiters_read_the_same(delimiters: list[str], line_end: str) -> None:
    element, component, segment = delimiters[:3]
    text = TEXT.replace("\n", "").translate(str.maketrans("*:~", element + component + segment))
    if segment not in line_end:
        text = text.replace(segment, segment + line_end)
    found = claims_in(text.encode("latin-1"))
    assert found == WHOLE


@quickly
@given(st.integers(0, len(DATA) - 1), st.integers(0, 255))
def test_one_corrupted_byte_changes_no_claim_but_the_one_it_hits(place: int, byte: int) -> None:
    damaged = DATA[:place] + bytes((byte,)) + DATA[place + 1 :]
    assert_unaffected_are_whole(damaged, place, place)


@quickly
@given(st.integers(0, len(DATA)))
def test_a_cut_anywhere_keeps_every_claim_before_it(cut: int) -> None:
    try:
        found = claims_in(DATA[:cut])
    except NotX12Error:
        assert cut < 4
        return
    for number, _, end in PLACES:
        if end < cut:
            assert found[number] == WHOLE[number]


@quickly
@given(st.integers(0, TEXT.count("~") - 1))
def test_a_deleted_segment_changes_no_claim_but_its_own(ordinal: int) -> None:
    segments = TEXT.splitlines(keepends=True)
    first = sum(map(len, segments[:ordinal]))
    damaged = "".join(segments[:ordinal] + segments[ordinal + 1 :]).encode()
    assert_unaffected_are_whole(damaged, first, first)


@quickly
@given(st.binary(max_size=400))
def test_rubbish_is_refused_or_read_but_never_crashes(data: bytes) -> None:
    for wrapped in (data, DATA[:106] + data, DATA[:300] + data + DATA[300:]):
        try:
            list(edi.read(io.BytesIO(wrapped)))
        except NotX12Error:
            pass

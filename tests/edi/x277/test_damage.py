"""A damaged 277CA: never a crash, and never a neighbour that pays for it."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import edi
from edi.errors import NotX12Error
from edi.x277.model import ClaimStatus

Wrap = Callable[..., bytes]

SEGMENTS = """BHT*0085*08*CA0001*20261021*0900*TH
HL*1**20*1
NM1*AY*2*RIVER CLEARING*****46*RIVER
TRN*1*PAYERBATCH77
DTP*050*D8*20261020
HL*2*1*21*1
NM1*41*2*LAKESIDE CLINIC*****46*CLINIC
TRN*2*BATCH0001
STC*A1:19:PR*20261021*WQ*440
QTY*90*2
QTY*AA*1
AMT*YU*350
AMT*YY*90
HL*3*2*19*1
NM1*85*2*LAKESIDE CLINIC*****XX*1234567893
TRN*1*0
HL*4*3*PT
NM1*QC*1*DOE*JANE****MI*W100
TRN*2*PCN1001
STC*A2:20:PR*20261021*WQ*200
REF*1K*ICN900001
DTP*472*D8*20261005
HL*5*3*PT
NM1*QC*1*ROE*JOHN****MI*W200
TRN*2*PCN1002
STC*A7:562:82*20261021*U*90******A7:21
DTP*472*D8*20261007
SVC*HC:99213*90
STC*A7:562:82*20261021*U
REF*FJ*1
HL*6*3*PT
NM1*QC*1*POE*MARY****MI*W300
TRN*2*PCN1003
STC*A2:20:PR*20261021*WQ*150
DTP*472*D8*20261009""".splitlines()
CLAIMS = {"PCN1001": (16, 22), "PCN1002": (22, 30), "PCN1003": (30, 35)}  # where each claim's segments stand
PARTIES = 15  # up to here stand the names and traces that every claim carries


def wire_of(segments: list[str]) -> bytes:
    head = (
        "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *261120*1200*^*00501*000000001*0*T*:~"
        "GS*HN*PAYER*CLINIC*20261120*1200*1*X*005010X214~ST*277*0001*005010X214~"
    )
    return (head + "".join(f"{one}~" for one in segments) + "SE*37*0001~GE*1*1~IEA*1*000000001~").encode()


WHOLE = wire_of(SEGMENTS)


def claims_in(wire: bytes) -> list[ClaimStatus]:
    try:
        return [value for value in edi.read(io.BytesIO(wire)) if isinstance(value, ClaimStatus)]
    except NotX12Error:
        return []


def seen(claim: ClaimStatus) -> tuple[object, ...]:
    """What a person would notice about a claim, wherever it stands in the file."""
    parties = tuple(
        one._replace(segment=0) if one else None
        for one in (claim.source, claim.receiver, claim.provider, claim.patient)
    )
    statuses = tuple(status._replace(segment=0) for status in claim.statuses)
    return (claim.trace, claim.payer_claim_control_number, claim.first_service, parties, statuses, claim.is_rejected)


INTACT = {claim.trace: seen(claim) for claim in claims_in(WHOLE)}


def test_the_whole_file_is_read() -> None:
    assert list(INTACT) == list(CLAIMS)


@pytest.mark.parametrize("lost", range(len(SEGMENTS)))
def test_a_lost_segment_costs_at_most_its_own_claim(lost: int) -> None:
    found = {claim.trace: seen(claim) for claim in claims_in(wire_of(SEGMENTS[:lost] + SEGMENTS[lost + 1 :]))}
    for trace, (first, behind) in CLAIMS.items():
        if not first <= lost < behind and lost > PARTIES:
            assert found[trace] == INTACT[trace]
    assert len(found) >= len(CLAIMS) - 1


@pytest.mark.parametrize("lost", [1, 5, 13])
def test_a_lost_level_takes_no_party_from_any_claim(lost: int) -> None:
    assert SEGMENTS[lost].startswith("HL*")
    found = {claim.trace: seen(claim) for claim in claims_in(wire_of(SEGMENTS[:lost] + SEGMENTS[lost + 1 :]))}
    assert found == INTACT


@settings(max_examples=300, deadline=None)
@given(place=st.integers(0, len(WHOLE) - 1), byte=st.integers(0, 255))
def test_one_wrong_byte_never_stops_the_reader(place: int, byte: int) -> None:
    claims = claims_in(WHOLE[:place] + bytes([byte]) + WHOLE[place + 1 :])
    assert len(claims) <= len(CLAIMS) + 2


OFFSETS = {trace: [WHOLE.index(SEGMENTS[first].encode()), 0] for trace, (first, _) in CLAIMS.items()}


@settings(max_examples=300, deadline=None)
@given(place=st.integers(WHOLE.index(b"HL*4"), WHOLE.index(b"SE*37") - 1), byte=st.integers(32, 126))
def test_one_wrong_byte_in_a_claim_leaves_the_others_as_they_are(place: int, byte: int) -> None:
    hit = max((offset, trace) for trace, (offset, _) in OFFSETS.items() if offset <= place)[1]
    found = {claim.trace: seen(claim) for claim in claims_in(WHOLE[:place] + bytes([byte]) + WHOLE[place + 1 :])}
    for trace in CLAIMS.keys() - {hit}:
        assert found[trace] == INTACT[trace]


@settings(max_examples=100, deadline=None)
@given(cut=st.integers(0, len(WHOLE)))
def test_a_truncated_file_keeps_the_claims_before_the_cut(cut: int) -> None:
    found = {claim.trace: seen(claim) for claim in claims_in(WHOLE[:cut])}
    for trace, (_, behind) in CLAIMS.items():
        end = len(wire_of(SEGMENTS[:behind])) - len(b"SE*37*0001~GE*1*1~IEA*1*000000001~")
        if end <= cut:
            assert found[trace] == INTACT[trace]


def test_a_status_that_turned_into_a_set_header_is_only_a_damaged_status() -> None:
    found = claims_in(WHOLE.replace(b"STC*A2:20:PR*20261021*WQ*200", b"ST**A2:20:PR*20261021*WQ*200"))
    assert [claim.trace for claim in found] == list(CLAIMS)
    assert found[0].statuses == ()

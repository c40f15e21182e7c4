"""What is read is written back as it was; only the hierarchy is the writer's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from edi.values import USUAL, Delimiters
from edi.writing import Printer
from edi.x837.model import Submission, SubmittedClaim
from edi.x837.write import body, outgoing_set

Read = Callable[..., list[object]]

HEADER = """BHT*0019*00*RB0001*20261122*0910*CH~
NM1*41*2*SAMPLE CLINIC PLLC*****46*PROVTEST~
PER*IC*BILLING DESK*TE*5125550100~
NM1*40*2*TESTPAYER HEALTH*****46*99999~
"""
BILLING = """HL*1**20*1~
PRV*BI*PXC*207Q00000X~
NM1*85*2*SAMPLE CLINIC PLLC*****XX*1234567893~
REF*EI*741234567~
"""
JOHN = """HL*2*1*22*1~
SBR*P**GRP1******CI~
NM1*IL*1*ROE*JOHN****MI*W200~
NM1*PR*2*TESTPAYER HEALTH*****PI*99999~
"""
JOHN_SELF = """CLM*PCN1*100***11:B:1*Y*A*Y*Y~
HI*ABK:L97521*ABF:E119~
LX*1~
SV1*HC:11042:59*100*UN*1***1:2~
DTP*472*D8*20261006~
"""
LILY = """HL*3*2*23*0~
PAT*19~
NM1*QC*1*ROE*LILY~
CLM*PCN2*75***11:B:1*Y*A*Y*Y~
HI*ABK:E119~
LX*1~
SV1*HC:99213*75*UN*1***1~
DTP*472*D8*20261007~
ZZZ*PAYER*OWN*SEGMENT~
"""
ANN = """HL*4*1*22*0~
SBR*P*18*******CI~
NM1*IL*1*DOE*ANN****MI*W300~
NM1*PR*2*OTHER HEALTH*****PI*88888~
CLM*PCN3*75***11:B:1*Y*A*Y*Y~
HI*ABK:E119~
LX*1~
SV1*HC:99213*75*UN*1***1~
DTP*472*D8*20261007~
"""
WHOLE = HEADER + BILLING + JOHN + JOHN_SELF + LILY + ANN


def split(values: list[object]) -> tuple[Submission, list[SubmittedClaim]]:
    submission = values[0]
    assert isinstance(submission, Submission)
    return submission, [value for value in values if isinstance(value, SubmittedClaim)]


def written(submission: Submission, claims: list[SubmittedClaim], delimiters: Delimiters = USUAL) -> str:
    printer = Printer(delimiters)
    return "".join(printer.print(segment) + "\n" for segment in body(submission, claims))


def levels(wire: str) -> list[str]:
    return [line for line in wire.splitlines() if line.startswith("HL")]


def test_claims_read_are_written_back_segment_for_segment(read: Read) -> None:
    assert written(*split(read(WHOLE))) == WHOLE


def test_composites_are_written_with_the_delimiters_asked_for(read: Read) -> None:
    wire = written(*split(read(WHOLE)), Delimiters("|", ">", "^", "!"))

    assert "SV1|HC>11042>59|100|UN|1|||1>2!" in wire


def test_a_separator_other_than_declared_is_put_right(read: Read) -> None:
    assert written(*split(read(WHOLE.replace(":", ">")))) == WHOLE


def test_levels_of_a_claim_taken_out_are_numbered_anew(read: Read) -> None:
    submission, claims = split(read(WHOLE))

    assert levels(written(submission, claims[2:])) == ["HL*1**20*1~", "HL*2*1*22*0~"]


def test_a_subscriber_left_without_a_dependent_says_so(read: Read) -> None:
    submission, claims = split(read(WHOLE))

    assert levels(written(submission, claims[:1])) == ["HL*1**20*1~", "HL*2*1*22*0~"]


def test_claims_in_another_order_open_their_levels_again(read: Read) -> None:
    submission, (john, lily, ann) = split(read(WHOLE))

    assert levels(written(submission, [lily, john, ann])) == [
        "HL*1**20*1~",
        "HL*2*1*22*1~",
        "HL*3*2*23*0~",
        "HL*4*1*22*0~",
        "HL*5*1*22*0~",
    ]


def test_a_subscribers_many_claims_are_parted_at_the_guides_limit(read: Read) -> None:
    submission, (_, _, ann) = split(read(WHOLE))

    wire = written(submission, [ann] * 150)

    assert wire.count("CLM*") == 150
    assert levels(wire) == ["HL*1**20*1~", "HL*2*1*22*0~", "HL*3*1*22*0~"]


def test_a_4010_set_is_written_without_st03(read: Read) -> None:
    submission, claims = split(read(WHOLE, version="004010X098A1"))

    assert outgoing_set(submission, claims).version == ""


def test_a_claim_of_another_kind_is_refused(read: Read) -> None:
    submission, claims = split(read(WHOLE))
    _, institutional = split(read(WHOLE, kind="837I"))

    with pytest.raises(ValueError, match="'PCN1' is 837I, the batch is 837P"):
        list(body(submission, claims + institutional))

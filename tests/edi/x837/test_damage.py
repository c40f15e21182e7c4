"""A lost segment costs its own claim or level, never a neighbour."""

from __future__ import annotations

import io
from collections.abc import Callable

import edi
from edi.findings import Finding
from edi.x837.model import SubmittedClaim

Read = Callable[..., list[object]]

HEADER = """BHT*0019*00*RB0001*20261122*0910*CH~
NM1*41*2*SAMPLE CLINIC PLLC*****46*PROVTEST~
NM1*40*2*TESTPAYER HEALTH*****46*99999~
HL*1**20*1~
NM1*85*2*SAMPLE CLINIC PLLC*****XX*1234567893~
"""
FIRST = """HL*2*1*22*0~
SBR*P*18*******CI~
NM1*IL*1*ROE*JOHN****MI*W200~
NM1*PR*2*TESTPAYER HEALTH*****PI*99999~
CLM*PCN1*100***11:B:1*Y*A*Y*Y~
HI*ABK:L97521~
LX*1~
SV1*HC:11042*100*UN*1***1~
DTP*472*D8*20261006~
"""
SECOND = """HL*3*1*22*0~
SBR*P*18*******CI~
NM1*IL*1*DOE*ANN****MI*W300~
NM1*PR*2*OTHER HEALTH*****PI*88888~
CLM*PCN2*75***11:B:1*Y*A*Y*Y~
HI*ABK:E119~
LX*1~
SV1*HC:99213*75*UN*1***1~
DTP*472*D8*20261007~
"""


def split(values: list[object]) -> tuple[list[SubmittedClaim], list[str]]:
    return (
        [value for value in values if isinstance(value, SubmittedClaim)],
        [value.code for value in values if isinstance(value, Finding)],
    )


def member(claim: SubmittedClaim) -> str:
    return claim.subscriber.name.id if claim.subscriber else ""


def test_a_subscriber_without_its_level_segment_is_still_the_second_claims_own(read: Read) -> None:
    claims, codes = split(read(HEADER + FIRST + SECOND.replace("HL*3*1*22*0~\n", "")))

    assert [member(claim) for claim in claims] == ["W200", "W300"]
    assert claims[0].other_payers == ()
    assert codes == ["837.hl.missing"]


def test_a_claim_without_its_opening_segment_leaves_the_one_before_it_alone(read: Read) -> None:
    second = "".join(line for line in SECOND.splitlines(keepends=True)[4:] if not line.startswith("CLM"))

    claims, codes = split(read(HEADER + FIRST + second))

    assert [claim.patient_control_number for claim in claims] == ["PCN1", ""]
    assert [diagnosis.code for diagnosis in claims[0].diagnoses] == ["L97521"]
    assert [claim.is_damaged for claim in claims] == [False, True]
    assert codes == ["837.claim.headless"]


def test_a_parent_that_does_not_exist_is_replaced_by_the_level_that_fits(read: Read) -> None:
    claims, codes = split(read(HEADER + FIRST + SECOND.replace("HL*3*1*22", "HL*3*9*22")))

    assert [member(claim) for claim in claims] == ["W200", "W300"]
    assert claims[1].billing_provider == claims[0].billing_provider
    assert codes == ["837.hl.parent"]


def test_a_subscriber_marked_as_a_billing_provider_does_not_take_the_provider_away(read: Read) -> None:
    third = SECOND.replace("HL*3*", "HL*4*").replace("PCN2", "PCN3")

    claims, codes = split(read(HEADER + FIRST + SECOND.replace("HL*3*1*22", "HL*3*1*20") + third))

    assert [member(claim) for claim in claims] == ["W200", "W300", "W300"]
    assert [claim.billing_provider == claims[0].billing_provider for claim in claims] == [True, True, True]
    assert codes == ["837.hl.code"]


def test_a_level_of_no_known_kind_is_put_back_by_what_follows(read: Read) -> None:
    claims, codes = split(read(HEADER + FIRST + SECOND.replace("HL*3*1*22", "HL*3*1*2Z")))

    assert [member(claim) for claim in claims] == ["W200", "W300"]
    assert ("HL", "3", "1", "2Z", "0") in claims[1].context
    assert claims[0].segments[-1] == ("DTP", "472", "D8", "20261006")
    assert codes == ["837.segment.unknown", "837.hl.missing"]


def test_a_claim_segment_with_a_damaged_id_begins_a_damaged_claim(read: Read) -> None:
    second = "".join(SECOND.splitlines(keepends=True)[4:]).replace("CLM*", "CLN*")

    claims, codes = split(read(HEADER + FIRST + second))

    assert [claim.is_damaged for claim in claims] == [False, True]
    assert ("CLN", "PCN2", "75", "", "", "11:B:1", "Y", "A", "Y", "Y") not in claims[0].segments
    assert codes == ["837.claim.headless", "837.segment.unknown"]


def test_a_line_without_its_number_is_a_line_of_its_own(read: Read) -> None:
    two_lines = FIRST.replace("*100***11", "*150***11") + "SV1*HC:97597*50*UN*1***1~\n"

    claims, codes = split(read(HEADER + two_lines + SECOND))

    assert [line.charge_cents for line in claims[0].lines] == [10000, 5000]
    assert codes == ["837.line.unnumbered"]


def test_a_missing_payer_is_told(read: Read) -> None:
    claims, codes = split(read(HEADER + FIRST.replace("NM1*PR*2*TESTPAYER HEALTH*****PI*99999~\n", "") + SECOND))

    assert claims[0].payer is None
    assert claims[1].payer is not None
    assert codes == ["837.claim.party"]


def test_a_claim_without_lines_is_kept_and_told(read: Read) -> None:
    claims, codes = split(read(HEADER + FIRST.split("LX*1")[0] + SECOND))

    assert [claim.patient_control_number for claim in claims] == ["PCN1", "PCN2"]
    assert codes == ["837.claim.lines"]


def test_a_level_without_a_claim_is_told(read: Read) -> None:
    claims, codes = split(read(HEADER + FIRST.split("CLM*")[0] + SECOND))

    assert [claim.patient_control_number for claim in claims] == ["PCN2"]
    assert codes == ["837.level.empty"]


def test_a_claim_broken_off_at_the_end_is_kept(read: Read) -> None:
    claims, codes = split(read(HEADER + FIRST + SECOND.split("SV1*")[0]))

    assert [claim.patient_control_number for claim in claims] == ["PCN1", "PCN2"]
    assert codes == ["837.balance.lines"]


def test_an_endless_claim_is_cut_and_told_once(read: Read) -> None:
    claims, codes = split(read(HEADER + FIRST + "REF*G1*A~" * 100_010))

    assert len(claims[0].segments) == 100_000
    assert claims[0].is_damaged
    assert codes == ["837.limit"]


def test_an_endless_header_is_cut_and_told_once(read: Read) -> None:
    values = read("BHT*0019*00*RB0001~" + "REF*87*004010X098~" * 100_010 + FIRST)

    assert [claim.patient_control_number for claim in split(values)[0]] == ["PCN1"]
    assert split(values)[1].count("837.limit") == 1


def test_the_last_claim_of_a_set_that_breaks_off_is_damaged() -> None:
    isa = "ISA*00*          *00*          *ZZ*PROVTEST       *ZZ*PAYERTEST      *261120*1200*^*00501*000000301*0*T*:~"
    wire = isa + "GS*HC*PROVTEST*PAYERTEST*20261120*1200*301*X*005010X222A1~ST*837*0001*005010X222A1~"

    claims, _ = split(list(edi.read(io.BytesIO((wire + HEADER + FIRST + SECOND).encode()))))

    assert [claim.is_damaged for claim in claims] == [False, True]

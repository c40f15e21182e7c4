"""Splitting: each piece is a whole file with a valid envelope."""

from __future__ import annotations

import io

from edi.split import split_claims, split_sets

ISA = "ISA*00*          *00*          *ZZ*PAYER01        *ZZ*CLINIC01       *261120*1200*^*00501*000000007*0*P*:~"
GS = "GS*HP*PAYER01*CLINIC01*20261120*1200*7*X*005010X221A1~"
ENDS = "GE*2*7~IEA*1*000000007~"


def by_sets(wire: str) -> dict[str, str]:
    return {piece.name: b"".join(piece.chunks).decode() for piece in split_sets(io.BytesIO(wire.encode()))}


def by_claims(wire: str) -> dict[str, str]:
    return {piece.name: b"".join(piece.chunks).decode() for piece in split_claims(io.BytesIO(wire.encode()))}


def test_each_set_gets_its_own_envelope_with_counts_of_one() -> None:
    wire = ISA + GS + "ST*835*0001~BPR*I*1~SE*3*0001~ST*835*0002~BPR*I*2~SE*3*0002~" + ENDS
    pieces = by_sets(wire)
    assert list(pieces) == ["00001-835-0001", "00002-835-0002"]
    assert pieces["00002-835-0002"] == ISA + GS + "ST*835*0002~BPR*I*2~SE*3*0002~GE*1*7~IEA*1*000000007~"


def test_a_wrong_count_is_counted_again_and_a_set_that_broke_off_is_closed() -> None:
    wire = ISA + GS + "ST*835*0001~BPR*I*1~SE*9*0001~ST*835*0002~BPR*I*2~" + ENDS
    pieces = by_sets(wire)
    assert "SE*3*0001~GE*1*7~" in pieces["00001-835-0001"]
    assert pieces["00002-835-0002"].endswith("BPR*I*2~SE*3*0002~GE*1*7~IEA*1*000000007~")


def test_sets_keep_the_envelope_that_they_came_in() -> None:
    other = ISA.replace("000000007", "000000008").replace("*", "|")
    wire = ISA + GS + "ST*835*0001~SE*2*0001~GE*1*7~IEA*1*000000007~"
    wire += other + "GS|HP|A|B|20261120|1200|8|X|005010X221A1~ST|835|0001~SE|2|0001~GE|1|8~IEA|1|000000008~"
    pieces = by_sets(wire)
    assert pieces["00001-835-0001"].startswith(ISA)
    assert pieces["00002-835-0001"].startswith(other)
    assert pieces["00002-835-0001"].endswith("SE|2|0001~GE|1|8~IEA|1|000000008~")


def test_pieces_that_nobody_read_do_not_disturb_the_next() -> None:
    wire = ISA + GS + "ST*835*0001~BPR*I*1~SE*3*0001~ST*835*0002~BPR*I*2~SE*3*0002~" + ENDS
    assert [piece.name for piece in split_sets(io.BytesIO(wire.encode()))] == ["00001-835-0001", "00002-835-0002"]


def test_line_ends_stay_as_they_were() -> None:
    wire = "\n".join((ISA, GS, "ST*835*0001~", "BPR*I*1~", "SE*3*0001~", "GE*1*7~", "IEA*1*000000007~", ""))
    assert list(by_sets(wire).values()) == [wire]


PAYMENT = (
    "ST*835*0001~BPR*I*200*C*CHK~TRN*1*T1*1351840597~N1*PR*PLAN~N1*PE*CLINIC~LX*1~TS3*X~"
    "CLP*PCN1*1*200*120**12*ICN1~CAS*CO*45*80~CLP*PCN2*1*100*90**12*ICN2~CAS*CO*45*10~PLB*1*20261231*L6*10~SE*13*0001~"
)


def test_a_claim_taken_out_of_a_payment_balances_alone_and_is_marked_a_test() -> None:
    pieces = by_claims(ISA + GS + PAYMENT + ENDS)
    assert list(pieces) == ["00001-835-0001-claim00001", "00001-835-0001-claim00002"]
    second = pieces["00001-835-0001-claim00002"]
    assert second == (
        ISA.replace("*P*:", "*T*:")
        + GS
        + "ST*835*0001~BPR*I*90*C*CHK~TRN*1*T1*1351840597~N1*PR*PLAN~N1*PE*CLINIC~LX*1~"
        "CLP*PCN2*1*100*90**12*ICN2~CAS*CO*45*10~SE*9*0001~GE*1*7~IEA*1*000000007~"
    )


def test_a_submitted_claim_takes_its_levels_with_it_renumbered() -> None:
    body = (
        "ST*837*0001*005010X222A1~BHT*0019*00*B1~HL*1**20*1~NM1*85*2*CLINIC~"
        "HL*2*1*22*0~NM1*IL*1*ROE~CLM*PCN1*10~LX*1~HL*3*1*22*1~NM1*IL*1*DOE~"
        "HL*4*3*23*0~NM1*QC*1*DOE~CLM*PCN2*20~LX*1~CLM*PCN3*30~LX*1~SE*17*0001~"
    )
    pieces = list(by_claims(ISA + GS + body + ENDS).values())
    assert len(pieces) == 3
    assert (
        "BHT*0019*00*B1~HL*1**20*1~NM1*85*2*CLINIC~HL*2*1*22*1~NM1*IL*1*DOE~HL*3*2*23*0~NM1*QC*1*DOE~"
        "CLM*PCN3*30~LX*1~SE*11*0001~"
    ) in pieces[2]


def test_a_status_takes_the_levels_above_it_but_not_its_neighbours() -> None:
    body = (
        "ST*277*0001*005010X214~BHT*0085*08*C1~HL*1**20*1~NM1*PR*2*PLAN~TRN*1*B1~HL*2*1*21*1~NM1*41*2*CLINIC~TRN*2*B2~"
        "HL*3*2*19*1~NM1*85*2*CLINIC~TRN*1*0~HL*4*3*PT~NM1*QC*1*DOE~TRN*2*PCN1~STC*A2:20~"
        "HL*5*3*PT~NM1*QC*1*ROE~TRN*2*PCN2~STC*A7:21~TRN*2*PCN3~STC*A7:21~SE*22*0001~"
    )
    pieces = list(by_claims(ISA + GS + body + ENDS).values())
    assert len(pieces) == 3
    assert "HL*4*3*PT~NM1*QC*1*ROE~TRN*2*PCN3~STC*A7:21~SE*" in pieces[2]
    assert "TRN*1*B1~" in pieces[2]
    assert "PCN1" not in pieces[2]
    assert "PCN2" not in pieces[2]


def test_an_acknowledgment_has_no_claims_to_split() -> None:
    assert by_claims(ISA + GS + "ST*999*0001~AK1*HC*1~AK9*A*1*1*1~SE*4*0001~" + ENDS) == {}

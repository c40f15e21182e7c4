"""Reading the 277 family: levels, claims, statuses, totals, and what goes wrong with them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, time
from decimal import Decimal
from typing import TypeVar

import pytest

import edi
from edi.findings import Finding, Severity
from edi.parts import Procedure
from edi.x277.model import ClaimStatus, StatusCode, StatusReport, StatusTotals

Read = Callable[..., list[object]]
Kind = TypeVar("Kind")

UPPER_LEVELS = """
    BHT*0085*08*CA0001*20261021*0900*TH~
    HL*1**20*1~ NM1*PR*2*SUNRISE HEALTH*****PI*90001~
    HL*2*1*21*1~ NM1*41*2*LAKESIDE CLINIC*****46*CLINIC~ TRN*2*BATCH0001~
    HL*3*2*19*1~ NM1*85*2*LAKESIDE CLINIC*****XX*1234567893~
"""
DOE = "HL*4*3*PT~ NM1*QC*1*DOE*JANE****MI*W100~ TRN*2*PCN1~ STC*A2:20:PR*20261021*WQ*200~ DTP*472*D8*20261005~"
ROE = "HL*5*3*PT~ NM1*QC*1*ROE*JOHN****MI*W200~ TRN*2*PCN2~ STC*A7:562:82*20261021*U*90~ DTP*472*D8*20261007~"


def of(kind: type[Kind], values: list[object]) -> list[Kind]:
    return [value for value in values if isinstance(value, kind)]


def claims(values: list[object]) -> list[ClaimStatus]:
    return of(ClaimStatus, values)


def codes(values: list[object]) -> list[str]:
    return [finding.code for finding in of(Finding, values)]


def test_the_header_says_what_kind_of_answer_it_is(read: Read) -> None:
    report = read(UPPER_LEVELS)[0]
    assert report == StatusReport("277CA", "0085", "08", "CA0001", date(2026, 10, 21), "TH", 4, time(9, 0))


def test_an_accepted_claim_carries_the_parties_above_it(read: Read) -> None:
    (claim,) = claims(read(UPPER_LEVELS + DOE + "REF*1K*ICN1~ REF*D9*CH1~"))
    assert claim.source is not None
    assert claim.source.last == "SUNRISE HEALTH"
    assert claim.receiver is not None
    assert claim.receiver.id == "CLINIC"
    assert claim.provider is not None
    assert claim.provider.id == "1234567893"
    assert claim.patient is not None
    assert (claim.patient.last, claim.patient.id) == ("DOE", "W100")
    assert claim.patient_control_number == claim.trace == "PCN1"
    assert claim.batch_trace == "BATCH0001"
    assert (claim.payer_claim_control_number, claim.clearinghouse_number) == ("ICN1", "CH1")
    assert claim.first_service == claim.last_service == date(2026, 10, 5)
    assert (claim.is_accepted, claim.is_rejected, claim.is_damaged) == (True, False, False)
    assert (claim.segment, claim.last_segment) == (12, 18)


def test_all_three_composites_of_a_status_are_kept_in_order(read: Read) -> None:
    wire = UPPER_LEVELS + DOE.replace(
        "STC*A2:20:PR*20261021*WQ*200", "STC*A7:562:82*20261021*U*90******A7:21*A8:255*NPI?"
    )
    (claim,) = claims(read(wire))
    (status,) = claim.statuses
    assert status.codes == (
        StatusCode("A7", "562", "82", ""),
        StatusCode("A7", "21", "", ""),
        StatusCode("A8", "255", "", ""),
    )
    assert status.text == "NPI?"
    assert claim.is_rejected


def test_a_claim_is_rejected_when_any_of_its_statuses_says_so(read: Read) -> None:
    (claim,) = claims(read(UPPER_LEVELS + DOE + "STC*A3:33:IL*20261021*U*200~"))
    assert (claim.is_rejected, claim.is_accepted) == (True, False)


@pytest.mark.parametrize(
    ("category", "is_rejected", "is_accepted"),
    [
        ("A1", False, True),
        ("A2", False, True),
        ("A5", False, True),
        ("A0", False, False),  # handed on: nobody has accepted it yet
        ("A3", True, False),
        ("A4", True, False),
        ("A6", True, False),
        ("A7", True, False),
        ("A8", True, False),
        ("P1", False, False),
    ],
)
def test_without_an_action_the_category_decides(
    read: Read, category: str, *, is_rejected: bool, is_accepted: bool
) -> None:
    (claim,) = claims(read(UPPER_LEVELS + DOE.replace("A2:20:PR*20261021*WQ", f"{category}:20*20261021*")))
    assert (claim.is_rejected, claim.is_accepted) == (is_rejected, is_accepted)


def test_an_action_against_its_category_is_followed_and_told(read: Read) -> None:
    values = read(UPPER_LEVELS + DOE.replace("A2:20:PR", "A7:562:85"))
    (claim,) = claims(values)
    assert (claim.is_rejected, claim.is_accepted) == (False, False)
    assert codes(values) == ["277.action.category"]


def test_a_rejected_line_names_itself(read: Read) -> None:
    line = "SVC*HC:99213:25*90**0300***2~ STC*A7:507*20261021*U~ REF*FJ*LINE7~ DTP*472*D8*20261007~"
    (claim,) = claims(read(UPPER_LEVELS + ROE + line))
    (read_line,) = claim.lines
    assert read_line.procedure == Procedure("HC", "99213", ("25",), "")
    assert (read_line.charge_cents, read_line.revenue_code, read_line.units) == (9000, "0300", Decimal(2))
    assert read_line.statuses[0].codes[0].status == "507"
    assert read_line.references[0].value == "LINE7"
    assert read_line.dates[0].first == date(2026, 10, 7)
    assert len(claim.statuses) == 1


def test_several_traces_under_one_patient_are_several_claims(read: Read) -> None:
    more = "TRN*2*PCN1B~ STC*A7:562:85*20261021*U*55~ DTP*472*D8*20261009~"
    first, second = claims(read(UPPER_LEVELS + DOE + more))
    assert (first.trace, first.is_accepted, first.last_segment) == ("PCN1", True, 16)
    assert (second.trace, second.is_rejected, second.segment) == ("PCN1B", True, 17)
    assert second.patient == first.patient
    assert second.first_service == date(2026, 10, 9)


def test_a_dependent_is_the_patient_and_the_member_the_subscriber(read: Read) -> None:
    (claim,) = claims(
        read(
            """BHT*0010*08*X*20261122*0905*DG~
            HL*1**20*1~ NM1*PR*2*SUNRISE HEALTH*****PI*90001~ PER*IC*STATUS DESK*TE*8005550100*EX*7~
            HL*2*1*21*1~ NM1*41*2*LAKESIDE CLINIC*****46*CLINIC~
            HL*3*2*19*1~ NM1*1P*2*LAKESIDE CLINIC*****XX*1234567893~
            HL*4*3*22*1~ NM1*IL*1*NOE*TOM****MI*W110~
            HL*5*4*23~ NM1*QC*1*NOE*TIM~ TRN*2*STAT9~
            STC*F1:65*20261118**200*120.5*20261116**20261118*EFT1~ REF*1K*ICN1~ REF*EJ*PCN9~
            DTP*472*RD8*20261001-20261003~""",
            "005010X212",
        )
    )
    assert claim.kind == "277"
    assert claim.subscriber is not None
    assert claim.subscriber.first == "TOM"
    assert claim.patient is not None
    assert claim.patient.first == "TIM"
    assert (claim.trace, claim.patient_control_number, claim.batch_trace) == ("STAT9", "PCN9", "")
    assert (claim.first_service, claim.last_service) == (date(2026, 10, 1), date(2026, 10, 3))
    status = claim.statuses[0]
    assert (status.charge_cents, status.paid_cents) == (20000, 12050)
    assert (status.decided, status.payment_date, status.trace) == (date(2026, 11, 16), date(2026, 11, 18), "EFT1")
    assert claim.source_contacts[0].numbers == (("TE", "8005550100"), ("EX", "7"))


def test_levels_are_found_by_their_numbers_and_not_by_order(read: Read) -> None:
    first, second = claims(
        read(
            """BHT*0085*08*CA0001*20261021*0900*TH~
            HL*1**20*1~ NM1*PR*2*SUNRISE HEALTH*****PI*90001~
            HL*2*1*21*1~ NM1*41*2*LAKESIDE CLINIC*****46*CLINIC~
            HL*3*2*19*1~ NM1*85*2*FIRST*****XX*1~
            HL*4*2*19*1~ NM1*85*2*SECOND*****XX*2~
            HL*5*3*PT~ NM1*QC*1*DOE*JANE~ TRN*2*A~ STC*A2:20*20261021*WQ~
            HL*6*4*PT~ NM1*QC*1*ROE*JOHN~ TRN*2*B~ STC*A2:20*20261021*WQ~"""
        )
    )
    assert first.provider is not None
    assert first.provider.last == "FIRST"
    assert second.provider is not None
    assert second.provider.last == "SECOND"


def test_an_inquiry_that_failed_above_the_claims_is_told_as_totals(read: Read) -> None:
    values = read(
        """BHT*0010*08*X*20261122*0905*DG~
        HL*1**20*1~ NM1*PR*2*SUNRISE HEALTH*****PI*90001~
        HL*2*1*21*0~ NM1*41*2*LAKESIDE CLINIC*****46*CLINIC~ TRN*2*REQ1~ STC*E0:24:41*20261122~""",
        "005010X212",
    )
    (totals,) = of(StatusTotals, values)
    assert (totals.level, totals.trace) == ("receiver", "REQ1")
    assert totals.statuses[0].codes == (StatusCode("E0", "24", "41", ""),)
    assert claims(values) == []


def test_a_pharmacy_status_names_its_code_list(read: Read) -> None:
    (claim,) = claims(read(UPPER_LEVELS + DOE.replace("A2:20:PR", "F2:80::RX")))
    assert claim.statuses[0].codes[0].code_list == "RX"


def test_a_request_for_information_is_answered_under_the_payers_number(read: Read) -> None:
    (claim,) = claims(
        read(
            """BHT*0051*48*REQ7*20261122*0905*RQ~
            HL*1**20*1~ NM1*PR*2*SUNRISE HEALTH*****PI*90001~
            HL*2*1*21*1~ NM1*41*2*LAKESIDE CLINIC*****46*CLINIC~
            HL*3*2*19*1~ NM1*1P*2*LAKESIDE CLINIC*****XX*1234567893~
            HL*4*3*PT~ NM1*QC*1*DOE*JANE****MI*W100~ TRN*1*ICN77~ STC*R4:18842-5::LOI*20261122**200~
            REF*EJ*PCN1~ DTP*472*D8*20261005~ DTP*106*D8*20261222~ PWK*OZ*EL***AC*ATT1~""",
            "005010X213",
        )
    )
    assert claim.kind == "277RFAI"
    assert (claim.payer_claim_control_number, claim.patient_control_number) == ("ICN77", "PCN1")
    assert claim.statuses[0].codes[0] == StatusCode("R4", "18842-5", "", "LOI")
    assert claim.dates[1].first == date(2026, 12, 22)
    assert claim.attachments == (("OZ", "EL", "ATT1"),)


def test_a_4010_answer_is_read_with_a_note(read: Read) -> None:
    values = read(
        """BHT*0010*08*X*20261122*0905*DG~
        HL*1**20*1~ NM1*PR*2*SUNRISE HEALTH*****PI*90001~
        HL*2*1*21*1~ NM1*41*2*LAKESIDE CLINIC*****46*CLINIC~
        HL*3*2*19*1~ NM1*1P*2*LAKESIDE CLINIC*****SV*77~
        HL*4*3*22*0~ DMG*D8*19800131*F~ NM1*QC*1*DOE*JANE****MI*W100~
        TRN*2*STAT1~ STC*P1:20*20261120**200~ REF*1K*ICN1~ DTP*232*RD8*20261001-20261004~""",
        "004010X093A1",
    )
    (claim,) = claims(values)
    assert claim.subscriber == claim.patient
    assert claim.patient_birth_date == date(1980, 1, 31)
    assert (claim.first_service, claim.last_service) == (date(2026, 10, 1), date(2026, 10, 4))
    assert codes(values) == ["277.version"]


# Totals


TOTALS = "QTY*90*1~ QTY*AA*1~ AMT*YU*200~ AMT*YY*90~"


def with_totals(totals: str) -> str:
    return UPPER_LEVELS.replace("TRN*2*BATCH0001~", "TRN*2*BATCH0001~ STC*A1:19*20261021*WQ*290~" + totals)


def test_the_totals_of_the_file_are_handed_on_with_their_level(read: Read) -> None:
    (totals,) = of(StatusTotals, read(with_totals(TOTALS) + DOE + ROE))
    assert (totals.level, totals.trace) == ("receiver", "BATCH0001")
    assert [(one.qualifier, int(one.value)) for one in totals.quantities] == [("90", 1), ("AA", 1)]
    assert [(one.qualifier, one.cents) for one in totals.amounts] == [("YU", 20000), ("YY", 9000)]


def test_a_whole_batch_can_be_refused_without_a_claim_listed(read: Read) -> None:
    values = read(with_totals("QTY*AA*2~ AMT*YY*290~").replace("A1:19*20261021*WQ", "A3:746*20261021*U"))
    (totals,) = of(StatusTotals, values)
    assert totals.is_rejected
    assert claims(values) == []


def test_totals_that_agree_are_silent(read: Read) -> None:
    assert codes(read(with_totals(TOTALS) + DOE + ROE)) == []


@pytest.mark.parametrize(
    ("totals", "listed", "expected"),
    [
        (TOTALS, ROE, "277.totals.unlisted"),  # the payer lists only what it rejected
        (TOTALS, DOE, "277.totals"),  # the rejected claim is missing
        ("QTY*90*2~ QTY*AA*1~", DOE + ROE, "277.totals"),  # one of the accepted claims is missing
        ("QTY*90*1~ AMT*YU*250~", DOE, "277.totals"),  # the counts agree, the dollars do not
        ("AMT*YY*91~", DOE + ROE, "277.totals"),
    ],
)
def test_totals_that_disagree_are_told(read: Read, totals: str, listed: str, expected: str) -> None:
    assert codes(read(with_totals(totals) + listed)) == [expected]


def test_only_rejected_claims_listed_is_no_warning(read: Read) -> None:
    (finding,) = of(Finding, read(with_totals(TOTALS) + ROE))
    assert finding.severity is Severity.INFO


# Damage


def test_a_lost_level_is_put_back_by_the_party_it_names(read: Read) -> None:
    wire = UPPER_LEVELS.replace("HL*3*2*19*1~", "") + DOE + ROE
    values = read(wire)
    assert [claim.provider.id if claim.provider else "" for claim in claims(values)] == ["1234567893"] * 2
    assert codes(values) == ["hl.missing", "hl.parent", "hl.parent"]


def test_a_lost_patient_level_keeps_both_claims_apart(read: Read) -> None:
    values = read(UPPER_LEVELS + DOE + ROE.replace("HL*5*3*PT~", ""))
    first, second = claims(values)
    assert (first.trace, first.is_accepted) == ("PCN1", True)
    assert (second.trace, second.is_rejected) == ("PCN2", True)
    assert second.patient is not None
    assert second.patient.last == "ROE"
    assert second.provider is not None
    assert codes(values) == ["hl.missing"]


def test_a_level_number_that_leads_nowhere_is_taken_by_order(read: Read) -> None:
    values = read(UPPER_LEVELS + DOE.replace("HL*4*3*PT", "HL*4*77*PT"))
    (claim,) = claims(values)
    assert claim.provider is not None
    assert codes(values) == ["hl.parent"]


def test_a_level_below_the_wrong_party_is_read_as_sent_and_told(read: Read) -> None:
    values = read(UPPER_LEVELS + DOE.replace("HL*4*3*PT", "HL*4*2*PT"))
    (claim,) = claims(values)
    assert claim.provider is None
    assert claim.receiver is not None
    assert codes(values) == ["hl.skipped"]


def test_a_provider_is_still_found_after_very_many_members(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edi.levels.MOST_LEVELS", 5)
    members = "".join(f"HL*{n}*3*22*1~ NM1*IL*1*NOE*TOM****MI*W{n}~ TRN*2*T{n}~ STC*P1:20~" for n in range(4, 24))
    values = read(UPPER_LEVELS + members)
    assert {claim.provider.id for claim in claims(values) if claim.provider} == {"1234567893"}
    assert len(claims(values)) == 20
    assert codes(values) == []


def test_an_unknown_level_is_read_by_its_place(read: Read) -> None:
    values = read(UPPER_LEVELS + DOE.replace("HL*4*3*PT", "HL*4*3*QQ"))
    (claim,) = claims(values)
    assert claim.is_accepted
    assert codes(values) == ["hl.level"]


def test_a_level_that_calls_itself_another_is_read_as_its_party(read: Read) -> None:
    values = read(UPPER_LEVELS.replace("HL*2*1*21*1", "HL*2*1*22*1") + DOE)
    (claim,) = claims(values)
    assert claim.receiver is not None
    assert claim.batch_trace == "BATCH0001"
    assert "hl.level" in codes(values)


def test_a_claim_without_its_trace_is_kept_as_damaged(read: Read) -> None:
    values = read(UPPER_LEVELS + DOE.replace("TRN*2*PCN1~", "") + ROE)
    first, second = claims(values)
    assert (first.trace, first.is_damaged, first.is_accepted) == ("", True, True)
    assert (second.trace, second.is_damaged) == ("PCN2", False)
    assert codes(values) == ["277.trace"]


def test_a_finding_about_a_claim_comes_right_behind_it(read: Read) -> None:
    values = read(UPPER_LEVELS + DOE.replace("*200~", "*2OO~") + ROE)
    kinds = [type(value).__name__ for value in values if not isinstance(value, StatusReport | StatusTotals)]
    assert kinds == ["ClaimStatus", "Finding", "ClaimStatus"]
    first, second = claims(values)
    assert (first.is_damaged, second.is_damaged) == (True, False)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("A2:20:PR", "Q9:20"), "277.category"),
        (("*WQ*", "*XX*"), "277.action"),
        (("STC*A2:20:PR*20261021*WQ*200~", ""), "277.status"),
        (("DTP*472", "REF*1K*ICN1~ REF*1K*ICN2~ DTP*472"), "277.repeated"),
        (("DTP*472*D8*20261005", "DTP*472*D8*20261305"), "element.date"),
        (("DTP*472", "XYZ*1~ DTP*472"), "segment.unexpected"),
        (("DTP*472", "NM1*ZZ*1*WHO~ DTP*472"), "segment.unexpected"),
        (("DTP*472", "QTY*90*1~ DTP*472"), "segment.unexpected"),
    ],
)
def test_what_cannot_be_right_is_told_and_the_claim_kept(read: Read, change: tuple[str, str], code: str) -> None:
    values = read(UPPER_LEVELS + DOE.replace(*change) + ROE)
    assert [claim.trace for claim in claims(values)] == ["PCN1", "PCN2"]
    assert codes(values) == [code]


def test_a_second_claim_number_never_replaces_the_first(read: Read) -> None:
    (claim,) = claims(read(UPPER_LEVELS + DOE + "REF*1K*ICN1~ REF*1K*ICN2~"))
    assert claim.payer_claim_control_number == "ICN1"
    assert [one.value for one in claim.references] == ["ICN1", "ICN2"]
    assert claim.is_damaged


def test_a_wrong_version_does_not_hide_an_acknowledgment(read: Read) -> None:
    values = read(UPPER_LEVELS + DOE, "005010X212")
    (claim,) = claims(values)
    assert (claim.kind, claim.patient_control_number) == ("277CA", "PCN1")
    assert codes(values) == ["277.kind"]


def test_an_answer_that_nobody_asked_for_is_read_as_any_other(read: Read) -> None:
    (claim,) = claims(
        read(
            """BHT*0010*08*X*20261122*0905*NO~
            HL*1**20*1~ NM1*PR*2*SUNRISE HEALTH*****PI*90001~
            HL*2*1*21*1~ NM1*41*2*LAKESIDE CLINIC*****46*CLINIC~
            HL*3*2*19*1~ NM1*1P*2*LAKESIDE CLINIC*****XX*1234567893~
            HL*4*3*22*0~ NM1*IL*1*DOE*JANE****MI*W100~
            TRN*2*0~ STC*P1:3*20261120**200~ REF*1K*ICN1~ REF*EJ*PCN1~""",
            "005010X228",
        )
    )
    assert (claim.kind, claim.patient_control_number) == ("277", "PCN1")


def test_the_bytes_of_a_claim_can_be_cut_from_its_file(wrap: Callable[..., bytes]) -> None:
    wire = wrap(UPPER_LEVELS + DOE + "TRN*2*PCN1B~ STC*A2:20*20261021*WQ*55~ " + ROE)
    cut = [
        wire[claim.start_offset : claim.end_offset]
        for claim in edi.read(io.BytesIO(wire))
        if isinstance(claim, ClaimStatus)
    ]
    assert cut == [
        b"HL*4*3*PT~NM1*QC*1*DOE*JANE****MI*W100~TRN*2*PCN1~STC*A2:20:PR*20261021*WQ*200~DTP*472*D8*20261005~",
        b"TRN*2*PCN1B~STC*A2:20*20261021*WQ*55~",
        b"HL*5*3*PT~NM1*QC*1*ROE*JOHN****MI*W200~TRN*2*PCN2~STC*A7:562:82*20261021*U*90~DTP*472*D8*20261007~",
    ]

"""The guide check: pyx12's maps as findings, and the files on which pyx12 itself gives up."""

from __future__ import annotations

import io
import json
import logging
import re
import subprocess
import sys
from datetime import date, time
from pathlib import Path

import pytest
from pyx12.params import ParamsBase
from pyx12.x12n_document import x12n_document

import edi
from edi.errors import NotX12Error
from edi.findings import Finding, Severity
from edi.guide import check, has_map
from edi.values import Delimiters
from edi.writing import Envelope, OutgoingGroup, write
from edi.x999.acknowledge import acknowledge
from edi.x999.model import InterchangeAcknowledgment
from edi.x999.write import FUNCTIONAL_ID, VERSION, acknowledgment_set, ta1_segment

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
ENVELOPE = Envelope("CLINIC", "SUNRISE", date(2026, 11, 20), time(12, 0), control_number=1, usage="T")

ISA = "ISA*00*          *00*          *ZZ*SUNRISE        *ZZ*CLINIC         *261120*1200*^*00501*000000001*0*T*:~"
GS = "GS*HP*SUNRISE*CLINIC*20261120*1200*1*X*005010X221A1~"
REMITTANCE = (
    "ST*835*0001~BPR*I*80*C*ACH*CCP*01*111000025*DA*1234*1900010001**01*111000025*DA*5678*20261120~"
    "TRN*1*EFT1*1900010001~DTM*405*20261119~N1*PR*SUNRISE HEALTH~N3*1 WAY~N4*AUSTIN*TX*787010001~"
    "PER*BL*DESK*TE*8005550100~N1*PE*LAKESIDE CLINIC*XX*1234567893~LX*1~CLP*PCN1*1*100*80**12*ICN1*11*1~"
    "CAS*CO*45*20~NM1*QC*1*DOE*JANE****MI*W100~DTM*232*20261005~SE*15*0001~"
)
TRAILER = "GE*1*1~IEA*1*000000001~"
GOOD = ISA + GS + REMITTANCE + TRAILER


def findings(wire: str | bytes) -> list[Finding]:
    data = wire if isinstance(wire, bytes) else wire.encode()
    return list(check(io.BytesIO(data), "batch.835"))


def codes(wire: str | bytes) -> list[str]:
    return [finding.code for finding in findings(wire)]


def test_a_file_after_the_guide_is_silent() -> None:
    assert findings(GOOD) == []


@pytest.mark.parametrize(
    ("change", "code", "place"),  # place: segment, element
    [
        (("CLP*PCN1*1*100", "CLP*PCN1**100"), "guide.element.missing", (13, 2)),
        (("CLP*PCN1*1*100", "CLP*PCN1*77*100"), "guide.element.code", (13, 2)),
        (("*100*80**12", "*1OO*80**12"), "guide.element.character", (13, 3)),
        (("DTM*405*20261119", "DTM*405*20261319"), "guide.element.date", (6, 2)),
        (("N4*AUSTIN*TX", "N4*A*TX"), "guide.element.short", (9, 1)),
        (("N4*AUSTIN", "N4*" + "A" * 31), "guide.element.long", (9, 1)),
        (("PER*BL*DESK*TE*8005550100", "PER*BL*DESK*TE"), "guide.element.conditional", (10, 3)),
        (("LX*1~", "LX*1*2~"), "guide.element.many", (12, 2)),
        (("PER*BL*DESK*TE*8005550100~", ""), "guide.segment.missing", (10, 0)),
        (("LX*1~", "ZZZ*1~LX*1~"), "guide.segment.unknown", (12, 0)),
        (("DTM*405*20261119~", "DTM*405*20261119~DTM*405*20261119~"), "guide.segment.many", (7, 0)),
    ],
)
def test_a_difference_from_the_guide_is_told_at_its_place(
    change: tuple[str, str], code: str, place: tuple[int, int]
) -> None:
    found = [finding for finding in findings(GOOD.replace(*change)) if finding.code == code]
    assert [(finding.source.segment, finding.source.element) for finding in found] == [place]
    assert found[0].source.set_number == 1
    assert found[0].source.file == "batch.835"


@pytest.mark.parametrize(
    "change",
    [
        ("", ""),
        ("CLP*PCN1*1*100", "CLP*PCN1*77*1OO"),
        ("LX*1~", "ZZZ*1~LX*1~"),
        ("N3*1 WAY~", ""),
        ("CLP*PCN1*1*100*80**12*ICN1*11*1~", ""),
        ("NM1*QC*1*DOE*JANE****MI*W100~", "NM1*QC*1*DOE*JANE*****W100~NM1*QC*1*DOE*JANE~"),
        ("N1*PE*LAKESIDE CLINIC*XX*1234567893~", "N1*PE*LAKESIDE CLINIC~"),
    ],
)
def test_our_walk_finds_what_pyx12_itself_finds(change: tuple[str, str]) -> None:
    wire = GOOD.replace(*change)
    told = io.StringIO()
    logging.disable(logging.CRITICAL)
    try:
        x12n_document(ParamsBase(), io.StringIO(wire), None, None, fd_json=told)
    finally:
        logging.disable(logging.NOTSET)
    counts = ("SE count", "HL count")  # the reader's own findings, not the guide's
    theirs = [text for text in re.findall(r'"err_str": "(.*)"', told.getvalue()) if not text.startswith(counts)]
    assert sorted(finding.message for finding in findings(wire)) == sorted(json.loads(f'"{text}"') for text in theirs)


def test_a_wrong_component_is_named() -> None:
    line = "SVC*HC:99213:25*100*80**1~DTM*472*20261005~CAS*CO*45*20~SE*17"
    wire = GOOD.replace("CAS*CO*45*20~", "").replace("SE*15", line)
    assert codes(wire) == []
    (finding,) = findings(wire.replace("HC:99213:25", "HC:99213:250"))
    assert (finding.code, finding.source.element, finding.source.component) == ("guide.element.long", 1, 3)


def test_levels_and_lines_are_counted() -> None:
    wire = (
        ISA
        + "GS*HN*SUNRISE*CLINIC*20261120*1200*1*X*005010X214~ST*277*0001*005010X214~"
        + "BHT*0085*08*CA1*20261120*0900*TH~HL*1**20*1~NM1*PR*2*SUNRISE*****PI*90001~TRN*1*B1~"
        + "DTP*050*D8*20261120~DTP*009*D8*20261120~HL*5*1*21*1~NM1*41*2*LAKESIDE*****46*CLINIC~"
        + "TRN*2*B1~STC*A1:19:PR*20261120*WQ*440~QTY*90*1~AMT*YU*440~SE*14*0001~"
        + TRAILER
    )
    counts = [finding for finding in findings(wire) if finding.code == "guide.count"]
    assert [(finding.source.segment, finding.source.element) for finding in counts] == [(10, 1)]


# What stops pyx12 itself


def test_an_empty_segment_does_not_end_the_check() -> None:
    assert codes(GOOD.replace("LX*1~", "LX*1~~").replace("CLP*PCN1*1*", "CLP*PCN1*77*")) == ["guide.element.code"]


def test_the_delimiters_of_a_second_interchange_are_its_own() -> None:
    second = GOOD.replace("CLP*PCN1*1*", "CLP*PCN1*77*").translate(str.maketrans("*~:^", "|$<!"))
    found = findings(GOOD + second)
    assert [(finding.code, finding.source.set_number) for finding in found] == [("guide.element.code", 2)]
    assert found[0].excerpt.startswith("CLP|PCN1|77|")


@pytest.mark.parametrize("encoding", ["latin-1", "utf-8"])
def test_letters_outside_ascii_are_told_and_the_file_checked_to_its_end(encoding: str) -> None:
    wire = GOOD.replace("*DOE*", "*NUÑEZ*").replace("DTM*232*20261005", "DTM*232*20261305")
    assert codes(wire.encode(encoding)) == ["guide.element.character", "guide.element.date"]


def test_lines_and_a_mark_before_the_file_are_no_matter() -> None:
    assert codes(b"\xef\xbb\xbf" + GOOD.replace("~", "~\r\n").encode()) == []


def test_a_component_separator_other_than_declared_is_followed() -> None:
    line = "SVC*HC>99213>25*100*80**1~DTM*472*20261005~CAS*CO*45*20~SE*17"
    assert codes(GOOD.replace("CAS*CO*45*20~", "").replace("SE*15", line)) == []


@pytest.mark.parametrize(
    ("functional_id", "version"), [("HR", "005010X212"), ("HN", "005010X212"), ("HC", "005010X224A2")]
)
def test_a_group_without_a_map_is_passed_over_with_a_note(functional_id: str, version: str) -> None:
    unknown = f"GS*{functional_id}*SUNRISE*CLINIC*20261120*1200*1*X*{version}~ST*276*0001~XXX*1~SE*3*0001~GE*1*1~"
    (note, error) = findings(ISA + unknown + GS + REMITTANCE.replace("LX*1~", "ZZZ*1~LX*1~") + TRAILER)
    assert (note.code, note.severity, note.source.segment) == ("guide.no_map", Severity.INFO, 2)
    assert error.code == "guide.segment.unknown"


def test_another_addendum_is_checked_against_the_nearest_map() -> None:
    assert codes(GOOD.replace("005010X221A1", "005010X221")) == ["guide.near_map"]


def test_an_unknown_interchange_version_is_passed_over() -> None:
    assert codes(GOOD.replace("*00501*", "*00200*")) == ["guide.no_map"]


def test_too_many_components_do_not_break_the_check() -> None:
    line = "SVC*HC:99213:25::::X:Y:Z:Z:Z*100*80**1~DTM*472*20261005~CAS*CO*45*20~SE*17"
    wire = GOOD.replace("CAS*CO*45*20~", "").replace("SE*15", line)
    assert codes(wire) == ["guide.engine"]


def test_a_file_of_another_guide_is_told_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("edi.guide.MOST_FINDINGS", 5)
    assert codes(GOOD.replace("LX*1~", "ZZZ*1~" * 9 + "LX*1~"))[-2:] == ["guide.segment.unknown", "guide.limit"]


def test_what_is_not_x12_is_said_as_everywhere() -> None:
    with pytest.raises(NotX12Error):
        findings("a letter to the payer")


def test_reading_a_file_does_not_load_the_check() -> None:
    ask = "import edi, sys; sys.exit('pyx12' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", ask], check=False, cwd=ROOT).returncode == 0


def test_nothing_is_logged_or_printed(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    with caplog.at_level(logging.INFO):
        assert codes(GOOD.replace("CLP*PCN1*1*", "CLP*PCN1*77*")) == ["guide.element.code"]
    assert caplog.records == []
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("kind", "version", "expected"),
    [
        ("835", "005010X221A1", True),
        ("837P", "005010X222A1", True),
        ("837P", "005010X222A2", True),  # another addendum: the nearest map
        ("837I", "005010X223A2", True),
        ("277CA", "005010X214", True),
        ("999", "005010X231A1", True),
        ("837P", "004010X098A1", True),
        ("277", "005010X212", False),  # shipped but not usable
        ("276", "005010X212", False),
        ("837D", "005010X224A2", False),
        ("277RFAI", "006020X313", False),
        ("271", "005010X279A1", False),
    ],
)
def test_it_is_known_which_sets_can_be_checked(kind: str, version: str, *, expected: bool) -> None:
    assert has_map(kind, version) is expected


# What we write


@pytest.mark.parametrize("damage", [("", ""), ("DTM*232*20261005", "DTM*232*20261305"), ("SE*15", "SE*99")])
def test_our_answer_to_a_remittance_passes(damage: tuple[str, str]) -> None:
    values = edi.read(io.BytesIO(GOOD.replace(*damage).encode()))
    sets = [acknowledgment_set(answer) for answer in acknowledge(values)]
    assert len(sets) == 1
    wire = b"".join(write(ENVELOPE, [OutgoingGroup(FUNCTIONAL_ID, VERSION, sets)]))
    assert [str(finding) for finding in findings(wire)] == []


def test_the_findings_of_the_check_are_acknowledged_too() -> None:
    bad = GOOD.replace("CLP*PCN1*1*100", "CLP*PCN1*77*100").encode()
    *values, end = edi.read(io.BytesIO(bad))
    (answer,) = acknowledge([*values, *check(io.BytesIO(bad)), end])
    (error,) = answer.sets[0].errors
    assert (answer.result, error.segment_id, error.position) == ("E", "CLP", 11)
    assert (error.elements[0].element, error.elements[0].code, error.elements[0].bad_value) == (2, "7", "77")


def test_a_missing_segment_is_acknowledged_by_its_own_name() -> None:
    bad = GOOD.replace("PER*BL*DESK*TE*8005550100~", "").replace("SE*15", "SE*14").encode()
    *values, end = edi.read(io.BytesIO(bad))
    (answer,) = acknowledge([*values, *check(io.BytesIO(bad)), end])
    (error,) = answer.sets[0].errors
    assert (error.segment_id, error.position, error.code) == ("PER", 8, "3")


def test_our_interchange_answer_passes() -> None:
    answer = InterchangeAcknowledgment("000000001", date(2026, 11, 20), time(12, 0), "A", "000", 0)
    assert findings(b"".join(write(ENVELOPE, [], [ta1_segment(answer)]))) == []


def test_other_delimiters_are_no_difference_from_the_guide() -> None:
    values = edi.read(io.BytesIO(GOOD.encode()))
    delimiters = Delimiters("|", "<", "!", "$")
    sets = [acknowledgment_set(answer, delimiters=delimiters) for answer in acknowledge(values)]
    wire = b"".join(write(ENVELOPE._replace(delimiters=delimiters), [OutgoingGroup(FUNCTIONAL_ID, VERSION, sets)]))
    assert findings(wire) == []


@pytest.mark.skipif(not CORPUS.is_dir(), reason="the shared corpus is not here")
def test_no_real_file_stops_the_check() -> None:
    checked = 0
    for path in sorted(CORPUS.rglob("*")):
        if path.is_file() and path.suffix != ".md":
            with path.open("rb") as stream:
                for finding in check(stream, path.name):
                    assert finding.source.segment > 0
            checked += 1
    assert checked > 100

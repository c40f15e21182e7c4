"""`overturn edi …`: output, exit codes, standard input, gzip, many files, closed pipes."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from app.cli import compose
from docs.reproducers import made

ISA = "ISA*00*          *00*          *ZZ*PAYER01        *ZZ*CLINIC01       *261120*1200*^*00501*000000007*0*P*:~"
GS = "GS*HP*PAYER01*CLINIC01*20261120*1200*7*X*005010X221A1~"
ENDS = "GE*1*7~IEA*1*000000007~"
REMITTANCE = (
    ISA
    + GS
    + "ST*835*0001~BPR*I*120*C*CHK************20261118~TRN*1*T1*1351840597~N1*PR*PLAN~N3*1 ST~N4*HARTFORD*CT*06101~"
    "PER*BL*DESK*TE*8005550100~N1*PE*CLINIC*XX*1234567893~LX*1~CLP*PCN20331*1*200*120**12*ICN1~"
    "NM1*QC*1*QUILL*MAY****MI*W44871093~SVC*HC:99213*200*120**1~DTM*472*20261005~CAS*CO*45*80~SE*15*0001~" + ENDS
)
BAD_AMOUNT = REMITTANCE.replace("CLP*PCN20331*1*200*", "CLP*PCN20331*1*2OO*")


def run(*arguments: str, wire: str | bytes = "") -> Result:
    return CliRunner().invoke(compose("edi"), ["edi", *arguments], input=wire)


def json_lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture
def remittance(tmp_path: Path) -> Path:
    path = tmp_path / "era.edi"
    path.write_text(REMITTANCE)
    return path


def test_read_prints_one_json_object_a_value_in_file_order(remittance: Path) -> None:
    result = run("read", str(remittance))
    assert result.exit_code == 0
    rows = json_lines(result.stdout)
    assert [row["kind"] for row in rows] == ["remittance", "claim", "end"]
    assert rows[1]["patient_control_number"] == "PCN20331"
    assert rows[1]["source"]["file"] == str(remittance)
    assert rows[2]["balance"]["holds"] is True


def test_read_takes_standard_input_and_gzip() -> None:
    plain = run("read", "-", wire=REMITTANCE)
    packed = run("read", "-", wire=gzip.compress(REMITTANCE.encode()))
    assert plain.exit_code == packed.exit_code == 0
    assert plain.stdout == packed.stdout != ""


def test_findings_of_error_severity_exit_1_and_say_where_and_what_to_do() -> None:
    result = run("read", "-", wire=BAD_AMOUNT)
    assert result.exit_code == 1
    assert any(row["kind"] == "finding" and row["code"] == "element.amount" for row in json_lines(result.stdout))
    assert result.stderr.count("\n") == 1
    assert "set 1, segment 12, element 3" in result.stderr
    assert "'2OO'" in result.stderr
    assert "Ask the sender" in result.stderr


def test_what_is_not_x12_exits_2_with_one_line_and_spares_the_other_files(tmp_path: Path, remittance: Path) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("Dear sir or madam")
    result = run("read", str(letter), str(remittance))
    assert result.exit_code == 2
    assert result.stderr.count("\n") == 1
    assert "letter.txt: not X12" in result.stderr
    assert [row["kind"] for row in json_lines(result.stdout)] == ["remittance", "claim", "end"]


@pytest.mark.parametrize("command", ["read", "check", "describe", "redact"])
def test_a_file_that_is_not_there_is_one_line_and_exit_2(command: str) -> None:
    result = run(command, "no-such-file.edi")
    assert result.exit_code == 2
    assert result.stderr == (
        "no-such-file.edi: cannot be opened: No such file or directory. Check the path and the permissions.\n"
    )


def test_a_cut_off_gzip_file_is_one_line_and_exit_2(tmp_path: Path) -> None:
    cut = tmp_path / "cut.edi.gz"
    cut.write_bytes(gzip.compress(REMITTANCE.encode() * 400)[:-40])
    result = run("read", str(cut))
    assert result.exit_code == 2
    assert "damaged gzip data" in result.stderr


def test_many_files_on_several_cores_print_what_one_core_prints(tmp_path: Path) -> None:
    for number in range(5):
        (tmp_path / f"{number}.edi").write_text(REMITTANCE.replace("PCN20331", f"PCN{number}"))
    one = run("read", str(tmp_path), "--jobs", "1")
    two = run("read", str(tmp_path), "--jobs", "2")
    assert two.exit_code == 0
    assert two.stdout == one.stdout
    claims = [row["patient_control_number"] for row in json_lines(two.stdout) if row["kind"] == "claim"]
    assert claims == [f"PCN{number}" for number in range(5)]


def test_each_file_goes_to_a_result_of_its_own(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "era.edi").write_text(REMITTANCE)
    result = run("read", str(tmp_path / "a"), str(tmp_path / "b"), "--output", str(tmp_path / "out"))
    assert result.exit_code == 0
    assert result.stdout == ""
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["era.edi-2.jsonl", "era.edi.jsonl"]


def test_check_shows_the_segment_with_a_caret_and_what_to_do() -> None:
    result = run("check", "-", wire=BAD_AMOUNT)
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    at = next(index for index, line in enumerate(lines) if "[element.amount]" in line)
    assert lines[at + 1] == "    CLP*PCN20331*1*2OO*120**12*ICN1"
    assert lines[at + 2] == "    " + " " * len("CLP*PCN20331*1*") + "^"
    assert lines[-1].startswith("-: ")


def test_check_of_a_good_file_says_that_nothing_is_wrong(remittance: Path) -> None:
    result = run("check", str(remittance))
    assert result.exit_code == 0
    assert result.stdout == f"{remittance}: nothing wrong found\n"


def test_check_asks_the_guide_unless_told_not_to() -> None:
    wire = REMITTANCE.replace("N3*1 ST~", "")
    strict = run("check", "-", "--json", wire=wire.replace("SE*15", "SE*14"))
    lenient = run("check", "-", "--no-guide", wire=wire.replace("SE*15", "SE*14"))
    assert strict.exit_code == 1
    assert [row["code"] for row in json_lines(strict.stdout)] == ["guide.segment.missing"]
    assert (lenient.exit_code, lenient.stdout) == (0, "-: nothing wrong found\n")


def test_describe_masks_people_until_asked() -> None:
    masked = run("describe", "-", wire=REMITTANCE)
    shown = run("describe", "-", "--show-people", wire=REMITTANCE)
    assert "QUILL" not in masked.stdout
    assert "QUILL" in shown.stdout
    assert "charged $200.00, paid $120.00" in masked.stdout


def test_describe_as_json_gives_depth_and_words() -> None:
    rows = json_lines(run("describe", "-", "--json", wire=REMITTANCE).stdout)
    claim = next(row for row in rows if row["segment_id"] == "CLP")
    assert (claim["kind"], claim["number"], claim["depth"]) == ("segment", 12, 3)


def test_redact_with_a_key_file_is_repeatable_and_without_is_not(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("a long secret\n")
    once = run("redact", "-", "--key-file", str(key), wire=REMITTANCE)
    again = run("redact", "-", "--key-file", str(key), wire=REMITTANCE)
    random = run("redact", "-", wire=REMITTANCE)
    assert once.exit_code == 0
    assert once.stdout == again.stdout != random.stdout
    assert "QUILL" not in once.stdout


def test_a_redacted_file_reads_with_the_same_money(tmp_path: Path) -> None:
    target = tmp_path / "safe.edi"
    assert run("redact", "-", "-o", str(target), wire=REMITTANCE).exit_code == 0
    rows = json_lines(run("read", str(target)).stdout)
    assert [row["kind"] for row in rows] == ["remittance", "claim", "end"]
    assert (rows[1]["charge_cents"], rows[1]["paid_cents"]) == (20000, 12000)


def test_split_writes_files_that_read_clean(tmp_path: Path, remittance: Path) -> None:
    result = run("split", str(remittance), "--by", "claim", "--output", str(tmp_path / "pieces"))
    assert result.exit_code == 0
    (piece,) = result.stdout.split()
    assert Path(piece).name == "era-00001-835-0001-claim00001.edi"
    assert run("check", piece).exit_code == 0


def test_diff_of_a_file_with_itself_is_nothing(remittance: Path) -> None:
    result = run("diff", str(remittance), str(remittance))
    assert (result.exit_code, result.stdout) == (0, "")


def test_diff_tells_a_changed_amount_in_money_and_exits_1(tmp_path: Path, remittance: Path) -> None:
    other = tmp_path / "other.edi"
    other.write_text(REMITTANCE.replace("SVC*HC:99213*200*120", "SVC*HC:99213*200*110"))
    result = run("diff", str(remittance), str(other))
    assert result.exit_code == 1
    assert "claim PCN20331: lines[1].paid_cents: $120.00 → $110.00\n" in result.stdout


def test_write_999_answers_the_sender_of_a_file() -> None:
    result = run("write", "999", "-", "--control-number", "41", wire=REMITTANCE)
    assert result.exit_code == 0
    assert result.stdout.startswith("ISA*00*          *00*          *ZZ*CLINIC01       *ZZ*PAYER01        *")
    assert "*000000041*0*T*:~" in result.stdout
    assert "AK1*HP*7*005010X221A1~\nAK2*835*0001~\nIK5*A~\nAK9*A*1*1*1~" in result.stdout
    assert run("check", "-", wire=result.stdout).exit_code == 0


INQUIRY = {
    "kind": "inquiry",
    "trace": "ASK1",
    "patient_control_number": "PCN20331",
    "charge_cents": 20000,
    "from": "2026-10-05",
    "payer": {"last": "PLAN", "id_qualifier": "PI", "id": "99999"},
    "receiver": {"last": "CLINIC", "id_qualifier": "46", "id": "CLINIC01"},
    "provider": {"last": "CLINIC", "id_qualifier": "XX", "id": "1234567893"},
    "subscriber": {"last": "QUILL", "first": "MAY", "id_qualifier": "MI", "id": "W44871093"},
    "subscriber_birth_date": "1980-01-01",
}


def test_write_276_asks_for_what_the_json_says_and_reads_back() -> None:
    written = run("write", "276", "-", "--production", wire=json.dumps(INQUIRY))
    assert written.exit_code == 0
    assert "*P*:~" in written.stdout
    (row,) = [row for row in json_lines(run("read", "-", wire=written.stdout).stdout) if row["kind"] == "inquiry"]
    assert (row["trace"], row["charge_cents"], row["from"], row["to"]) == ("ASK1", 20000, "2026-10-05", "2026-10-05")
    assert row["subscriber"]["last"] == "QUILL"


def test_what_was_read_from_a_276_is_written_as_the_same_276() -> None:
    wire = made("276", (), {}).decode()
    written = run("write", "276", "-", wire=run("read", "-", wire=wire).stdout)
    assert written.exit_code == 0
    body = [segment.strip() for segment in written.stdout.split("~")]
    first, last = body.index("HL*1**20*1"), body.index("DTP*472*D8*20261005")
    assert "~".join(body[first : last + 1]) == wire[wire.index("HL*1**") : wire.index("~SE*")]


def test_what_was_read_is_written_again_through_a_pipe() -> None:
    written = run("write", "-", wire=run("read", "--bank-numbers", "-", wire=REMITTANCE).stdout)
    assert written.exit_code == 0
    assert written.stdout.replace("\n", "") == REMITTANCE.replace("**1~", "~")  # one unit is what no unit means


def test_write_takes_one_kind_and_one_file() -> None:
    assert run("write", "835", "a", "b").exit_code == 2
    assert "is not one of 835" in run("write", "834", "a").stderr


def test_what_is_x12_already_is_told_so() -> None:
    result = run("write", "-", wire=REMITTANCE)
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "line 1: this is X12 already" in result.stderr


def test_bytes_that_are_no_text_are_told_so() -> None:
    result = run("write", "-", wire=b"\x00\xff\xfe")
    assert (result.exit_code, result.stderr) == (2, "-: not UTF-8 text (invalid start byte, byte 1).\n")


def test_bank_numbers_are_printed_only_when_asked_for() -> None:
    wire = made("835", (), {}).decode()
    assert "payer_bank" not in run("read", "-", wire=wire).stdout
    assert "payer_bank" in run("read", "--bank-numbers", "-", wire=wire).stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"payer": None}, "line 1: payer is missing"),
        ({"kind": "claim"}, "line 1: kind should be"),
        ({"from": "5.10.2026"}, "line 1: from should be a date like 2026-11-22"),
        ({"charge_cents": "200"}, "line 1: charge_cents should be a whole number of cents"),
        ({"subscriber": {"first": "MAY"}}, "line 1: subscriber.last is missing"),
    ],
)
def test_a_bad_inquiry_row_is_refused_with_its_line_and_field(
    change: dict[str, Any], said: str, tmp_path: Path
) -> None:
    target = tmp_path / "out.edi"
    result = run("write", "276", "-", "-o", str(target), wire=json.dumps({**INQUIRY, **change}))
    assert result.exit_code == 2
    assert said in result.stderr
    assert not target.exists(), "nothing is written unless all of it can be"


def test_a_closed_pipe_is_the_end_and_not_an_error(tmp_path: Path) -> None:
    path = tmp_path / "large.edi"
    claim = "CLP*PCN1*1*200*120**12*ICN1~SVC*HC:99213*200*120**1~CAS*CO*45*80~"
    path.write_text(REMITTANCE.replace("SE*15*", claim * 3000 + "SE*9015*"))
    program = "import sys; sys.argv[0] = 'overturn'; from app.cli import main; main()"
    with subprocess.Popen(
        [sys.executable, "-c", program, "edi", "read", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(30) == 0


def test_check_tells_what_can_hardly_be_so() -> None:
    result = run(
        "check", "--no-guide", "-", wire=REMITTANCE.replace("************20261118~", "************20991118~")
    )
    assert result.exit_code == 0
    assert "the payment is dated 2099-11-18, more than thirty days ahead" in result.stdout


def test_redact_moves_dates_or_leaves_years_but_not_both(remittance: Path) -> None:
    years = run("redact", "--safe-harbor", str(remittance))
    assert (years.exit_code, "DTM*472*20260101~" in years.stdout) == (0, True)
    moved = run("redact", "--shift-dates", str(remittance))
    assert (moved.exit_code, "20261005" in moved.stdout) == (0, False)
    assert run("redact", "--shift-dates", "--safe-harbor", str(remittance)).exit_code == 2


def test_standard_input_is_read_beside_other_files_by_several_workers(remittance: Path) -> None:
    wire = REMITTANCE.replace("PCN20331", "PCN7")
    result = run("read", "--jobs", "2", str(remittance), "-", str(remittance), wire=wire)
    assert result.exit_code == 0
    claims = [row["patient_control_number"] for row in json_lines(result.stdout) if row["kind"] == "claim"]
    assert claims == ["PCN20331", "PCN7", "PCN20331"]


@pytest.mark.parametrize("command", ["read", "check", "diff"])
def test_standard_input_is_taken_once(command: str) -> None:
    result = run(command, "-", "-", wire=REMITTANCE)
    assert result.exit_code == 2
    assert "standard input (-) can be read only once" in result.stderr


@pytest.mark.parametrize("command", ["read", "check", "describe", "redact", "write"])
def test_an_empty_folder_is_told_in_one_line(command: str, tmp_path: Path) -> None:
    result = run(command, str(tmp_path))
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"{tmp_path}: a folder without files in it, or where one file is wanted.\n"


def test_redact_never_writes_over_the_file_that_it_reads(remittance: Path) -> None:
    result = run("redact", str(remittance), "-o", str(remittance))
    assert result.exit_code == 2
    assert remittance.read_text() == REMITTANCE


def test_redact_leaves_the_output_alone_when_there_is_nothing_to_redact(tmp_path: Path) -> None:
    letter, target = tmp_path / "letter.txt", tmp_path / "out.edi"
    letter.write_text("Dear sir or madam")
    target.write_text("an older result")
    assert run("redact", str(letter), "-o", str(target)).exit_code == 2
    assert target.read_text() == "an older result"

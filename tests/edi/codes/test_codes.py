"""The code tables: what is known, what is retired, and that an unknown code is never a crash."""

from __future__ import annotations

from datetime import date

import pytest

from edi import codes
from edi.codes import load
from edi.codes.explain import explain_adjustment, explain_remark, explain_status


def test_a_reason_code_has_its_label_and_nature() -> None:
    row = codes.carc("1")
    assert row is not None
    assert (row.label, row.nature, row.is_retired) == ("Patient deductible", "patient-share", False)


def test_a_retired_code_is_still_read_and_says_so() -> None:
    row = codes.carc("15")
    assert row is not None
    assert row.is_retired
    assert row.nature == "denial"
    assert "284" in row.replaced_by


def test_an_unknown_code_is_none_and_has_no_nature() -> None:
    assert codes.carc("ZZ9") is None
    assert codes.carc_nature("ZZ9") == ""
    assert codes.rarc("Q1") is None
    assert codes.status_category("Q9") is None


def test_every_table_is_whole() -> None:
    newest = {name: load.edition_on(name, None) for name in ("carc", "rarc", "plb", "status_category", "status_code")}
    assert len(load.carc_table(newest["carc"])) == 407
    assert len(load.rarc_table(newest["rarc"])) == 1216
    assert len(load.plb_table(newest["plb"])) == 41
    assert len(load.status_category_table(newest["status_category"])) == 56
    assert len(load.status_code_table(newest["status_code"])) == 252


def test_a_remark_without_a_label_of_ours_still_knows_its_kind() -> None:
    row = codes.rarc("M1")
    assert row is not None
    assert (row.label, row.kind, row.workflow_effect) == ("", "supplemental", "none")
    assert explain_remark("M1") == "Remark M1 (supplemental)"


def test_ma130_routes_to_a_new_claim_without_appeal() -> None:
    row = codes.rarc("MA130")
    assert row is not None
    assert row.workflow_effect == "new-claim-no-appeal"


def test_the_edition_in_force_is_the_newest_on_or_before_the_date(monkeypatch: pytest.MonkeyPatch) -> None:
    old = load.Edition(date(2025, 3, 1), ("carc.csv",))
    new = load.Edition(date(2026, 8, 17), ("carc.csv",))
    monkeypatch.setattr(load, "all_editions", lambda name: (new, old))
    assert codes.list_date("carc", date(2026, 8, 17)) == date(2026, 8, 17)
    assert codes.list_date("carc", date(2026, 8, 16)) == date(2025, 3, 1)
    assert codes.list_date("carc", date(2019, 1, 1)) == date(2025, 3, 1), "before the oldest: the oldest we have"
    assert codes.list_date("carc") == date(2026, 8, 17)


def test_every_nature_is_one_of_six() -> None:
    assert set(codes.natures().values()) == {
        "denial",
        "reduction",
        "contractual",
        "patient-share",
        "informational",
        "pended",
    }


@pytest.mark.parametrize(
    ("group", "reason", "words"),
    [
        ("PR", "1", "Patient deductible"),
        ("CO", "45", "Contract write-off: charge above the agreed rate"),
        ("OA", "23", "What the prior payer already settled; posted before"),
        ("CO", "29", "the provider bears it"),  # no pair of its own: label, then who bears it
        ("CO", "ZZ9", "Reason ZZ9 (not in our list); the provider bears it"),
        ("XX", "1", "Patient deductible; group XX (not in our list)"),
    ],
)
def test_group_and_reason_are_read_together(group: str, reason: str, words: str) -> None:
    assert words in explain_adjustment(group, reason)


def test_a_status_reads_what_happened_about_what_and_whose_data() -> None:
    assert explain_status("F1", "65") != explain_status("F1")
    assert explain_status("A7", "562", "85").endswith("Billing provider")
    assert "not in our list" in explain_status("Q9", "99999", "??")


def test_the_short_lists_answer_none_for_the_unknown() -> None:
    assert codes.group("CO") == "Contractual: the provider bears it"
    assert codes.place_of_service("11") == "Office"
    assert codes.filing_indicator("MB") == "Medicare Part B"
    assert codes.claim_status("22") == "Reversal of an earlier payment"
    assert codes.payment_method("NON") == "No payment"
    assert codes.frequency("7") == "Replacement of an earlier claim"
    assert codes.entity("??") is None
    with pytest.raises(KeyError):
        codes.label("no such list", "1")

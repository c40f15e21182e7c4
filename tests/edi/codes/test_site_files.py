"""What a site brings along: official texts under its licence, and its own judgement per payer."""

from __future__ import annotations

from datetime import date

import pytest

from edi import codes
from edi.codes.official import read_official_texts
from edi.codes.overrides import NO_OVERRIDES, overrides_from_csv, overrides_from_toml
from edi.codes.site_files import SiteFileError


def problems(error: pytest.ExceptionInfo[SiteFileError]) -> list[str]:
    return [str(problem) for problem in error.value.problems]


def test_official_texts_are_found_by_code() -> None:
    texts = read_official_texts(
        "code,text,start\n1,The list owner's own words,1995-01-01\n", "carc", date(2026, 8, 17)
    )
    assert texts.text("1") == "The list owner's own words"
    assert texts.text("2") is None
    assert texts.list_date == date(2026, 8, 17)


def test_a_byte_order_mark_blank_lines_and_quoted_line_ends_are_fine() -> None:
    texts = read_official_texts('\ufeffcode,text\n\nma130,"Two\nlines"\n', "rarc")
    assert texts.text("MA130") == "Two\nlines"


@pytest.mark.parametrize(
    ("csv_text", "told"),
    [
        ("code,words\n1,x\n", ["row 1, column text: the column is missing"]),
        ("code,text\n,x\n2,\n", ["row 2, column code: is empty", "row 3, column text: is empty"]),
        ("code,text\n1,x\n1,y\n", ["row 3, column code: 1 stands here a second time with another text"]),
        ("code,text\n1,x,y\n", ["row 2: 3 cells, the header has 2"]),
        ("", ["row 1, column code: the column is missing", "row 1, column text: the column is missing"]),
    ],
)
def test_a_bad_file_of_texts_is_refused_with_row_and_column(csv_text: str, told: list[str]) -> None:
    with pytest.raises(SiteFileError) as error:
        read_official_texts(csv_text, "carc")
    assert problems(error) == told


def test_an_unknown_list_of_texts_is_refused() -> None:
    with pytest.raises(ValueError, match="is not one of"):
        read_official_texts("code,text\n", "icd10")


def test_an_override_changes_what_it_names_for_its_payer_only() -> None:
    overrides = overrides_from_toml('[payer."99999".carc.50]\nnext_action = "call-payer"\n')
    ours = codes.carc("50")
    theirs = overrides.carc("50", "99999")
    assert ours is not None
    assert theirs == ours._replace(next_action="call-payer")
    assert overrides.carc("50", "11111") == ours
    assert overrides.carc("ZZ9", "99999") is None


def test_a_payer_s_own_override_stands_above_the_one_for_every_payer() -> None:
    overrides = overrides_from_csv(
        "payer,list,code,next_action,overturn\n*,carc,50,appeal,high\n99999,carc,50,call-payer,\n"
    )
    other, this = overrides.carc("50", "11111"), overrides.carc("50", "99999")
    assert other is not None
    assert this is not None
    assert (other.next_action, other.overturn) == ("appeal", "high")
    assert (this.next_action, this.overturn) == ("call-payer", "high")


def test_a_changed_nature_changes_whether_it_counts_as_a_denial() -> None:
    row = overrides_from_toml('[payer."*".carc.45]\nnature = "denial"\n').carc("45")
    assert row is not None
    assert (row.nature, row.is_true_denial) == ("denial", "yes")


def test_a_remark_may_be_overridden_too() -> None:
    row = overrides_from_toml('[payer."99999".rarc.M1]\nlabel = "Our words"\n').rarc("M1", "99999")
    assert row is not None
    assert row.label == "Our words"


def test_without_overrides_the_tables_speak() -> None:
    assert NO_OVERRIDES.carc("1", "99999") == codes.carc("1")


@pytest.mark.parametrize(
    ("csv_text", "told"),
    [
        (
            "payer,list,code,next_action\n1,carc,50,appeel\n",
            "row 2, column next_action: 'appeel' is not one of ap",
        ),
        (
            "payer,list,code,next_action\n1,carc,ZZ9,appeal\n",
            "row 2, column code: 'ZZ9' is not in the list of",
        ),
        ("payer,list,code,next_action\n1,cpt,50,appeal\n", "row 2, column list: 'cpt' is not one of carc, rarc"),
        (
            "payer,list,code,next_action\n,carc,50,appeal\n",
            'row 2, column payer: is empty; "*" stands for',
        ),
        ("payer,list,code,status\n1,carc,50,active\n", "row 2, column status: can not be changed; these can: label"),
        ("payer,list,code,note\n1,carc,50,\n", "row 2: changes nothing"),
        ("payer,list,code,note\n1,carc,50,a\n1,carc,50,b\n", "row 3, column code: carc 50 of 1 stands twice"),
    ],
)
def test_a_bad_override_is_refused_with_row_and_column(csv_text: str, told: str) -> None:
    with pytest.raises(SiteFileError) as error:
        overrides_from_csv(csv_text)
    (problem,) = problems(error)
    assert problem.startswith(told)


@pytest.mark.parametrize(
    ("toml_text", "told"),
    [
        ("[payer", "the file: is not TOML"),
        ("[carc.50]\nnote = 'x'", "carc: only [payer] tables are expected"),
        ("[payer.1]\ncarc = 5", 'payer.1.carc: should be a table such as [payer."99999".carc.50]'),
        ("[payer.1.carc.50]\nnote = 5", "payer.1.carc.50, column note: should be text, found 5"),
    ],
)
def test_bad_toml_is_refused_with_its_table(toml_text: str, told: str) -> None:
    with pytest.raises(SiteFileError) as error:
        overrides_from_toml(toml_text)
    assert problems(error)[0].startswith(told)


def test_many_problems_are_told_in_one_message_of_sensible_length() -> None:
    rows = "".join(f"1,carc,{code},nonsense\n" for code in range(1, 40))
    with pytest.raises(SiteFileError) as error:
        overrides_from_csv("payer,list,code,next_action\n" + rows)
    assert str(error.value).count("\n") == 20
    assert "more" in str(error.value).splitlines()[-1]

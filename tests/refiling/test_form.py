"""The form is faithful: what nobody changed is no edit, for every 837 that we have."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

import edi
from app.refiling.form import fields_of
from app.refiling.typed import TypedWrong, edits_of
from edi.errors import NotX12Error
from edi.x837.edits import NO_EDITS
from edi.x837.model import SubmittedClaim
from edi.x837.replace import refile

ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLES = ROOT / "samples"
CORPUS = ROOT.parent / "shared" / "corpus"
MOST_CLAIMS_OF_ONE_FILE = 50


def claims_under(folder: Path) -> Iterator[tuple[str, SubmittedClaim]]:
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.suffix.lower() in (".py", ".md", ".csv", ".json", ".zip", ".toml"):
            continue
        count = 0
        try:
            with path.open("rb") as stream:
                for value in edi.read(stream, file=path.name):
                    if isinstance(value, SubmittedClaim) and value.segments and value.segments[0][0] == "CLM":
                        yield path.name, value
                        count += 1
                        if count == MOST_CLAIMS_OF_ONE_FILE:
                            break
        except (NotX12Error, OSError):
            continue


@pytest.mark.parametrize("folder", [SAMPLES, CORPUS], ids=["samples", "corpus"])
def test_a_form_sent_back_untouched_changes_nothing(folder: Path) -> None:
    if not folder.exists():
        pytest.skip("the shared corpus is not here")
    seen = 0
    for name, claim in claims_under(folder):
        where = f"{name}: {claim.patient_control_number}"
        edits = edits_of(claim, fields_of(claim))
        assert edits == NO_EDITS, where
        again = refile(claim, edits, claim.frequency, claim.reference("F8"))
        assert again.segments == claim.segments, where
        assert again.context == claim.context, where
        seen += 1
    assert seen > 0


def one_claim() -> SubmittedClaim:
    return next(claim for _, claim in claims_under(SAMPLES) if claim.kind == "837P" and claim.lines)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"line_1_charge": "12,3"}, "is not an amount"),
        ({"line_1_units": "NaN"}, "Units are a number"),
        ({"line_1_pointers": "A"}, "Pointers are the places"),
        ({"line_1_first_date": "10/05/2026"}, "A date like"),
        ({"attachment_1_type": "OZ"}, "Say how it is sent"),
        ({"new_1_code": "99213"}, "is not an amount"),
    ],
)
def test_what_cannot_be_read_is_told_by_field(typed: dict[str, str], words: str) -> None:
    claim = one_claim()
    with pytest.raises(TypedWrong, match=words):
        edits_of(claim, {**fields_of(claim), **typed})


def test_codes_may_be_typed_with_points_commas_and_small_letters() -> None:
    claim = one_claim()
    edits = edits_of(claim, {**fields_of(claim), "diagnoses": "e11.9, i10", "line_1_modifiers": "lt,59"})
    assert edits.diagnoses == ("E119", "I10")
    assert edits.lines[0].modifiers == ("LT", "59")


def test_a_field_that_the_form_does_not_send_stays_as_it_was() -> None:
    assert edits_of(one_claim(), {}) == NO_EDITS

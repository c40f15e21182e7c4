"""The catalogue of findings: each has a reproducer that makes it, and its page is current."""

from __future__ import annotations

import io

import pytest

from docs.make_errors import PAGE, SECTIONS, content, section_of
from docs.reproducers import bases, every, made
from edi.catalogue import ENTRIES
from edi.findings import Finding
from edi.guide import check as check_guide
from edi.reading import read

SPOILED_BASES = ("837P damaged",)  # made bad on purpose, for the rules of refiling
NOT_OF_THE_GUIDE = ("276", "837P damaged", "837P without payer id")  # no map, or made bad on purpose


def test_every_finding_has_a_reproducer() -> None:
    assert sorted(set(ENTRIES) - set(every())) == [], "add them to tests/edi/reproducers/"


def test_no_reproducer_is_about_a_finding_that_is_gone() -> None:
    assert sorted(set(every()) - set(ENTRIES)) == []


@pytest.mark.parametrize("base", sorted(set(bases()) - set(SPOILED_BASES)))
def test_a_base_has_nothing_wrong(base: str) -> None:
    found = [value for value in read(io.BytesIO(made(base, (), {}))) if isinstance(value, Finding)]
    assert [str(finding) for finding in found] == []


@pytest.mark.parametrize("base", sorted(set(bases()) - set(NOT_OF_THE_GUIDE)))
def test_a_base_follows_its_implementation_guide(base: str) -> None:
    assert [str(finding) for finding in check_guide(io.BytesIO(made(base, (), {})))] == []


@pytest.mark.parametrize("code", sorted(every()))
def test_a_reproducer_makes_its_finding(code: str) -> None:
    found = {finding.code: finding for finding in every()[code].findings()}
    assert code in found
    assert found[code].severity is ENTRIES[code].severity
    assert found[code].remedy


def test_every_finding_belongs_to_a_section_of_the_page() -> None:
    assert {section_of(code) for code in ENTRIES} <= set(SECTIONS)


def test_the_page_of_findings_is_current() -> None:
    assert PAGE.read_text(encoding="utf-8") == content(), "run: python -m docs.make_errors"

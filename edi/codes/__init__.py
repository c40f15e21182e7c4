"""The code tables: claim adjustment reasons, remarks, claim status, provider adjustments and the short lists.

Lookups answer None for a code that is not in the table (the caller flags it and goes on); retired codes are
still read. `on` chooses the edition of the list in force on a date; without it the newest. Tables are read from
the CSVs beside this file, once, when first asked for.
"""

from __future__ import annotations

from datetime import date
from functools import cache

from edi.codes import load
from edi.codes.rows import Carc, PlbReason, Rarc, StatusCategory, StatusReason

__all__ = [
    "Carc",
    "PlbReason",
    "Rarc",
    "StatusCategory",
    "StatusReason",
    "carc",
    "carc_nature",
    "claim_status",
    "entity",
    "filing_indicator",
    "frequency",
    "group",
    "handling",
    "label",
    "list_date",
    "payment_method",
    "place_of_service",
    "plb",
    "rarc",
    "status_category",
    "status_code",
]


def carc(code: str, on: date | None = None) -> Carc | None:
    return load.carc_table(load.edition_on("carc", on)).get(code)


def rarc(code: str, on: date | None = None) -> Rarc | None:
    return load.rarc_table(load.edition_on("rarc", on)).get(code)


def plb(code: str, on: date | None = None) -> PlbReason | None:
    return load.plb_table(load.edition_on("plb", on)).get(code)


def status_category(code: str, on: date | None = None) -> StatusCategory | None:
    return load.status_category_table(load.edition_on("status_category", on)).get(code)


def status_code(code: str, on: date | None = None) -> StatusReason | None:
    return load.status_code_table(load.edition_on("status_code", on)).get(code)


def list_date(name: str, on: date | None = None) -> date:
    """The date of the edition in use of "carc", "rarc", "plb", "status_category" or "status_code"."""
    return load.edition_on(name, on).list_date


def carc_nature(code: str) -> str:
    """denial, reduction, contractual, patient-share, informational or pended; "" for an unknown code."""
    return natures().get(code, "")


@cache
def natures() -> dict[str, str]:
    """The nature of every reason code: what a reader asks for each adjustment, so a plain dictionary."""
    return {code: row.nature for code, row in load.carc_table(load.edition_on("carc", None)).items()}


@cache
def remarks() -> frozenset[str]:
    """Every remark code (RARC) there is or was: what a reader asks for each remark, so a plain set."""
    return frozenset(load.rarc_table(load.edition_on("rarc", None)))


@cache
def provider_adjustment_reasons() -> frozenset[str]:
    """Every reason code of PLB03-1."""
    return frozenset(load.plb_table(load.edition_on("plb", None)))


def label(name: str, code: str) -> str | None:
    """The label of a code in one of the short lists of labels.csv. An unknown list is a KeyError."""
    return load.label_table(name).get(code)


def group(code: str) -> str | None:
    """CAS01: who bears an adjustment."""
    return label("group", code)


def entity(code: str) -> str | None:
    """NM101, or the third part of an STC composite: whose data."""
    return label("entity", code)


def place_of_service(code: str) -> str | None:
    return label("place_of_service", code)


def filing_indicator(code: str) -> str | None:
    """CLP06 or SBR09: the kind of coverage."""
    return label("filing_indicator", code)


def claim_status(code: str) -> str | None:
    """CLP02: how the claim was processed. Says nothing about paid or denied."""
    return label("claim_status", code)


def payment_method(code: str) -> str | None:
    """BPR04."""
    return label("payment_method", code)


def handling(code: str) -> str | None:
    """BPR01."""
    return label("handling", code)


def frequency(code: str) -> str | None:
    """CLM05-3 or CLP09: original, replacement, void."""
    return label("frequency", code)

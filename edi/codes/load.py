"""Read the tables beside this file. A list may have several dated editions; `editions.csv` names them.

To take in a new edition of a list, add its CSV and one row in `editions.csv`; older dates keep the older edition.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import NamedTuple, TypeVar

from edi.codes.rows import Carc, PlbReason, Rarc, StatusCategory, StatusReason

Row = TypeVar("Row")
Cells = Mapping[str, str]


class Edition(NamedTuple):
    """One list as of one date."""

    list_date: date
    files: tuple[str, ...]


def editions(name: str) -> tuple[Edition, ...]:
    """The editions of a list, newest first."""
    found = [
        Edition(date.fromisoformat(cells["list_date"]), tuple(cells["files"].split(";")))
        for cells in cells_of("editions.csv")
        if cells["list"] == name
    ]
    return tuple(sorted(found, reverse=True))


def cells_of(file: str) -> Iterator[dict[str, str]]:
    """The rows of one CSV beside this file, by column name."""
    text = resources.files("edi.codes").joinpath(file).read_text(encoding="utf-8")
    yield from csv.DictReader(io.StringIO(text))


def edition_on(name: str, on: date | None) -> Edition:
    """The edition in force: the newest dated on or before `on`, else the oldest that we have."""
    known = all_editions(name)
    if on is None:
        return known[0]
    return next((edition for edition in known if edition.list_date <= on), known[-1])


@cache
def all_editions(name: str) -> tuple[Edition, ...]:
    return editions(name)


@cache
def carc_table(edition: Edition) -> dict[str, Carc]:
    return single_file(edition, lambda cells: Carc._make(values(Carc._fields, cells, edition)))


@cache
def rarc_table(edition: Edition) -> dict[str, Rarc]:
    """Every code with its status; the common ones with our label, action and workflow effect."""
    common, every = edition.files
    table = {
        cells["code"]: Rarc(cells["code"], cells["status"], cells["kind"], "", "", "", "none", "", edition.list_date)
        for cells in cells_of(every)
    }
    for cells in cells_of(common):
        table[cells["code"]] = Rarc._make(values(Rarc._fields, cells, edition))
    return table


@cache
def plb_table(edition: Edition) -> dict[str, PlbReason]:
    def row(cells: Cells) -> PlbReason:
        return PlbReason(
            cells["code"],
            cells["label"],
            cells["usual_sign"],
            cells["posting_class"],
            cells["reference_in_plb03_2"],
            cells["worker_action"],
            cells["how_common"],
            edition.list_date,
        )

    return single_file(edition, row)


@cache
def status_category_table(edition: Edition) -> dict[str, StatusCategory]:
    def row(cells: Cells) -> StatusCategory:
        return StatusCategory(
            cells["code"],
            cells["status"],
            cells["label"],
            cells["family"],
            cells["terminal"],
            cells["work_state"],
            cells["next_step"],
            int(cells["recheck_days"]) if cells["recheck_days"] else None,
            cells["used_in"],
            edition.list_date,
        )

    return single_file(edition, row)


@cache
def status_code_table(edition: Edition) -> dict[str, StatusReason]:
    return single_file(edition, lambda cells: StatusReason._make(values(StatusReason._fields, cells, edition)))


@cache
def label_table(name: str) -> dict[str, str]:
    """A short list that carries a label only, by its name in labels.csv."""
    table = {cells["code"]: cells["label"] for cells in cells_of("labels.csv") if cells["list"] == name}
    if not table:
        raise KeyError(name)
    return table


def single_file(edition: Edition, row: Callable[[Cells], Row]) -> dict[str, Row]:
    (file,) = edition.files
    return {cells["code"]: row(cells) for cells in cells_of(file)}


def values(fields: tuple[str, ...], cells: Cells, edition: Edition) -> list[str | date]:
    """The cells in the row's own order; the last field, list_date, is the edition's."""
    return [*(cells[field] for field in fields[:-1]), edition.list_date]

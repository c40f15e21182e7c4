"""A report as a value: its definition in words, its columns, its lines. Page, CSV and command print it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

Kind = Literal["money", "count", "share", "number"]
Value = int | float | None  # cents, a count, a share of one; None: not known, or nothing to divide by
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet would run a cell that begins with one of these


class Column(NamedTuple):
    key: str
    label: str
    kind: Kind


class Line(NamedTuple):
    label: str
    values: tuple[Value, ...]
    links: tuple[str, ...] = ()  # one a value, "" where there is nothing to open; () where there is nowhere to go

    def link(self, place: int) -> str:
        return self.links[place] if place < len(self.links) else ""


@dataclass(frozen=True, slots=True)
class Report:
    key: str
    title: str
    counts: str  # what it counts and how, in words
    first: str  # heading of the labels
    columns: tuple[Column, ...]
    lines: tuple[Line, ...]
    total: Line | None = None


def share(part: int, whole: int) -> float | None:
    """None where there is nothing to divide by."""
    return part / whole if whole else None


def as_csv(report: Report) -> str:
    """For a spreadsheet: dollars with two decimals, shares as fractions, nothing that it would run."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([report.first, *(column.label for column in report.columns)])
    for line in (*report.lines, *([report.total] if report.total else [])):
        cells = (plain(value, column.kind) for value, column in zip(line.values, report.columns, strict=True))
        writer.writerow([inert(line.label), *cells])
    return text.getvalue()


def plain(value: Value, kind: Kind) -> str:
    if value is None:
        return ""
    if kind == "money":
        sign, cents = ("-" if value < 0 else ""), abs(int(value))
        return f"{sign}{cents // 100}.{cents % 100:02d}"
    return f"{value:.4f}" if kind == "share" else f"{value:g}"


def inert(text: str) -> str:
    """A name from a file, so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def as_rows(report: Report) -> Iterator[dict[str, object]]:
    """One dictionary a line, for JSON; money in cents."""
    for line in report.lines:
        values = {
            f"{column.key}_cents" if column.kind == "money" else column.key: value
            for value, column in zip(line.values, report.columns, strict=True)
        }
        yield {"kind": report.key, "label": line.label, **values}

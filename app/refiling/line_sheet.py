"""The lines that the form shows at once. What was changed on the other ones goes along unseen."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from app.refiling.line_form import LINE_REFERENCES, LINE_ROLES, ROW_PARTS, attachment_rows, has_details
from edi.x837.model import SubmittedClaim

LINES_AT_ONCE: Final = 20
ROW: Final = frozenset((*ROW_PARTS, "removed"))
LINE_FIELD: Final = re.compile(r"line_(\d+)_")


class LineRow(NamedTuple):
    number: int
    attachments: int  # rows
    has_details: bool
    is_changed: bool
    is_open: bool  # something beneath it was changed, or is wrong


class LineSheet(NamedTuple):
    rows: list[LineRow]
    first: int
    last: int
    total: int
    pages: list[tuple[int, int, int]]  # first line, last line, lines changed
    hidden: list[tuple[str, str]]  # fields of other lines that were changed
    references: Mapping[str, tuple[str, str]]
    roles: Mapping[str, str]
    new_attachments: int


def line_sheet(
    claim: SubmittedClaim, sent: Mapping[str, str], values: Mapping[str, str], errors: Mapping[str, str]
) -> LineSheet:
    """The page of lines that `values["lines_from"]` asks for; the one with the first error when there is one."""
    total = len(claim.lines)
    wrong = sorted(_line_of(name) for name in errors if _line_of(name))
    asked = values.get("lines_from", "")
    at = wrong[0] if wrong else int(asked) if asked.isdigit() else 1
    first = (min(max(at, 1), max(total, 1)) - 1) // LINES_AT_ONCE * LINES_AT_ONCE + 1
    last = min(first + LINES_AT_ONCE - 1, total)
    changed = [
        name for name, value in sent.items() if _line_of(name) and values.get(name, value).strip() != value.strip()
    ]
    lines = {_line_of(name) for name in changed}
    starts = range(1, total + 1, LINES_AT_ONCE)
    pages = [
        (start, min(start + LINES_AT_ONCE - 1, total), sum(start <= line < start + LINES_AT_ONCE for line in lines))
        for start in starts
    ]
    rows = []
    for number in range(first, last + 1):
        name, papers = f"line_{number}", attachment_rows(claim.lines[number - 1])
        mine = [each for each in (*changed, *errors) if _line_of(each) == number]
        beneath = any(each.removeprefix(f"{name}_") not in ROW for each in mine)
        rows.append(LineRow(number, papers, has_details(claim.kind, name, values, papers), number in lines, beneath))
    hidden = [(name, values[name]) for name in changed if not first <= _line_of(name) <= last]
    return LineSheet(
        *(rows, first, last, total, pages, hidden),
        *(LINE_REFERENCES[claim.kind], LINE_ROLES[claim.kind], attachment_rows(None)),
    )


def _line_of(name: str) -> int:
    """Of a field; 0 for one that is no line's."""
    found = LINE_FIELD.match(name)
    return int(found[1]) if found else 0

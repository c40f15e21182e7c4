"""The code tables as a page reads them: each code with our judgement, what this site changed, and its open work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from sqlmodel import Session

import edi.codes
from app.claims.code_ways import CARC, COLUMNS, RARC, CodeWays, code_ways
from app.claims.override_code import history_of
from app.claims.tables import CodeOverride
from app.followup.totals import Standing, standings_of
from edi.codes import Carc, Rarc, load
from edi.codes.overrides import words

LIST_LABELS: Final = {CARC: "Reason codes (CARC)", RARC: "Remark codes (RARC)"}
TEXT_LABELS: Final = {
    CARC: "Reason codes (CARC)",
    RARC: "Remark codes (RARC)",
    "plb": "Provider adjustments (PLB)",
    "status_category": "Claim status categories",
    "status_code": "Claim status codes",
}
COLUMN_LABELS: Final = {
    "label": "Called",
    "category": "Is about",
    "next_action": "What to do",
    "overturn": "Odds of overturning it",
    "workflow_effect": "What it changes in the work",
    "note": "Note",
}
WORD_LABELS: Final = {"low": "low", "med": "medium", "high": "high", "na": "not applicable", "none": "nothing"}
MOST_ROWS: Final = 450  # every reason code; of the remarks, the common ones, or those that a search finds


class CodeLine(NamedTuple):
    """One code in the list."""

    row: Carc | Rarc
    judged: int  # overrides that stand
    standing: Standing  # open claims that it leads


class CodeView(NamedTuple):
    """One code by itself."""

    row: Carc | Rarc
    history: list[CodeOverride]  # newest first, those that stand too
    standing: Standing


def code_row(list_name: str, code: str) -> Carc | Rarc | None:
    if list_name == CARC:
        return edi.codes.carc(code)
    return edi.codes.rarc(code) if list_name == RARC else None


def code_lines(
    session: Session, practice_ids: Sequence[int], list_name: str, search: str, *, only_judged: bool
) -> tuple[list[CodeLine], int]:
    """What a search finds, and how many it left out."""
    ways = code_ways(session.connection())
    leads = standings_of(session, practice_ids, CARC) if list_name == CARC else {}
    wanted = search.casefold().split()
    found = [
        CodeLine(row, _judged(ways, list_name, row.code), leads.get(row.code, Standing(0, 0)))
        for row in _rows(list_name, everything=bool(wanted) or only_judged)
        if all(word in _text(row) for word in wanted)
    ]
    if only_judged:
        found = [line for line in found if line.judged]
    found.sort(key=lambda line: (-line.standing.open_cents, _natural(line.row.code)))
    return found[:MOST_ROWS], max(len(found) - MOST_ROWS, 0)


def code_view(session: Session, practice_ids: Sequence[int], list_name: str, code: str) -> CodeView | None:
    row = code_row(list_name, code)
    if row is None:
        return None
    leads = standings_of(session, practice_ids, CARC) if list_name == CARC else {}
    return CodeView(row, history_of(session, list_name, code), leads.get(code, Standing(0, 0)))


def column_choices(list_name: str) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Column, its label, and the words it may take; no words: any text."""
    return [
        (
            column,
            COLUMN_LABELS[column],
            [("", "as in the table"), *((w, word_label(w)) for w in _words(list_name, column))],
        )
        if column not in ("label", "note")
        else (column, COLUMN_LABELS[column], [])
        for column in COLUMNS[list_name]
    ]


def word_label(word: str) -> str:
    return WORD_LABELS.get(word, word.replace("-", " "))


def _words(list_name: str, column: str) -> list[str]:
    return sorted(words(list_name, column))


def _rows(list_name: str, *, everything: bool) -> list[Any]:
    edition = load.edition_on(list_name, None)
    if list_name == CARC:
        return list(load.carc_table(edition).values())
    return [row for row in load.rarc_table(edition).values() if everything or row.label]


def _judged(ways: CodeWays, list_name: str, code: str) -> int:
    return len(ways.ways.get((list_name, code), ()))


def _text(row: Carc | Rarc) -> str:
    judged = f"{row.category} {row.next_action} {row.note}"
    return f"{row.code} {row.label} {judged}".casefold().replace("-", " ") + f" {judged}".casefold()


def _natural(code: str) -> tuple[str, int]:
    letters = code.rstrip("0123456789")
    return letters, int(code[len(letters) :] or 0)

"""A supervisor's own judgement over ours, per payer: which codes count as denials, what to do next, how hopeful.

The judgement columns of the tables are defaults. An override changes some of them for one payer, or for every payer
("*"); what it leaves out stays. From TOML:

    [payer."99999".carc.50]
    next_action = "appeal"
    overturn = "high"

or from a CSV with the columns `payer`, `list` (carc or rarc), `code`, and any columns to change; an empty cell
changes nothing.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from typing import Any, NamedTuple

from edi import codes
from edi.codes import load
from edi.codes.rows import Carc, Rarc
from edi.codes.site_files import Problem, SiteFileError, rows_of_csv

EVERY_PAYER = "*"
FREE_COLUMNS = frozenset(("label", "note"))  # any text; the others take the words that the tables use
COLUMNS = {
    "carc": ("label", "category", "nature", "preventable", "next_action", "second_action", "overturn", "note"),
    "rarc": ("label", "category", "next_action", "workflow_effect", "note"),
}
TRUE_DENIAL = {"denial": "yes", "reduction": "partial"}  # of a nature; any other is no denial

Changes = Mapping[str, str]  # column → value


class Overrides(NamedTuple):
    """The changed columns by (payer, list, code)."""

    changes: Mapping[tuple[str, str, str], Changes]

    def carc(self, code: str, payer: str = "", on: date | None = None) -> Carc | None:
        """The row as this payer's claims are to be judged; None for a code that the list does not have."""
        row = codes.carc(code, on)
        if row is None:
            return None
        changed = self.changed("carc", code, payer)
        if "nature" in changed:
            changed["is_true_denial"] = TRUE_DENIAL.get(changed["nature"], "no")
        return row._replace(**changed)

    def rarc(self, code: str, payer: str = "", on: date | None = None) -> Rarc | None:
        row = codes.rarc(code, on)
        return row._replace(**self.changed("rarc", code, payer)) if row else None

    def changed(self, name: str, code: str, payer: str) -> dict[str, Any]:
        """What is changed for every payer, then what is changed for this one."""
        return {
            **self.changes.get((EVERY_PAYER, name, code), {}),
            **self.changes.get((payer, name, code), {}),
        }


NO_OVERRIDES = Overrides({})


class Entry(NamedTuple):
    """One override as written, before it is checked."""

    row: str
    payer: str
    name: str
    code: str
    changes: dict[str, Any]


def overrides_from_toml(text: str) -> Overrides:
    """Raises SiteFileError that names every table and key that is wrong."""
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SiteFileError([Problem("the file", "", f"is not TOML: {error}")]) from None
    return checked(entries_of_toml(tree))


def overrides_from_csv(text: str) -> Overrides:
    """Raises SiteFileError that names every row and column that is wrong."""
    return checked(
        Entry(row, cells.pop("payer"), cells.pop("list"), cells.pop("code"), {k: v for k, v in cells.items() if v})
        for row, cells in rows_of_csv(text, ("payer", "list", "code"))
    )


def entries_of_toml(tree: dict[str, Any]) -> Iterator[Entry]:
    strangers = [Problem(key, "", "only [payer] tables are expected") for key in tree if key != "payer"]
    if strangers:
        raise SiteFileError(strangers)
    for path, changes in tables(tree.get("payer", {}), ("payer",), 3):
        _, payer, name, code = path
        yield Entry(".".join(path), payer, name, code, changes)


def tables(tree: Any, path: tuple[str, ...], depth: int) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """The tables `depth` levels below; anything else on the way is told."""
    if not isinstance(tree, dict):
        raise SiteFileError([Problem(".".join(path), "", 'should be a table such as [payer."99999".carc.50]')])
    if depth == 0:
        yield path, tree
        return
    for key, inner in tree.items():
        yield from tables(inner, (*path, key), depth - 1)


def checked(entries: Iterable[Entry]) -> Overrides:
    changes: dict[tuple[str, str, str], Changes] = {}
    problems: list[Problem] = []
    for entry in entries:
        found = list(problems_of(entry))
        key = (entry.payer, entry.name, entry.code)
        if not found and key in changes:
            found.append(Problem(entry.row, "code", f"{entry.name} {entry.code} of {entry.payer} stands twice"))
        problems.extend(found)
        changes[key] = entry.changes
    if problems:
        raise SiteFileError(problems)
    return Overrides(changes)


def problems_of(entry: Entry) -> Iterator[Problem]:
    if not entry.payer:
        yield Problem(entry.row, "payer", f'is empty; "{EVERY_PAYER}" stands for every payer')
    if entry.name not in COLUMNS:
        yield Problem(entry.row, "list", f"{entry.name!r} is not one of {', '.join(COLUMNS)}")
        return
    if (codes.carc(entry.code) if entry.name == "carc" else codes.rarc(entry.code)) is None:
        yield Problem(entry.row, "code", f"{entry.code!r} is not in the list of {codes.list_date(entry.name)}")
    if not entry.changes:
        yield Problem(entry.row, "", "changes nothing")
    for column, value in entry.changes.items():
        if column not in COLUMNS[entry.name]:
            yield Problem(entry.row, column, f"can not be changed; these can: {', '.join(COLUMNS[entry.name])}")
        elif not isinstance(value, str):
            yield Problem(entry.row, column, f"should be text, found {value!r}")
        elif column not in FREE_COLUMNS and value not in words(entry.name, column):
            yield Problem(
                entry.row, column, f"{value!r} is not one of {', '.join(sorted(words(entry.name, column)))}"
            )


@cache
def words(name: str, column: str) -> frozenset[str]:
    """The words that a column of the shipped table uses."""
    edition = load.edition_on(name, None)
    rows: Iterable[Carc | Rarc]
    rows = load.carc_table(edition).values() if name == "carc" else load.rarc_table(edition).values()
    return frozenset(getattr(row, column) for row in rows) - {""}

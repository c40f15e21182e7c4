"""What files that a site brings along have in common: every problem is told with its row and column, then refused."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

MOST_TOLD = 20  # problems in one message; a file with more has a wrong column throughout


class Problem(NamedTuple):
    row: str  # "row 3" (the header is row 1), or the table's name in TOML
    column: str  # "" when the whole row is meant
    trouble: str

    def __str__(self) -> str:
        return f"{self.row}, column {self.column}: {self.trouble}" if self.column else f"{self.row}: {self.trouble}"


class SiteFileError(ValueError):
    """A file of the site's own cannot be used as it stands; nothing of it is taken. Lists what to correct."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        told = [str(problem) for problem in problems[:MOST_TOLD]]
        if len(problems) > MOST_TOLD:
            told.append(f"and {len(problems) - MOST_TOLD:,} more")
        super().__init__("\n".join(told))
        self.problems = tuple(problems)


def rows_of_csv(text: str, required: Iterable[str]) -> Iterator[tuple[str, dict[str, str]]]:
    """Each row with its name, by column. A missing column or a row of another width is a SiteFileError."""
    reader = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    header = [name.strip() for name in next(reader, [])]
    missing = [Problem("row 1", name, "the column is missing") for name in required if name not in header]
    missing += [Problem("row 1", name, "the column stands twice") for name in header if header.count(name) > 1]
    if missing:
        raise SiteFileError(missing)
    for number, cells in enumerate(reader, 2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            raise SiteFileError([Problem(f"row {number}", "", f"{len(cells)} cells, the header has {len(header)}")])
        yield f"row {number}", dict(zip(header, (cell.strip() for cell in cells), strict=True))

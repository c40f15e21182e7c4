"""A licensed site's official texts: the list owner's own words beside ours.

The texts of reason, remark and status codes belong to X12 and are not shipped. A site that holds a licence loads
them from a CSV with the columns `code` and `text`; further columns are passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from edi.codes.site_files import Problem, SiteFileError, rows_of_csv

LISTS = ("carc", "rarc", "plb", "status_category", "status_code")
LONGEST_TEXT = 4_000  # characters; the longest official text has some 900


class OfficialTexts(NamedTuple):
    """One list's texts as the site loaded them."""

    list_name: str
    list_date: date | None  # as the site says
    texts: Mapping[str, str]

    def text(self, code: str) -> str | None:
        """The official text; None when the site's file has none for the code."""
        return self.texts.get(code)


def read_official_texts(csv_text: str, list_name: str, list_date: date | None = None) -> OfficialTexts:
    """Raises SiteFileError naming row and column of every problem; ValueError for an unknown list."""
    if list_name not in LISTS:
        raise ValueError(f"{list_name!r} is not one of {', '.join(LISTS)}")
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for row, cells in rows_of_csv(csv_text, ("code", "text")):
        code, text = cells["code"].upper(), cells["text"]
        if not code:
            problems.append(Problem(row, "code", "is empty"))
        elif not text:
            problems.append(Problem(row, "text", "is empty"))
        elif len(text) > LONGEST_TEXT:
            problems.append(Problem(row, "text", f"{len(text):,} characters: two rows may have run together"))
        elif texts.setdefault(code, text) != text:
            problems.append(Problem(row, "code", f"{code} stands here a second time with another text"))
    if problems:
        raise SiteFileError(problems)
    return OfficialTexts(list_name, list_date, texts)

"""On a narrow screen a table of many columns is read as cards: each cell under its row's name, led by its column's.

The style sheet does it (css/table.css), so it works without a script; what it cannot do is look up a column's name:
every cell carries it. Templates say each name once, in the head of the table; here it is put on the cells.
"""

from __future__ import annotations

import re

FEWEST_COLUMNS = 4  # fewer fit on a narrow screen

_TABLE = re.compile(r'<div class="table-wrap([^"]*)"([^>]*)>(\s*<table\b.*?)</table>', re.S)
_HEAD = re.compile(r"<thead\b[^>]*>(.*?)</thead>", re.S)
_CELL = re.compile(r"<t[hd]\b([^>]*)>(.*?)</t[hd]>", re.S)
_HIDDEN = re.compile(r'<span class="visually-hidden">.*?</span>', re.S)  # read aloud, not worth a line of a card
_TAG = re.compile(r"<[^>]*>")
_OPENING = re.compile(r"<(tr|td|th)\b([^>]*)>")
_SPAN = re.compile(r'\bcolspan="(\d+)"')


def labelled(html: str) -> str:
    """The page with every cell of its wide tables named after its column."""
    return _TABLE.sub(_cards, html) if '<div class="table-wrap' in html else html


def _cards(found: re.Match[str]) -> str:
    classes, attributes, table = found.groups()
    head = _HEAD.search(table)
    names = [_name(inner) for _, inner in _CELL.findall(head[1])] if head is not None else []
    if head is None or len(names) < FEWEST_COLUMNS:
        return found[0]
    cells = _cells_named(table[head.end() :], names)
    return f'<div class="table-wrap cards{classes}"{attributes}>{table[: head.end()]}{cells}</table>'


def _name(inner: str) -> str:
    return " ".join(_TAG.sub("", _HIDDEN.sub("", inner)).split()).replace('"', "&quot;")


def _cells_named(rows: str, names: list[str]) -> str:
    at = 0

    def name_it(cell: re.Match[str]) -> str:
        nonlocal at
        kind, attributes = cell.groups()
        if kind == "tr":
            at = 0
            return cell[0]
        spans = _SPAN.search(attributes)
        width, here = int(spans[1]) if spans else 1, at
        at += width
        if kind == "th" or width > 1 or here >= len(names) or not names[here]:
            return cell[0]
        return f'<td data-label="{names[here]}"{attributes}>'

    return _OPENING.sub(name_it, rows)

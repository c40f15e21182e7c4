"""Rows through the writer and back."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import edi
from edi import as_json
from edi.from_json import Sending, written

NOW = datetime(2026, 11, 20, 12, 0)  # noqa: DTZ001 — an envelope says its time without a zone
OF_THE_WIRE = {"segments", "fingerprint"}  # of an end: how it was written, not what it says


def lines(rows: Iterable[dict[str, Any]]) -> list[str]:
    return [json.dumps(row) for row in rows]


def wire_of(*rows: dict[str, Any], sending: Sending | None = None) -> bytes:
    return b"".join(written(lines(rows), sending or Sending(NOW, 7)))


def rows_in(wire: bytes) -> list[dict[str, Any]]:
    """As a reader of the output gets them; findings, which are of the wire, left out."""
    every = as_json.rows(edi.read(io.BytesIO(wire), file="a.edi"), "a.edi", with_banks=True)
    return [json.loads(as_json.text(row)) for row in every if row["kind"] != "finding"]


def said(value: Any) -> Any:
    """Without where it stands."""
    if isinstance(value, list):
        return [said(one) for one in value]
    if not isinstance(value, dict):
        return value
    places = {"source", "segment"} | ({"element"} if "group" in value else set())
    places |= OF_THE_WIRE if value.get("kind") == "end" else set()
    return {key: said(inner) for key, inner in value.items() if key not in places}

"""Notes that are written every day, with the claim's own words filled in; the person edits them first."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import cache
from pathlib import Path
from string import Template
from typing import NamedTuple

from app.claims.shown_head import ShownHead
from app.core.money import format_cents
from app.followup.work_row import WorkRow

TEMPLATES_FILE = Path(__file__).with_name("note_templates.toml")


class NoteTemplate(NamedTuple):
    key: str
    label: str
    kind: str  # what was done, as the form says it
    text: str


def note_templates(head: ShownHead, row: WorkRow | None, today: date) -> list[NoteTemplate]:
    """Every template, filled for this claim; what we do not know stands as a gap to fill."""
    claim = head.claim
    words = {
        "payer": head.payer.name,
        "payer_number": claim.payer_control_number or "____",
        "claim": claim.patient_control_number,
        "service": f"{claim.first_service:%m/%d/%Y}" if claim.first_service else "____",
        "open": format_cents(row.open_cents if row else claim.charge_cents),
        "today": f"{today:%m/%d/%Y}",
    }
    return [
        NoteTemplate(key, each["label"], each["kind"], Template(each["text"]).safe_substitute(words))
        for key, each in _rows().items()
    ]


@cache
def _rows() -> dict[str, dict[str, str]]:
    return tomllib.loads(TEMPLATES_FILE.read_text(encoding="utf-8"))

"""A report by its name, for the page, the spreadsheet and the command alike."""

from __future__ import annotations

from sqlmodel import Session

from app.reports import aging as aged
from app.reports import denials as refused
from app.reports.brought_in import brought_in
from app.reports.report import Report
from app.reports.scope import Scope

TITLES = {"aging": "Aging", "denials": "Denials", "brought-in": "Brought in by follow-up"}
GROUPS: dict[str, dict[str, str]] = {"aging": aged.GROUPS, "denials": refused.GROUPS, "brought-in": {}}


def make_report(session: Session, scope: Scope, key: str, by: str = "") -> Report:
    """`key` is one of TITLES, or KeyError; `by` one of its GROUPS, else the first of them."""
    groups = GROUPS[key]
    by = by if by in groups else next(iter(groups), "")
    if key == "aging":
        return aged.aging(session, scope, by).report
    return refused.denials(session, scope, by) if key == "denials" else brought_in(session, scope)

"""The reports as questions that are worked out beside the requests where the books are large (`worked_out.py`)."""

from __future__ import annotations

from typing import Any, NamedTuple

from pydantic import TypeAdapter
from sqlmodel import Session

from app.core.worked_out import Question
from app.reports import aging as aged_claims
from app.reports import denials as refused_claims
from app.reports.aging import Aged, aging
from app.reports.behind import Behind
from app.reports.brought_in import brought_in
from app.reports.denials import denials
from app.reports.figures import Figure, figures
from app.reports.make import GROUPS, make_report
from app.reports.report import Report
from app.reports.scope import Scope


class Overview(NamedTuple):
    """All that the first page of the reports shows."""

    figures: list[Figure]
    aged: Aged
    denied: Report
    worked: Report


class Shown(NamedTuple):
    """One report by itself."""

    report: Report
    aged: Aged | None  # what the aging keeps out


OVERVIEW, SHOWN, BEHIND = TypeAdapter(Overview), TypeAdapter(Shown), TypeAdapter(Behind)


def overview(scope: Scope) -> Question[Overview]:
    def work(session: Session) -> Overview:
        aged = aging(session, scope)
        return Overview(figures(session, scope, aged), aged, denials(session, scope), brought_in(session, scope))

    return Question("overview", asked_of(scope), OVERVIEW, work)


def one_report(scope: Scope, key: str, by: str) -> Question[Shown]:
    """`key` is one of TITLES; `by` one of its groups, else the first of them."""
    by = by if by in GROUPS[key] else next(iter(GROUPS[key]), "")

    def work(session: Session) -> Shown:
        if key == "aging":
            aged = aging(session, scope, by)
            return Shown(aged.report, aged)
        return Shown(make_report(session, scope, key, by), None)

    return Question("report", {**asked_of(scope), "key": key, "by": by}, SHOWN, work)


def old_claims(scope: Scope, *, bucket: str, by: str, name: str) -> Question[Behind]:
    """The claims behind one figure of the aging."""

    def work(session: Session) -> Behind:
        return aged_claims.old_claims(session, scope, bucket=bucket, by=by, name=name)

    return Question("old claims", {**asked_of(scope), "bucket": bucket, "by": by, "name": name}, BEHIND, work)


def denied_claims(scope: Scope, *, which: str, by: str, name: str) -> Question[Behind]:
    """The denials behind one figure."""

    def work(session: Session) -> Behind:
        return refused_claims.denied_claims(session, scope, which=which, by=by, name=name)

    return Question("denied claims", {**asked_of(scope), "which": which, "by": by, "name": name}, BEHIND, work)


def asked_of(scope: Scope) -> dict[str, Any]:
    """All that tells one scope from another."""
    return {
        "practices": sorted(scope.practice_ids),
        "since": scope.since.isoformat(),
        "until": scope.until.isoformat(),
        "payer": scope.payer,
        "basis": scope.basis,
        "known_then": scope.known_then,
        "zone": scope.zone.key,
    }

"""The reports on screen and as CSV. Everything is read; nothing here changes the books."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlmodel import Session

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.followup.worklist import payers_in
from app.reports.aging import BUCKETS, LABELS, OLD_DAYS, UNDATED, aging, old_claims
from app.reports.aging import GROUPS as AGED_BY
from app.reports.behind import MOST_SHOWN, Behind
from app.reports.brought_in import brought_in
from app.reports.denials import GROUPS as DENIED_BY
from app.reports.denials import WHICH, denials, denied_claims
from app.reports.figures import figures
from app.reports.make import GROUPS, TITLES, make_report
from app.reports.report import as_csv
from app.reports.scope import BASES, Scope
from app.web.errors import NotFound
from app.web.pages import render
from app.web.product import Database, Today, note_view, product_of

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.REPORTS_VIEW))]
CanExport = Annotated[Viewer, Depends(require(Permission.REPORTS_EXPORT))]
Text = Annotated[str, Query(max_length=120)]


@router.get("/reports")
def overview(request: Request, session: Database, today: Today, viewer: CanView) -> Response:
    """The key figures, how old the money is, why it is refused, what follow-up brings in."""
    scope = scope_of(request, viewer, today)
    aged = aging(session, scope)
    return render(
        request,
        "reports/index.html",
        **choices(request, session, viewer, scope),
        figures=figures(session, scope, aged),
        aged=aged,
        bars=list(zip(LABELS, aged.by_bucket, strict=True)),
        first_old=next(place for place, (low, _) in enumerate(BUCKETS) if low > OLD_DAYS),
        denied=denials(session, scope),
        worked=brought_in(session, scope),
    )


@router.get("/reports/aging/claims")
def claims_of_an_age(
    request: Request,
    session: Database,
    today: Today,
    viewer: CanView,
    bucket: Text = "",
    by: Text = "",
    name: Text = "",
) -> Response:
    """The claims behind one figure of the aging."""
    scope = scope_of(request, viewer, today)
    found = old_claims(session, scope, bucket=bucket, by=by, name=name)
    called = figure_words(bucket, name if by in AGED_BY else "")
    words = {"on": "Since", "cents": "Open", "why": "What the queue says", "report": "aging"}
    return claims_page(request, scope, found, called, words)


@router.get("/reports/denials/claims")
def claims_that_were_denied(
    request: Request,
    session: Database,
    today: Today,
    viewer: CanView,
    which: Text = "",
    by: Text = "",
    name: Text = "",
) -> Response:
    """The denials behind one figure."""
    scope = scope_of(request, viewer, today)
    found = denied_claims(session, scope, which=which, by=by, name=name)
    called = WHICH.get(which, "denied").capitalize()
    words = {"on": "Denied on", "cents": "Denied", "why": "Why", "report": "denials"}
    return claims_page(request, scope, found, f"{called}: {name}" if by in DENIED_BY and name else called, words)


def claims_page(request: Request, scope: Scope, found: Behind, called: str, words: dict[str, str]) -> Response:
    note_view(request, "report.claims", detail={"report": words["report"], "claims": found.count})
    return render(
        request,
        "reports/claims.html",
        scope=scope,
        found=found,
        called=called,
        words=words,
        title=TITLES[words["report"]],
        most=MOST_SHOWN,
    )


@router.get("/reports/{key}")
def one_report(
    request: Request, session: Database, today: Today, viewer: CanView, key: str, by: Text = ""
) -> Response:
    """One report by itself, grouped as asked."""
    if key not in TITLES:
        raise NotFound
    scope = scope_of(request, viewer, today)
    by = by if by in GROUPS[key] else next(iter(GROUPS[key]), "")
    aged = aging(session, scope, by) if key == "aging" else None
    return render(
        request,
        "reports/report.html",
        **choices(request, session, viewer, scope),
        report=aged.report if aged else make_report(session, scope, key, by),
        aged=aged,
        groups=GROUPS[key],
        by=by,
    )


@router.get("/reports/{key}/csv")
def one_report_as_csv(
    request: Request, session: Database, today: Today, viewer: CanExport, key: str, by: Text = ""
) -> Response:
    """The same figures for a spreadsheet. That somebody took them out of the house is in the audit log."""
    if key not in TITLES:
        raise NotFound
    scope = scope_of(request, viewer, today)
    report = make_report(session, scope, key, by)
    note_view(request, "report.export", detail={"report": key, "by": by, "until": scope.until.isoformat()})
    name = f"{key}-{scope.until.isoformat()}.csv"
    return Response(
        as_csv(report),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"},
    )


def scope_of(request: Request, viewer: Viewer, today: date) -> Scope:
    """What the address asks for, behind the reader's walls."""
    return Scope.of(viewer.practice_ids, today, product_of(request).settings.zone, request.query_params)


def choices(request: Request, session: Session, viewer: Viewer, scope: Scope) -> dict[str, Any]:
    """What the form at the top of every report offers."""
    names = request.app.state.practice_names(session)
    return {
        "scope": scope,
        "titles": TITLES,
        "bases": BASES,
        "payers": payers_in(session, viewer.practice_ids),
        "practices": [(number, called) for number, called in names if viewer.sees(number)],
    }


def figure_words(bucket: str, name: str) -> str:
    """What the reader pressed on, in words."""
    if bucket == UNDATED:
        age = "no date known"
    elif bucket == "old":
        age = f"older than {OLD_DAYS} days"
    elif bucket.isascii() and bucket.isdigit() and int(bucket) < len(BUCKETS):
        age = f"{LABELS[int(bucket)].lower()} days old"
    else:
        age = "every age"
    return f"{name}, {age}" if name else age.capitalize()

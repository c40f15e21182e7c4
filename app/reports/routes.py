"""The reports on screen and as CSV. Everything is read; nothing here changes the books.

Of large books a report is worked out beside the requests (`kept.py`): the page says so, or since when it is so. A
form that is posted to a report's own address asks for it anew.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlmodel import Session

from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.claims.queries import are_large
from app.core.worked_out import Answer, Question, answer, ask_again
from app.followup.worklist import payers_in
from app.reports.aging import BUCKETS, LABELS, OLD_DAYS, UNDATED
from app.reports.aging import GROUPS as AGED_BY
from app.reports.behind import MOST_SHOWN, Behind
from app.reports.denials import GROUPS as DENIED_BY
from app.reports.denials import WHICH
from app.reports.kept import denied_claims, old_claims, one_report, overview
from app.reports.make import GROUPS, TITLES
from app.reports.report import as_csv
from app.reports.scope import BASES, Scope
from app.web.errors import NotFound
from app.web.pages import redirect, render
from app.web.product import Database, Today, note_view, product_of
from app.web.toasts import toast

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.REPORTS_VIEW))]
CanExport = Annotated[Viewer, Depends(require(Permission.REPORTS_EXPORT))]
Text = Annotated[str, Query(max_length=120)]


T = TypeVar("T")


@router.get("/reports")
def first_page(request: Request, session: Database, today: Today, viewer: CanView) -> Response:
    """The key figures, how old the money is, why it is refused, what follow-up brings in."""
    scope = scope_of(request, viewer, today)
    found = _answer(request, session, overview(scope))
    return render(
        request,
        "reports/index.html",
        **choices(request, session, viewer, scope),
        answer=found,
        bars=list(zip(LABELS, found.value.aged.by_bucket, strict=True)) if found.value else [],
        first_old=next(place for place, (low, _) in enumerate(BUCKETS) if low > OLD_DAYS),
    )


@router.post("/reports")
def first_page_again(request: Request, session: Database, today: Today, viewer: CanView) -> Response:
    """Work it out anew: the page that follows begins it."""
    return _again(request, session, overview(scope_of(request, viewer, today)))


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
    found = _answer(request, session, old_claims(scope, bucket=bucket, by=by, name=name))
    called = figure_words(bucket, name if by in AGED_BY else "")
    words = {"on": "Since", "cents": "Open", "why": "What the queue says", "report": "aging"}
    return claims_page(request, scope, found, called, words)


@router.post("/reports/aging/claims")
def claims_of_an_age_again(
    request: Request,
    session: Database,
    today: Today,
    viewer: CanView,
    bucket: Text = "",
    by: Text = "",
    name: Text = "",
) -> Response:
    """Look for them anew."""
    return _again(request, session, old_claims(scope_of(request, viewer, today), bucket=bucket, by=by, name=name))


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
    found = _answer(request, session, denied_claims(scope, which=which, by=by, name=name))
    called = WHICH.get(which, "denied").capitalize()
    words = {"on": "Denied on", "cents": "Denied", "why": "Why", "report": "denials"}
    return claims_page(request, scope, found, f"{called}: {name}" if by in DENIED_BY and name else called, words)


@router.post("/reports/denials/claims")
def claims_that_were_denied_again(
    request: Request,
    session: Database,
    today: Today,
    viewer: CanView,
    which: Text = "",
    by: Text = "",
    name: Text = "",
) -> Response:
    """Look for them anew."""
    return _again(request, session, denied_claims(scope_of(request, viewer, today), which=which, by=by, name=name))


def claims_page(
    request: Request, scope: Scope, found: Answer[Behind], called: str, words: dict[str, str]
) -> Response:
    if found.value is not None:
        note_view(request, "report.claims", detail={"report": words["report"], "claims": found.value.count})
    return render(
        request,
        "reports/claims.html",
        scope=scope,
        answer=found,
        address=_address(request),
        called=called,
        words=words,
        title=TITLES[words["report"]],
        most=MOST_SHOWN,
    )


@router.get("/reports/{key}")
def report_by_itself(
    request: Request, session: Database, today: Today, viewer: CanView, key: str, by: Text = ""
) -> Response:
    """One report by itself, grouped as asked."""
    if key not in TITLES:
        raise NotFound
    scope = scope_of(request, viewer, today)
    by = by if by in GROUPS[key] else next(iter(GROUPS[key]), "")
    return render(
        request,
        "reports/report.html",
        **choices(request, session, viewer, scope),
        answer=_answer(request, session, one_report(scope, key, by)),
        key=key,
        groups=GROUPS[key],
        by=by,
    )


@router.post("/reports/{key}")
def report_again(
    request: Request, session: Database, today: Today, viewer: CanView, key: str, by: Text = ""
) -> Response:
    """Work it out anew."""
    if key not in TITLES:
        raise NotFound
    return _again(request, session, one_report(scope_of(request, viewer, today), key, by))


@router.get("/reports/{key}/csv")
def one_report_as_csv(
    request: Request, session: Database, today: Today, viewer: CanExport, key: str, by: Text = ""
) -> Response:
    """The same figures for a spreadsheet. That somebody took them out of the house is in the audit log."""
    if key not in TITLES:
        raise NotFound
    scope = scope_of(request, viewer, today)
    found = _answer(request, session, one_report(scope, key, by)).value
    if found is None:
        toast(request, "It is being worked out. Ask for the CSV again when it is here.", kind="info")
        return redirect(request, scope.address(f"/reports/{key}", by=by))
    note_view(request, "report.export", detail={"report": key, "by": by, "until": scope.until.isoformat()})
    name = f"{key}-{scope.until.isoformat()}.csv"
    return Response(
        as_csv(found.report),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"},
    )


def _answer(request: Request, session: Session, question: Question[T]) -> Answer[T]:
    product = product_of(request)
    return answer(session, product.engine, product.clock, question, is_large=are_large(session))


def _again(request: Request, session: Session, question: Question[Any]) -> Response:
    ask_again(session, product_of(request).clock, question)
    return redirect(request, _address(request))


def _address(request: Request) -> str:
    """This page's own, with all that was asked."""
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def scope_of(request: Request, viewer: Viewer, today: date) -> Scope:
    """What the address asks for, behind the reader's walls."""
    return Scope.of(viewer.practice_ids, today, product_of(request).settings.zone, request.query_params)


def choices(request: Request, session: Session, viewer: Viewer, scope: Scope) -> dict[str, Any]:
    """What the form at the top of every report offers."""
    names = request.app.state.practice_names(session)
    return {
        "scope": scope,
        "address": _address(request),
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

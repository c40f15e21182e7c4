"""The application: one place where settings, database and slices are put together."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from functools import cache
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import DataError
from sqlmodel import Session, col, select
from starlette.routing import BaseRoute

from app.appeals import batch_routes as appeal_batch_routes
from app.appeals import routes as appeal_routes
from app.appeals import template_routes
from app.appeals.settle import settle_appeals
from app.appeals.story import appeals_told
from app.appeals.tables import Appeal
from app.auth import audit_routes, design_routes, people_routes
from app.auth import routes as auth_routes
from app.auth.kept_forms import keep_typed
from app.auth.require import PasswordChangeNeeded, identify
from app.claims.tables import Practice
from app.core.clock import Clock, clock_from
from app.core.config import Settings
from app.core.db import make_engine
from app.core.schema import init_database
from app.followup import (
    bulk_routes,
    call_routes,
    checklist_routes,
    code_routes,
    find_routes,
    lot_routes,
    payer_routes,
    playbook_edit_routes,
    playbook_routes,
    practice_routes,
    same_payer_routes,
    stated_routes,
    strategy_routes,
    team_routes,
    touch_routes,
    view_routes,
    write_off_routes,
)
from app.followup import routes as followup_routes
from app.followup.rank import rerank_claims
from app.followup.story import tell_story
from app.followup.wake import wake_answered
from app.intake import routes as intake_routes
from app.jobs import destination_routes, outbox_routes
from app.jobs import routes as jobs_routes
from app.jobs.schedule import Schedule
from app.ledger import routes as ledger_routes
from app.matching import (
    credit_routes,
    fee_routes,
    held_routes,
    money_routes,
    paper_routes,
    refund_routes,
    shortfall_routes,
    unmatched_routes,
)
from app.matching import routes as matching_routes
from app.refiling import routes as refiling_routes
from app.refiling.settle import settle_refiles
from app.refiling.story import refiles_told
from app.refiling.tables import Refile
from app.reports import routes as report_routes
from app.research import routes as research_routes
from app.research.story import inquiries_told
from app.research.tables import Inquiry
from app.web import assets
from app.web.csrf import check_csrf
from app.web.errors import TROUBLES, NotFound, add_error_pages
from app.web.headers import SecurityHeaders
from app.web.limits import BodyLimit
from app.web.pages import error_page, redirect
from app.web.product import Product, committing

if TYPE_CHECKING:
    from sqlalchemy import Engine

log = logging.getLogger("overturn")

# How SQLite's driver and PostgreSQL say that a value fits no column.
CANNOT_BE_HELD = ("too large to convert to SQLite INTEGER", "out of range", "cannot contain NUL")

# Every slice with pages stands here once. Order matters only where two paths could both answer.
ROUTERS: tuple[APIRouter, ...] = (  # asked in this order: what a biller asks for all day stands first
    followup_routes.router,
    touch_routes.router,
    assets.router,
    auth_routes.router,
    people_routes.router,
    audit_routes.router,
    design_routes.router,
    bulk_routes.router,
    checklist_routes.router,
    payer_routes.router,
    same_payer_routes.router,
    view_routes.router,
    write_off_routes.router,
    call_routes.router,
    find_routes.router,
    team_routes.router,
    strategy_routes.router,
    lot_routes.router,
    code_routes.router,
    playbook_edit_routes.router,
    playbook_routes.router,
    practice_routes.router,
    stated_routes.router,
    ledger_routes.router,
    paper_routes.router,
    matching_routes.router,
    unmatched_routes.router,
    money_routes.router,
    shortfall_routes.router,
    credit_routes.router,
    refund_routes.router,
    held_routes.router,
    fee_routes.router,
    intake_routes.router,
    jobs_routes.router,
    outbox_routes.router,
    destination_routes.router,
    refiling_routes.router,
    appeal_batch_routes.router,
    template_routes.router,
    appeal_routes.router,
    research_routes.router,
    report_routes.router,
)


def create_app(
    settings: Settings | None = None,
    *,
    engine: Engine | None = None,
    clock: Clock | None = None,
    with_schedule: bool = False,
) -> FastAPI:
    """The whole product behind one ASGI application. The database is brought to the newest schema first.

    With a schedule the jobs of `app/jobs/schedule.py` run in this process for as long as it serves.
    """
    known = settings or Settings()
    known.create_folders()
    opened = engine or make_engine(known.resolved_database_url)
    if engine is None:
        init_database(opened)

    # No generated API pages: they load scripts from elsewhere, and there is nobody to read them.
    app = FastAPI(
        title="Overturn",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        lifespan=_while_serving,
    )
    app.state.product = Product(known, opened, clock or clock_from(known))
    app.state.schedule = Schedule(opened, known, app.state.product.clock) if with_schedule else None
    tell_story("appeal", appeals_told, of=Appeal)
    tell_story("refile", refiles_told, of=Refile)
    tell_story("inquiry", inquiries_told, of=Inquiry)
    app.state.identify = identify
    app.state.keep_typed = keep_typed
    app.state.practice_names = practice_names
    app.state.claims_changed = claims_changed
    app.router.routes.extend(_routes())
    app.state.paths = frozenset(paths_of(ROUTERS))

    app.add_middleware(BodyLimit, largest_bytes=known.upload_megabytes * 2**20)
    app.add_middleware(  # the last one added is the outermost
        SecurityHeaders, https=known.https, broken=lambda request, error: error_page(request, TROUBLES[500])
    )
    add_error_pages(app, error_page)
    app.add_exception_handler(PasswordChangeNeeded, _choose_a_password)
    app.add_exception_handler(OverflowError, _names_nothing)
    app.add_exception_handler(DataError, _names_nothing)
    return app


@asynccontextmanager
async def _while_serving(app: FastAPI) -> AsyncIterator[None]:
    """The schedule runs exactly as long as the product serves."""
    schedule: Schedule | None = app.state.schedule
    if schedule is not None:
        schedule.start()
    try:
        yield
    finally:
        if schedule is not None:
            schedule.stop()


@cache
def _routes() -> list[BaseRoute]:
    """Every route behind the check of its form's token. FastAPI works out what each needs once for the process, not
    again for each application in it."""
    whole = APIRouter(dependencies=[Depends(check_csrf)])
    for router in ROUTERS:
        for route in router.routes:
            if isinstance(route, APIRoute) and not iscoroutinefunction(route.endpoint):
                route.endpoint = committing(route.endpoint)
        whole.include_router(router)
    return whole.routes


def paths_of(routers: tuple[APIRouter, ...]) -> list[str]:
    """Every path that the product answers to."""
    return [path for router in routers for route in router.routes if (path := getattr(route, "path", ""))]


def practice_names(session: Session) -> list[tuple[int, str]]:
    """Ids and names of the practices, for the people page."""
    rows = session.exec(select(Practice).order_by(col(Practice.name))).all()
    return [(each.id, each.name) for each in rows if each.id is not None]


def claims_changed(session: Session, clock: Clock, claim_ids: Collection[int]) -> None:
    """How a slice below the queues tells them that its books moved: in the same transaction, as after a load."""
    if claim_ids:
        settle_appeals(session, clock, claim_ids)
        settle_refiles(session, clock, claim_ids)
        wake_answered(session, clock, claim_ids)
        rerank_claims(session, clock, sorted(claim_ids))


def _names_nothing(request: Request, error: Exception) -> Response:
    """An address with a number or text that no row can hold names nothing; any other such error is our fault."""
    if not any(words in str(error) for words in CANNOT_BE_HELD):
        raise error
    return error_page(request, TROUBLES[NotFound])


def _choose_a_password(request: Request, error: Exception) -> Response:
    return redirect(request, "/account")

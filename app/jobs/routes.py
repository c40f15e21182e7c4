"""The schedule on screen: what runs by itself, when it last ran and what came of it; run it now; upload files."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, File, Request, Response, UploadFile

from app.audit.record import record
from app.auth.permissions import Permission
from app.auth.require import require
from app.auth.viewer import Viewer
from app.core.db import is_sqlite, session_scope
from app.intake.pickup import ingest
from app.intake.report import FileReport, Refused
from app.intake.tables import FileState
from app.jobs.leader import leading, own_name
from app.jobs.schedule import JOBS, Schedule, find_job, last_runs, run_job
from app.jobs.work import desk_for, settle_and_rank
from app.web.errors import Invalid, NotFound
from app.web.pages import redirect, render
from app.web.product import Database, actor_in, product_of
from app.web.toasts import toast

router = APIRouter()
CanView = Annotated[Viewer, Depends(require(Permission.FILES_VIEW))]
CanRun = Annotated[Viewer, Depends(require(Permission.JOBS_RUN))]
CanImport = Annotated[Viewer, Depends(require(Permission.FILES_IMPORT))]

MOST_UPLOADS = 50  # of one form; more belong into the inbox folder


@router.get("/jobs")
def jobs(request: Request, session: Database, viewer: CanView) -> Response:
    """Every job with its last run and its next one."""
    schedule: Schedule | None = getattr(request.app.state, "schedule", None)
    settings = product_of(request).settings
    runs = last_runs(session)
    rows = [
        (job, job.every(settings), runs.get(job.key), schedule.next_run(job.key) if schedule else None)
        for job in JOBS
    ]
    shared = not is_sqlite(product_of(request).engine)
    return render(
        request,
        "jobs/index.html",
        rows=rows,
        is_running=schedule is not None,
        shared=shared,
        leader=leading(session) if shared else None,
        own_name=own_name(),
        inbox=settings.inbox_dir,
    )


@router.post("/jobs/{key}/run")
def run_now(request: Request, viewer: CanRun, key: str) -> Response:
    """Run one job now, in this request: the answer says what came of it."""
    job = find_job(key)
    if job is None:
        raise NotFound
    product = product_of(request)
    with session_scope(product.engine) as session:
        record(session, "job.run", object_type="job", object_id=key)
    run = run_job(job, product.engine, product.settings, product.clock, trigger="person")
    toast(request, f"{job.label}: {run.result}", kind="done" if run.is_fine else "error")
    return redirect(request, "/jobs")


@router.post("/files")
def upload(request: Request, viewer: CanImport, files: Annotated[list[UploadFile], File()]) -> Response:
    """Load files from the browser, by the same way as the inbox."""
    given = [file for file in files if file.filename]
    if not given:
        raise Invalid("Choose at least one file.")
    if len(given) > MOST_UPLOADS:
        raise Invalid(f"{len(given)} files at once; at most {MOST_UPLOADS}. Put them into the inbox folder instead.")
    product = product_of(request)
    desk = desk_for(product.engine, product.settings, product.clock, actor_in(request))
    outcomes: list[FileReport | Refused] = []
    with tempfile.TemporaryDirectory(dir=product.settings.home) as folder:
        for number, file in enumerate(given):
            # Only the name's last part, in a folder of its own: a name from outside never chooses a path.
            place = Path(folder) / str(number)
            place.mkdir()
            path = place / (Path(file.filename or "").name or "upload")
            with path.open("wb") as target:
                shutil.copyfileobj(file.file, target)
            outcomes.extend(ingest(desk, [path], channel="upload"))
    touched = {number for one in outcomes if isinstance(one, FileReport) for number in one.touched_claim_ids}
    settle_and_rank(product.engine, product.clock, touched, actor=actor_in(request))
    for outcome in outcomes:
        _say(request, outcome)
    only = outcomes[0] if len(outcomes) == 1 else None
    return redirect(request, f"/files/{only.file_id}" if isinstance(only, FileReport) else "/files")


def _say(request: Request, outcome: FileReport | Refused) -> None:
    if isinstance(outcome, Refused):
        toast(request, outcome.reason, kind="error")
    elif outcome.was_known:
        toast(request, f"{outcome.name} was here before: nothing was posted again.", kind="info")
    elif outcome.state is FileState.QUARANTINED:
        toast(request, f"{outcome.name} was set aside: {outcome.reason}", kind="warning")
    else:
        toast(request, f"{outcome.name}: {outcome.claims:,} claims loaded.")

"""What one claim costs the server: processor time and statements, beside a page that does nothing but print.

    python -m benchmarks.claim                  the bundled practice, loaded into a folder of its own
    python -m benchmarks.claim --keep FOLDER    load it there once and use it again

The product and a bare FastAPI + Jinja page (of a list's size, benchmarks/web_servers.py) are asked in this process
by turns, claim after claim as a biller steps through them. The machine decides the milliseconds: compare the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import NamedTuple

from fastapi import FastAPI
from sqlalchemy import Engine, event
from sqlmodel import Session, select

from app.auth.demo import CAST
from app.auth.people import find_by_email
from app.auth.sessions import begin
from app.cli.demo import DEMO_TODAY, load_practice
from app.cli.machine import opened
from app.core.config import Settings
from app.core.db import session_scope
from app.followup.tables import WorkScore
from app.main import create_app
from app.web.readiness import get_ready
from benchmarks.web_servers import ask, bare_page

CLAIMS, WARM = 200, 30
KINDS = {
    "the right pane, as J and K ask for it": ("/work?queue={queue}&claim={claim}", "pane-claim"),
    "the claim by itself": ("/claims/{claim}", ""),
    "the whole bench with a claim": ("/work?queue={queue}&claim={claim}", ""),
}


class Cost(NamedTuple):
    seconds: list[float]  # of processor time, one a page
    statements: float  # a page, transactions' beginnings among them
    size: int  # bytes of the last page


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--claims", type=int, default=CLAIMS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.keep or Path(folder)
        os.environ["OVERTURN_HOME"] = str(home)
        asyncio.run(_measure(home, given.claims))


async def _measure(home: Path, count: int) -> None:
    settings = Settings(home=home, demo=True, today=DEMO_TODAY)
    machine = opened(settings)
    load_practice(machine)
    app, bare = create_app(settings, engine=machine.engine), bare_page()
    get_ready()
    with session_scope(machine.engine) as session:
        person = find_by_email(session, CAST[0].email)
        assert person is not None
        now = app.state.product.clock.now()
        token = begin(session, person, now, ip="127.0.0.1", user_agent="benchmark")
    with Session(machine.engine) as session:
        found = session.exec(select(WorkScore.claim_id, WorkScore.queue).order_by(WorkScore.carc)).all()
    claims = [found[number * len(found) // (count + WARM)] for number in range(count + WARM)]
    cookie = f"overturn_session={token}; overturn_visit=benchmark"
    print(f"{'':42}{'ms':>8}{'bare pages':>12}{'statements':>12}{'KB':>6}")
    for name, (address, target) in KINDS.items():
        addresses = [address.format(claim=claim, queue=queue) for claim, queue in claims]
        page, beside = await _asked(app, bare, machine.engine, addresses, cookie, target)
        ratio = median(page.seconds) / median(beside.seconds)
        milliseconds = median(page.seconds) * 1000
        print(f"{name:42}{milliseconds:8.1f}{ratio:12.1f}{page.statements:12.1f}{page.size / 1000:6.0f}")
        last = beside
    print(f"{'the bare page':42}{median(last.seconds) * 1000:8.1f}{1:12.1f}{0:12.1f}{last.size / 1000:6.0f}")
    machine.engine.dispose()


async def _asked(
    app: FastAPI, bare: FastAPI, engine: Engine, addresses: Sequence[str], cookie: str, target: str
) -> tuple[Cost, Cost]:
    """Every page, and the bare one after each, without the first few of both."""
    counted = 0

    def count(*_: object) -> None:
        nonlocal counted
        counted += 1

    times: tuple[list[float], list[float]] = ([], [])
    sizes = [0, 0]
    event.listen(engine, "before_cursor_execute", count)
    for number, address in enumerate(addresses):
        counted = counted if number > WARM else 0
        for which, (asked, path) in enumerate(((app, address), (bare, "/"))):
            began = time.process_time()
            sizes[which] = await _ask(asked, path, cookie, target)
            times[which].append(time.process_time() - began)
    event.remove(engine, "before_cursor_execute", count)
    asked_for = len(addresses) - WARM
    return Cost(times[0][WARM:], counted / asked_for, sizes[0]), Cost(times[1][WARM:], 0.0, sizes[1])


async def _ask(app: FastAPI, address: str, cookie: str, target: str) -> int:
    """One request, past the network; bytes of the answer, which must be a page."""
    status, size = await ask(app, address, cookie, target)
    if status != 200:
        raise SystemExit(f"{address} answered {status}")
    return size


if __name__ == "__main__":
    main()

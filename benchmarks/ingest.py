"""How fast and how flat 835s go from file to posted, matched and queued, beside the least that could write the rows.

    python -m benchmarks.ingest                   100,000 claims, and a fifth of them to see whether memory is flat
    python -m benchmarks.ingest --claims 200000   ten times the smallest that can be compared

Every claim has two or three lines, two adjustments a line, and is new to the books: the most work an 835 can make.
Stages are processes of their own and told as CPU seconds (user and system), claims a second and peak memory:

    read       the EDI layer alone
    ingest     read, match, post and keep, into an empty SQLite database with its whole schema and indexes
    rank       every claim into its queue
    bare       the very rows that came of it, written again by sqlite3.executemany and nothing else, into the same
               tables with the same indexes, in one transaction (and, for comparison, without the indexes)

The target: ingest and rank together take no more than six times read plus bare, and ten times the claims no more
than 1.3 times the memory.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

CLAIMS = 100_000
CLAIMS_PER_PAYMENT = 5_000
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=UTC)
ROWS_AT_ONCE = 5_000
FEWEST = 20_000  # below this SQLite has not filled its page cache of 64 MB, and the comparison would be of that
TARGET_TIMES = 6.0
TARGET_MEMORY = 1.3


class Stage(NamedTuple):
    seconds: float  # CPU
    wall_seconds: float
    memory_mb: float  # peak resident, the interpreter included


def generate(claims: int) -> Iterator[str]:
    """835s of so many claims, a few thousand to a payment."""
    draw = random.Random(835)
    yield "ISA*00*          *00*          *ZZ*PAYER01        *ZZ*CLINIC01       *261120*1200*^*00501*000000001*0*P*:~"
    yield "GS*HP*PAYER01*CLINIC01*20261120*1200*1*X*005010X221A1~"
    payments = 0
    for first in range(0, claims, CLAIMS_PER_PAYMENT):
        payments += 1
        body: list[str] = []
        paid = sum(_claim(body, number, draw) for number in range(first, min(first + CLAIMS_PER_PAYMENT, claims)))
        head = [
            f"ST*835*{payments:04d}",
            f"BPR*I*{paid}*C*ACH*CCP*01*999988880*DA*11112222*1999999999**01*999977770*DA*33334444*20261118",
            f"TRN*1*EFT{payments:07d}*1999999999",
            "DTM*405*20261117",
            "N1*PR*INVENTED HEALTH PLAN",
            "REF*2U*99001",
            "N1*PE*INVENTED CLINIC*XX*1234567893",
            "REF*TJ*991234567",
            "LX*1",
        ]
        body.append(f"SE*{len(head) + len(body) + 1}*{payments:04d}")
        yield "~".join(head + body) + "~"
    yield f"GE*{payments}*1~IEA*1*000000001~"


def _claim(body: list[str], number: int, draw: random.Random) -> int:
    """Append one claim; its payment in dollars. One in ten is denied."""
    lines = 2 + number % 2
    day = f"202610{draw.randrange(1, 29):02d}"
    is_denied = number % 10 == 0
    paid = 0 if is_denied else 60 * lines
    share = "" if is_denied else str(15 * lines)
    body += [
        f"CLP*PCN{number:08d}*1*{100 * lines}*{paid}*{share}*12*ICN{number:09d}*11*1",
        f"NM1*QC*1*DOE{number % 977}*JANE****MI*W{number % (CLAIMS // 2):09d}",
        f"NM1*82*1*ROE*RICHARD****XX*{1234567893 + number % 50}",
        f"DTM*232*{day}",
        "DTM*050*20261029",
    ]
    for line in range(1, lines + 1):
        body += [
            f"SVC*HC:9921{line}*100*{0 if is_denied else 60}**1",
            f"DTM*472*{day}",
            *(("CAS*CO*45*25**197*75",) if is_denied else ("CAS*CO*45*25", "CAS*PR*2*15")),
            f"REF*6R*{number}L{line}",
        ]
    return paid


CHILD = "import sys; from benchmarks.ingest import run_stage; run_stage(*sys.argv[1:])"


def stage(name: str, folder: Path) -> Stage:
    """Run one stage as a process of its own."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", CHILD, name, str(folder)], capture_output=True, text=True, check=False
    )
    after, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic() - started
    if done.returncode:
        raise RuntimeError(f"{name}: {done.stderr.strip()[-2000:]}")
    peak = json.loads(done.stdout.splitlines()[-1])["peak_kb"]
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Stage(seconds, wall, peak / 1024)


def run_stage(name: str, folder: str) -> None:
    """In the child: do the work, tell the peak of memory."""
    home = Path(folder)
    {"nothing": _nothing, "read": _read, "make": _make, "ingest": _ingest, "rank": _rank}[name](home)
    print(json.dumps({"peak_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))


def _nothing(home: Path) -> None:
    """What importing the program costs."""
    import app.followup.rank
    import app.matching.loaders  # noqa: F401


def _read(home: Path) -> None:
    import edi

    with (home / "generated.835").open("rb") as stream:
        for _ in edi.read(stream):
            pass


def _make(home: Path) -> None:
    """The empty database."""
    from app.core.db import make_engine
    from app.core.schema import init_database

    init_database(make_engine(f"sqlite:///{home / 'overturn.db'}"))


def _ingest(home: Path) -> None:
    from app.core.clock import FixedClock
    from app.core.config import Settings
    from app.core.db import make_engine
    from app.intake.desk import Desk
    from app.intake.pickup import ingest
    from app.intake.tables import FileState
    from app.matching.loaders import LOADERS

    settings = Settings(home=home)
    settings.create_folders()
    desk = Desk(make_engine(f"sqlite:///{home / 'overturn.db'}"), settings, FixedClock(NOW), LOADERS)
    for report in ingest(desk, [home / "generated.835"], channel="command"):
        assert getattr(report, "state", None) is FileState.LOADED, report


def _rank(home: Path) -> None:
    from app.core.clock import FixedClock
    from app.core.db import make_engine
    from app.followup.rank import rerank_all

    rerank_all(make_engine(f"sqlite:///{home / 'overturn.db'}"), FixedClock(NOW), trigger="benchmark")


def bare_write(home: Path, *, has_indexes: bool) -> tuple[float, int]:
    """CPU seconds to write the same rows with executemany alone, reading them aside; and how many there are."""
    source = sqlite3.connect(home / "overturn.db")
    path = home / f"bare{int(has_indexes)}.db"
    target = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "cache_size = -65536", "temp_store = MEMORY"):
        target.execute(f"PRAGMA {pragma}")
    kinds = ("table", "index") if has_indexes else ("table",)
    schema = source.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY type DESC"
    ).fetchall()
    tables = [name for kind, name, _ in schema if kind == "table" and not name.startswith("sqlite_")]
    for kind, name, sql in schema:
        if kind in kinds and not name.startswith("sqlite_"):
            target.execute(sql)
    target.execute("BEGIN")
    seconds, count = 0.0, 0
    for table in tables:
        rows = source.execute(f'SELECT * FROM "{table}"')
        marks = ", ".join("?" for _ in rows.description)
        while batch := rows.fetchmany(ROWS_AT_ONCE):
            started = time.process_time()
            target.executemany(f'INSERT INTO "{table}" VALUES ({marks})', batch)
            seconds += time.process_time() - started
            count += len(batch)
    started = time.process_time()
    target.execute("COMMIT")
    seconds += time.process_time() - started
    target.close()
    source.close()
    path.unlink()
    return seconds, count


def measure(claims: int) -> dict[str, float]:
    """All stages for so many claims, printed as they come."""
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with (home / "generated.835").open("w") as stream:
            stream.writelines(generate(claims))
        size = (home / "generated.835").stat().st_size
        print(f"\n{claims:,} claims, {size / 1e6:.1f} MB", flush=True)
        print(f"{'':26}{'CPU s':>8}{'wall s':>8}{'claims/s':>10}{'peak MB':>9}")
        idle = stage("nothing", home)
        stage("make", home)
        for name in ("read", "ingest", "rank"):
            done = stage(name, home)
            seconds = max(done.seconds - (idle.seconds if name != "read" else 0), 0.01)
            figures[name], figures[f"{name} MB"] = seconds, done.memory_mb
            print(
                f"{name:26}{seconds:8.1f}{done.wall_seconds:8.1f}{claims / seconds:10,.0f}{done.memory_mb:9.0f}",
                flush=True,
            )
        for name, has_indexes in (("bare write", True), ("bare write, no indexes", False)):
            seconds, count = bare_write(home, has_indexes=has_indexes)
            figures[name] = seconds
            print(f"{name:26}{seconds:8.1f}{'':8}{claims / seconds:10,.0f}{'':9}   {count:,} rows", flush=True)
    whole = figures["ingest"] + figures["rank"]
    for name in ("bare write", "bare write, no indexes"):
        figures[f"times {name}"] = whole / (figures["read"] + figures[name])
        print(f"whole ingest is {figures[f'times {name}']:.1f} × (read + {name}); the target is {TARGET_TIMES:.0f}")
    return figures


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ingest", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--claims", type=int, default=CLAIMS)
    chosen = parser.parse_args()
    few = max(chosen.claims // 10, FEWEST)
    small, large = measure(few), measure(chosen.claims)
    memory = large["ingest MB"] / small["ingest MB"]
    times = chosen.claims / few
    print(f"\n{times:g} times the claims take {memory:.2f} × the memory to ingest (target for ten: {TARGET_MEMORY})")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

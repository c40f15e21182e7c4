"""How much of the recoverable money each way of ordering the work brings in, on a simulated practice.

    python benchmarks/recovery.py --seeds 1-8 --bound                            both reference scenarios
    python benchmarks/recovery.py --scenario FILE.toml --policies overturn,highest_balance --json
    python benchmarks/recovery.py --simulator FOLDER                             another copy of the yardstick
    python benchmarks/recovery.py --seeds 1-8 --keep rows.jsonl                  cut off? start it again: it goes on

The yardstick in benchmarks/recovery/ (simulator, baselines, the policy that knows the true odds, the bound on any
policy without foresight) stands unchanged; the product's engine plugs in through benchmarks/recovery_engine.py.
The measure is expected incremental dollars: what work adds over what pays by itself, coin flips averaged out.
Each scenario, seed and policy is a piece of work of its own, spread over the processors. Interrupted, it prints what
is done.
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before NumPy: a process for each processor, a thread for each process
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import hashlib
import json
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))

from recovery_engine import Engine  # noqa: E402
from recovery_yardstick import Yardstick, load_yardstick, scenario_of  # noqa: E402

from workqueues.priors import Priors, standard_priors  # noqa: E402
from workqueues.strategy import Strategy  # noqa: E402

REFERENCE_SCENARIOS = ("health_system", "physician_group")
STANDARD = ("oldest_first", "highest_balance", "aging_bucket_balance", "category_tiers", "overturn", "true_odds")
ABLATIONS = (
    "overturn_no_learning", "overturn_no_uplift", "overturn_no_urgency", "overturn_no_minutes",
    "overturn_no_doubt", "overturn_oldest_5", "overturn_bad_priors",
)  # fmt: skip
ALIASES = {"ours": "overturn", "true_model_atc": "true_odds", "engine": "reference_engine"}
BOUND = "bound"
MEASURES = (  # label in the summary → the row it is held against
    ("of_bound", BOUND), ("of_true_odds", "true_odds"), ("of_balance", "highest_balance"),
)  # fmt: skip
Policy = Any
Row = dict[str, Any]

# Student's t, 97.5 %, by degrees of freedom: with three seeds 1.96 would claim twice the certainty there is
STUDENT_T = (12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.36, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11,
             2.10, 2.09, 2.09)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Piece:
    """One run: a policy (or the bound) in one world."""

    simulator: Path
    scenario: str
    seed: int
    policy: str


def bad_priors() -> Priors:
    """The shipped priors, badly wrong: log-odds off by 1.2 and log-minutes by 0.6 at random, the same every time."""
    shaken = np.random.default_rng(2026)
    good = standard_priors()

    def chance(column: Any) -> Any:
        line = np.log(np.clip(column, 0.005, 0.995) / (1 - np.clip(column, 0.005, 0.995)))
        return (1 / (1 + np.exp(-(line + 1.2 * shaken.standard_normal(len(column)))))).astype(np.float32)

    def minutes(column: Any) -> Any:
        return (column * np.exp(0.6 * shaken.standard_normal(len(column)))).astype(np.float32)

    return replace(
        good,
        nothing_to_collect=chance(good.nothing_to_collect),
        refile_share=chance(good.refile_share),
        refile_odds=chance(good.refile_odds),
        appeal_odds=chance(good.appeal_odds),
        research_minutes=minutes(good.research_minutes),
        refile_minutes=minutes(good.refile_minutes),
        appeal_minutes=minutes(good.appeal_minutes),
    )


def make_policy(name: str, yardstick: Yardstick, world: Any) -> Policy:
    """A policy by its name: the product's engine and its ablations, or one of the yardstick's."""
    sim, policies = yardstick.sim, yardstick.policies
    name = ALIASES.get(name, name)
    plain = Strategy(oldest_share=0.0)
    ours: dict[str, Callable[[], Policy]] = {
        "overturn": lambda: Engine(sim, name),
        "overturn_no_learning": lambda: Engine(sim, name, strategy=replace(plain, learn=False)),
        "overturn_no_uplift": lambda: Engine(sim, name, strategy=replace(plain, subtract_pays_anyway=False)),
        "overturn_no_urgency": lambda: Engine(sim, name, strategy=replace(plain, urgency_weight=0.0)),
        "overturn_no_minutes": lambda: Engine(sim, name, strategy=replace(plain, per_minute=False)),
        "overturn_no_doubt": lambda: Engine(sim, name, strategy=replace(plain, benefit_of_doubt=0.0)),
        "overturn_oldest_5": lambda: Engine(sim, name, strategy=replace(plain, oldest_share=0.05)),
        "overturn_bad_priors": lambda: Engine(sim, name, priors=bad_priors()),
    }
    if name in ours:
        return ours[name]()
    urgent = {"urgency": "atc", "beta": 1.0, "K": 14.0}
    if name == "true_odds":
        return policies.Index(name=name, beliefs=lambda: policies.TrueModel(world), **urgent)
    if name == "reference_engine":
        return policies.Index(name=name, beliefs=lambda: policies.Beliefs(policies.Priors(), mode="counts"), **urgent)
    if name == "reference_bad_priors":
        return policies.Index(
            name=name, beliefs=lambda: policies.Beliefs(policies.Priors(1.2, 0.6), mode="counts"), **urgent
        )
    for kind in vars(policies).values():
        if isinstance(kind, type) and issubclass(kind, policies.Base) and kind.name == name:
            return kind()
    raise SystemExit(f"no policy is called {name!r}; ours are {', '.join(ours)}; try also {', '.join(STANDARD)}")


def pieces_of(arguments: argparse.Namespace) -> list[Piece]:
    """Everything asked for, checked before anything runs: scenarios and policies that do not exist are named."""
    yardstick = load_yardstick(arguments.simulator)
    policies = [name.strip() for name in arguments.policies.split(",") if name.strip()]
    wanted = ([BOUND] if arguments.bound else []) + list(dict.fromkeys(p for p in policies if p != BOUND))
    seeds = seeds_of(arguments.seeds)
    for given in arguments.scenario or REFERENCE_SCENARIOS:
        world = yardstick.sim.World(replace(scenario_of(yardstick, given), backlog=1, arrivals_per_day=1.0), 0)
        for name in wanted:
            if name != BOUND:
                make_policy(name, yardstick, world)
    return [
        Piece(arguments.simulator, given, seed, name)
        for given in arguments.scenario or REFERENCE_SCENARIOS
        for seed in seeds
        for name in wanted
    ]


def seeds_of(text: str) -> list[int]:
    """Seeds from "3", "1-8" or "1,4,9-12"."""
    found: list[int] = []
    for part in text.split(","):
        low, _, high = part.strip().partition("-")
        if not low.isdigit() or (high and not high.isdigit()):
            raise SystemExit(f"--seeds takes numbers and ranges, 1-8 or 1,4,9; found {text!r}")
        found += range(int(low), int(high or low) + 1)
    return list(dict.fromkeys(found))


def run_piece(piece: Piece) -> Row:
    """Play one policy in one world, or work out its bound."""
    yardstick = load_yardstick(piece.simulator)
    scenario = scenario_of(yardstick, piece.scenario)
    world = yardstick.sim.World(scenario, piece.seed)
    row: Row = {"scenario": scenario.name, "seed": piece.seed, "policy": piece.policy}
    started = time.perf_counter()
    if piece.policy == BOUND:
        row["expected"] = yardstick.bound_of(world)
    else:
        result = yardstick.sim.Simulator(world).run(make_policy(piece.policy, yardstick, world), piece.policy)
        row |= {
            "expected": float(result.expected), "incremental": float(result.incremental),
            "minutes": float(result.minutes), "touches": int(result.touches),
            "over_180_touched": result.over180_touched / max(1, result.over180),
        }  # fmt: skip
    return {**row, "seconds": round(time.perf_counter() - started, 2)}


def run(pieces: list[Piece], workers: int, keep: Path | None) -> list[Row]:
    """One row for each piece, in the order asked; rows kept from an earlier run are not run again."""
    done = kept_rows(keep)
    marks = {piece: mark_of(piece) for piece in pieces}
    waiting = [piece for piece in pieces if marks[piece] not in done]
    finished = {piece: done[marks[piece]] for piece in pieces if marks[piece] in done}
    # spawned, not forked: the parent has loaded NumPy, and a fork of that is a fork of its locks
    pool = ProcessPoolExecutor(workers, mp_context=get_context("spawn"), initializer=_let_the_parent_stop_us)
    running = {pool.submit(run_piece, piece): piece for piece in waiting}
    try:
        for future in as_completed(running):
            piece = running[future]
            trouble = future.exception()
            if trouble is not None:  # one that fails leaves the others alone, and is named
                print(f"  FAILED {piece.scenario} seed {piece.seed} {piece.policy}: {trouble!r}", file=sys.stderr)
                continue
            row = finished[piece] = future.result()
            print(
                f"  {row['scenario']} seed {row['seed']} {row['policy']}: {row['expected']:,.0f}",
                file=sys.stderr, flush=True,
            )  # fmt: skip
            if keep:
                with keep.open("a", encoding="utf-8") as file:  # a line break before: the last line may be cut off
                    file.write("\n" + json.dumps({"mark": marks[piece], **row}))
    except KeyboardInterrupt:
        print(f"  interrupted: {len(finished)} of {len(pieces)} done", file=sys.stderr, flush=True)
        for process in list(pool._processes.values()):
            process.terminate()
        pool.shutdown(wait=False, cancel_futures=True)
    else:
        pool.shutdown()
    return [finished[piece] for piece in pieces if piece in finished]


def _let_the_parent_stop_us() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def kept_rows(keep: Path | None) -> dict[str, Row]:
    """The rows of an earlier run by their marks; a last line that was cut off is left out."""
    found: dict[str, Row] = {}
    if keep and keep.exists():
        for line in keep.read_text(encoding="utf-8").splitlines():
            try:
                row = json.loads(line)
            except json.JSONDecodeError:
                continue
            found[row.pop("mark")] = row
    return found


def mark_of(piece: Piece) -> str:
    """What a kept row stands for: the simulator and scenario as they are, and for our own policies our own code."""
    digest = hashlib.sha256(f"{piece.scenario} {piece.seed} {piece.policy}".encode())
    files = sorted(piece.simulator.glob("*.py"))
    if piece.scenario.endswith(".toml"):
        files.append(Path(piece.scenario))
    if ALIASES.get(piece.policy, piece.policy).startswith("overturn"):
        files += sorted((HERE.parent / "workqueues").glob("*.py"))
        files += [*sorted((HERE.parent / "workqueues" / "data").iterdir()), HERE / "recovery_engine.py"]
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def summary(rows: list[Row]) -> list[Row]:
    """Mean over seeds with 95 % intervals: share of the bound, of the true-odds policy, gain over highest balance."""
    made = []
    for scenario in dict.fromkeys(row["scenario"] for row in rows):
        by_policy: dict[str, dict[int, Row]] = {}
        for row in rows:
            if row["scenario"] == scenario:
                by_policy.setdefault(ALIASES.get(row["policy"], row["policy"]), {})[row["seed"]] = row
        for policy, seeds in by_policy.items():
            if policy == BOUND:
                continue
            line: Row = {"scenario": scenario, "policy": policy, "seeds": len(seeds)}
            line["expected"], line["expected_ci"] = mean_and_interval([row["expected"] for row in seeds.values()])
            for label, against in MEASURES:
                held = by_policy.get(against, {})
                ratios = [row["expected"] / held[s]["expected"] for s, row in seeds.items()
                          if s in held and held[s]["expected"] > 0]  # fmt: skip
                if ratios:
                    line[label], line[f"{label}_ci"] = mean_and_interval(ratios)
            line["seconds"] = float(np.mean([row["seconds"] for row in seeds.values()]))
            line["over_180_touched"] = float(np.mean([row["over_180_touched"] for row in seeds.values()]))
            made.append(line)
    return made


def mean_and_interval(values: list[float]) -> tuple[float, float | None]:
    """Mean and half of the 95 % interval; one seed has no interval."""
    if len(values) < 2:
        return float(np.mean(values)), None
    t = STUDENT_T[min(len(values) - 1, len(STUDENT_T)) - 1]
    return float(np.mean(values)), float(t * np.std(values, ddof=1) / np.sqrt(len(values)))


def show(lines: list[Row]) -> None:
    scenario = ""
    for line in lines:
        if line["scenario"] != scenario:
            scenario = line["scenario"]
            print(f"\n{scenario}, {line['seeds']} seeds; shares with 95 % intervals")
            heads = ("of bound", "of true odds", "vs balance")
            columns = " ".join(f"{head:>16}" for head in heads)
            print(f"  {'policy':24} {'expected k$':>11} {columns} {'>180':>6} {'s':>6}")
        cells = [_cell(line, label, "{:.3f}", 1.0, 0.0) for label in ("of_bound", "of_true_odds")]
        cells.append(_cell(line, "of_balance", "{:+.1f} %", 100.0, 1.0))
        print(f"  {line['policy']:24} {line['expected'] / 1e3:11,.0f} " + " ".join(f"{cell:>16}" for cell in cells)
              + f" {line['over_180_touched']:6.2f} {line['seconds']:6.1f}")  # fmt: skip


def _cell(line: Row, label: str, form: str, times: float, less: float) -> str:
    if label not in line:
        return "-"
    spread = line[f"{label}_ci"]
    told = form.format(times * (line[label] - less))
    return told if spread is None else f"{told} ±{times * spread:.{1 if times > 1 else 3}f}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--simulator", type=Path, default=HERE / "recovery", help="folder with sim.py, policies.py, bound.py"
    )
    parser.add_argument("--scenario", action="append", help="a scenario's name or a TOML file; may be given again")
    parser.add_argument("--seeds", default="1-3", help="a seed, a range, or a list of both: 1-8, 1,4,9-12")
    parser.add_argument("--policies", default=",".join(STANDARD), help=f"also: {', '.join(ABLATIONS)}")
    parser.add_argument(
        "--bound", action="store_true", help="also work out the bound on any policy without foresight"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes; one for each processor")
    parser.add_argument("--keep", type=Path, help="append each row to this file, and go on from the rows it holds")
    parser.add_argument("--json", action="store_true", help="rows and summary as JSON")
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    pieces = pieces_of(arguments)
    rows = run(pieces, max(1, arguments.workers), arguments.keep)
    if arguments.json:
        print(json.dumps({"rows": rows, "summary": summary(rows)}, indent=1))
    else:
        show(summary(rows))
    if len(rows) < len(pieces):
        raise SystemExit(1)


if __name__ == "__main__":
    main()

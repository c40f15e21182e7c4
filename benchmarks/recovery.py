"""How much of the recoverable money each way of ordering the work brings in, on a simulated practice.

    python benchmarks/recovery.py --seeds 1-8                                    both reference scenarios
    python benchmarks/recovery.py --scenario FILE.toml --policies overturn,highest_balance --json
    python benchmarks/recovery.py --simulator FOLDER                             another copy of the yardstick

The yardstick in benchmarks/recovery/ (simulator, baselines, the policy that knows the true odds, the bound on any
policy without foresight) stands unchanged; the product's engine plugs in through benchmarks/recovery_engine.py.
The measure is expected incremental dollars: what work adds over what pays by itself, coin flips averaged out.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE))

from recovery_engine import Engine  # noqa: E402

from workqueues.priors import Priors, standard_priors  # noqa: E402
from workqueues.strategy import Strategy  # noqa: E402

REFERENCE_SCENARIOS = ("health_system", "physician_group")
STANDARD = ("oldest_first", "highest_balance", "aging_bucket_balance", "category_tiers", "overturn", "true_odds")
ABLATIONS = (
    "overturn_no_learning", "overturn_no_uplift", "overturn_no_urgency", "overturn_no_minutes",
    "overturn_no_doubt", "overturn_oldest_5", "overturn_bad_priors",
)  # fmt: skip
ALIASES = {"ours": "overturn", "true_model_atc": "true_odds", "engine": "reference_engine"}
Policy = Any


def load_yardstick(folder: Path) -> tuple[ModuleType, ModuleType, ModuleType]:
    """sim, policies and bound from `folder`; what they ask of scipy is answered by NumPy when scipy is absent."""
    sys.path.insert(0, str(folder))
    try:
        importlib.import_module("scipy.optimize")
    except ImportError:
        stand_in_for_scipy()
    return tuple(importlib.import_module(name) for name in ("sim", "policies", "bound"))  # type: ignore[return-value]


def stand_in_for_scipy() -> None:
    """Cholesky solve, the normal distribution and Nelder-Mead: all that the yardstick asks of scipy."""
    linalg, optimize, special = (ModuleType(f"scipy.{name}") for name in ("linalg", "optimize", "special"))
    linalg.cho_factor = lambda matrix, check_finite=True: matrix  # type: ignore[attr-defined]
    linalg.cho_solve = lambda factor, right, check_finite=True: np.linalg.solve(factor, right)  # type: ignore[attr-defined]
    special.ndtr = lambda z: importlib.import_module("sim")._phi(z)  # type: ignore[attr-defined]
    optimize.minimize = nelder_mead  # type: ignore[attr-defined]
    scipy = ModuleType("scipy")
    sys.modules |= {
        "scipy": scipy, "scipy.linalg": linalg, "scipy.optimize": optimize, "scipy.special": special,
    }  # fmt: skip


def nelder_mead(function: Callable[[Any], float], x0: Any, method: str, options: dict[str, Any]) -> Any:
    """The simplex search, as the bound uses it. Any point it returns gives a valid bound; a better one a tighter."""
    points = [np.asarray(p, float) for p in options["initial_simplex"]]
    values = [function(p) for p in points]
    calls = len(points)
    while calls < options["maxfev"] and max(values) - min(values) > options["fatol"]:
        order = np.argsort(values)
        points, values = [points[i] for i in order], [values[i] for i in order]
        centre = np.mean(points[:-1], axis=0)
        reflected = centre + (centre - points[-1])
        value = function(reflected)
        calls += 1
        if value < values[0]:
            further = centre + 2 * (centre - points[-1])
            best = function(further)
            calls += 1
            points[-1], values[-1] = (further, best) if best < value else (reflected, value)
        elif value < values[-2]:
            points[-1], values[-1] = reflected, value
        else:
            nearer = centre + 0.5 * (points[-1] - centre)
            inside = function(nearer)
            calls += 1
            if inside < values[-1]:
                points[-1], values[-1] = nearer, inside
            else:
                points = [points[0]] + [points[0] + 0.5 * (p - points[0]) for p in points[1:]]
                values = [values[0]] + [function(p) for p in points[1:]]
                calls += len(points) - 1
    best_at = int(np.argmin(values))
    found = ModuleType("found")
    found.x, found.fun = points[best_at], values[best_at]  # type: ignore[attr-defined]
    return found


def scenario_from(sim: ModuleType, policies: ModuleType, bound: ModuleType, given: str) -> Any:
    """A named scenario, or a TOML file: any field of Scenario, and [category.NAME] / [payer.NAME] columns."""
    if not given.endswith(".toml"):
        return sim.SCENARIOS[given]
    data = tomllib.loads(Path(given).read_text(encoding="utf-8"))
    base = sim.SCENARIOS[data.pop("base", "health_system")]
    override_table(sim, policies, "CATS", data.pop("category", {}))
    override_table(sim, policies, "PAYERS", data.pop("payer", {}))
    known = {field.name for field in fields(base)}
    unknown = set(data) - known
    if unknown:
        raise SystemExit(
            f"{given}: {sorted(unknown)[0]!r} is no field of Scenario; known are {', '.join(sorted(known))}"
        )
    data.setdefault("name", Path(given).stem)
    return replace(base, **{k: tuple(v) if isinstance(v, list) else v for k, v in data.items()})


def override_table(sim: ModuleType, policies: ModuleType, table: str, changes: dict[str, dict[str, Any]]) -> None:
    """Change columns of the simulator's category or payer table, by row name, wherever the table is used."""
    rows = {row.name: row for row in getattr(sim, table)}
    for name, columns in changes.items():
        if name not in rows:
            raise SystemExit(f"no row {name!r} in {table}; known are {', '.join(rows)}")
        rows[name] = replace(rows[name], **columns)
    made = tuple(rows.values())
    setattr(sim, table, made)
    if hasattr(policies, table):
        setattr(policies, table, made)
    sim.col.__defaults__ = (sim.CATS,)


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


def make_policy(name: str, sim: ModuleType, policies: ModuleType, world: Any) -> Policy:
    """A policy by its name: the product's engine and its ablations, or one of the yardstick's."""
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


def run(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    """One row for each scenario, seed and policy."""
    sim, policies, bound = load_yardstick(arguments.simulator)
    low, _, high = arguments.seeds.partition("-")
    rows: list[dict[str, Any]] = []
    for given in arguments.scenario or REFERENCE_SCENARIOS:
        scenario = scenario_from(sim, policies, bound, given)
        for seed in range(int(low), int(high or low) + 1):
            world = sim.World(scenario, seed)
            if arguments.bound:
                started = time.perf_counter()
                best, _ = bound.best_bound(world)
                rows.append({"scenario": scenario.name, "seed": seed, "policy": "bound", "expected": best,
                             "seconds": time.perf_counter() - started})  # fmt: skip
            for name in arguments.policies.split(","):
                started = time.perf_counter()
                result = sim.Simulator(world).run(make_policy(name, sim, policies, world), name)
                rows.append({
                    "scenario": scenario.name, "seed": seed, "policy": name, "expected": result.expected,
                    "incremental": result.incremental, "minutes": result.minutes, "touches": result.touches,
                    "over_180_touched": result.over180_touched / max(1, result.over180),
                    "seconds": round(time.perf_counter() - started, 2),
                })  # fmt: skip
                if not arguments.json:
                    print(
                        f"  {scenario.name} seed {seed} {name}: {result.expected:,.0f}", file=sys.stderr, flush=True
                    )
    return rows


def summary(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mean over seeds with 95 % intervals: share of the bound, of the true-odds policy, gain over highest balance."""
    made = []
    for scenario in dict.fromkeys(row["scenario"] for row in rows):
        by_policy: dict[str, dict[int, dict[str, Any]]] = {}
        for row in rows:
            if row["scenario"] == scenario:
                by_policy.setdefault(row["policy"], {})[row["seed"]] = row
        for policy, seeds in by_policy.items():
            if policy == "bound":
                continue
            line: dict[str, Any] = {"scenario": scenario, "policy": policy, "seeds": len(seeds)}
            line["expected"], _ = mean_and_interval([row["expected"] for row in seeds.values()])
            for label, against in (
                ("of_bound", "bound"),
                ("of_true_odds", "true_odds"),
                ("of_balance", "highest_balance"),
            ):
                if against in by_policy:
                    ratios = [row["expected"] / by_policy[against][seed]["expected"] for seed, row in seeds.items()]
                    line[label], line[f"{label}_ci"] = mean_and_interval(ratios)
            line["seconds"] = float(np.mean([row["seconds"] for row in seeds.values()]))
            line["over_180_touched"] = float(np.mean([row["over_180_touched"] for row in seeds.values()]))
            made.append(line)
    return made


def mean_and_interval(values: list[float]) -> tuple[float, float]:
    spread = 1.96 * float(np.std(values, ddof=1)) / np.sqrt(len(values)) if len(values) > 1 else 0.0
    return float(np.mean(values)), float(spread)


def show(lines: list[dict[str, Any]]) -> None:
    scenario = ""
    for line in lines:
        if line["scenario"] != scenario:
            scenario = line["scenario"]
            print(f"\n{scenario}, {line['seeds']} seeds; shares with 95 % intervals")
            heads = ("of bound", "of true odds", "vs balance")
            print(
                f"  {'policy':24} {'expected k$':>11} "
                + " ".join(f"{h:>15}" for h in heads)
                + f" {'>180':>5} {'s':>6}"
            )
        cells = []
        for label in ("of_bound", "of_true_odds"):
            cells.append(f"{line[label]:.3f} ±{line[f'{label}_ci']:.3f}" if label in line else "-")
        gain = (
            f"{100 * (line['of_balance'] - 1):+.1f} % ±{100 * line['of_balance_ci']:.1f}"
            if "of_balance" in line
            else "-"
        )
        print(f"  {line['policy']:24} {line['expected'] / 1e3:11,.0f} {cells[0]:>14} {cells[1]:>14} {gain:>15} "
              f"{line['over_180_touched']:9.2f} {line['seconds']:6.1f}")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--simulator", type=Path, default=HERE / "recovery", help="folder with sim.py, policies.py, bound.py"
    )
    parser.add_argument("--scenario", action="append", help="a scenario's name or a TOML file; may be given again")
    parser.add_argument("--seeds", default="1-3", help="a seed or a range, 1-8")
    parser.add_argument("--policies", default=",".join(STANDARD), help=f"also: {', '.join(ABLATIONS)}")
    parser.add_argument(
        "--bound", action="store_true", help="also work out the bound on any policy without foresight"
    )
    parser.add_argument("--json", action="store_true", help="rows and summary as JSON")
    arguments = parser.parse_args()
    rows = run(arguments)
    if arguments.json:
        print(json.dumps({"rows": rows, "summary": summary(rows)}, indent=1))
    else:
        show(summary(rows))


if __name__ == "__main__":
    main()

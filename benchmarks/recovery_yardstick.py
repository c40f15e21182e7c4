"""The simulator as loaded from its folder, and the scenarios to run on it: by name, or from a TOML file.

A file overrides any field of a scenario and, by name, any column of the simulator's category or payer table:

    base = "physician_group"        the scenario it starts from; the standard one when left out
    workers = 2
    [category.coding]
    p_refile = 0.3
    [payer.com_1]
    appeal_limit = 30
"""

from __future__ import annotations

import importlib
import re
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, get_type_hints

import numpy as np

TABLES = {  # the words a file may use → the simulator's table
    "category": "CATS", "categories": "CATS", "cats": "CATS", "cat": "CATS",
    "payer": "PAYERS", "payers": "PAYERS",
}  # fmt: skip
BASE_WORDS = ("base", "extends", "from")


@dataclass(frozen=True, slots=True)
class Yardstick:
    """sim and policies of one folder, with the tables as they were when loaded."""

    sim: ModuleType
    policies: ModuleType
    tables: Mapping[str, tuple[Any, ...]]

    def bound_of(self, world: Any) -> float:
        """The most that any policy without foresight can expect in this world."""
        best, _ = importlib.import_module("bound").best_bound(world)
        return float(best)


@cache  # once: a scenario changes the tables of the loaded modules, and the next begins from what they were at first
def load_yardstick(folder: Path) -> Yardstick:
    """sim, policies and bound from `folder`; what they ask of scipy is answered by NumPy when scipy is absent."""
    if not (folder / "sim.py").is_file():
        raise SystemExit(f"{folder} holds no sim.py: it is not a copy of the simulator")
    sys.path.insert(0, str(folder.resolve()))
    try:
        importlib.import_module("scipy.optimize")
    except ImportError:
        stand_in_for_scipy()
    sim, policies = importlib.import_module("sim"), importlib.import_module("policies")
    return Yardstick(sim, policies, {"CATS": sim.CATS, "PAYERS": sim.PAYERS})


def scenario_of(yardstick: Yardstick, given: str) -> Any:
    """A scenario by its name or from a TOML file. The simulator's tables are set for it, so ask anew for each."""
    for table, rows in yardstick.tables.items():
        _set_table(yardstick, table, rows)
    if not given.endswith(".toml"):
        return _named(yardstick, given)
    try:
        data = tomllib.loads(Path(given).read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise SystemExit(f"{given}: {error}") from error
    data = {**data.pop("scenario", {}), **data} if isinstance(data.get("scenario"), dict) else data
    named = [data.pop(word) for word in (*BASE_WORDS, "scenario") if word in data]
    base = _named(yardstick, str(named[0])) if named else yardstick.sim.REFERENCE
    for word, table in TABLES.items():
        if word in data:
            _set_table(yardstick, table, _changed(yardstick, table, data.pop(word), given))
    data.setdefault("name", Path(given).stem)
    return _with_columns(base, data, given, "field of Scenario")


def _named(yardstick: Yardstick, name: str) -> Any:
    known = yardstick.sim.SCENARIOS
    held_out = re.fullmatch(r"holdout_(\d+)", name)
    if name not in known and held_out and hasattr(yardstick.sim, "holdout"):
        return yardstick.sim.holdout(int(held_out[1]))
    if name not in known:
        raise SystemExit(f"no scenario is called {name!r}; known are {', '.join(known)}")
    return known[name]


def _changed(yardstick: Yardstick, table: str, given: Any, place: str) -> tuple[Any, ...]:
    """The table with columns changed by row name: [category.NAME] tables, or [[category]] with a name in each."""
    rows = {row.name: row for row in getattr(yardstick.sim, table)}
    changes = {row["name"]: row for row in given} if isinstance(given, list) else given
    for name, columns in changes.items():
        if name not in rows:
            raise SystemExit(f"{place}: no row {name!r} in {table}; known are {', '.join(rows)}")
        rows[name] = _with_columns(rows[name], columns, place, f"column of {table}")
    return tuple(rows.values())


def _with_columns(row: Any, changes: Mapping[str, Any], place: str, what: str) -> Any:
    """A frozen row with changed values, each in its field's own type; a name that is no field is named."""
    known = [field.name for field in fields(row)]
    kinds = get_type_hints(type(row))
    for name in changes:
        if name not in known:
            raise SystemExit(f"{place}: {name!r} is no {what}; known are {', '.join(sorted(known))}")
    return replace(row, **{name: _as_kind(kinds[name], value) for name, value in changes.items()})


def _as_kind(kind: Any, value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if kind is int and isinstance(value, float):
        return round(value)
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    return value


def _set_table(yardstick: Yardstick, table: str, rows: tuple[Any, ...]) -> None:
    """Put a table wherever the simulator uses it: in both modules, and as a default of `sim.col`."""
    for module in (yardstick.sim, yardstick.policies):
        if hasattr(module, table):
            setattr(module, table, rows)
    if table == "CATS":
        yardstick.sim.col.__defaults__ = (rows,)


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


def nelder_mead(function: Callable[[Any], float], x0: Sequence[float], method: str, options: dict[str, Any]) -> Any:
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

"""The yardstick: the product's own engine, plugged in unmodified, beats the orders that people use."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

SCRIPT = Path(__file__).resolve().parents[2] / "benchmarks" / "recovery.py"
SMALL_PRACTICE = """
base = "physician_group"
days = 20
backlog = 2500
arrivals_per_day = 10.0
workers = 2
[category.coding]
p_refile = 0.3
"""


def run(scenario: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SCRIPT), "--scenario", str(scenario), *arguments],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def test_ours_brings_in_more_than_balance_and_age_on_a_scenario_from_a_file(tmp_path: Path) -> None:
    scenario = tmp_path / "small.toml"
    scenario.write_text(SMALL_PRACTICE)

    done = run(scenario, "--seeds", "1", "--json", "--policies", "oldest_first,highest_balance,overturn,true_odds")

    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, Any]] = {line["policy"]: line for line in json.loads(done.stdout)["summary"]}
    assert found["overturn"]["expected"] > 1.1 * found["highest_balance"]["expected"]
    assert found["overturn"]["expected"] > 2.0 * found["oldest_first"]["expected"]
    assert found["overturn"]["of_true_odds"] > 0.93


def test_a_scenario_field_that_does_not_exist_is_named(tmp_path: Path) -> None:
    scenario = tmp_path / "typo.toml"
    scenario.write_text("wokers = 3\n")

    done = run(scenario, "--seeds", "1")

    assert done.returncode != 0
    assert "'wokers' is no field of Scenario" in done.stderr

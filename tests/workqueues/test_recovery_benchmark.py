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


TINY_PRACTICE = """
base = "physician_group"
days = 10
backlog = 200
arrivals_per_day = 2.0
workers = 1
"""


def test_what_one_scenario_file_changes_is_not_changed_for_the_next(tmp_path: Path) -> None:
    plain, changed = tmp_path / "plain.toml", tmp_path / "changed.toml"
    plain.write_text(TINY_PRACTICE)
    changed.write_text(
        TINY_PRACTICE + "[category.coding]\nm_research = 400\n[[payer]]\nname = 'com_1'\nratio = 0.1\n"
    )
    rest = ("--seeds", "1", "--json", "--policies", "highest_balance", "--workers", "1")

    alone = run(plain, *rest)
    after = run(changed, "--scenario", str(plain), *rest)

    assert after.returncode == 0, after.stderr
    rows = json.loads(after.stdout)["rows"]
    assert [row["scenario"] for row in rows] == ["changed", "plain"]
    assert rows[1]["expected"] == json.loads(alone.stdout)["rows"][0]["expected"] != rows[0]["expected"]


def test_a_run_that_was_cut_off_goes_on_from_the_rows_it_kept(tmp_path: Path) -> None:
    scenario, keep = tmp_path / "tiny.toml", tmp_path / "rows.jsonl"
    scenario.write_text(TINY_PRACTICE)
    rest = ("--json", "--policies", "oldest_first,highest_balance", "--keep", str(keep), "--workers", "1")
    run(scenario, "--seeds", "1", *rest)
    keep.write_text(keep.read_text() + '\n{"mark": "cut o')  # killed while it wrote

    done = run(scenario, "--seeds", "1,3", *rest)

    assert done.returncode == 0, done.stderr
    assert "seed 1" not in done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert [(row["seed"], row["policy"]) for row in rows] == [
        (1, "oldest_first"), (1, "highest_balance"), (3, "oldest_first"), (3, "highest_balance"),
    ]  # fmt: skip


def test_a_scenario_field_that_does_not_exist_is_named(tmp_path: Path) -> None:
    scenario = tmp_path / "typo.toml"
    scenario.write_text("wokers = 3\n")

    done = run(scenario, "--seeds", "1")

    assert done.returncode != 0
    assert "'wokers' is no field of Scenario" in done.stderr

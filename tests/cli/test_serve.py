"""`overturn serve` with several processes."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli import compose
from app.cli.machine import REFUSED


def test_several_processes_on_sqlite_are_refused_with_the_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OVERTURN_HOME", str(tmp_path))
    monkeypatch.delenv("OVERTURN_DATABASE_URL", raising=False)
    result = CliRunner().invoke(compose("serve"), ["serve", "--processes", "2"])
    assert result.exit_code == REFUSED
    assert "OVERTURN_DATABASE_URL" in result.output

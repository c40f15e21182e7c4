"""The command line as a whole: every command loads, help is quick, an unknown command is refused."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from app.cli import COMMANDS, chosen, compose

HEAVY = ("sqlalchemy", "fastapi", "numpy", "pyx12", "edi", "app.core")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_loads_and_has_help(name: str) -> None:
    result = CliRunner().invoke(compose(name), [name, "--help"])
    assert result.exit_code == 0, result.output


def test_the_list_of_commands_needs_nothing_heavy() -> None:
    program = (
        "import sys; sys.argv = ['overturn', '--help']\n"
        "from app.cli import main\n"
        "try:\n    main()\nexcept SystemExit:\n    pass\n"
        f"print('loaded:', [name for name in {HEAVY!r} if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert "loaded: []" in result.stdout
    assert all(name in result.stdout for name in COMMANDS)


def test_an_unknown_command_is_refused() -> None:
    result = CliRunner().invoke(compose(chosen(["frobnicate"])), ["frobnicate"])
    assert result.exit_code == 2


def test_the_command_asked_for_is_the_first_argument_that_is_no_option() -> None:
    assert chosen(["--help"]) == ""
    assert chosen(["edi", "read", "-"]) == "edi"

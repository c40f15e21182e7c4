"""`overturn edi`: look into X12 files without a database. One file per command; each streams.

Exit codes: 0 fine; 1 findings of error severity (or, for `diff`, differences); 2 not readable as X12. What is
wrong is said in one line on standard error, with the place and what to do.
"""

from __future__ import annotations

import typer

from app.cli.edi.check import check
from app.cli.edi.describe import describe
from app.cli.edi.diff import diff
from app.cli.edi.read import read
from app.cli.edi.redact import redact
from app.cli.edi.split import split
from app.cli.edi.write import write

app = typer.Typer(no_args_is_help=True)
for command in (read, check, describe, redact, split, diff, write):
    app.command()(command)

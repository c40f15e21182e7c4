"""What a site sets for one sender: how its files deviate from the guide, and whether they are held to it.

    [connections.PAYER01]                  # ISA06, in the settings file
    guide = "warn"                         # off, warn or hold
    quirks = { negative_claim_is_reversal = true }

The guide check is a stage beside the load, never inside it: it reads the stored file by itself. `warn` keeps what it
finds with the file; `hold` sets a file with errors aside before anything is posted. It is off unless a site asks,
because the maps it checks against are older than today's code lists.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from app.core.config import Connection, Settings
from edi.errors import NotX12Error
from edi.findings import Finding, Severity
from edi.quirks import NO_QUIRKS, Quirks
from edi.wire import segments

USUAL = Connection()
MOST_GUIDE_FINDINGS = 200  # of one file; a file that breaks a rule breaks it in every claim


class QuirkUnknown(ValueError):
    """A setting names a deviation that does not exist; the message lists those that do."""


def connection_of(settings: Settings, path: Path) -> Connection:
    """The settings of the file's sender (ISA06 of its first interchange)."""
    if not settings.connections:
        return USUAL
    return settings.connections.get(sender_of(path), USUAL)


def sender_of(path: Path) -> str:
    """ISA06 of the first interchange; "" when there is none to be found."""
    try:
        with path.open("rb") as stream:
            first = next(segments(stream, path.name), None)
    except NotX12Error:
        return ""
    return first.get(6).strip() if first is not None and first.id == "ISA" else ""


def quirks_of(connection: Connection) -> Quirks:
    """The named deviations; raises QuirkUnknown for a name that is none."""
    unknown = sorted(set(connection.quirks) - set(Quirks._fields))
    if unknown:
        raise QuirkUnknown(f"no deviation is called {', '.join(unknown)}; there are {', '.join(Quirks._fields)}")
    given: dict[str, Any] = dict(connection.quirks)
    return NO_QUIRKS._replace(**given) if given else NO_QUIRKS


def guide_findings(path: Path, name: str) -> list[Finding]:
    """What the implementation guide says against the file, as far as there is a map for it."""
    from edi import guide  # the validator behind it is slow to start, and most sites never ask for it

    found: list[Finding] = []
    with path.open("rb") as stream:
        for finding in guide.check(stream, name):
            if finding.severity is not Severity.INFO:
                found.append(finding)
            if len(found) == MOST_GUIDE_FINDINGS:
                break
    return found

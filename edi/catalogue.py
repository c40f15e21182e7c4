"""Every finding this layer can make: code, severity, what it means, what to do.

docs/errors.md is made from this table; a test holds each row to a reproducer. Messages may use `{named}` values.
Sections are kept together by prefix: envelope, text, element, 835, 277, 837, 276, 999.
"""

from __future__ import annotations

from typing import NamedTuple

from edi.findings import Severity

INFO, WARNING, ERROR = Severity.INFO, Severity.WARNING, Severity.ERROR


class Entry(NamedTuple):
    severity: Severity
    message: str  # with {named} values
    remedy: str


ENTRIES: dict[str, Entry] = {
    "element.amount": Entry(
        ERROR,
        "{segment_id}{element:02d} should be an amount, found {value!r}",
        "Ask the sender for a corrected file; the claim is kept but not posted unseen.",
    ),
    "element.date": Entry(
        WARNING,
        "{segment_id}{element:02d} should be a date, found {value!r}",
        "Read as if the date were absent; check it on the payer's portal if a deadline hangs on it.",
    ),
    "element.number": Entry(
        WARNING,
        "{segment_id}{element:02d} should be a number, found {value!r}",
        "Read as if the number were absent.",
    ),
    "set.unknown": Entry(
        INFO,
        "transaction set {kind} is not one that this workbench reads",
        "Nothing to do: the file is kept, its other sets are read.",
    ),
    "segment.unexpected": Entry(
        WARNING,
        "segment {segment_id} is not expected here",
        "Skipped; everything around it is read. Tell us if the payer means something by it.",
    ),
}

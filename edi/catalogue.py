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
    "837.version.4010": Entry(
        INFO,
        "an 837 of the older version {version}: what means the same today is read",
        "Nothing to do; a claim refiled from it must be written as 005010 by its own system.",
    ),
    "837.component": Entry(
        INFO,
        "the components are parted by {used!r}, not by what ISA16 declares",
        "Read with the separator that the claim uses; ask the sender to set ISA16.",
    ),
    "837.segment.unknown": Entry(
        WARNING,
        "segment {segment_id} has no place here in an 837",
        "Kept with the claim as sent, not understood; the guide check says what was expected.",
    ),
    "837.segment.order": Entry(
        INFO,
        "segment {segment_id} comes later than its loop",
        "Read as part of the loop around it and kept where it stood.",
    ),
    "837.hl.parent": Entry(
        WARNING,
        "HL02 {value!r} does not name a level above this one",
        "Read by its kind of level; check the subscriber and the provider of the claims below it.",
    ),
    "837.hl.missing": Entry(
        WARNING,
        "a level of kind {level} begins without its HL segment",
        "Read as if the HL were there; check the parties of the claims below it.",
    ),
    "837.level.empty": Entry(
        INFO,
        "the level of kind {level} has no claim beneath it",
        "Nothing to do; it is not written again.",
    ),
    "837.line.unnumbered": Entry(
        WARNING,
        "a service line begins without its LX segment",
        "Read as a line of its own, without a number; check the claim's lines.",
    ),
    "837.claim.headless": Entry(
        ERROR,
        "a claim begins here without its CLM segment",
        "Kept without an account number; find the claim in the sending system.",
    ),
    "837.claim.party": Entry(
        WARNING,
        "claim {number!r} has no {missing}",
        "Kept; it cannot be refiled before the loop is there.",
    ),
    "837.claim.lines": Entry(
        WARNING,
        "claim {number!r} has no service line",
        "Kept; look for a damaged segment just before or after it.",
    ),
    "837.balance.lines": Entry(
        WARNING,
        "CLM02 is {value}, the lines add up to {lines}: {difference} apart",
        "The payer will refuse or correct it; compare with the charges in the sending system.",
    ),
    "837.limit": Entry(
        ERROR,
        "more than {limit} segments in one claim or level: the rest is not kept",
        "This is not a claim that a payer would take; look at the file.",
    ),
}

"""Which way a claim goes again: new, replacement, void, reopening, records only, another payer, or not at all.

The decision table of the fact book (837-refile §3), row by row; the first row that fits decides and says why. Pure:
no database, no clock. A person may choose another route and says why; what is forbidden (`is_forbidden`) stays so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class Route(StrEnum):
    NEW = "new"  # frequency 1, no REF*F8
    REPLACEMENT = "replacement"  # frequency 7
    VOID = "void"  # frequency 8
    VOID_THEN_NEW = "void_then_new"  # 8, wait for the reversal, then 1
    NEXT_PAYER = "next_payer"  # a secondary claim with what the payer before decided
    OTHER_PAYER = "other_payer"  # a new claim to the right payer
    REOPENING = "reopening"  # Medicare Part B: phone, portal or form
    PAPER = "paper"  # a corrected claim on paper: this payer takes no other
    PORTAL = "portal"  # corrected in the payer's portal: this payer takes no other
    RECORDS = "records"  # send what is asked for; the claim stays as it is
    APPEAL = "appeal"  # nothing to change: the payer is wrong
    WAIT = "wait"
    NONE = "none"  # do not send it again


ROUTE_LABELS = {
    Route.NEW: "New claim (frequency 1)",
    Route.REPLACEMENT: "Replacement (frequency 7)",
    Route.VOID: "Void (frequency 8)",
    Route.VOID_THEN_NEW: "Void, then a new claim",
    Route.NEXT_PAYER: "Claim to the next payer",
    Route.OTHER_PAYER: "New claim to the right payer",
    Route.REOPENING: "Reopening (phone, portal or form)",
    Route.PAPER: "Corrected claim on paper",
    Route.PORTAL: "Correct it in the payer’s portal",
    Route.RECORDS: "Send the records only",
    Route.APPEAL: "Appeal, nothing to change",
    Route.WAIT: "Wait",
    Route.NONE: "Do not send it again",
}
# CLM05-3 of what a route writes; a route without one writes no claim.
FREQUENCIES = {
    Route.NEW: "1",
    Route.OTHER_PAYER: "1",
    Route.NEXT_PAYER: "1",
    Route.REPLACEMENT: "7",
    Route.VOID: "8",
    Route.VOID_THEN_NEW: "8",
}

DO_NOT_RESUBMIT = frozenset({"N185", "N368", "N522", "N938"})
NEW_CLAIM = frozenset({"N142", "N517", "N5", "N8", "N34", "N61", "N74"})
RECORDS_WANTED = frozenset({"163", "226", "250", "251", "252"})  # CARC
NEEDS_OTHER_EOB = frozenset({"MA04", "N4", "N479"})
TRUE_DUPLICATE = "18"  # CARC
WRONG_PAYER = frozenset({"109"})  # CARC
# What a data error is: the field can be changed, and then it is another claim.
FIXABLE = frozenset(
    {"coding", "bundling", "missing-info", "provider-enrolment", "authorization", "eligibility", "COB"}
)
PAYER_WRONG = frozenset({"medical-necessity", "underpayment", "payer-processing", "contractual", "non-covered"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What is known of the claim when the route is chosen."""

    is_adjudicated: bool = False  # an 835 decided it
    is_paid: bool = False  # some of it was paid
    is_credit: bool = False  # more was paid than is owed
    is_set_rejected: bool = False  # TA1 R or 999 R: the file was never read
    is_voided: bool = False  # our void was taken: the payer reversed its decision
    is_part_b: bool = False  # 837P to Medicare Part B
    category: str = ""  # denial category of the primary reason
    reasons: frozenset[str] = frozenset()  # CARCs of the standing decision
    remarks: frozenset[str] = frozenset()  # RARCs
    status_category: str = ""  # newest STC01-1: A3, P1 …
    status_code: str = ""  # STC01-2
    status_rejected: bool = False  # STC03 = U
    wrong_party: bool = False  # the wrong patient or provider was billed: a person says so
    has_next_payer: bool = False
    # how the payer takes corrections, where somebody entered it; None and "": not known, and then nothing changes
    takes_replacement: bool | None = None
    takes_void: bool | None = None
    corrections_by: str = ""  # electronic, paper, portal
    terms_source: str = ""  # where that stands


class Decided(NamedTuple):
    route: Route
    rule: str  # key of the row
    reason: str
    frequency: str = ""  # CLM05-3 of the claim to be sent, on paper too; "": none


class Row(NamedTuple):
    """One row of the table."""

    rule: str
    fits: Callable[[Situation], bool]
    route: Route
    reason: str


def _open(s: Situation) -> bool:
    return not s.is_adjudicated


# fmt: off
TABLE: tuple[Row, ...] = (
    Row("set-rejected", lambda s: s.is_set_rejected and _open(s), Route.NEW,
        "The file was rejected before anybody read the claim (TA1 or 999): correct it and send it as new."),
    Row("front-end", lambda s: _open(s) and (s.status_rejected or s.status_category in ("A3", "A6", "A7", "A8")),
        Route.NEW, "Rejected at the front end: no claim exists at the payer, so it goes as new, without REF*F8."),
    Row("voided", lambda s: s.is_voided, Route.NEW,
        "The void was taken: the payer holds no claim any more, and the right one goes as new."),
    Row("not-on-file", lambda s: _open(s) and (s.status_category in ("A4", "D0") or s.status_code == "35"), Route.NEW,
        "The payer has no such claim: send it as new and keep the proof of the first sending."),
    Row("in-process", lambda s: _open(s) and s.status_category.startswith("P"), Route.WAIT,
        "Still in process: a replacement now is refused (N779)."),
    Row("unprocessable", lambda s: "MA130" in s.remarks, Route.NEW,
        "MA130: the claim was unprocessable. It has no appeal right and goes as new, never as a replacement."),
    Row("new-wanted", lambda s: bool(s.remarks & NEW_CLAIM) or s.status_code == "787", Route.NEW,
        "The payer asks for a new claim, not a replacement."),
    Row("replacement-wanted", lambda s: "N380" in s.remarks or s.status_code == "799", Route.REPLACEMENT,
        "The payer asks for a replacement, not a new claim."),
    Row("void-wanted", lambda s: "N798" in s.remarks, Route.VOID_THEN_NEW,
        "N798: void the claim, wait for the reversal, then send it as new."),
    Row("wait-then-replace", lambda s: "N779" in s.remarks, Route.WAIT,
        "N779: the original must be final before it can be replaced."),
    Row("resubmit", lambda s: "N704" in s.remarks, Route.REPLACEMENT,
        "N704: no appeal right, but it may be submitted again with its correction."),
    Row("do-not-resubmit", lambda s: bool(s.remarks & DO_NOT_RESUBMIT), Route.NONE,
        "The payer says not to send it again (N185, N368, N522 or N938): wait, or appeal."),
    Row("duplicate", lambda s: TRUE_DUPLICATE in s.reasons, Route.NONE,
        "CO-18, a duplicate: sending it again makes one more. Find the first claim's answer, or appeal."),
    Row("wrong-party", lambda s: s.wrong_party, Route.VOID_THEN_NEW,
        "A replacement cannot change patient or billing provider: void it, then send a new claim for the right one."),
    Row("wrong-payer", lambda s: bool(s.reasons & WRONG_PAYER) or "N418" in s.remarks or s.status_code == "116",
        Route.OTHER_PAYER, "The wrong payer: send a new claim to the right one; money paid in error is refunded."),
    Row("overpaid", lambda s: s.is_credit and s.is_adjudicated, Route.REPLACEMENT,
        "Overpaid: replace the claim, or void it. Medicare wants it within 60 days (42 CFR 401.305)."),
    Row("next-payer", lambda s: s.is_adjudicated and s.has_next_payer and (
        s.category in ("", "patient-responsibility", "next-payer") or bool(s.remarks & NEEDS_OTHER_EOB)),
        Route.NEXT_PAYER, "This payer has decided: the next one gets the claim with that decision in it."),
    Row("records", lambda s: bool(s.reasons & RECORDS_WANTED) or s.category == "documentation", Route.RECORDS,
        "Records are missing: send them. The claim changes only if the payer asks for it."),
    Row("part-b", lambda s: s.is_adjudicated and s.is_part_b and s.category in FIXABLE, Route.REOPENING,
        "Medicare Part B takes neither replacement nor void: ask for a clerical error reopening (42 CFR 405.980)."),
    Row("payer-wrong", lambda s: s.is_adjudicated and s.category in PAYER_WRONG, Route.APPEAL,
        "Nothing on the claim is wrong: it is the payer's decision that must change."),
    Row("data-error", lambda s: s.is_adjudicated and (s.category in FIXABLE or s.is_paid), Route.REPLACEMENT,
        "An error on an adjudicated claim: the whole claim goes again with its correction and the payer's number."),
    Row("adjudicated", lambda s: s.is_adjudicated, Route.REPLACEMENT,
        "Decided by the payer: what is changed goes as a replacement."),
    Row("unanswered", lambda s: True, Route.WAIT,
        "No answer yet: ask for its status before sending it again."),
)
# fmt: on


def route_of(situation: Situation) -> Decided:
    """The first row that fits."""
    for row in TABLE:
        if row.fits(situation):
            return as_taken(Decided(row.route, row.rule, row.reason, FREQUENCIES.get(row.route, "")), situation)
    raise AssertionError("the last row fits everything")


def as_taken(decided: Decided, situation: Situation) -> Decided:
    """The same correction in the way that this payer takes it."""
    why = not_taken(decided.frequency, situation)
    if not why:
        return decided
    if situation.corrections_by == "portal":
        route = Route.PORTAL
    elif situation.corrections_by != "paper" and decided.frequency == "7" and situation.takes_void:
        route = Route.VOID_THEN_NEW
    else:
        route = Route.PAPER
    frequency = FREQUENCIES.get(route, decided.frequency)
    return Decided(route, f"{decided.rule}, payer-takes-no-{decided.frequency}", f"{decided.reason} {why}", frequency)


def not_taken(frequency: str, situation: Situation) -> str:
    """Why this payer does not take a replacement (7) or a void (8) electronically; "" where it does or may."""
    if frequency not in ("7", "8"):
        return ""
    source = f" ({situation.terms_source})" if situation.terms_source else ""
    if situation.corrections_by in ("paper", "portal"):
        where = "on paper" if situation.corrections_by == "paper" else "in its portal"
        return f"This payer takes corrected claims only {where}{source}."
    takes = situation.takes_replacement if frequency == "7" else situation.takes_void
    return f"This payer takes no frequency {frequency} electronically{source}." if takes is False else ""


def forbidden(route: Route, situation: Situation) -> str:
    """Why this route may not be taken whatever a person says; "" when it may."""
    frequency = FREQUENCIES.get(route)
    if frequency is None:
        return (
            "" if route is not Route.APPEAL or "MA130" not in situation.remarks else "MA130 leaves no appeal right."
        )
    if route is Route.NEXT_PAYER:
        return (
            "" if situation.is_adjudicated else "The payer before has not decided yet: there is nothing to pass on."
        )
    if refused := not_taken(frequency, situation):
        return refused
    said = sorted(situation.remarks & DO_NOT_RESUBMIT)
    if said and route is not Route.VOID:
        return f"{', '.join(said)}: the payer says not to submit this claim again. Appeal it, or wait."
    if frequency in "78" and "MA130" in situation.remarks:
        return "MA130: the payer keeps no claim that could be replaced. Send it as a new claim."
    if frequency in "78" and not situation.is_adjudicated:
        return "The payer has not decided the original: there is nothing to replace or void yet (N779)."
    if frequency in "78" and situation.is_part_b:
        return "Medicare Part B takes only frequency 1: ask for a reopening by phone, portal or form."
    if route is Route.NEW and situation.is_adjudicated and not may_be_new(situation):
        return "A second original of a decided claim is denied as a duplicate (CO-18). Send a replacement."
    return ""


def may_be_new(situation: Situation) -> bool:
    """A decided claim that goes as new: the payer kept none, or asks for it."""
    remarks = situation.remarks
    return "MA130" in remarks or bool(remarks & NEW_CLAIM) or "N704" in remarks or "N798" in remarks

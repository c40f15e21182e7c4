"""What the acknowledgments say: 999, 997 and TA1, as values."""

from __future__ import annotations

from datetime import date, time
from typing import NamedTuple

from edi.values import Interchange


class ElementError(NamedTuple):
    """IK4 / AK4."""

    element: int
    component: int
    repeat: int
    code: str  # IK403
    bad_value: str  # IK404
    segment: int


class SegmentError(NamedTuple):
    """IK3 / AK3 with what stands under it."""

    segment_id: str  # IK301
    position: int  # IK302, counted from ST = 1
    loop: str  # IK303
    code: str  # IK304
    contexts: tuple[tuple[str, str], ...]  # CTX: ("CLM01", value) names the claim
    elements: tuple[ElementError, ...]
    segment: int


ACCEPTED = ("A", "E")  # E: with errors noted
REJECTED = ("R", "M", "W", "X")  # M, W, X: for security


class SetAcknowledgment(NamedTuple):
    """AK2 … IK5: the answer to one transaction set that we sent."""

    set_id: str  # AK201
    control_number: str  # AK202 = our ST02
    version: str  # AK203
    result: str  # IK501: A E R M W X
    codes: tuple[str, ...]  # IK502…
    errors: tuple[SegmentError, ...]
    segment: int

    @property
    def is_rejected(self) -> bool:
        return self.result in REJECTED

    @property
    def is_accepted(self) -> bool:
        return self.result in ACCEPTED


class GroupAcknowledgment(NamedTuple):
    """AK1 … AK9: the answer to one functional group that we sent."""

    kind: str  # "999" or "997"
    functional_id: str  # AK101
    group_control_number: str  # AK102 = our GS06
    version: str  # AK103
    result: str  # AK901: A E P R M W X
    sets_included: int | None
    sets_received: int | None
    sets_accepted: int | None
    codes: tuple[str, ...]  # AK905…
    sets: tuple[SetAcknowledgment, ...]
    set_number: int
    segment: int
    last_segment: int
    start_offset: int
    end_offset: int

    @property
    def names_all(self) -> bool:
        """Whether every set of the group has an answer of its own."""
        return bool(self.sets) and (self.sets_included is None or self.sets_included <= len(self.sets))

    @property
    def unnamed_result(self) -> str:
        """What it says of the sets without an AK2: "A" accepted, "R" rejected, "" nothing, or nothing for certain.

        An acceptance may leave all sets unnamed, a partial one those it accepts; its counts must not say otherwise.
        """
        if self.names_all:
            return ""
        if self.result in REJECTED:
            return "R"
        refused = sum(each.is_rejected for each in self.sets)
        is_whole = all(each.is_rejected or each.is_accepted for each in self.sets)
        left = None if self.sets_included is None else self.sets_included - refused
        if self.result in ACCEPTED:
            fits = not refused and self.sets_accepted in (None, left) and self.sets_received in (None, left)
        else:
            fits = self.result == "P" and refused > 0 and left is not None and self.sets_accepted == left
        return "A" if is_whole and fits else ""


class InterchangeAcknowledgment(NamedTuple):
    """TA1: the answer to one interchange that we sent."""

    control_number: str  # TA101 = our ISA13
    sent_on: date | None
    sent_at: time | None
    result: str  # TA104: A E R
    note: str  # TA105
    segment: int
    interchange: Interchange | None = None  # that it came in; None when its ISA was missing

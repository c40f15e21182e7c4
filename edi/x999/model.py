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
        return self.result in ("R", "M", "W", "X")


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


class InterchangeAcknowledgment(NamedTuple):
    """TA1: the answer to one interchange that we sent."""

    control_number: str  # TA101 = our ISA13
    sent_on: date | None
    sent_at: time | None
    result: str  # TA104: A E R
    note: str  # TA105
    segment: int
    interchange: Interchange | None = None  # that it came in; None when its ISA was missing

"""Envelopes and acknowledgments in plain words: ISA GS ST SE GE IEA TA1, AK and IK segments."""

from __future__ import annotations

from collections.abc import Callable

from edi import codes
from edi.describe.masking import Mask
from edi.describe.words import coded, count, day, facts, labelled
from edi.wire import WireSegment

Words = Callable[[WireSegment, Mask], str]


def isa(segment: WireSegment, mask: Mask) -> str:
    sender, receiver = segment.get(6).strip(), segment.get(8).strip()
    usage = {"T": "a test", "P": "production"}.get(segment.get(15).strip(), "")
    sent = f"sent {day(segment.get(9))} {clock(segment.get(10))}"
    return facts(f"Interchange {segment.get(13)} from {sender} to {receiver}", sent, usage)


def gs(segment: WireSegment, mask: Mask) -> str:
    kind = coded("functional_group", segment.get(1))
    return facts(f"Group {segment.get(6)} of {kind} from {segment.get(2)} to {segment.get(3)}", segment.get(8))


def st(segment: WireSegment, mask: Mask) -> str:
    kind = codes.label("transaction", segment.get(1)) or "transaction that this workbench does not read"
    return facts(f"Transaction set {segment.get(2)}: {segment.get(1)} {kind}", segment.get(3))


def se(segment: WireSegment, mask: Mask) -> str:
    return f"End of transaction set {segment.get(2)}: {count(segment.get(1), 'segment', 'segments')}"


def ge(segment: WireSegment, mask: Mask) -> str:
    return f"End of group {segment.get(2)}: {count(segment.get(1), 'transaction set', 'transaction sets')}"


def iea(segment: WireSegment, mask: Mask) -> str:
    return f"End of interchange {segment.get(2)}: {count(segment.get(1), 'group', 'groups')}"


def ta1(segment: WireSegment, mask: Mask) -> str:
    return facts(
        f"Our interchange {segment.get(1)} of {day(segment.get(2))}: {coded('acknowledgment', segment.get(4))}",
        coded("interchange_note", segment.get(5)),
    )


def bht(segment: WireSegment, mask: Mask) -> str:
    created = labelled("created", day(segment.get(4)))
    return facts(f"Batch reference {segment.get(3)}", created, labelled("type", segment.get(6)))


def hl(segment: WireSegment, mask: Mask) -> str:
    parent = f" under level {segment.get(2)}" if segment.get(2) else ""
    return f"Level {segment.get(1)}{parent}: {coded('hl_level', segment.get(3))}"


def ak1(segment: WireSegment, mask: Mask) -> str:
    kind = coded("functional_group", segment.get(1))
    return facts(f"Answer to our group {segment.get(2)} of {kind}", segment.get(3))


def ak2(segment: WireSegment, mask: Mask) -> str:
    return facts(f"Answer to our transaction set {segment.get(2)} ({segment.get(1)})", segment.get(3))


def ik3(segment: WireSegment, mask: Mask) -> str:
    place = f"Segment {segment.get(1)}, number {segment.get(2)} of the set"
    return facts(place, labelled("loop", segment.get(3)), coded("segment_error", segment.get(4)))


def ctx(segment: WireSegment, mask: Mask) -> str:
    parts = segment.components(1)
    value = mask.id(parts[1]) if len(parts) > 1 else ""
    return f"It happened in {parts[0]} {value}".rstrip()


def ik4(segment: WireSegment, mask: Mask) -> str:
    position = "-".join(part for part in segment.components(1) if part)
    return facts(
        f"Element {position}: {coded('element_error', segment.get(3))}",
        labelled("sent was", mask.hidden(segment.get(4))),
    )


def ik5(segment: WireSegment, mask: Mask) -> str:
    reasons = [coded("set_error", code) for code in segment.elements[2:7] if code]
    return facts(f"The transaction set was {coded('acknowledgment', segment.get(1))}", reasons)


def ak9(segment: WireSegment, mask: Mask) -> str:
    reasons = [coded("group_error", code) for code in segment.elements[5:10] if code]
    counts = f"{segment.get(4)} of {segment.get(3)} received sets accepted, {segment.get(2)} were sent"
    return facts(f"The group was {coded('acknowledgment', segment.get(1))}", counts, reasons)


def clock(text: str) -> str:
    return f"{text[:2]}:{text[2:4]}" if len(text) >= 4 else text


WORDS: dict[str, Words] = {
    "ISA": isa,
    "GS": gs,
    "ST": st,
    "SE": se,
    "GE": ge,
    "IEA": iea,
    "TA1": ta1,
    "BHT": bht,
    "HL": hl,
    "AK1": ak1,
    "AK2": ak2,
    "AK3": ik3,
    "IK3": ik3,
    "CTX": ctx,
    "AK4": ik4,
    "IK4": ik4,
    "AK5": ik5,
    "IK5": ik5,
    "AK9": ak9,
}

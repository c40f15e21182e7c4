"""The segments of an 837 in plain words: claim, subscriber, lines, diagnoses, what another payer decided."""

from __future__ import annotations

from edi import codes
from edi.describe.envelopes import Words
from edi.describe.masking import Mask
from edi.describe.words import coded, facts, labelled, money, procedure
from edi.wire import WireSegment


def clm(segment: WireSegment, mask: Mask) -> str:
    facility, qualifier, frequency = (*segment.components(5), "", "", "")[:3]
    if qualifier == "A":
        place = f"bill type {facility}{frequency}"
    else:
        place = coded("place_of_service", facility)
    return facts(
        f"Claim {mask.id(segment.get(1))}: charged {money(segment.get(2))}",
        place,
        coded("frequency", frequency),
        labelled("delay reason", segment.get(20)),
    )


def sbr(segment: WireSegment, mask: Mask) -> str:
    return facts(
        f"Coverage: {coded('payer_order', segment.get(1))}",
        labelled("the patient is", coded("relationship", segment.get(2))),
        labelled("group", mask.id(segment.get(3))),
        coded("filing_indicator", segment.get(9)),
    )


def pat(segment: WireSegment, mask: Mask) -> str:
    return facts("Patient", coded("relationship", segment.get(1)), labelled("died", mask.birth_date(segment.get(6))))


def dmg(segment: WireSegment, mask: Mask) -> str:
    born = mask.birth_date(segment.get(2))
    return facts(f"Born {born}", {"F": "female", "M": "male"}.get(segment.get(3), segment.get(3)))


def lx(segment: WireSegment, mask: Mask) -> str:
    return f"Number {segment.get(1)}"


def sv1(segment: WireSegment, mask: Mask) -> str:
    return facts(
        f"Line {procedure(segment, 1)}: charged {money(segment.get(2))}",
        labelled("units", segment.get(4)),
        coded("place_of_service", segment.get(5)),
        labelled("for diagnosis", ", ".join(part for part in segment.components(7) if part)),
    )


def sv2(segment: WireSegment, mask: Mask) -> str:
    return facts(
        f"Line revenue code {segment.get(1)}: charged {money(segment.get(3))}",
        procedure(segment, 2),
        labelled("units", segment.get(5)),
        labelled("not covered", money(segment.get(7))),
    )


def sv3(segment: WireSegment, mask: Mask) -> str:
    return facts(f"Line {procedure(segment, 1)}: charged {money(segment.get(2))}", labelled("units", segment.get(6)))


def svd(segment: WireSegment, mask: Mask) -> str:
    return facts(
        f"Payer {segment.get(1)} paid {money(segment.get(2))} for {procedure(segment, 3)}",
        labelled("units", segment.get(5)),
    )


def hi(segment: WireSegment, mask: Mask) -> str:
    """Qualifiers with a label of ours are said in words; dates and amounts inside the composites are left out."""
    said = []
    for index in range(1, len(segment.elements)):
        qualifier, *rest = segment.components(index)
        if rest:
            said.append(f"{codes.label('diagnosis', qualifier) or qualifier} {rest[0]}")
    return facts("Codes", said)


def nte(segment: WireSegment, mask: Mask) -> str:
    return f"Note: {mask.hidden(segment.get(2))}"


def k3(segment: WireSegment, mask: Mask) -> str:
    return f"Fixed-format text: {mask.hidden(segment.get(1))}"


def pwk(segment: WireSegment, mask: Mask) -> str:
    return facts(
        f"Attachment: {coded('attachment', segment.get(1))}",
        coded("transmission", segment.get(2)),
        labelled("number", mask.id(segment.get(6))),
    )


def prv(segment: WireSegment, mask: Mask) -> str:
    return f"Specialty {segment.get(3)}"


WORDS: dict[str, Words] = {
    "CLM": clm,
    "SBR": sbr,
    "PAT": pat,
    "DMG": dmg,
    "LX": lx,
    "SV1": sv1,
    "SV2": sv2,
    "SV3": sv3,
    "SVD": svd,
    "HI": hi,
    "NTE": nte,
    "K3": k3,
    "PWK": pwk,
    "PRV": prv,
}

"""Names, addresses, contacts, references, dates, amounts, statuses: the segments that every transaction shares."""

from __future__ import annotations

from edi import codes
from edi.codes.explain import explain_status
from edi.describe.envelopes import Words
from edi.describe.masking import Mask
from edi.describe.words import coded, day, facts, labelled, money
from edi.wire import WireSegment

# References that lead to no person: shown even when masked.
OPEN_REFERENCES = frozenset(("0K", "1S", "APC", "BLT", "CE", "EO", "EV", "F2", "HI", "LU", "NF", "RB", "2U"))
# Roles of payers and clearinghouses: their ids are public.
PUBLIC_ROLES = frozenset(("PR", "AY", "TT", "PRP", "SEP", "TTP", "40"))
BIRTH_DATES = frozenset(("007", "222"))  # DTM and DTP qualifiers of a birth date


def nm1(segment: WireSegment, mask: Mask) -> str:
    is_person = segment.get(2) == "1"
    shown = mask.name if is_person else str
    given = " ".join(shown(part) for part in (segment.get(4), segment.get(5)) if part)
    called = ", ".join(part for part in (shown(segment.get(3)), given) if part)
    number = segment.get(9) if segment.get(1) in PUBLIC_ROLES else mask.id(segment.get(9))
    return facts(f"{coded('entity', segment.get(1))}: {called}", labelled("id", number))


def n1(segment: WireSegment, mask: Mask) -> str:
    number = segment.get(4) if segment.get(1) in PUBLIC_ROLES else mask.id(segment.get(4))
    return facts(f"{coded('entity', segment.get(1))}: {segment.get(2)}", labelled("id", number))


def n2(segment: WireSegment, mask: Mask) -> str:
    return f"Name continued: {mask.hidden(segment.get(1))}"


def n3(segment: WireSegment, mask: Mask) -> str:
    return f"Street: {facts(mask.hidden(segment.get(1)), mask.hidden(segment.get(2)))}"


def n4(segment: WireSegment, mask: Mask) -> str:
    return f"City: {facts(mask.hidden(segment.get(1)), segment.get(2), mask.hidden(segment.get(3)))}"


def per(segment: WireSegment, mask: Mask) -> str:
    said = [
        f"{coded('contact_number', segment.get(index))} {mask.hidden(segment.get(index + 1))}"
        for index in (3, 5, 7)
        if segment.get(index)
    ]
    return facts(coded("contact_function", segment.get(1)), mask.hidden(segment.get(2)), said)


def ref(segment: WireSegment, mask: Mask) -> str:
    qualifier, value = segment.get(1), segment.get(2)
    shown = value if qualifier in OPEN_REFERENCES else mask.id(value)
    return f"{codes.label('reference', qualifier) or f'Reference {qualifier}'}: {shown}"


def dtm(segment: WireSegment, mask: Mask) -> str:
    return dated(segment, segment.get(2), mask)


def dtp(segment: WireSegment, mask: Mask) -> str:
    return dated(segment, segment.get(3), mask)


def dated(segment: WireSegment, value: str, mask: Mask) -> str:
    qualifier = segment.get(1)
    shown = mask.birth_date(value) if qualifier in BIRTH_DATES else day(value)
    return f"{codes.label('date', qualifier) or f'Date {qualifier}'}: {shown}"


def amt(segment: WireSegment, mask: Mask) -> str:
    return f"{coded('amount', segment.get(1))}: {money(segment.get(2))}"


def qty(segment: WireSegment, mask: Mask) -> str:
    return f"{coded('quantity', segment.get(1))}: {segment.get(2)}"


def stc(segment: WireSegment, mask: Mask) -> str:
    said = []
    for index in (1, 10, 11):
        category, status, entity, code_list = (*segment.components(index), "", "", "", "")[:4]
        if category:
            words = explain_status(category, "" if code_list else status, entity)
            said.append(f"{words} ({':'.join(part for part in (category, status, entity) if part)})")
    return facts(
        "Status: " + said[0] if said else "Status without a code",
        said[1:],
        {"WQ": "accepted", "U": "rejected"}.get(segment.get(3), ""),
        labelled("dated", day(segment.get(2))),
        labelled("charged", money(segment.get(4))),
        labelled("paid", money(segment.get(5))),
        labelled("decided", day(segment.get(6))),
        labelled("payment", mask.id(segment.get(9))),
        labelled("note:", mask.hidden(segment.get(12))),
    )


WORDS: dict[str, Words] = {
    "NM1": nm1,
    "N1": n1,
    "N2": n2,
    "N3": n3,
    "N4": n4,
    "PER": per,
    "REF": ref,
    "DTM": dtm,
    "DTP": dtp,
    "AMT": amt,
    "QTY": qty,
    "STC": stc,
}

"""Mend a segment of an 835 that could not be read at once: each bad element becomes a finding and is taken out.

An absent amount is nothing; an unreadable one is nothing too, but hurts its claim: it must not be posted unseen.
"""

from __future__ import annotations

from collections.abc import Callable

from edi import scalars
from edi.context import Context, Elements

LENGTH = 24  # elements of the longest segment here, MIA
AMOUNTS = {
    "CLP": (3, 4, 5),
    "SVC": (2, 3),
    "CAS": (3, 6, 9, 12, 15, 18),
    "AMT": (2,),
    "PLB": (4, 6, 8, 10, 12, 14),
}
NUMBERS = {"CLP": (12, 13), "SVC": (5, 7), "CAS": (4, 7, 10, 13, 16, 19), "QTY": (2,)}
DATES = {"DTM": (2,), "PLB": (2,)}
REQUIRED = {"AMT": "0", "QTY": "0"}  # what an absent element 2 is read as


def repaired(context: Context, elements: Elements, segment: int) -> tuple[Elements, bool]:
    """The segment so that its handler can read it, and whether an amount in it was lost."""
    name = elements[0]
    mended = elements + [""] * (LENGTH - len(elements))
    is_hurt = False
    for code, places, read in (
        ("element.amount", AMOUNTS, scalars.cents),
        ("element.number", NUMBERS, scalars.number),
        ("element.date", DATES, scalars.date_of),
    ):
        for place in places.get(name, ()):
            if mended[place] and not _reads(read, mended[place]):
                context.find(code, elements, segment, place)
                mended[place] = ""
                is_hurt = is_hurt or code == "element.amount"
    if name in REQUIRED and not mended[2]:
        mended[2] = REQUIRED[name]
    return mended, is_hurt


def _reads(read: Callable[[str], object], text: str) -> bool:
    try:
        read(text)
    except ValueError:
        return False
    return True

"""Qualifiers that no guide knows in the loop where they stand: told, and the value kept under the name that it has.

A reader asks whether its table holds a qualifier, which costs it next to nothing, and comes here with one that it
does not. Each is told once in a transaction set, where it is first met: a payer that sends its own REF with every
claim says one thing, not a hundred thousand.

Most are `info`, because nothing is lost and no sum hangs on them. Unknown reasons (a remark, the reason of a
provider adjustment) are `warning`: they say why money moved or did not.
"""

from __future__ import annotations

from collections.abc import Mapping

from edi.context import Context, Elements, element_of

Table = Mapping[str, frozenset[str]]  # segment id → its qualifiers in one loop

FINDINGS = {
    "N1": "qualifier.entity",
    "NM1": "qualifier.entity",
    "REF": "qualifier.reference",
    "DTM": "qualifier.date",
    "DTP": "qualifier.date",
    "AMT": "qualifier.amount",
    "QTY": "qualifier.quantity",
    "LQ": "qualifier.remark_list",
}
MOST_TOLD = 500  # different ones in a set: beyond that the text is rubbish, and other findings say so


def table(**segments: str) -> Table:
    """`table(REF="1K D9", DTP="472")`."""
    return {name: frozenset(qualifiers.split()) for name, qualifiers in segments.items()}


def check(context: Context, known: Table, elements: Elements, segment: int, loop: str) -> None:
    """Tell a qualifier in element 1 that the table lacks; segments that it does not name pass."""
    qualifiers = known.get(elements[0])
    if qualifiers is not None and element_of(elements, 1) not in qualifiers:
        tell(context, FINDINGS[elements[0]], elements, segment, loop)


def tell(context: Context, code: str, elements: Elements, segment: int, loop: str, element: int = 1) -> None:
    """A finding about a qualifier or code, once for each different one in this loop of the set."""
    met = (loop, elements[0], element_of(elements, element))
    if met not in context.told and len(context.told) < MOST_TOLD:
        context.told.add(met)
        context.find(code, elements, segment, element, loop=loop)

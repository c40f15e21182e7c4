"""Which of a claim's lines each service line of an answer is about (fact book 835.md §8). Pure.

By the line control number we sent (REF*6R); else by what was billed (SVC06 where the payer recoded, SVC01 otherwise)
with date, charge and units; else by order, and then only when counts and charges agree line for line. A bundled or
recoded line keeps its own sent line; several lines that a payer made of one all point to that one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from edi.x835.model import ServiceLine


class KnownLine(NamedTuple):
    id: int
    control_number: str
    procedure: str
    modifiers: str  # colon-separated
    revenue_code: str
    units: str
    charge_cents: int
    first_service: date | None


def match_lines(answered: Sequence[ServiceLine], known: Sequence[KnownLine]) -> list[int | None]:
    """The row number of our line for each answered line; None where none fits."""
    if not known or not answered:
        return [None] * len(answered)
    by_control = {line.control_number: line.id for line in known if line.control_number}
    found: list[int | None] = [by_control.get(line.line_control_number) for line in answered]
    if None not in found:
        return found
    taken = {line_id for line_id in found if line_id is not None}
    for position, line in enumerate(answered):
        if found[position] is None:
            line_id = _by_what_was_billed(line, known, taken)
            if line_id is not None:
                found[position] = line_id
                taken.add(line_id)
    return _by_order(answered, known) if not taken else found


def _by_what_was_billed(line: ServiceLine, known: Sequence[KnownLine], taken: set[int]) -> int | None:
    billed = line.original_procedure or line.procedure
    same = [other for other in known if billed.code in (other.procedure, other.revenue_code)]
    if billed.code and billed.code not in {other.procedure for other in same}:
        same = [other for other in same if other.revenue_code == billed.code]
    free = [other for other in same if other.id not in taken]
    tests: tuple[Callable[[KnownLine], bool], ...] = (
        lambda other: None in (other.first_service, line.first_date) or other.first_service == line.first_date,
        lambda other: other.charge_cents == abs(line.charge_cents),
        lambda other: other.modifiers == ":".join(billed.modifiers),
        lambda other: other.units == str(line.original_units if line.original_units is not None else line.units),
    )
    for test in tests:
        narrower = [other for other in free if test(other)]
        if narrower:
            free = narrower
    if len(free) == 1:
        return free[0].id
    if free:
        return free[0].id if len({other[2:] for other in free}) == 1 else None  # twins: either is right
    if line.original_procedure is not None and len(same) == 1:
        return same[0].id  # unbundled: several answered lines of one sent line
    return None


def _by_order(answered: Sequence[ServiceLine], known: Sequence[KnownLine]) -> list[int | None]:
    if [abs(line.charge_cents) for line in answered] != [line.charge_cents for line in known]:
        return [None] * len(answered)
    return [line.id for line in known]

"""What stands under a claim as well as under a line: adjustments, dates, references, amounts, quantities, remarks.

They are gathered in one place: what comes before the first SVC is the claim's, what follows an SVC is that line's.
"""

from __future__ import annotations

from edi import qualifiers
from edi.context import Context, Elements
from edi.parts import Adjustment, Amount, Dated, Quantity, Reference, Remark
from edi.x835.cached import CENTS, DATES, NUMBERS
from edi.x835.pieces import date_range, triplets
from edi.x835.qualifiers import CLAIM, CLAIM_LOOP, LINE, LINE_LOOP, REMARKS

new = tuple.__new__  # makes a NamedTuple of given fields, four times as fast as calling its class

Gathered = tuple[
    tuple[Adjustment, ...],
    tuple[Remark, ...],
    tuple[Reference, ...],
    tuple[Dated, ...],
    tuple[Amount, ...],
    tuple[Quantity, ...],
]
NOTHING_GATHERED: Gathered = ((), (), (), (), (), ())


class Gathering:
    """Handlers that read one segment each. Slots, because these attributes are what reading a file comes down to."""

    __slots__ = (
        "adjustments",
        "amounts",
        "context",
        "dates",
        "in_line",
        "known_amounts",
        "known_dates",
        "known_references",
        "quantities",
        "references",
        "remarks",
    )

    adjustments: tuple[Adjustment, ...]
    remarks: tuple[Remark, ...]
    references: tuple[Reference, ...]
    dates: tuple[Dated, ...]
    amounts: tuple[Amount, ...]
    quantities: tuple[Quantity, ...]
    in_line: bool  # what comes now is a line's; else the claim's
    known_references: frozenset[str]  # the qualifiers that the present loop knows
    known_dates: frozenset[str]
    known_amounts: frozenset[str]

    def __init__(self, context: Context) -> None:
        self.context = context
        self.adjustments, self.remarks, self.references, self.dates, self.amounts, self.quantities = NOTHING_GATHERED
        self._enter_claim()

    def _enter_claim(self) -> None:
        self.in_line = False
        self.known_references, self.known_dates, self.known_amounts = CLAIM["REF"], CLAIM["DTM"], CLAIM["AMT"]

    def _enter_line(self) -> None:
        self.in_line = True
        self.known_references, self.known_dates, self.known_amounts = LINE["REF"], LINE["DTM"], LINE["AMT"]

    def _check_qualifier(self, elements: Elements, segment: int) -> None:
        known, loop = (LINE, LINE_LOOP) if self.in_line else (CLAIM, CLAIM_LOOP)
        qualifiers.check(self.context, known, elements, segment, loop)

    def _adjustments(self, elements: Elements, segment: int, offset: int) -> None:
        """CAS: up to six triplets by position; an empty quantity keeps its place."""
        if len(elements) == 4:
            _, group, reason, text = elements
            self.adjustments += (new(Adjustment, (group, reason, CENTS[text], None, segment, 3)),)
        else:
            self.adjustments += triplets(elements, segment)

    def _date(self, elements: Elements, segment: int, offset: int) -> None:
        text = elements[2]
        if text:
            self.dates += (new(Dated, (elements[1], DATES[text], None, segment)),)
        else:
            self.dates += (date_range(self.context, elements, segment),)
        if elements[1] not in self.known_dates:
            self._check_qualifier(elements, segment)

    def _reference(self, elements: Elements, segment: int, offset: int) -> None:
        self.references += (new(Reference, (elements[1], elements[2], segment)),)
        if elements[1] not in self.known_references:
            self._check_qualifier(elements, segment)

    def _amount(self, elements: Elements, segment: int, offset: int) -> None:
        self.amounts += (new(Amount, (elements[1], CENTS[elements[2]], segment)),)
        if elements[1] not in self.known_amounts:
            self._check_qualifier(elements, segment)

    def _quantity(self, elements: Elements, segment: int, offset: int) -> None:
        self.quantities += (new(Quantity, (elements[1], NUMBERS[elements[2]], segment)),)
        self._check_qualifier(elements, segment)

    def _remark(self, elements: Elements, segment: int, offset: int) -> None:
        self.remarks += (new(Remark, (elements[1], elements[2], segment, 2)),)
        if elements[1] != "HE" or not self.in_line:
            self._check_qualifier(elements, segment)
        elif elements[2] not in REMARKS:
            qualifiers.tell(self.context, "835.remark", elements, segment, LINE_LOOP, 2)

    def _gathered(self) -> Gathered:
        """What was gathered since the CLP or SVC; gathering begins again."""
        gathered = (self.adjustments, self.remarks, self.references, self.dates, self.amounts, self.quantities)
        self.adjustments, self.remarks, self.references, self.dates, self.amounts, self.quantities = NOTHING_GATHERED
        return gathered

"""Service lines of an 835 claim (2110): an SVC and what stands behind it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from edi.context import Context, Elements
from edi.parts import Procedure
from edi.x835 import cached
from edi.x835.cached import CENTS, NUMBERS, Known
from edi.x835.gather import Gathered, Gathering, new
from edi.x835.model import ServiceLine
from edi.x835.pieces import ONE_DAY, claim_dates, line_dates

ONE = Decimal(1)
LINE_CONTROL, ALLOWED = "6R", "B6"  # REF01, AMT01


class LineReader(Gathering):
    """Gathers the lines of the claim in hand."""

    __slots__ = (
        "first_date",
        "last_date",
        "line",
        "line_elements",
        "line_segment",
        "lines",
        "of_claim",
        "procedures",
    )

    lines: list[ServiceLine]
    line_elements: list[Elements]  # the SVC of each line, to show it in a finding
    line: tuple[Any, ...] | None  # the line in hand: what its SVC says
    line_segment: int
    of_claim: Gathered  # what was gathered before the first line
    first_date: date | None  # of the claim, for lines without dates of their own
    last_date: date | None
    procedures: Known[Procedure]  # under the component separator in use

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.lines = []
        self.line_elements = []
        self.line = None

    def _service_line(self, elements: Elements, segment: int, offset: int) -> None:
        charge, paid = elements[2], elements[3]
        count = len(elements)
        units = elements[5] if count > 5 else ""
        original = elements[6] if count > 6 else ""
        original_units = elements[7] if count > 7 else ""
        if self.line is None:
            self.procedures = cached.procedures(self.context.component)
        procedures = self.procedures
        figures = (
            procedures[elements[1]],
            CENTS[charge or "0"],
            CENTS[paid or "0"],
            elements[4] if count > 4 else "",
            NUMBERS[units] if units else ONE,
            procedures[original] if original else None,
            NUMBERS[original_units] if original_units else None,
        )
        if self.line is None:
            self._begin_lines()
        else:
            self._close_line(self.line)
        self.line = figures
        self.line_segment = segment
        self.line_elements.append(elements)

    def _begin_lines(self) -> None:
        """The first line: what was gathered so far is the claim's own."""
        self.of_claim = self._gathered()
        self.first_date, self.last_date = claim_dates(self.of_claim[3])
        self._enter_line()

    def _close_line(self, line: tuple[Any, ...]) -> None:
        procedure, charge, paid, revenue, units, original, original_units = line
        adjustments, remarks, references = self.adjustments, self.remarks, self.references
        dates, amounts, quantities = self.dates, self.amounts, self.quantities
        self.adjustments = self.remarks = self.references = self.dates = self.amounts = self.quantities = ()
        first, last = self.first_date, self.last_date
        if len(dates) == 1 and dates[0].qualifier == ONE_DAY:
            _, first, last, _ = dates[0]
            last = last or first
        elif dates:
            first, last = line_dates(dates, first, last)
        control = ""
        for qualifier, value, _ in references:
            if qualifier == LINE_CONTROL:
                control = value
                break
        allowed = None
        for amount in amounts:
            if amount.qualifier == ALLOWED:
                allowed = amount.cents
                break
        self.lines.append(
            new(
                ServiceLine,
                (
                    procedure,
                    charge,
                    paid,
                    revenue,
                    units,
                    original,
                    original_units,
                    first,
                    last,
                    adjustments,
                    remarks,
                    references,
                    dates,
                    amounts,
                    quantities,
                    control,
                    allowed,
                    self.line_segment,
                ),
            )
        )

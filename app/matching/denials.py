"""Denials: what was refused, and why.

A denial is by the nature of its reason codes, never by CLP02 alone (fact book 835.md §5). Its dollars are the
positive amounts of denial codes; a write-off beside them on the same line is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, select, update

import edi.codes
from app.claims.among import among
from app.claims.code_ways import AS_SHIPPED, CodeWays, code_ways
from app.core.bulk import insert_many, table_of
from app.matching.posting import all_adjustments
from app.matching.tables import Denial
from edi.x835 import model as x835
from edi.x835.model import Classification

C = Classification
DENYING = frozenset({C.FULL_DENIAL, C.PARTIAL_DENIAL})

# Ties between reasons of equal dollars (835.md §5): what must be cleared first comes first.
CATEGORY_ORDER = (
    "eligibility",
    "timely-filing",
    "authorization",
    "COB",
    "missing-info",
    "coding",
    "bundling",
    "medical-necessity",
    "non-covered",
)

denial = table_of(Denial)
COLUMNS = tuple(column.name for column in denial.c if column.name != "id")


class Refusal(NamedTuple):
    """What one answer denied."""

    category: str
    group: str
    reason: str
    remarks: str
    denied_cents: int
    is_full: bool


def refusal(
    answer: x835.ClaimPayment, *, payer_id: int = 0, on: date | None = None, ways: CodeWays = AS_SHIPPED
) -> Refusal | None:
    """What this answer denied, and the primary reason; None when it denied nothing.

    What a reason is about is judged as the site judges this payer's decisions of that day.
    """
    if answer.classification not in DENYING:
        return None
    cents: dict[tuple[str, str], int] = defaultdict(int)
    for adjustment in all_adjustments(answer):
        if adjustment.cents > 0 and edi.codes.carc_nature(adjustment.reason) == "denial":
            cents[(adjustment.reason, adjustment.group)] += adjustment.cents
    remarks = " ".join(dict.fromkeys(_remarks(answer)))
    is_full = answer.classification is C.FULL_DENIAL
    if not cents:
        return Refusal("eligibility", "", "", remarks, abs(answer.charge_cents), is_full)  # CLP02 4, no reason given
    by_reason: dict[str, int] = defaultdict(int)
    for (reason, _), amount in cents.items():
        by_reason[reason] += amount
    categories = {reason: ways.category(reason, payer_id, on) for reason in by_reason}
    primary = min(by_reason, key=lambda reason: (-by_reason[reason], _order(categories[reason]), reason))
    group = max((key for key in cents if key[0] == primary), key=lambda key: cents[key])[1]
    return Refusal(categories[primary], group, primary, remarks, sum(cents.values()), is_full)


def denied_lines(answer: x835.ClaimPayment, line_ids: Sequence[int | None]) -> str:
    """The claim's own lines that were denied; "" when the whole claim was, or a denied line is not known."""
    found: list[str] = []
    for line, line_id in zip(answer.lines, line_ids, strict=True):
        reasons = [item.reason for item in line.adjustments if item.cents > 0]
        if any(edi.codes.carc_nature(reason) == "denial" for reason in reasons):
            if line_id is None:
                return ""
            found.append(str(line_id))
    return " ".join(found)


class Denials:
    """The denials that one batch of answers opens. What becomes of them is told in `denial_course.py`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._ways = code_ways(connection)
        self._standing: dict[int, int] = {}  # denial by the answer that it is of, for answers that are posted anew
        self._new: list[dict[str, Any]] = []

    def stand(self, claim_payment_ids: Collection[int]) -> None:
        """These answers may have their denial already: people's appeals name it, so it is kept."""
        rows = self._connection.execute(
            select(denial.c.claim_payment_id, denial.c.id).where(
                among(self._connection, denial.c.claim_payment_id, sorted(claim_payment_ids))
            )
        )
        self._standing.update({row.claim_payment_id: row.id for row in rows})

    def answered(
        self,
        answer: x835.ClaimPayment,
        *,
        practice_id: int,
        payer_id: int,
        claim_id: int,
        claim_payment_id: int,
        line_ids: Sequence[int | None],
        on: date,
    ) -> Refusal | None:
        """An answer that is not a reversal: what it denied, if anything, is open from now on."""
        found = refusal(answer, payer_id=payer_id, on=on, ways=self._ways)
        if found is not None:
            self._new.append(
                {
                    "practice_id": practice_id,
                    "claim_id": claim_id,
                    "claim_payment_id": claim_payment_id,
                    "denied_on": on,
                    "line_ids": denied_lines(answer, line_ids),
                    "is_repeat": False,
                    "is_open": True,
                    "closed_on": None,
                    "closed_as": "",
                    **found._asdict(),
                }
            )
        return found

    def flush(self) -> None:
        rows = []
        for values in self._new:
            known = self._standing.get(values["claim_payment_id"])
            if known is None:
                rows.append(tuple(values[name] for name in COLUMNS))
            else:
                self._connection.execute(update(denial).where(denial.c.id == known).values(values))
        insert_many(self._connection, denial, COLUMNS, rows)
        self._new.clear()


def _remarks(answer: x835.ClaimPayment) -> Iterable[str]:
    for remark in answer.remarks:
        yield remark.code
    for line in answer.lines:
        for remark in line.remarks:
            yield remark.code


def _order(category: str) -> int:
    return CATEGORY_ORDER.index(category) if category in CATEGORY_ORDER else len(CATEGORY_ORDER)

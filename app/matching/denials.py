"""Denials: what was refused, why, whether it is the first time, and what became of it.

A denial is by the nature of its reason codes, never by CLP02 alone (fact book 835.md §5). Its dollars are the
positive amounts of denial codes; a write-off beside them on the same line is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, select, update

import edi.codes
from app.claims.among import among
from app.claims.code_ways import AS_SHIPPED, CodeWays, code_ways
from app.core.bulk import insert_many, table_of
from app.matching.posting import all_adjustments
from app.matching.tables import ClaimPayment, Denial
from edi.x835 import model as x835
from edi.x835.model import Classification

C = Classification
DENYING = frozenset({C.FULL_DENIAL, C.PARTIAL_DENIAL})
DECIDING = frozenset({C.PAID, C.ZERO_PAY_PATIENT, C.ZERO_PAY_PRIOR_PAYER, C.CAPITATED})

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
claim_payment = table_of(ClaimPayment)
COLUMNS = tuple(column.name for column in denial.c if column.name != "id")


class Refusal(NamedTuple):
    """What one answer denied."""

    category: str
    group: str
    reason: str
    remarks: str
    denied_cents: int
    is_full: bool


@dataclass(slots=True, eq=False)
class KnownDenial:
    id: int  # 0: not written yet
    claim_payment_id: int
    remittance_id: int
    payer_rank: int
    denied_cents: int
    denied_on: date
    line_ids: str
    is_full: bool
    is_open: bool
    closed_on: date | None
    closed_as: str
    is_changed: bool = False

    @property
    def awaits_outcome(self) -> bool:
        return self.is_open or self.closed_as == "reversed"

    def close(self, on: date, closed_as: str) -> None:
        self.is_open, self.closed_on, self.closed_as, self.is_changed = False, on, closed_as, True


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


def _share_a_line(lines: str, others: str) -> bool:
    """A denial repeats an earlier one of the same line (835.md §5); where a line is not known, of the same claim."""
    return not lines or not others or not set(lines.split()).isdisjoint(others.split())


class Denials:
    """The denials of the claims of one batch."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._ways = code_ways(connection)
        self._known: dict[int, list[KnownDenial]] = defaultdict(list)
        self._new: list[tuple[KnownDenial, dict[str, Any]]] = []

    def load(self, claim_ids: Iterable[int]) -> None:
        wanted = sorted(set(claim_ids))
        statement = select(
            denial.c.claim_id,
            *(denial.c.id, denial.c.claim_payment_id, claim_payment.c.remittance_id, claim_payment.c.payer_rank),
            *(denial.c.denied_cents, denial.c.denied_on, denial.c.line_ids, denial.c.is_full, denial.c.is_open),
            *(denial.c.closed_on, denial.c.closed_as),
        ).join(claim_payment, claim_payment.c.id == denial.c.claim_payment_id)
        if wanted:
            for row in self._connection.execute(
                statement.where(among(self._connection, denial.c.claim_id, wanted)).order_by(denial.c.id)
            ):
                values: tuple[Any, ...] = tuple(row)[1:]
                self._known[row.claim_id].append(KnownDenial(*values))

    def answered(
        self,
        answer: x835.ClaimPayment,
        *,
        practice_id: int,
        payer_id: int,
        claim_id: int,
        claim_payment_id: int,
        remittance_id: int,
        payer_rank: int,
        line_ids: Sequence[int | None],
        on: date,
    ) -> Refusal | None:
        """An answer that is not a reversal: earlier denials get their outcome, a new one is opened."""
        found = refusal(answer, payer_id=payer_id, on=on, ways=self._ways)
        earlier = [
            known
            for known in self._known.get(claim_id, ())
            if known.payer_rank == payer_rank
            and known.denied_on <= on
            and not (known.remittance_id == remittance_id and known.is_open)  # the other part of a split claim
        ]
        for known in earlier:
            if known.awaits_outcome:
                outcome = _outcome(known, answer.classification, found)
                if outcome:
                    known.close(on, outcome)
        if found is not None:
            lines = denied_lines(answer, line_ids)
            made = KnownDenial(
                *(0, claim_payment_id, remittance_id, payer_rank, found.denied_cents, on, lines, found.is_full),
                *(True, None, ""),
            )
            self._known[claim_id].append(made)
            columns = {
                "practice_id": practice_id,
                "claim_id": claim_id,
                "is_repeat": any(_share_a_line(lines, known.line_ids) for known in earlier),
                **found._asdict(),
            }
            self._new.append((made, columns))
        return found

    def reversed(self, claim_id: int, claim_payment_id: int, on: date) -> None:
        """The payer took the denying answer back; what it decides instead will say what became of the denial."""
        for known in self._known.get(claim_id, ()):
            if known.claim_payment_id == claim_payment_id and known.is_open:
                known.close(on, "reversed")

    def flush(self) -> None:
        rows = []
        for known, columns in self._new:
            values = {**columns, **{name: getattr(known, name) for name in COLUMNS if name not in columns}}
            rows.append(tuple(values[name] for name in COLUMNS))
        insert_many(self._connection, denial, COLUMNS, rows)
        changed = [known for denials in self._known.values() for known in denials if known.is_changed and known.id]
        if changed:
            self._connection.execute(
                update(denial)
                .where(denial.c.id == bindparam("row_id"))
                .values(is_open=bindparam("open"), closed_on=bindparam("on"), closed_as=bindparam("as")),
                [
                    {"row_id": known.id, "open": known.is_open, "on": known.closed_on, "as": known.closed_as}
                    for known in changed
                ],
            )
        self._new.clear()
        self._known.clear()


def _outcome(known: KnownDenial, classification: Classification, found: Refusal | None) -> str:
    if classification in DECIDING:
        return "overturned"
    if found is None:
        return ""
    if found.denied_cents < known.denied_cents:
        return "partly"
    return "upheld" if known.closed_as == "reversed" else "repeated"


def _remarks(answer: x835.ClaimPayment) -> Iterable[str]:
    for remark in answer.remarks:
        yield remark.code
    for line in answer.lines:
        for remark in line.remarks:
            yield remark.code


def _order(category: str) -> int:
    return CATEGORY_ORDER.index(category) if category in CATEGORY_ORDER else len(CATEGORY_ORDER)

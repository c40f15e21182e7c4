"""What became of each denial of a claim, told from all answers about it in the order of their decisions.

A denial that the payer took back is *reversed* until the next decision says what came of it: *overturned*, *partly*
or *upheld*. Said again without a reversal it is *repeated*, and the new one is marked a repeat. Files come in any
order, so this is told anew whenever a claim has more than one answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from app.claims.among import among
from app.core.bulk import table_of
from app.matching.tables import ClaimPayment, Denial, PaymentState, Remittance
from edi.x835.model import Classification

C = Classification
DECIDING = frozenset({C.PAID, C.ZERO_PAY_PATIENT, C.ZERO_PAY_PRIOR_PAYER, C.CAPITATED})
REVERSAL_STATUS = "22"

denial = table_of(Denial)
claim_payment = table_of(ClaimPayment)
remittance = table_of(Remittance)


@dataclass(slots=True, eq=False)
class Told:
    """One denial in the course of its claim."""

    id: int
    remittance_id: int
    payer_rank: int
    denied_cents: int
    lines: frozenset[str]
    is_repeat: bool = False
    is_open: bool = True
    closed_on: date | None = None
    closed_as: str = ""

    def close(self, on: date, closed_as: str) -> None:
        self.is_open, self.closed_on, self.closed_as = False, on, closed_as

    def shares_a_line(self, other: Told) -> bool:
        """Where the lines of one of them are not known, of the same claim."""
        return not self.lines or not other.lines or not self.lines.isdisjoint(other.lines)


def settle_denials(connection: Connection, claim_ids: Collection[int]) -> None:
    """Tell the denials of these claims anew. Everything else of the batch must be written already."""
    if not claim_ids:
        return
    wanted = sorted(claim_ids)
    denials = {
        row.claim_payment_id: row
        for row in connection.execute(select(denial).where(among(connection, denial.c.claim_id, wanted)))
    }
    if not denials:
        return
    by_claim: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(_answers(connection, wanted)):
        by_claim[row.claim_id].append(row)
    changes = []
    for answers in by_claim.values():
        for told in _course(answers, denials):
            was = denials[told.id]
            now = (told.is_repeat, told.is_open, told.closed_on, told.closed_as)
            if now != (was.is_repeat, was.is_open, was.closed_on, was.closed_as):
                changes.append({"row_id": was.id, "repeat": now[0], "open": now[1], "on": now[2], "as": now[3]})
    if changes:
        connection.execute(
            update(denial)
            .where(denial.c.id == bindparam("row_id"))
            .values(
                is_repeat=bindparam("repeat"),
                is_open=bindparam("open"),
                closed_on=bindparam("on"),
                closed_as=bindparam("as"),
            ),
            changes,
        )


def _answers(connection: Connection, claim_ids: Collection[int]) -> Any:
    return (
        select(
            *(claim_payment.c.id, claim_payment.c.claim_id, claim_payment.c.remittance_id, claim_payment.c.status),
            *(claim_payment.c.classification, claim_payment.c.payer_rank, claim_payment.c.reversed_by_id),
            *(claim_payment.c.reverses_id, claim_payment.c.segment, remittance.c.trace),
            *(remittance.c.payment_date, remittance.c.production_date, remittance.c.received_at),
        )
        .join(remittance, remittance.c.id == claim_payment.c.remittance_id)
        .where(
            among(connection, claim_payment.c.claim_id, claim_ids),
            claim_payment.c.state.in_((PaymentState.POSTED.value, PaymentState.INFORMATION.value)),
        )
    )


def _course(answers: list[Any], denials: dict[int, Any]) -> list[Told]:
    """The denials of one claim with what became of them, by the number of their answer."""
    told: dict[int, Told] = {}
    for answer in sorted(answers, key=_order):
        on = _day(answer)
        if answer.status == REVERSAL_STATUS:
            taken_back = told.get(answer.reverses_id)
            if taken_back is not None and taken_back.is_open:
                taken_back.close(on, "reversed")
            continue
        earlier = [
            known
            for known in told.values()
            if known.payer_rank == answer.payer_rank
            and not (known.remittance_id == answer.remittance_id and known.is_open)  # another part of a split claim
        ]
        own = denials.get(answer.id)
        for known in earlier:
            if known.is_open or known.closed_as == "reversed":
                outcome = _outcome(known, answer.classification, own)
                if outcome:
                    known.close(on, outcome)
        if own is not None:
            made = Told(
                *(answer.id, answer.remittance_id, answer.payer_rank, own.denied_cents),
                frozenset(own.line_ids.split()),
            )
            made.is_repeat = any(made.shares_a_line(known) for known in earlier)
            told[answer.id] = made
    return list(told.values())


def _order(answer: Any) -> tuple[Any, ...]:
    """By decision; on one day what was taken back comes first, then the taking back, then what stands."""
    phase = 1 if answer.status == REVERSAL_STATUS else (0 if answer.reversed_by_id is not None else 2)
    return (_day(answer), phase, answer.trace, answer.segment)


def _day(answer: Any) -> date:
    on: date = answer.payment_date or answer.production_date or answer.received_at.date()
    return on


def _outcome(known: Told, classification: str, own: Any) -> str:
    if classification in DECIDING:
        return "overturned"
    if own is None:
        return ""
    if own.denied_cents < known.denied_cents:
        return "partly"
    return "upheld" if known.closed_as == "reversed" else "repeated"

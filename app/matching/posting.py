"""One adjudicated claim as the legs of a journal entry. Pure: what posts, what stays open, what is held.

Every line (and the claim level, as a unit of its own) is looked at by itself. A line that was denied and paid nothing
posts nothing, not even the write-off that the payer worked out beside the denial: if the denial is overturned, the
next answer brings that write-off again. Amounts keep their sign throughout.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import edi.codes
from app.ledger.accounts import CHARGE_INCREASE, PRIOR_PAYER, adjustment_account
from app.ledger.journal import Leg
from app.ledger.tables import Account
from edi.parts import Adjustment
from edi.x835.model import ClaimPayment, Classification

C = Classification

# Answers that decide nothing about money: the whole charge stays open.
NOTHING_POSTS = frozenset({C.FULL_DENIAL, C.PENDED_NO_PAY, C.ZERO_PAY_REVIEW})
NO_ACCOUNTS_RECEIVABLE = frozenset({C.PREDETERMINATION, C.FORWARDED})  # 835.md §3: CLP02 25 and 23
LATER_PAYER_STATUS = frozenset({"2", "3", "20", "21"})
RANK_OF_STATUS = {"1": 1, "19": 1, "2": 2, "20": 2, "3": 3, "21": 3}
CONTRACTUAL_REASON = "45"
HELD_NOTE = "It writes off more than is open (CARC 45 without the earlier payer's part); that write-off is held."


class Posted(NamedTuple):
    """The legs of an answer, and what a later payer wanted written off beyond what was open."""

    legs: list[Leg]
    held: list[Leg]

    @property
    def held_cents(self) -> int:
        return sum(leg.cents for leg in self.held)


def answer_legs(
    answer: ClaimPayment,
    claim_id: int,
    line_ids: Sequence[int | None],
    remittance_id: int,
    *,
    is_capitated: bool,
    open_cents: int,
    primary_has_answered: bool,
    cash: Account = Account.REMITTANCE_CLEARING,
) -> Posted:
    """The legs of a claim payment that is not a reversal. `line_ids` stand beside `answer.lines`; `cash` is where
    its payment comes from: its remittance, or unapplied cash when it was set aside before."""
    adjustments: list[Leg] = []
    if answer.classification not in NOTHING_POSTS | NO_ACCOUNTS_RECEIVABLE:
        bundled = _bundled_cents(answer)
        for unit, paid_cents, line_id in _units(answer, line_ids):
            adjustments += _unit_legs(unit, paid_cents, claim_id, line_id, bundled, is_capitated=is_capitated)
    posted, held = _hold_excess(answer, adjustments, open_cents, primary_has_answered=primary_has_answered)
    return Posted(with_receivable(answer.paid_cents, posted, claim_id, remittance_id, answer.segment, cash), held)


def with_receivable(
    paid_cents: int,
    adjustments: Sequence[Leg],
    claim_id: int,
    remittance_id: int | None,
    segment: int,
    cash: Account = Account.REMITTANCE_CLEARING,
) -> list[Leg]:
    """The payment, the adjustments, and the insurance receivable that they lower."""
    moved = paid_cents + sum(leg.cents for leg in adjustments)
    return [
        Leg(cash, paid_cents, claim_id, None, remittance_id, "", "", segment, 4),
        *adjustments,
        Leg(Account.INSURANCE_AR, -moved, claim_id, None, remittance_id, "", "", segment, 0),
    ]


def unmatched_legs(paid_cents: int, remittance_id: int, segment: int) -> list[Leg]:
    """A payment that has found no claim yet: it waits in unapplied cash, and the deposit still balances."""
    return [
        Leg(Account.REMITTANCE_CLEARING, paid_cents, None, None, remittance_id, "", "", segment, 4),
        Leg(Account.UNAPPLIED_CASH, -paid_cents, None, None, remittance_id, "", "", segment, 4),
    ]


def _units(
    answer: ClaimPayment, line_ids: Sequence[int | None]
) -> list[tuple[tuple[Adjustment, ...], int, int | None]]:
    units: list[tuple[tuple[Adjustment, ...], int, int | None]] = []
    if answer.adjustments:
        units.append((answer.adjustments, answer.paid_cents, None))
    for line, line_id in zip(answer.lines, line_ids, strict=True):
        if line.adjustments:
            units.append((line.adjustments, line.paid_cents, line_id))
    return units


def _unit_legs(
    adjustments: tuple[Adjustment, ...],
    paid_cents: int,
    claim_id: int,
    line_id: int | None,
    bundled: list[int],
    *,
    is_capitated: bool,
) -> list[Leg]:
    if paid_cents == 0 and _is_denied(adjustments):
        return []
    legs = []
    for adjustment in adjustments:
        cents = adjustment.cents
        if adjustment.reason == CHARGE_INCREASE and cents < 0:
            offset = min(-cents, bundled[0])
            bundled[0] -= offset
            cents += offset
        account = adjustment_account(
            adjustment.group, adjustment.reason, is_negative=cents < 0, is_capitated=is_capitated
        )
        if account is not None and cents:
            legs.append(
                Leg(
                    *(account, cents, claim_id, line_id, None, adjustment.group, adjustment.reason),
                    *(adjustment.segment, adjustment.element),
                )
            )
    return legs


def _is_denied(adjustments: tuple[Adjustment, ...]) -> bool:
    natures = {edi.codes.carc_nature(adjustment.reason) for adjustment in adjustments if adjustment.cents > 0}
    return "denial" in natures and "patient-share" not in natures


def _bundled_cents(answer: ClaimPayment) -> list[int]:
    """What bundling denials left open elsewhere in the claim: a line that took those charges over (CARC 94, negative)
    was paid for them, so the two cancel and neither is posted. In a list, because lines use it up."""
    total = 0
    for adjustment in all_adjustments(answer):
        row = edi.codes.carc(adjustment.reason)
        if row is not None and row.nature == "denial" and row.category == "bundling" and adjustment.cents > 0:
            total += adjustment.cents
    return [total]


def _hold_excess(
    answer: ClaimPayment, adjustments: list[Leg], open_cents: int, *, primary_has_answered: bool
) -> tuple[list[Leg], list[Leg]]:
    """A later payer that puts what the primary paid into CARC 45 would make a credit out of nothing (RFI 1696, 2194).

    Its write-off is held when it is more than what is open, or when nobody can say yet what is open: it names no
    prior payment (OA 23) and the primary's answer is not here.
    """
    if answer.status not in LATER_PAYER_STATUS:
        return adjustments, []
    contractual = [leg for leg in adjustments if leg.reason == CONTRACTUAL_REASON and leg.cents > 0]
    wanted = sum(leg.cents for leg in contractual)
    if not wanted:
        return adjustments, []
    names_prior_payment = any(adjustment.reason == PRIOR_PAYER for adjustment in all_adjustments(answer))
    is_known = primary_has_answered or names_prior_payment
    if is_known and wanted <= open_cents - answer.paid_cents:
        return adjustments, []
    return [leg for leg in adjustments if leg not in contractual], contractual


def all_adjustments(answer: ClaimPayment) -> list[Adjustment]:
    found = list(answer.adjustments)
    for line in answer.lines:
        found += line.adjustments
    return found

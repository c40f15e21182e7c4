"""Do the counts and amounts above the claims agree with the claims listed?

Many payers list only the rejected claims: accepted claims that are counted but not listed are told as
information, everything else that does not add up as a warning.
"""

from __future__ import annotations

from decimal import Decimal

from edi.context import Context
from edi.parts import Amount, Quantity

ACCEPTED_COUNTS = ("90", "QA")  # QTY01 at receiver and provider level
REJECTED_COUNTS = ("AA", "QC")
ACCEPTED_AMOUNT = "YU"  # AMT01
REJECTED_AMOUNT = "YY"


class Tally:
    """The claims listed under one level, beside what the level says of them."""

    __slots__ = (
        "accepted",
        "accepted_cents",
        "amounts",
        "level",
        "quantities",
        "rejected",
        "rejected_cents",
        "segment",
    )

    def __init__(self, level: str, segment: int) -> None:
        self.level = level
        self.segment = segment
        self.accepted = self.rejected = 0
        self.accepted_cents = self.rejected_cents = 0
        self.quantities: tuple[Quantity, ...] = ()
        self.amounts: tuple[Amount, ...] = ()

    def count(self, charge_cents: int, *, is_rejected: bool) -> None:
        """One more claim listed."""
        if is_rejected:
            self.rejected += 1
            self.rejected_cents += charge_cents
        else:
            self.accepted += 1
            self.accepted_cents += charge_cents


def check_totals(context: Context, tally: Tally) -> None:
    """Findings where the level's totals and its claims differ."""
    said_rejected = said_count(tally, REJECTED_COUNTS)
    said_accepted = said_count(tally, ACCEPTED_COUNTS)
    rejected_cents = said_cents(tally, REJECTED_AMOUNT)
    accepted_cents = said_cents(tally, ACCEPTED_AMOUNT)
    if differs(said_rejected, tally.rejected):
        tell(context, tally, "rejected", f"{said_rejected} claims", f"{tally.rejected}")
    elif differs(rejected_cents, tally.rejected_cents):
        tell(context, tally, "rejected", dollars(rejected_cents), dollars(tally.rejected_cents))
    if not tally.accepted and (said_accepted or accepted_cents):
        said = f"{said_accepted} claims" if said_accepted else dollars(accepted_cents)
        context.find("277.totals.unlisted", [], tally.segment, level=tally.level, said=said)
    elif differs(said_accepted, tally.accepted):
        tell(context, tally, "accepted", f"{said_accepted} claims", f"{tally.accepted}")
    elif differs(accepted_cents, tally.accepted_cents):
        tell(context, tally, "accepted", dollars(accepted_cents), dollars(tally.accepted_cents))


def said_count(tally: Tally, qualifiers: tuple[str, ...]) -> Decimal | None:
    return next((one.value for one in tally.quantities if one.qualifier in qualifiers), None)


def said_cents(tally: Tally, qualifier: str) -> int | None:
    return next((one.cents for one in tally.amounts if one.qualifier == qualifier), None)


def differs(said: Decimal | int | None, listed: int) -> bool:
    return said is not None and said != listed


def tell(context: Context, tally: Tally, which: str, said: str, listed: str) -> None:
    context.find("277.totals", [], tally.segment, level=tally.level, which=which, said=said, listed=listed)


def dollars(cents: int | None) -> str:
    return "" if cents is None else f"{cents / 100:,.2f}"

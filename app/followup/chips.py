"""The filters in force as chips: each says what it narrows to, and where its cross leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.claims.tables import ClaimState
from app.core.money import format_cents
from app.followup.bench import AGE_LABELS, LOOSE_LABELS, SORT_LABELS, TICKLER_LABELS
from app.followup.filters import Filters
from app.followup.words import STATE_LABELS

Named = Sequence[tuple[int, str]]


class Chip(NamedTuple):
    label: str
    without: str  # the address of the list without this filter


def chips_of(filters: Filters, *, payers: Named, practices: Named, people: Named) -> list[Chip]:
    """In the order of the filter form."""
    labels = {
        "payer": dict(payers).get(filters.payer, f"payer {filters.payer}"),
        "practice": dict(practices).get(filters.practice, f"practice {filters.practice}"),
        "category": filters.category.replace("-", " "),
        "carc": f"Reason {filters.carc}",
        "rarc": f"Remark {filters.rarc}",
        "state": STATE_LABELS[ClaimState(filters.state)] if filters.state else "",
        "age": AGE_LABELS.get(filters.age, ""),
        "least": f"at least {format_cents(filters.least * 100)}",
        "most": f"at most {format_cents(filters.most * 100)}",
        "due": f"due within {filters.due} days",
        "owner": _owner(filters.owner, people),
        "tickler": TICKLER_LABELS.get(filters.tickler, ""),
        "loose": LOOSE_LABELS.get(filters.loose, ""),
        "text": f"“{filters.text}”",
        "sort": f"Order: {SORT_LABELS[filters.sort].lower()}",
    }
    default = Filters()
    return [
        Chip(label, filters.address(**{name: getattr(default, name)}))
        for name, label in labels.items()
        if getattr(filters, name) != getattr(default, name)
    ]


def _owner(owner: str, people: Named) -> str:
    if owner in ("me", "nobody"):
        return {"me": "mine", "nobody": "no owner"}[owner]
    return {str(number): name for number, name in people}.get(owner, f"owner {owner}")

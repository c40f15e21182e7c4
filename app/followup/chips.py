"""The filters in force as chips: each says what it narrows to, and where its cross leads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from app.claims.tables import ClaimState
from app.core.money import format_cents
from app.followup.bench import AGE_LABELS, CATEGORY_OPTIONS, LOOSE_LABELS, QUEUE_LABELS, SORT_LABELS, TICKLER_LABELS
from app.followup.filters import Filters
from app.followup.words import STATE_LABELS

Named = Sequence[tuple[int, str]]


class Chip(NamedTuple):
    label: str
    without: str  # the address of the list without this filter


def chips_of(filters: Filters, *, payers: Named, practices: Named, people: Named) -> list[Chip]:
    """In the order of the filter form."""
    shows_queue = filters.is_narrowed or filters.view  # else the list has its name
    labels = {
        "queue": QUEUE_LABELS.get(filters.queue, filters.queue) if shows_queue else "",
        "text": f"“{filters.text}”",
        "payer": dict(payers).get(filters.payer, f"Payer {filters.payer}"),
        "practice": dict(practices).get(filters.practice, f"Practice {filters.practice}"),
        "state": STATE_LABELS[ClaimState(filters.state)] if filters.state else "",
        "age": f"Age {AGE_LABELS.get(filters.age, '').lower()}",
        "owner": _owner(filters.owner, people),
        "tickler": TICKLER_LABELS.get(filters.tickler, ""),
        "least": f"Open from {format_cents(filters.least * 100)}",
        "most": f"Open to {format_cents(filters.most * 100)}",
        "carc": f"Reason {filters.carc}",
        "rarc": f"Remark {filters.rarc}",
        "due": f"Due within {filters.due} {'day' if filters.due == 1 else 'days'}",
        "category": dict(CATEGORY_OPTIONS).get(filters.category, filters.category),
        "loose": LOOSE_LABELS.get(filters.loose, ""),
        "sort": f"Order: {SORT_LABELS[filters.sort].lower()}",
    }
    default = Filters()
    return [
        Chip(label, filters.address(**{name: getattr(default, name)}))
        for name, label in labels.items()
        if label and getattr(filters, name) != getattr(default, name)
    ]


def _owner(owner: str, people: Named) -> str:
    if owner in ("me", "nobody"):
        return {"me": "Mine", "nobody": "No owner"}[owner]
    return {str(number): name for number, name in people}.get(owner, f"Owner {owner}")

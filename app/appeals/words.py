"""How states and decisions of appeals read on a page."""

from __future__ import annotations

from typing import Any, Final

from app.appeals.tables import AppealState, Decision

STATES: Final = {
    AppealState.DRAFT: ("Draft", "neutral"),
    AppealState.READY: ("In the outbox", "accent"),
    AppealState.SENT: ("Sent", "info"),
    AppealState.DECIDED: ("Decided", "neutral"),
}
DECISIONS: Final = {
    Decision.OVERTURNED: ("Overturned", "good"),
    Decision.PARTLY: ("Partly won", "warn"),
    Decision.UPHELD: ("Upheld", "bad"),
    Decision.WITHDRAWN: ("Withdrawn", "neutral"),
}
CATEGORIES: Final = {
    "COB": "Coordination of benefits",
    "missing-info": "Missing information",
    "non-covered": "Not covered",
}
SEND_WAYS: Final = (("fax", "Fax"), ("portal", "Payer's portal"), ("mail", "Mail"), ("phone", "Phone"))


def category_words(category: str) -> str:
    """`Medical necessity` for `medical-necessity`; "Any reason" for ""."""
    return CATEGORIES.get(category) or category.replace("-", " ").capitalize() or "Any reason"


WORDS: Final[dict[str, Any]] = {
    "states": {key.value: value for key, value in STATES.items()},
    "decisions": {key.value: value for key, value in DECISIONS.items()},
    "decision_choices": [
        (key.value, DECISIONS[key][0]) for key in (Decision.OVERTURNED, Decision.PARTLY, Decision.UPHELD)
    ],
    "send_ways": SEND_WAYS,
    "category_words": category_words,
}

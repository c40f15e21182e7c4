"""The bar at the top: where a person can go. Only pages that exist and that their role opens are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Place:
    """One entry; `permission` as the page behind it demands, `action` for its key.

    A lesser one is not opened every hour: it stands under More as soon as the bar is full.
    """

    label: str
    href: str
    permission: str
    icon: str
    action: str
    is_lesser: bool = False

    def is_open(self, path: str) -> bool:
        return path == self.href or path.startswith(f"{self.href}/")


MOST_IN_THE_BAR = 9  # words beside the search in a window of 1,280 pixels

PLACES: tuple[Place, ...] = (
    Place("Work", "/work", "claims.view", "inbox", "go.work"),
    Place("Calls", "/calls", "claims.work", "phone", "go.calls"),
    Place("Team", "/team", "claims.assign", "people", "go.team"),
    Place("Playbook", "/playbook", "claims.view", "list", "go.playbook", is_lesser=True),
    Place("Strategy", "/strategy", "strategy.tune", "settings", "go.strategy", is_lesser=True),
    Place("Reports", "/reports", "reports.view", "chart", "go.reports"),
    Place("Remittances", "/remittances", "ledger.view", "money", "go.remittances"),
    Place("Money", "/money", "ledger.view", "hourglass", "go.money"),
    Place("Payers", "/payers", "claims.view", "building", "go.payers"),
    Place("Appeals", "/appeals", "claims.view", "scale", "go.appeals"),
    Place("Research", "/research", "claims.view", "search", "go.research", is_lesser=True),
    Place("Outbox", "/outbox", "claims.view", "send", "go.outbox", is_lesser=True),
    Place("Files", "/files", "files.view", "file", "go.files", is_lesser=True),
    Place("Practices", "/practices", "tables.manage", "building", "go.practices", is_lesser=True),
    Place("Destinations", "/destinations", "settings.manage", "link", "go.destinations", is_lesser=True),
    Place("People", "/people", "people.manage", "people", "go.people", is_lesser=True),
    Place("Audit log", "/audit", "audit.read", "shield", "go.audit", is_lesser=True),
)


def places_for(permissions: frozenset[str], paths: frozenset[str]) -> tuple[list[Place], list[Place]]:
    """The places a person sees, of those the product serves: in the bar, and under More."""
    seen = [place for place in PLACES if place.permission in permissions and place.href in paths]
    if len(seen) <= MOST_IN_THE_BAR:
        return seen, []
    return [each for each in seen if not each.is_lesser], [each for each in seen if each.is_lesser]


class Further(NamedTuple):
    """A page that no bar has room for: it stands one step below a place, and the palette leads there at once."""

    label: str
    href: str
    permission: str


FURTHER: tuple[Further, ...] = (
    Further("Unmatched payments", "/unmatched", "claims.view"),
    Further("Payments by hand", "/payments", "ledger.view"),
    Further("Type in a paper EOB", "/remittances/paper", "ledger.post"),
    Further("Underpaid claims", "/money/underpaid", "ledger.view"),
    Further("Credit balances", "/money/credits", "ledger.view"),
    Further("Held write-offs", "/money/held", "ledger.view"),
    Further("Fee schedules", "/money/fees", "ledger.view"),
    Further("Code tables", "/codes", "account"),
    Further("Batch appeals", "/appeals/batch", "claims.view"),
    Further("Appeal letters", "/appeals/templates", "claims.view"),
    Further("Schedule of jobs", "/jobs", "files.view"),
    Further("Predicted against actual", "/strategy/calibration", "strategy.tune"),
)


def further_for(permissions: frozenset[str], paths: frozenset[str]) -> list[Further]:
    """Those a person may open, of those the product serves."""
    return [each for each in FURTHER if each.permission in permissions and each.href in paths]

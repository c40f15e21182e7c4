"""The bar at the top: where a person can go. Only pages that exist and that their role opens are shown."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Place:
    """One entry; `permission` as the page behind it demands, `action` for its key."""

    label: str
    href: str
    permission: str
    icon: str
    action: str


PLACES: tuple[Place, ...] = (
    Place("Work", "/work", "claims.view", "inbox", "go.work"),
    Place("Calls", "/calls", "claims.work", "phone", "go.calls"),
    Place("Team", "/team", "claims.assign", "people", "go.team"),
    Place("Playbook", "/playbook", "claims.view", "list", "go.playbook"),
    Place("Strategy", "/strategy", "strategy.tune", "settings", "go.strategy"),
    Place("Reports", "/reports", "reports.view", "chart", "go.reports"),
    Place("Remittances", "/remittances", "ledger.view", "money", "go.remittances"),
    Place("Money", "/money", "ledger.view", "hourglass", "go.money"),
    Place("Payers", "/payers", "claims.view", "building", "go.payers"),
    Place("Appeals", "/appeals", "claims.view", "scale", "go.appeals"),
    Place("Research", "/research", "claims.view", "search", "go.research"),
    Place("Outbox", "/outbox", "claims.view", "send", "go.outbox"),
    Place("Files", "/files", "files.view", "file", "go.files"),
    Place("Practices", "/practices", "tables.manage", "building", "go.practices"),
    Place("Destinations", "/destinations", "settings.manage", "link", "go.destinations"),
    Place("People", "/people", "people.manage", "people", "go.people"),
    Place("Audit log", "/audit", "audit.read", "shield", "go.audit"),
)


def places_for(permissions: frozenset[str], paths: frozenset[str]) -> list[Place]:
    """The places a person sees, of those the product serves."""
    return [place for place in PLACES if place.permission in permissions and place.href in paths]

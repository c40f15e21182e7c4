"""Every key of the product, once. JavaScript, tooltips, the help sheet, the palette and the docs read this table.

A page says which scope it is (`<body data-scope="work">`); `everywhere` always applies. An element answers to a key
by naming its action: `<button data-action="claim.snooze">`. Keys never fire while somebody types, and single keys
can be turned off in the account menu (WCAG 2.1.4).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import cache

EVERYWHERE = "everywhere"
WORK = "work"


@dataclass(frozen=True, slots=True)
class Key:
    """One binding.

    `key` is what `KeyboardEvent.key` says; two keys in a row are written `g w`; `mod` is Ctrl or ⌘.
    """

    key: str
    action: str
    label: str
    scope: str = EVERYWHERE
    href: str = ""  # for keys that only go somewhere


KEYS: tuple[Key, ...] = (
    Key("?", "help.open", "Show all keys"),
    Key("mod+k", "palette.open", "Find a page or an action"),
    Key("/", "search.focus", "Search"),
    Key("Escape", "escape", "Close, leave the field, or untick the rows"),
    Key("mod+Enter", "form.save", "Save the form you are typing in"),
    Key("u", "undo", "Undo the last act"),
    Key("g w", "go.work", "Go to work", href="/work"),
    Key("g c", "go.calls", "Go to the call sheet", href="/calls"),
    Key("g t", "go.team", "Go to the team", href="/team"),
    Key("g b", "go.playbook", "Go to the playbook", href="/playbook"),
    Key("g x", "go.strategy", "Go to the strategy", href="/strategy"),
    Key("g i", "go.reports", "Go to the reports", href="/reports"),
    Key("g r", "go.remittances", "Go to remittances", href="/remittances"),
    Key("g m", "go.money", "Go to the money to decide", href="/money"),
    Key("g y", "go.payers", "Go to payers", href="/payers"),
    Key("g e", "go.appeals", "Go to appeals", href="/appeals"),
    Key("g s", "go.research", "Go to research", href="/research"),
    Key("g f", "go.files", "Go to files", href="/files"),
    Key("g o", "go.outbox", "Go to the outbox", href="/outbox"),
    Key("g q", "go.practices", "Go to the practices", href="/practices"),
    Key("g d", "go.destinations", "Go to the destinations", href="/destinations"),
    Key("g p", "go.people", "Go to people", href="/people"),
    Key("g a", "go.audit", "Go to the audit log", href="/audit"),
    Key("j", "row.next", "Next row", WORK),
    Key("k", "row.previous", "Previous row", WORK),
    Key("Enter", "row.open", "Open the row", WORK),
    Key("n", "claim.next", "Give me the next best claim", WORK),
    Key("G", "claim.guided", "Guided: one claim after the other", WORK),
    Key("f", "list.filter", "Filter the list", WORK),
    Key("x", "row.select", "Select the row", WORK),
    Key("a", "bulk.open", "Act on the selected rows", WORK),
    Key("i", "claim.mine", "Make the claim mine, or give it back to the pool", WORK),
    Key("c", "claim.call", "Log a call", WORK),
    Key("m", "claim.note", "Write a note", WORK),
    Key("t", "claim.template", "Start the note from a template", WORK),
    Key("d", "claim.done", "The suggested step is done: say what came of it", WORK),
    Key("v", "claim.step", "Tick the next step of the playbook", WORK),
    Key("s", "claim.snooze", "Save and park for a week", WORK),
    Key("w", "claim.await", "Save and park until the payer answers", WORK),
    Key("1", "outcome.nothing_new", "Save: nothing new", WORK),
    Key("2", "outcome.will_pay", "Save: the payer says it will pay", WORK),
    Key("3", "outcome.reprocessing", "Save: the payer is reprocessing", WORK),
    Key("4", "outcome.sent", "Save: sent", WORK),
    Key("5", "outcome.needs_correction", "Save: needs a corrected claim", WORK),
    Key("6", "outcome.needs_appeal", "Save: needs an appeal", WORK),
    Key("r", "claim.refile", "Refile the claim", WORK),
    Key("p", "claim.appeal", "Appeal the claim", WORK),
    Key("e", "claim.edi", "Show the EDI behind it", WORK),
    Key("[", "pane.previous", "Pane to the left", WORK),
    Key("]", "pane.next", "Pane to the right", WORK),
)

_LABELS = {"mod": "Ctrl", "Escape": "Esc", "Enter": "↵"}


@cache
def keys_for_script() -> tuple[dict[str, str], ...]:
    """The table as the page carries it; `caps` is what stands on the keys."""
    return tuple({**asdict(key), "caps": " ".join(key_caps(key.key))} for key in KEYS)


def key_of(action: str) -> Key | None:
    """The binding of an action, for its tooltip."""
    return next((key for key in KEYS if key.action == action), None)


def key_caps(key: str) -> list[str]:
    """What stands on the keys: `mod+k` → Ctrl, K; `g w` → G, W; `G` → Shift, G."""
    parts = key.replace("+", " ").split() if len(key) > 1 else [key]
    if len(key) == 1 and key.isupper():
        parts = ["Shift", key]
    return [_LABELS.get(part, part.upper() if len(part) == 1 else part) for part in parts]


def keys_by_scope() -> dict[str, list[Key]]:
    """For the help sheet."""
    grouped: dict[str, list[Key]] = {}
    for key in KEYS:
        grouped.setdefault(key.scope, []).append(key)
    return grouped

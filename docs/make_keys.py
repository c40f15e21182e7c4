"""Writes docs/keys.md from the table of keys (app/web/keys.py). Run `python -m docs.make_keys` after changing it."""

from __future__ import annotations

from pathlib import Path

from app.web.keys import key_caps, keys_by_scope

PAGE = Path(__file__).with_name("keys.md")
SCOPES = {"everywhere": "Everywhere", "work": "Working claims"}
HEAD = """# Keys

Made from `app/web/keys.py` by `python -m docs.make_keys`; a test holds it to the table.

Keys never fire while you type. Single keys can be turned off in the account menu; everything they do is also a
button or a link. On a Mac, ⌘ stands for Ctrl.
"""


def keys_page() -> str:
    """The whole page."""
    parts = [HEAD]
    for scope, keys in keys_by_scope().items():
        parts.append(f"\n## {SCOPES.get(scope, scope.capitalize())}\n\n| key | what it does |\n|---|---|\n")
        for key in keys:
            caps = " ".join(f"`{cap}`" for cap in key_caps(key.key))
            parts.append(f"| {caps} | {key.label} |\n")
    return "".join(parts)


if __name__ == "__main__":
    PAGE.write_text(keys_page(), encoding="utf-8")

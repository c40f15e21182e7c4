"""What else is under way on a claim: a refile and an appeal on one issue at once lose both.

The slices that start such work do not know each other; each says here how to ask for its own.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlmodel import Session

OpenWork = Callable[[Session, int], str]  # (session, claim id) → "appeal of Nov 2", "" when nothing is open
_known: dict[str, OpenWork] = {}


def tell_open_work(kind: str, ask: OpenWork) -> None:
    """Called once by the slice that does this kind of work ("appeal", "refile")."""
    _known[kind] = ask


def open_work(session: Session, claim_id: int, *, but: str = "") -> str:
    """The first work under way on the claim, in words, other than of one's own kind; "" when there is none."""
    for kind in sorted(_known):
        if kind != but and (found := _known[kind](session, claim_id)):
            return found
    return ""

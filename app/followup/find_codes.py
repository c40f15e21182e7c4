"""A reason or remark code in the search: what it means, and the open claims that carry it.

`CO-97`, `co 97` and `97` are one reason; `N19` and `MA130` are remarks. On an EOB the code is what stands out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session

from app.followup.filters import Filters
from app.followup.totals import CARC, Standing, standings_of
from edi import codes
from edi.codes.explain import explain_reason, explain_remark

REASON = re.compile(r"^(?:(?:CO|PR|OA|PI|CR)[\s-]*)?([0-9]{1,3}|[ABDPWY][0-9]{1,2})$")
REMARK = re.compile(r"^(?:MA|M|N)[0-9]{1,3}$")


class FoundCode(NamedTuple):
    name: str  # Reason 97
    meaning: str
    page: str  # what the practice makes of it
    list: str  # the open claims that carry it
    standing: Standing | None  # None: not kept for codes of this kind


def codes_named(session: Session, practice_ids: Sequence[int], text: str) -> list[FoundCode]:
    """The codes that a text is: none for nearly every text."""
    typed = text.strip().upper()
    found = []
    reason = REASON.match(typed)
    if reason and codes.carc(reason[1]) is not None:
        kept = standings_of(session, practice_ids, CARC).get(reason[1], Standing(0, 0))
        address = Filters(carc=reason[1]).address()
        found.append(
            FoundCode(f"Reason {reason[1]}", explain_reason(reason[1]), f"/codes/carc/{reason[1]}", address, kept)
        )
    if REMARK.match(typed) and codes.rarc(typed) is not None:
        address = Filters(rarc=typed).address()
        found.append(FoundCode(f"Remark {typed}", explain_remark(typed), f"/codes/rarc/{typed}", address, None))
    return found

"""The scalars of an 835 by way of small caches: the same dates, procedures and amounts come back all the time."""

from __future__ import annotations

from functools import lru_cache

from edi import scalars
from edi.parts import Procedure

cents = lru_cache(16_384)(scalars.cents)
date_of = lru_cache(4_096)(scalars.date_of)
number = lru_cache(4_096)(scalars.number)


@lru_cache(8_192)
def procedure(text: str, component: str) -> Procedure:
    """SVC01 or SVC06: qualifier, code, up to four modifiers, description. Without a qualifier it is the code."""
    parts = text.split(component)
    if len(parts) == 1:
        return Procedure("", text, (), "")
    return Procedure(
        parts[0],
        parts[1],
        tuple(modifier for modifier in parts[2:6] if modifier),
        parts[6] if len(parts) > 6 else "",
    )

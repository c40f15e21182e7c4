"""Which remark codes (RARC) change what we may do: the routing table of data/remark_effects.csv.

A routing remark overrides what the CARC suggests: MA130 forbids an appeal whatever the reason code says.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Final

from workqueues.vocabulary import effect_bits

NOTHING_JUDGED: Final[Mapping[str, str]] = MappingProxyType({})


@cache
def remark_effects() -> dict[str, str]:
    """RARC → effect, for the codes that have one."""
    text = files("workqueues").joinpath("data/remark_effects.csv").read_text(encoding="utf-8")
    return {row["code"]: row["effect"] for row in csv.DictReader(text.splitlines())}


def bits_of_remarks(remarks: Iterable[str], judged: Mapping[str, str] = NOTHING_JUDGED) -> int:
    """The effects of a claim's remarks as bits (see `vocabulary.REMARK_EFFECTS`).

    `judged` are effects that a site gives some codes itself; "none" takes one away.
    """
    table = remark_effects()
    return effect_bits(judged.get(code) or table.get(code, "") for code in remarks)

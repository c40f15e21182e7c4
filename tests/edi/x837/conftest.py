"""Feeds the segments of one 837 set to its reader."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from edi.context import Context
from edi.values import SetStart
from edi.x837.read import ClaimReader

Read = Callable[..., list[object]]


def read_set(wire: str, kind: str = "837P", version: str = "005010X222A1", component: str = ":") -> list[object]:
    """What the reader yields for the segments between ST and SE."""
    start = SetStart(kind, 1, "0001", version, None, None, "batch.837", 3, 0)
    context = Context(start, "*", component, "^")
    reader = ClaimReader(context)
    offset = 0
    number = 3
    for text in wire.replace("\n", "").split("~"):
        if text:
            number += 1
            reader.feed(text.split("*"), number, offset, offset + len(text) + 1)
        offset += len(text) + 1
    reader.finish(number + 1, offset)
    return context.out


@pytest.fixture
def read() -> Read:
    return read_set

"""Wraps the segments of one 277 in an envelope and reads the file."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest

import edi
from edi.values import SetEnd, SetStart

Read = Callable[..., list[object]]


def file_of(body: str, version: str = "005010X214") -> bytes:
    segments = [text for text in body.replace("\n", "").replace(" " * 8, "").split("~") if text.strip()]
    count = len(segments) + 2
    wire = (
        "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         *261120*1200*^*00501*000000001*0*T*:~"
        f"GS*HN*PAYER*CLINIC*20261120*1200*1*X*{version}~ST*277*0001*{version}~"
        + "".join(f"{text.strip()}~" for text in segments)
        + f"SE*{count}*0001~GE*1*1~IEA*1*000000001~"
    )
    return wire.encode()


@pytest.fixture
def read() -> Read:
    """What the body of a set holds: its values and findings, without the frame around them."""

    def read_body(body: str, version: str = "005010X214") -> list[object]:
        values = edi.read(io.BytesIO(file_of(body, version)), file="status.277")
        return [value for value in values if not isinstance(value, SetStart | SetEnd)]

    return read_body


@pytest.fixture
def wrap() -> Callable[..., bytes]:
    return file_of

"""X12 in and out: bytes to values and back. Pure: knows no database, web, clock or queue."""

from edi.errors import NotX12Error
from edi.findings import Finding, Severity
from edi.quirks import NO_QUIRKS, Quirks
from edi.reading import Value, read, read_path
from edi.values import SetEnd, SetStart

__all__ = [
    "NO_QUIRKS",
    "Finding",
    "NotX12Error",
    "Quirks",
    "SetEnd",
    "SetStart",
    "Severity",
    "Value",
    "read",
    "read_path",
]

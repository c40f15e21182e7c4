"""The few exceptions: the input is not X12 at all. Everything milder is a Finding."""

from __future__ import annotations


class NotX12Error(ValueError):
    """No interchange header was found: this is not an X12 file. Says what was found instead and what to do."""

    def __init__(self, file: str, found: str, remedy: str) -> None:
        super().__init__(f"{file}: not X12: {found}. {remedy}")
        self.file = file
        self.found = found
        self.remedy = remedy

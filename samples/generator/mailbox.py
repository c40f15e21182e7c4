"""Files as a clearinghouse leaves them: a folder per month, a name of day, practice, sender, number and kind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, time
from pathlib import Path

from edi.writing import Envelope, OutgoingGroup, OutgoingSet, write
from samples.generator.cast import CLEARINGHOUSE, Practice

FIRST_CONTROL_NUMBER = 100_001
SENT_AT = time(18, 30)
RECEIVED_AT = time(6, 15)


class Mailbox:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.next_number = FIRST_CONTROL_NUMBER
        self.files: Counter[str] = Counter()  # by kind
        self.bytes_written = 0

    def put(
        self,
        kind: str,
        day: date,
        practice: Practice,
        party: str,
        functional_id: str,
        version: str,
        sets: Iterable[OutgoingSet],
        *,
        is_ours: bool = False,
    ) -> int:
        """Write one file of one group; its control number, which is also the group's."""
        number = self.next_number
        self.next_number += 1
        sender, receiver = (practice.code, CLEARINGHOUSE) if is_ours else (CLEARINGHOUSE, practice.code)
        envelope = Envelope(sender, receiver, day, SENT_AT if is_ours else RECEIVED_AT, number)
        group = OutgoingGroup(functional_id, version, sets, number)
        month = self.folder / f"{day:%Y-%m}"
        month.mkdir(parents=True, exist_ok=True)
        path = month / f"{day:%Y%m%d}_{practice.code}_{party}_{number:06d}.{kind}"
        with path.open("wb") as stream:
            for piece in write(envelope, [group]):
                self.bytes_written += stream.write(piece)
        self.files[kind] += 1
        return number

"""The fingerprint of a transaction set: the same payment sent again, in another envelope, has the same one.

SHA-256 over the bytes between ST and SE without DTM*405 (production date) and white space, with delimiters brought
to one form (fact book 835.md §9). It is taken over whole chunks, so it costs next to nothing.
"""

from __future__ import annotations

import hashlib

from edi.values import Delimiters

WHITE_SPACE = b" \t\r\n"
SEGMENT, ELEMENT, COMPONENT = b"\x1c", b"\x1d", b"\x1f"
PRODUCTION_DATE = b"DTM\x1d405"


class Fingerprint:
    """Feed it whole segments, terminators included."""

    def __init__(self, delimiters: Delimiters) -> None:
        used = [delimiters.element, delimiters.component, delimiters.segment]
        source = "".join(used).encode("latin-1")
        self._table = bytes.maketrans(source, ELEMENT + COMPONENT + SEGMENT)
        self._drop = bytes(blank for blank in WHITE_SPACE if blank not in source)
        self._hash = hashlib.sha256()

    def update(self, raw: bytes) -> None:
        plain = raw.translate(self._table, self._drop)
        while SEGMENT * 2 in plain:
            plain = plain.replace(SEGMENT * 2, SEGMENT)
        self._hash.update(_without_production_date(plain))

    def hexdigest(self) -> str:
        return self._hash.hexdigest()


def _without_production_date(plain: bytes) -> bytes:
    at = plain.find(PRODUCTION_DATE)
    while at >= 0:
        if at == 0 or plain[at - 1 : at] == SEGMENT:
            behind = plain.find(SEGMENT, at) + 1
            plain = plain[:at] + plain[behind:]
        else:
            at += 1
        at = plain.find(PRODUCTION_DATE, at)
    return plain

"""The fingerprint of a transaction set: the same payment sent again, in another envelope, has the same one.

SHA-256 over the bytes between ST and SE without DTM*405 (production date) and white space, with delimiters brought
to one form (fact book 835.md §9). It is taken over whole chunks, so it costs next to nothing.
"""

from __future__ import annotations

import hashlib

from edi.values import Delimiters

WHITE_SPACE = b" \t\r\n"
SEGMENT, ELEMENT, COMPONENT = b"~", b"*", b":"  # the usual ones: most files need no bringing
PRODUCTION_DATE = b"DTM*405"


class Fingerprint:
    """Feed it whole segments, terminators included."""

    def __init__(self, delimiters: Delimiters) -> None:
        used = [delimiters.element, delimiters.component, delimiters.segment]
        source = "".join(used).encode("latin-1")
        usual = ELEMENT + COMPONENT + SEGMENT
        self._table = bytes.maketrans(source, usual) if source != usual else None
        self._drop = bytes(blank for blank in WHITE_SPACE if blank not in source)
        self._hash = hashlib.sha256()

    def update(self, raw: bytes, *, has_gaps: bool) -> None:
        """`has_gaps`: there may be empty segments, which do not count."""
        if self._table is None and not (b"\n" in raw or b"\r" in raw or b"\t" in raw):
            plain = raw.replace(b" ", b"")
        else:
            plain = raw.translate(self._table, self._drop)
        while has_gaps and SEGMENT * 2 in plain:
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

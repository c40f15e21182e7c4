"""The small values that every transaction shares: names, references, dates, amounts, adjustments, procedures.

Values are NamedTuples: immutable, typed, and quick to make by the million. `segment` is the ordinal of the
segment in the file (see `source.py`). Money is integer cents. An absent element is "" for text, None otherwise.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import NamedTuple


class Name(NamedTuple):
    """An NM1 or N1: a person or an organisation in a role."""

    role: str  # NM101 / N101, e.g. QC patient, IL insured, 82 rendering, PR payer, PE payee
    last: str  # NM103 / N102: last name, or the organisation
    first: str  # NM104
    middle: str  # NM105
    suffix: str  # NM107
    id_qualifier: str  # NM108 / N103
    id: str  # NM109 / N104
    is_person: bool  # NM102 == 1
    segment: int


class Address(NamedTuple):
    """N3 and N4."""

    line1: str
    line2: str
    city: str
    state: str
    postal_code: str
    country: str
    segment: int


class Contact(NamedTuple):
    """PER: a person to call, with (qualifier, number) pairs: TE phone, FX fax, EM mail, UR web, EX extension."""

    function: str  # PER01, e.g. CX claims, BL technical, IC web site
    name: str  # PER02
    numbers: tuple[tuple[str, str], ...]
    segment: int


class Reference(NamedTuple):
    qualifier: str  # REF01
    value: str  # REF02
    segment: int


class Dated(NamedTuple):
    """DTM or DTP: one date or a range. `last` is None unless a range was given."""

    qualifier: str  # DTM01 / DTP01
    first: date | None
    last: date | None
    segment: int


class Amount(NamedTuple):
    qualifier: str  # AMT01
    cents: int  # AMT02
    segment: int


class Quantity(NamedTuple):
    qualifier: str  # QTY01
    value: Decimal  # QTY02
    segment: int


class Remark(NamedTuple):
    """A remark code: LQ at line level, MIA/MOA at claim level."""

    qualifier: str  # LQ01: HE RARC, RX NCPDP reject; "MIA"/"MOA" at claim level
    code: str
    segment: int
    element: int


class Adjustment(NamedTuple):
    """One CAS triplet. Positive reduces what is paid, negative increases it."""

    group: str  # CAS01: CO PR OA PI (CR in 4010)
    reason: str  # CARC
    cents: int
    quantity: Decimal | None
    segment: int
    element: int  # element of the amount: 3, 6, 9, 12, 15 or 18


class Procedure(NamedTuple):
    """A procedure composite: SVC01, SVC06, SV101, SV202, SVD03."""

    qualifier: str  # HC, NU, N4, AD, HP, ER, IV, WK …
    code: str
    modifiers: tuple[str, ...]
    description: str

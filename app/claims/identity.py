"""When two papers speak of the same claim, person or payer: the keys they are compared by.

A payer may fold case, drop leading zeros, cut a control number at twenty characters or print a name in capitals.
Keys forgive that and nothing else; what they find is only a candidate until something else agrees.
"""

from __future__ import annotations

import re
from datetime import date

from app.claims.tables import PayerKind

NOT_A_LETTER_OR_DIGIT = re.compile(r"[^0-9a-z]+")
BLANKS = re.compile(r"\s+")

# What payers write in CLP01 when they did not have our number (835.md §3: "0 or blank-like filler").
FILLERS = frozenset({"", "na", "n/a", "none", "null", "unknown", "unk", "notprovided", "notavailable", "x"})

# CLP06 and SBR09 (835.md §3); codes that several kinds of payer use are left to OTHER.
KIND_OF_FILING_INDICATOR = {
    "MA": PayerKind.MEDICARE,
    "MB": PayerKind.MEDICARE,
    "16": PayerKind.MEDICARE_ADVANTAGE,
    "MC": PayerKind.MEDICAID,
    "BL": PayerKind.BCBS,
    "CH": PayerKind.TRICARE,
    "VA": PayerKind.VETERANS,
    "WC": PayerKind.WORKERS_COMP,
    "AM": PayerKind.AUTO,
    "12": PayerKind.COMMERCIAL,
    "13": PayerKind.COMMERCIAL,
    "14": PayerKind.COMMERCIAL,
    "15": PayerKind.COMMERCIAL,
    "CI": PayerKind.COMMERCIAL,
    "HM": PayerKind.COMMERCIAL,
}

RANK_OF_ORDER = {"P": 1, "S": 2, "T": 3}  # SBR01


def control_key(number: str) -> str:
    """A patient control number without case, blanks and leading zeros. "" for what payers write in its stead."""
    key = BLANKS.sub("", number).casefold()
    if key in FILLERS:
        return ""
    return key.lstrip("0")


def member_key(member_id: str) -> str:
    """A member id as claims keep it: capitals and digits only, however it was punctuated."""
    return NOT_A_LETTER_OR_DIGIT.sub("", member_id.casefold()).upper()


def name_part(text: str) -> str:
    return NOT_A_LETTER_OR_DIGIT.sub("", text.casefold())


def name_key(last: str, first: str) -> str:
    """`last|first`; "" when there is no last name."""
    last = name_part(last)
    return f"{last}|{name_part(first)}" if last else ""


def person_identity(last: str, first: str, birth_date: date | None, member_id: str) -> str:
    """The same person in the same practice: by birth date where one is known, else by member id."""
    return f"{name_key(last, first)}|{birth_date.isoformat() if birth_date else member_key(member_id)}"


def payer_name_key(name: str) -> str:
    return BLANKS.sub(" ", name).strip().casefold()


def payer_kind(filing_indicator: str) -> PayerKind:
    return KIND_OF_FILING_INDICATOR.get(filing_indicator.upper(), PayerKind.OTHER)


def payer_rank(order: str) -> int:
    """SBR01 as a number: P 1, S 2, T 3, and A to H (fourth to eleventh) as 4."""
    return RANK_OF_ORDER.get(order.upper(), 4 if order else 1)

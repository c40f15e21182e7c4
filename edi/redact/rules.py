"""What each segment says about people, element by element. Whatever has no rule is replaced, never let through.

`KEPT` names elements that lead to no person: codes, counts, amounts, service dates, control numbers. `RULES` names
the rest. Payers stay as they are (a payer's habits are what one studies); practices and their numbers do not.
"""

from __future__ import annotations

from enum import Enum


class Kind(Enum):
    ID = "id"
    NAME = "name"
    TEXT = "text"  # free text: goes altogether
    BIRTH_DATE = "birth date"
    POSTAL_CODE = "postal code"
    SECOND_COMPONENT = "second component"  # PLB03, CTX01: a code, then an id


TEXT_REMOVED = "TEXT REMOVED"

ID, NAME, TEXT, BIRTH_DATE, POSTAL_CODE = Kind.ID, Kind.NAME, Kind.TEXT, Kind.BIRTH_DATE, Kind.POSTAL_CODE

RULES: dict[str, dict[int, Kind]] = {
    "ISA": {2: ID, 4: ID, 6: ID, 8: ID},
    "GS": {2: ID, 3: ID},
    "BPR": {7: ID, 9: ID, 10: ID, 11: ID, 13: ID, 15: ID},
    "TRN": {2: ID, 3: ID, 4: ID},
    "BHT": {3: ID},
    "N2": {1: NAME, 2: NAME},
    "N3": {1: TEXT, 2: TEXT},
    "N4": {1: NAME, 3: POSTAL_CODE, 6: ID},
    "DMG": {2: BIRTH_DATE},
    "PAT": {6: BIRTH_DATE},
    "SBR": {3: ID, 4: NAME},
    "CLP": {1: ID, 7: ID},
    "CLM": {1: ID},
    "TS3": {1: ID},
    "PLB": {1: ID, **dict.fromkeys(range(3, 15, 2), Kind.SECOND_COMPONENT)},
    "PWK": {6: ID, 7: TEXT},
    "NTE": {2: TEXT},
    "K3": {1: TEXT},
    "MSG": {1: TEXT},
    "CR1": {9: TEXT, 10: TEXT},
    "CR2": {10: TEXT, 11: TEXT},
    "RDM": {2: NAME, 3: ID},
    "STC": {9: ID, 12: TEXT},
    "IK4": {4: ID},
    "AK4": {4: ID},
    "CTX": {1: Kind.SECOND_COMPONENT},
    "PS1": {1: ID},
    "CN1": {4: ID, 6: ID},
    "HCP": {4: ID},
    "INS": {12: BIRTH_DATE},
}

# Segments of which everything without a rule above is let through: codes, counts, amounts, dates of service.
KEPT = frozenset(RULES) | frozenset(
    """ST SE GE IEA TA1 HL LX CAS SVC SVD AMT QTY DTM DTP LQ MIA MOA TS2 CUR SV1 SV2 SV3 SV4 SV5 HI CRC CL1 CR3 CR4
    CR5 CR6 CR7 CR8 DN1 DN2 TOO OI PRV LIN CTP MEA AK1 AK2 AK3 IK3 AK5 IK5 AK9 HSD LS LE UM AAA""".split()
)

# What Safe Harbor takes besides: numbers that lead back to a file. The same number becomes the same one everywhere,
# so that a trailer still answers its header and an acknowledgment its group.
CONTROL_NUMBERS: dict[str, tuple[int, ...]] = {
    "ISA": (13,),
    "IEA": (2,),
    "GS": (6,),
    "GE": (2,),
    "ST": (2,),
    "SE": (2,),
    "TA1": (1,),
    "AK1": (2,),
    "AK2": (2,),
}
DRUG_CODES = frozenset(("N4", "ND"))  # LIN02: what follows names a drug, not one device

# Roles whose name and id are public: payers, clearinghouses, other insurers.
PUBLIC_ROLES = frozenset(("PR", "AY", "TT", "PRP", "SEP", "TTP", "RM", "TU"))
# References that lead to no person and no practice; every other one is replaced.
PUBLIC_REFERENCES = frozenset(("0K", "1S", "APC", "BLT", "CE", "F2", "HI", "NF", "RB", "2U", "F5", "EW", "T4"))
# DTM and DTP qualifiers of a birth or death date.
BIRTH_QUALIFIERS = frozenset(("007", "222", "223"))

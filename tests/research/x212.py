"""The element rules of a 276 (005010X212), as the fact book lays them out: what any payer refuses an inquiry for."""

from __future__ import annotations

import re

DATE = re.compile(r"(19|20)\d{6}$")
NM1 = {"20": "PR", "21": "41", "19": "1P", "22": "IL", "23": "QC"}
ID_QUALIFIERS = {"PR": ("PI", "XV", "AD", "NI"), "41": ("46",), "1P": ("XX", "SV", "FI"), "IL": ("MI", "II", "24")}
CLAIM_ORDER = ("TRN", "REF*1K", "REF*BLT", "REF*LU", "REF*6P", "REF*EJ", "REF*XZ", "REF*D9", "AMT", "DTP")


def faults_of(wire: str) -> list[str]:
    """Everything that breaks a rule, in words; an empty list is a sound file."""
    segments = [text.split("*") for text in wire.strip().rstrip("~").split("~")]
    ids = [segment[0] for segment in segments]
    faults = [] if ids[:4] == ["ISA", "GS", "ST", "BHT"] and ids[-3:] == ["SE", "GE", "IEA"] else ["envelope"]
    gs, st, bht = segments[1], segments[2], segments[3]
    faults += [] if gs[1] == "HR" and gs[8] == "005010X212" else ["GS01 HR, GS08 005010X212"]
    faults += [] if st[1] == "276" and st[3] == "005010X212" else ["ST01 276, ST03 005010X212"]
    faults += [] if bht[1:3] == ["0010", "13"] and len(bht[3]) <= 50 and DATE.match(bht[4]) else ["BHT"]
    faults += [] if segments[-3][1] == str(len(segments) - 4) and segments[-3][2] == st[2] else ["SE count"]
    faults += [] if segments[-2][2] == gs[6] and segments[-1][2] == segments[0][13] else ["control numbers"]
    levels: dict[str, tuple[str, str]] = {}
    loops: list[list[list[str]]] = []
    for segment in segments[4:-3]:
        if segment[0] == "HL":
            loops.append([segment])
        elif loops:
            loops[-1].append(segment)
        else:
            faults.append(f"{segment[0]} before the first HL")
    for number, loop in enumerate(loops, 1):
        faults += level_faults(number, loop, levels)
    return faults


def level_faults(number: int, loop: list[list[str]], levels: dict[str, tuple[str, str]]) -> list[str]:
    head, *rest = loop
    own, parent, code, child = (*head[1:], "")[:4]
    faults = [] if own == str(number) else [f"HL01 {own} should be {number}"]
    above = {"20": "", "21": "20", "19": "21", "22": "19", "23": "22"}[code]
    if above and levels.get(parent, ("", ""))[0] != above:
        faults.append(f"HL*{own}: parent is not a level {above}")
    levels[own] = (code, child)
    names = [segment for segment in rest if segment[0] == "NM1"]
    if len(names) != 1 or names[0][1] != NM1[code]:
        return [*faults, f"HL*{own}: needs NM1*{NM1[code]}"]
    name = [*names[0], *[""] * 9]
    if not name[3] or name[2] not in ("1", "2"):
        faults.append(f"HL*{own}: NM102 and NM103")
    if code != "23" and (name[8] not in ID_QUALIFIERS[NM1[code]] or not name[9]):
        faults.append(f"HL*{own}: NM108 and NM109")
    has_claims = any(segment[0] == "TRN" for segment in rest)
    is_patient = code == "23" or (code == "22" and child == "0")
    if has_claims != is_patient:
        faults.append(f"HL*{own}: claims stand under the patient and nowhere else")
    if is_patient:
        demographics = [segment for segment in rest if segment[0] == "DMG"]
        if not demographics or demographics[0][1] != "D8" or not DATE.match(demographics[0][2]):
            faults.append(f"HL*{own}: DMG with the patient's date of birth")
        elif rest.index(demographics[0]) > rest.index(names[0]):
            faults.append(f"HL*{own}: DMG stands before NM1")
        faults += claim_faults(own, rest[rest.index(names[0]) + 1 :])
    return faults


def claim_faults(own: str, segments: list[list[str]]) -> list[str]:
    faults: list[str] = []
    claims: list[list[list[str]]] = []
    for segment in segments:
        if segment[0] == "TRN":
            claims.append([])
        if claims:
            claims[-1].append(segment)
    for claim in claims:
        trn = claim[0]
        faults += [] if trn[1] == "1" and 0 < len(trn[2]) <= 50 else [f"HL*{own}: TRN*1 with our trace"]
        keys = [f"REF*{one[1]}" if one[0] == "REF" else one[0] for one in claim if one[0] != "SVC"]
        unknown = [key for key in keys if key not in CLAIM_ORDER]
        faults += [f"HL*{own}: {key} does not belong there" for key in unknown]
        places = [CLAIM_ORDER.index(key) for key in keys if key in CLAIM_ORDER]
        faults += [] if places == sorted(places) else [f"HL*{own}: order of {keys}"]
        faults += [] if len(set(keys)) == len(keys) else [f"HL*{own}: repeated {keys}"]
        for segment in claim:
            if segment[0] == "REF" and (len(segment[2]) > 50 or not segment[2]):
                faults.append(f"HL*{own}: REF02 {segment[2]!r}")
            if segment[0] == "AMT" and (segment[1] != "T3" or not re.fullmatch(r"\d+(\.\d{1,2})?", segment[2])):
                faults.append(f"HL*{own}: AMT*T3")
            if segment[0] == "DTP":
                dates = segment[3].split("-") if segment[2] == "RD8" else [segment[3]]
                if segment[1] != "472" or not all(DATE.match(date) for date in dates):
                    faults.append(f"HL*{own}: DTP*472")
    return faults

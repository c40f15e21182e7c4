"""The qualifiers that each loop of an 837 knows: professional, institutional and dental, 5010 and 4010 together.

From the guides' maps and the fact book (837-refile.md §4). As with the loops themselves, one table serves all kinds:
whether this kind of claim may say so is the guide check's question.
"""

from __future__ import annotations

from edi.qualifiers import Table, table

PROVIDER_NUMBERS = "0B 1A 1B 1C 1D 1E 1G 1H 1J EI FH G2 G5 LU N5 SY TJ U3 X4 X5"
PERSON_NUMBERS = "1W 23 IG SY Y4"
PLAN_NUMBERS = "2U EI FY G2 LU NF TJ"
CLAIM_PROVIDERS = "45 71 72 73 77 82 DD DK DN DQ FA LI P3 PW QB TL ZZ"

QUALIFIERS: dict[str, Table] = {
    "1000": table(REF="87"),
    "1000x": table(NM1="40 41"),
    "2010A": table(NM1="85 87 PE", REF=f"06 2U 8U B3 BQ EM FY IJ NF RB ST TT {PROVIDER_NUMBERS}"),
    "2010B": table(NM1="AO IL PR QD", REF=f"AB BB {PERSON_NUMBERS} {PLAN_NUMBERS}"),
    "2010C": table(NM1="QC", REF=PERSON_NUMBERS),
    "2300": table(
        AMT="C5 F3 F5 MA NE",
        DTP="050 090 091 096 296 297 304 314 330 360 361 431 434 435 438 439 444 452 453 454 455 471 472 484",
        QTY="CA CD LA NA",
        REF="1J 1S 4N 9A 9C 9F D9 DD EA EW F5 F8 G1 G3 G4 LU LX P4 X4",
    ),
    "2310": table(NM1=CLAIM_PROVIDERS, REF=PROVIDER_NUMBERS),
    "2320": table(AMT="A8 AA AAE AU B1 B6 C4 D D8 DY EAF F2 F5 KF N1 PG T T2 T3 YT ZZ"),
    "2330": table(
        NM1=f"{CLAIM_PROVIDERS} 85 IL PR QC",
        DTP="573",
        REF=f"9F D8 F8 G1 NF T4 {PERSON_NUMBERS} {PLAN_NUMBERS} {PROVIDER_NUMBERS}",
    ),
    "2400": table(
        AMT="AAE F4 GT N8 T",
        DTP="011 119 304 431 438 441 446 452 453 454 455 461 463 471 472 480 481 607 738 739 866",
        QTY="BF EM FL HM HO HP P3 P4 P5 PT SG",
        REF="1S 6R 9A 9B 9C 9D 9F BT D9 EW F4 G1 G3 OZ TP VP X4",
    ),
    "2410": table(REF="VY XZ"),
    "2420": table(NM1=f"{CLAIM_PROVIDERS} PR", REF=f"9F G1 2U {PROVIDER_NUMBERS}"),
    "2430": table(AMT="EAF", DTP="573"),
    "2440": table(LQ="AS UT"),
}

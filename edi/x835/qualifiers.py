"""The qualifiers that each loop of an 835 knows, in 005010X221A1 and in the old 004010X091A1 together.

From the guides' maps and the fact book (835.md §2 and §3). A qualifier of the other loop is no surprise to a
reader but is one to the guide, so the tables are by loop.
"""

from __future__ import annotations

from edi import codes
from edi.qualifiers import table

PROVIDER_NUMBERS = "0B 1A 1B 1C 1D 1E 1F 1G 1H 1J D3 G2 LU SY TJ"
MANDATE_CATEGORIES = "ZK ZL ZM ZN ZO"

BEFORE_THE_PARTIES = table(DTM="405", REF="EV F2", N1="PR PE")
OF_THE_PAYER = table(DTM="405", REF="2U EO HI NF", N1="PR PE")
OF_THE_PAYEE = table(DTM="405", REF=f"PQ N5 {PROVIDER_NUMBERS}", N1="PR PE")
HEADER_LOOPS = {"": BEFORE_THE_PARTIES, "PR": OF_THE_PAYER, "PE": OF_THE_PAYEE}  # by the party last named
HEADER_NAMES = {"": "the header", "PR": "loop 1000A", "PE": "loop 1000B"}

CLAIM = table(
    NM1="74 82 GB IL PR QC TT",
    REF=f"1L 1W 28 6P 9A 9C A6 BB CE EA F8 G1 G3 IG {PROVIDER_NUMBERS}",
    DTM="036 050 232 233",
    AMT=f"AU D8 DY F5 I NL T T2 ZZ {MANDATE_CATEGORIES}",
    QTY=f"CA CD LA LE NA NE NR OU PS VS {MANDATE_CATEGORIES}",
    LQ="",  # the remarks of a claim stand in MIA and MOA
)
LINE = table(
    REF=f"0K 1S 6R APC BB E9 G1 G3 HPI RB {PROVIDER_NUMBERS}",
    DTM="150 151 472",
    AMT=f"B6 DY KH NE T T2 {MANDATE_CATEGORIES}",
    QTY=f"NE {MANDATE_CATEGORIES}",
    LQ="HE RX",
)
PARTIES = CLAIM["NM1"]
CLAIM_LOOP, LINE_LOOP = "loop 2100", "loop 2110"

REMARKS = codes.remarks()
PROVIDER_ADJUSTMENT_REASONS = codes.provider_adjustment_reasons()

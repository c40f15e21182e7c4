"""The qualifiers that each loop of a 277 or 276 knows: X212, X214, the request for information X213, and 4010.

From the guides' maps and the fact book (277.md §4, §5 and §7). One table serves all: an answer, an acknowledgment and
an inquiry say the same of a claim.
"""

from __future__ import annotations

from edi.qualifiers import table

PROVIDER_NUMBERS = "0B 1G EI G2 LU SY TJ"
DATES = "009 050 106 232 233 434 472"

ABOVE = table(DTP=DATES, QTY="90 AA QA QC", AMT="YU YY", REF=PROVIDER_NUMBERS)  # source, receiver, provider
CLAIM = table(DTP=DATES, REF=f"1K 6P 6R BLT D9 EA EJ F8 G1 VV X1 XZ {PROVIDER_NUMBERS}", AMT="T3")
LINE = table(DTP=DATES, REF="6R FJ XZ")
LEVEL_NAMES = table(NM1="1P 41 85 AY IL PR QC")

LEVEL_LOOP, CLAIM_LOOP, LINE_LOOP = "loop 2100", "loop 2200", "the loop of a line"

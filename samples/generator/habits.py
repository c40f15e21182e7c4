"""How often each payer does what: the weights of the fates, and the reasons it denies for.

Rates follow published ones loosely (about one claim in eight denied at first; denials.md §6), bent per payer so that
each has a character a biller would recognise:

- Harrowgate pays within two weeks, but bundles, downcodes and underpays.
- Calloway denies for missing authorization and keeps asking for records.
- Pinnard is slow, loses claims, pays interest late and takes money back months later.
- Medicare pays on the fourteenth day, returns what it cannot process (MA130), and crosses over to the supplement.
"""

from __future__ import annotations

from samples.generator.answers import Reason
from samples.generator.cast import CALLOWAY, HARROWGATE, MEDICARE_A, MEDICARE_B, PINNARD, Payer

Weights = dict[str, float]

HARROWGATE_FATES: Weights = {
    "paid": 48,
    "paid_share_only": 7,
    "underpaid": 6,
    "downcoded": 3,
    "bundled": 4,
    "partly_denied": 8,
    "denied": 7,
    "denied_then_refiled": 3,
    "denied_then_appealed": 2,
    "appeal_upheld": 1.5,
    "denied_unknown_member": 1.5,
    "rejected": 2,
    "rejected_then_resent": 2.5,
    "syntax_rejected": 0.9,
    "reversed": 1.5,
    "split": 1.5,
    "never_answered": 0.8,
    "garbled": 1,
    "billed_elsewhere": 1,
    "miskeyed": 0.6,
}
CALLOWAY_FATES: Weights = {
    "paid": 42,
    "paid_share_only": 6,
    "underpaid": 1.5,
    "partly_denied": 5,
    "denied": 12,
    "denied_then_refiled": 3,
    "denied_then_appealed": 4,
    "appeal_upheld": 2,
    "denied_unknown_member": 1,
    "rejected": 2,
    "rejected_then_resent": 2.5,
    "syntax_rejected": 0.9,
    "records_wanted": 10,
    "records_late": 4,
    "reversed": 1,
    "pended": 4,
    "finalized_unseen": 1,
    "never_answered": 1,
    "refunded": 0.8,
}
PINNARD_FATES: Weights = {
    "paid": 30,
    "paid_with_interest": 11,
    "paid_share_only": 5,
    "underpaid": 1.5,
    "partly_denied": 7,
    "denied": 6,
    "denied_late": 4,
    "denied_then_refiled": 1.5,
    "denied_unknown_member": 2,
    "rejected": 2,
    "rejected_then_resent": 1.5,
    "never_answered": 5,
    "lost": 6,
    "pended": 6,
    "pended_on_remittance": 2,
    "duplicate": 2.5,
    "recouped": 5.5,
    "recouped_by_letter": 3,
    "taken_back_later": 3.2,
    "refunded": 1.5,
    "finalized_unseen": 2,
    "garbled": 2,
    "miskeyed": 1.5,
    "billed_elsewhere": 2,
    "reversed_unseen": 2,
    "split": 1.5,
}
MEDICARE_FATES: Weights = {
    "paid": 40,
    "crossed_over": 22,
    "crossed_over_silent": 3,
    "not_forwarded": 3,
    "not_forwarded_then_billed": 4,
    "paid_share_only": 3,
    "partly_denied": 4,
    "denied": 6,
    "unprocessable": 3.5,
    "unprocessable_then_resent": 3,
    "denied_then_appealed": 1.2,
    "appeal_upheld": 0.8,
    "denied_unknown_member": 0.6,
    "rejected": 1.6,
    "rejected_then_resent": 2,
    "reversed": 1.2,
    "recouped_by_letter": 0.6,
    "never_answered": 0.6,
    "paid_with_interest": 0.5,
}
FATES: dict[Payer, Weights] = {
    HARROWGATE: HARROWGATE_FATES,
    CALLOWAY: CALLOWAY_FATES,
    PINNARD: PINNARD_FATES,
    MEDICARE_A: MEDICARE_FATES,
    MEDICARE_B: MEDICARE_FATES,
}

# Reasons for a whole denial: (weight, reason). CO 16, 96, 226, 227, 252 never come without their remark (CARC list).
WHOLE: dict[Payer, tuple[tuple[int, Reason], ...]] = {
    HARROWGATE: (
        (14, Reason("CO", "97", ("N525",))),
        (10, Reason("CO", "4", ("N822",))),
        (9, Reason("CO", "11", ("M76",))),
        (9, Reason("CO", "16", ("N290",))),
        (8, Reason("CO", "22")),
        (7, Reason("PR", "27", ("N30",))),
        (6, Reason("CO", "236", ("N20",))),
        (6, Reason("PR", "204", ("N130",))),
        (5, Reason("CO", "146", ("M76",))),
        (4, Reason("CO", "29")),
        (3, Reason("PR", "119", ("N362",))),
        (3, Reason("CO", "B16", ("N657",))),
        (2, Reason("PR", "26")),
    ),
    CALLOWAY: (
        (34, Reason("CO", "197")),
        (8, Reason("CO", "198", ("N54",))),
        (6, Reason("CO", "284", ("N54",))),
        (16, Reason("CO", "252", ("M127",))),
        (12, Reason("CO", "50", ("N180",))),
        (6, Reason("PR", "96", ("N130",))),
        (5, Reason("CO", "55", ("N180",))),
        (4, Reason("PR", "242")),
        (4, Reason("CO", "22")),
        (4, Reason("CO", "16", ("N286",))),
        (3, Reason("CO", "288")),
        (3, Reason("PR", "227", ("N179",))),
        (3, Reason("CO", "29")),
    ),
    PINNARD: (
        (10, Reason("CO", "29")),
        (9, Reason("CO", "16", ("M51",))),
        (8, Reason("CO", "22", ("MA92",))),
        (7, Reason("PR", "27")),
        (6, Reason("CO", "B7", ("N570",))),
        (6, Reason("OA", "109", ("N418",))),
        (5, Reason("CO", "140")),
        (5, Reason("CO", "16", ("N257",))),
        (4, Reason("PR", "204")),
        (7, Reason("PI", "50", ("N180",))),
        (3, Reason("CO", "181", ("N56",))),
    ),
    MEDICARE_B: (
        (14, Reason("CO", "50", ("N115",))),
        (9, Reason("CO", "151", ("N362",))),
        (9, Reason("CO", "22", ("MA04",))),
        (8, Reason("OA", "109", ("N418",))),
        (6, Reason("PR", "96", ("N425",))),
        (5, Reason("CO", "4", ("N519",))),
        (5, Reason("OA", "18", ("N522",))),
        (4, Reason("CO", "29", ("N211",))),
        (4, Reason("PR", "50", ("N386",))),
        (3, Reason("CO", "107")),
        (3, Reason("PR", "119", ("M86",))),
    ),
}
WHOLE[MEDICARE_A] = WHOLE[MEDICARE_B]

# Reasons for losing one line of several.
PART: dict[Payer, tuple[tuple[int, Reason], ...]] = {
    HARROWGATE: (
        (18, Reason("CO", "97", ("M15",))),
        (10, Reason("CO", "236", ("N20",))),
        (6, Reason("CO", "97", ("N19",))),
        (4, Reason("CO", "4", ("N823",))),
        (3, Reason("PR", "204", ("N130",))),
    ),
    CALLOWAY: (
        (8, Reason("CO", "198", ("N54",))),
        (7, Reason("CO", "151", ("M25",))),
        (6, Reason("CO", "252", ("N706",))),
        (4, Reason("PR", "96", ("N130",))),
        (3, Reason("CO", "50", ("N180",))),
    ),
    PINNARD: (
        (9, Reason("PI", "97", ("N19",))),
        (5, Reason("CO", "16", ("M53",))),
        (5, Reason("OA", "18")),
        (5, Reason("PI", "54")),
        (3, Reason("PR", "167", ("M76",))),
    ),
    MEDICARE_B: (
        (9, Reason("CO", "97", ("M15",))),
        (7, Reason("CO", "50", ("N115",))),
        (5, Reason("CO", "151", ("N362",))),
        (4, Reason("CO", "16", ("M20",))),
        (3, Reason("PR", "96", ("N425",))),
    ),
}
PART[MEDICARE_A] = PART[MEDICARE_B]

# What a replacement claim put right, and the note it carries.
CORRECTABLE = (
    (Reason("CO", "4", ("N822",)), "MODIFIER ADDED"),
    (Reason("CO", "236", ("N20",)), "MODIFIER ADDED"),
    (Reason("CO", "11", ("M76",)), "DIAGNOSES REORDERED"),
    (Reason("CO", "16", ("N290",)), "RENDERING PROVIDER CORRECTED"),
)
# What an appeal turned around, or failed to.
APPEALABLE = (
    Reason("CO", "197"),
    Reason("CO", "50", ("N180",)),
    Reason("CO", "151", ("M25",)),
    Reason("CO", "97", ("N525",)),
)
# What Medicare returns as unprocessable: MA130 stands in the MOA, no appeal (denials.md §4).
UNPROCESSABLE = (
    Reason("CO", "16", ("N290",), ("MA130",)),
    Reason("CO", "16", ("N265",), ("MA130",)),
    Reason("CO", "16", ("M76",), ("MA130",)),
    Reason("CO", "16", ("MA120",), ("MA130",)),
    Reason("CO", "140", ("N382",), ("MA130",)),
)
# Front-end rejections: (category, status code, entity, text); A7:21 style companions are added by the printer.
REJECTIONS = (
    ("A3", "33", "IL", "MEMBER ID NOT ON FILE"),
    ("A7", "562", "82", "RENDERING PROVIDER NPI INVALID"),
    ("A7", "164", "IL", "MEMBER ID FORMAT INVALID FOR THIS PAYER"),
    ("A6", "252", "", "AUTHORIZATION NUMBER REQUIRED FOR THIS SERVICE"),
    ("A6", "145", "85", "BILLING TAXONOMY REQUIRED"),
    ("A8", "255", "", "DIAGNOSIS CONFLICTS WITH PATIENT SEX OR AGE"),
    ("A3", "78", "", "DUPLICATE OF A CLAIM IN PROCESS"),
    ("A7", "500", "85", "BILLING ZIP CODE MUST HAVE NINE DIGITS"),
    ("A7", "254", "", "PRINCIPAL DIAGNOSIS NOT VALID ON SERVICE DATE"),
)

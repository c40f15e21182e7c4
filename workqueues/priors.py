"""What is believed before a practice has outcomes of its own: data/priors.csv, by category.

No public source gives odds of recovery by reason code. These are judgements, in the bands that survey evidence
allows (docs/ranking.md gives the sources): a fix in the provider's own hands succeeds in three cases of four, a
case that evidence may win in nearly half, a rule rightly applied in one of six. Own outcomes replace them soon.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import numpy as np
from numpy.typing import NDArray

from workqueues.vocabulary import CATEGORIES, PAYER_KINDS

Floats = NDArray[np.float32]

ALLOWED_SHARE_BY_PAYER_KIND: Final = {  # allowed ÷ billed before any paid history; typical fee schedules
    "other": 0.50,
    "medicare": 0.38,
    "medicare_advantage": 0.40,
    "medicaid": 0.26,
    "commercial": 0.52,
    "bcbs": 0.52,
    "tricare": 0.40,
    "workers_comp": 0.60,
    "patient": 1.00,
}
LAG_DAYS: Final = (25.0, 45.0, 50.0)  # median days to the answer: refile, first appeal, second appeal
LOST_SHARE: Final = 0.08  # submissions that are never answered
SECOND_APPEAL_FACTOR: Final = 0.45  # odds of a second appeal, as a share of the first's
AFTER_REFILE_FACTOR: Final = 0.70  # odds of an appeal after a refused refile, likewise
REFILE_TO_APPEAL_SHARE: Final = 0.50  # refused refiles that can still be appealed
GOOD_CAUSE_FACTOR: Final = 0.05  # what is left of the odds after the deadline
PAID_SHARE: Final = 0.92  # of the expected allowed amount, when it is paid: some wins are partial
FADE_DAYS: Final = 400.0  # odds fall by e in so many days of age ...
FADE_GRACE_DAYS: Final = 60.0  # ... beyond these
PAYS_ANYWAY_DAYS: Final = 45.0  # mean wait of a claim that pays by itself
STRENGTH_EFFECTS: Final = (-0.6, 0.0, 0.6)  # log-odds of a case judged weak, fair, strong
STRENGTH_SHARES: Final = (0.27, 0.46, 0.27)
FACILITY_MINUTES_FACTOR: Final = 1.2
CHECK_MINUTES: Final = 8.0
RESEND_MINUTES: Final = 6.0
OVERTURN_EFFECTS: Final = (0.0, 0.0, -0.5, 0.0, 0.5)  # log-odds by the code table's grade: "", na, low, med, high
ANSWER_FACTORS: Final = {  # how a 277 changes the odds (not the probability) that a claim pays by itself
    "in_process": 6.0,
    "received": 1.5,
    "not_found": 0.1,
    "final": 0.5,
    "finalized_denied": 0.2,
    "finalized_paid": 6.0,
    "rejected": 0.02,
}


@dataclass(frozen=True, slots=True)
class Priors:
    """One float per category in each column (see CATEGORIES)."""

    nothing_to_collect: Floats  # chance that research finds nothing, given that it does not pay by itself
    pays_anyway: Floats  # chance that it pays with no work
    refile_share: Floats  # of the claims with something to collect: corrected and refiled rather than appealed
    refile_odds: Floats  # chance that a prompt corrected claim is paid
    appeal_odds: Floats  # chance that a prompt first appeal is paid
    research_minutes: Floats
    refile_minutes: Floats
    appeal_minutes: Floats
    allowed_share: Floats  # NaN: the payer's own share applies
    payer_kind_share: Floats  # by PAYER_KINDS


@cache
def standard_priors() -> Priors:
    """The table that ships with the product."""
    text = files("workqueues").joinpath("data/priors.csv").read_text(encoding="utf-8")
    by_category = {row["category"]: row for row in csv.DictReader(text.splitlines())}
    rows = [by_category[category] for category in CATEGORIES]

    def column(name: str) -> Floats:
        return np.array([float(row[name]) if row[name] else float("nan") for row in rows], np.float32)

    return Priors(
        column("nothing_to_collect"),
        column("pays_anyway"),
        column("refile_share"),
        column("refile_odds"),
        column("appeal_odds"),
        column("research_minutes"),
        column("refile_minutes"),
        column("appeal_minutes"),
        column("allowed_share"),
        np.array([ALLOWED_SHARE_BY_PAYER_KIND[kind] for kind in PAYER_KINDS], np.float32),
    )

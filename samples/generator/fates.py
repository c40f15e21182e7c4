"""Every fate by its name, and the choosing among them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from samples.generator import fates_answered as answered
from samples.generator import fates_corrected as corrected
from samples.generator import fates_waiting as waiting
from samples.generator.cast import Payer
from samples.generator.course import Course
from samples.generator.habits import FATES

Fate = Callable[[Course], None]

BY_NAME: dict[str, Fate] = {
    "paid": answered.paid,
    "paid_share_only": answered.paid_share_only,
    "paid_with_interest": answered.paid_with_interest,
    "underpaid": answered.underpaid,
    "downcoded": answered.downcoded,
    "bundled": answered.bundled,
    "partly_denied": answered.partly_denied,
    "denied": answered.denied,
    "denied_unknown_member": answered.denied_unknown_member,
    "denied_late": answered.denied_late,
    "unprocessable": answered.unprocessable,
    "split": answered.split,
    "garbled": answered.garbled,
    "miskeyed": answered.miskeyed,
    "reversed_unseen": answered.reversed_unseen,
    "billed_elsewhere": answered.billed_elsewhere,
    "pended_on_remittance": answered.pended_on_remittance,
    "never_answered": waiting.never_answered,
    "lost": waiting.lost,
    "rejected": waiting.rejected,
    "rejected_then_resent": waiting.rejected_then_resent,
    "syntax_rejected": waiting.syntax_rejected,
    "pended": waiting.pended,
    "records_wanted": waiting.records_wanted,
    "records_late": waiting.records_late,
    "finalized_unseen": waiting.finalized_unseen,
    "denied_then_refiled": corrected.denied_then_refiled,
    "denied_then_appealed": corrected.denied_then_appealed,
    "appeal_upheld": corrected.appeal_upheld,
    "unprocessable_then_resent": corrected.unprocessable_then_resent,
    "duplicate": corrected.duplicate,
    "reversed": corrected.reversed_and_corrected,
    "recouped": corrected.recouped,
    "recouped_by_letter": corrected.recouped_by_letter,
    "taken_back_later": corrected.taken_back_later,
    "refunded": corrected.refunded,
    "crossed_over": corrected.crossed_over,
    "crossed_over_silent": corrected.crossed_over_silent,
    "not_forwarded": corrected.not_forwarded,
    "not_forwarded_then_billed": corrected.not_forwarded_then_billed,
}
NEEDS_SUPPLEMENT = {"crossed_over", "crossed_over_silent", "not_forwarded", "not_forwarded_then_billed"}


def choose_fate(payer: Payer, random: Random, *, has_supplement: bool) -> str:
    """A fate by the payer's habits. What Medicare pays crosses over when, and only when, there is a supplement."""
    weights = FATES[payer]
    name = random.choices(list(weights), list(weights.values()))[0]
    if name in NEEDS_SUPPLEMENT and not has_supplement:
        return "paid"
    return "crossed_over" if name == "paid" and has_supplement else name

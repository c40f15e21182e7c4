"""What a payer's answers since the appeal mean for it: cases without a database."""

from __future__ import annotations

from datetime import date

import pytest

from app.appeals.settle import Since, decide
from app.appeals.tables import Decision
from edi.x835.model import Classification as C

SENT = date(2026, 11, 23)
LATER = date(2026, 12, 18)


def answer(classification: C, denied: int = 0, *, number: int = 9, remittance: int = 3, on: date = LATER) -> Since:
    return Since(number, remittance, on, classification.value, denied, "EFT9")


def decided(*since: Since, disputed: int = 10_000, before: int = 0, now: int = 0) -> tuple[str, int] | None:
    outcome = decide(
        sent_on=SENT, disputed_cents=disputed, paid_before_cents=before, paid_now_cents=now, since=list(since)
    )
    return (outcome.decision.value, outcome.won_cents) if outcome else None


@pytest.mark.parametrize(
    ("since", "before", "now", "expected"),
    [
        # paid at the contract's rate, less than billed, and nothing denied: won
        ([answer(C.PAID)], 0, 8_200, (Decision.OVERTURNED, 8_200)),
        # one line paid, one still denied
        ([answer(C.PARTIAL_DENIAL, 4_000)], 0, 5_500, (Decision.PARTLY, 5_500)),
        # the same denial again
        ([answer(C.FULL_DENIAL, 10_000)], 0, 0, (Decision.UPHELD, 0)),
        # allowed, and all of it the patient's deductible
        ([answer(C.ZERO_PAY_PATIENT)], 0, 0, (Decision.OVERTURNED, 0)),
        # nothing paid and no reason given is no win
        ([answer(C.ZERO_PAY_REVIEW)], 0, 0, (Decision.UPHELD, 0)),
        # taken back and paid anew: only the difference was won
        ([answer(C.REVERSAL), answer(C.PAID, number=10)], 6_000, 9_500, (Decision.OVERTURNED, 3_500)),
        # a split claim: the second part still denies
        ([answer(C.PAID), answer(C.FULL_DENIAL, 3_000, number=10)], 0, 5_000, (Decision.PARTLY, 5_000)),
        # won at first, denied again in a later remittance that took the money back
        (
            [answer(C.PAID), answer(C.FULL_DENIAL, 10_000, number=12, remittance=4, on=date(2027, 1, 8))],
            0,
            0,
            (Decision.UPHELD, 0),
        ),
    ],
)
def test_the_answers_since_decide(since: list[Since], before: int, now: int, expected: tuple[Decision, int]) -> None:
    assert decided(*since, before=before, now=now) == (expected[0].value, expected[1])


@pytest.mark.parametrize(
    "since",
    [
        [],
        [answer(C.REVERSAL)],  # taken back: the correction is still to come
        [answer(C.PENDED_NO_PAY)],
        [answer(C.FORWARDED)],
        [answer(C.FULL_DENIAL, 10_000, on=date(2026, 11, 20))],  # loaded late, but dated before the appeal
    ],
)
def test_what_decides_nothing_leaves_it_open(since: list[Since]) -> None:
    assert decided(*since) is None


def test_an_underpayment_is_won_by_what_is_paid_more() -> None:
    assert decided(answer(C.PAID), disputed=2_000, before=7_000, now=9_000) == ("overturned", 2_000)
    assert decided(answer(C.PAID), disputed=2_000, before=7_000, now=7_000) == ("upheld", 0)

"""What a status category tells the worker."""

from __future__ import annotations

import pytest

from edi import codes
from edi.codes import load
from edi.x277.meaning import ACCEPTING, MEANINGS, REJECTING, UNKNOWN, NextStep, WorkState, meaning


@pytest.mark.parametrize(
    ("category", "state", "step"),
    [
        ("A0", WorkState.SUBMITTED, NextStep.WAIT_FOR_NEXT_PARTY),
        ("A1", WorkState.ACCEPTED, NextStep.WAIT_FOR_ADJUDICATION),
        ("A2", WorkState.ACCEPTED, NextStep.WAIT_FOR_ADJUDICATION),
        ("A3", WorkState.REJECTED, NextStep.SEND_NEW_CLAIM),
        ("A4", WorkState.NOT_ON_FILE, NextStep.PROVE_SUBMISSION),
        ("A7", WorkState.REJECTED, NextStep.SEND_NEW_CLAIM),
        ("P1", WorkState.PENDING, NextStep.CHECK_AGAIN),
        ("P3", WorkState.ACTION_NEEDED, NextStep.SEND_INFORMATION),
        ("P4", WorkState.PATIENT_ACTION, NextStep.ASK_PATIENT),
        ("R4", WorkState.ACTION_NEEDED, NextStep.SEND_INFORMATION),
        ("F1", WorkState.FIND_REMITTANCE, NextStep.FIND_REMITTANCE),
        ("F2", WorkState.DENIAL, NextStep.OPEN_DENIAL),
        ("F3F", WorkState.CROSSOVER, NextStep.WATCH_NEXT_PAYER),
        ("F3N", WorkState.BILL_SECONDARY, NextStep.BILL_NEXT_PAYER),
        ("F4", WorkState.ZERO_PAY, NextStep.CLASSIFY_ZERO_PAY),
        ("D0", WorkState.NOT_FOUND, NextStep.WIDEN_SEARCH),
        ("E1", WorkState.INQUIRY_ERROR, NextStep.MEND_INQUIRY),
    ],
)
def test_a_category_has_a_state_and_a_next_step(category: str, state: WorkState, step: NextStep) -> None:
    assert (meaning(category).state, meaning(category).step) == (state, step)


def test_every_category_of_the_code_list_has_a_meaning() -> None:
    table = load.status_category_table(load.edition_on("status_category", None))
    without = {code for code in table if code not in MEANINGS}
    assert without == {"X0"}  # a supplemental message, retired: it says nothing


def test_rejection_and_finality_agree_with_the_code_list() -> None:
    for code, told in MEANINGS.items():
        row = codes.status_category(code)
        assert row is not None
        assert told.is_rejection == (row.work_state in ("rejected", "not-on-file")), code
        assert told.is_final == (row.family == "finalized" and row.terminal.startswith("yes") and code != "F5"), code


def test_an_unknown_category_is_for_a_person() -> None:
    assert meaning("Q9") is UNKNOWN
    assert UNKNOWN.state is WorkState.REVIEW


def test_no_category_both_accepts_and_rejects() -> None:
    assert not ACCEPTING & REJECTING

"""Steps that would be a mistake are refused, and each refusal names its rule."""

from __future__ import annotations

from datetime import date

import pytest

from workqueues.refusals import CHECKS, Case, Step, refusals

TODAY = date(2026, 11, 23)
PLAIN = Case(group="CO", reason="197", category="authorization")


def rules(step: Step, case: Case) -> list[str]:
    return [refusal.rule for refusal in refusals(step, case, TODAY)]


@pytest.mark.parametrize(
    ("step", "case", "rule"),
    [
        (Step.APPEAL, PLAIN._replace(remarks=("MA130",)), "APPEAL-UNPROCESSABLE"),
        (Step.APPEAL, PLAIN._replace(remarks=("MA44",)), "APPEAL-NO-RIGHTS"),
        (Step.APPEAL, PLAIN._replace(remarks=("N111",)), "APPEAL-NO-RIGHTS"),
        (Step.APPEAL, PLAIN._replace(remarks=("N211",)), "APPEAL-NO-RIGHTS"),
        (Step.APPEAL, PLAIN._replace(remarks=("N921",)), "APPEAL-NO-RIGHTS"),
        (Step.APPEAL, PLAIN._replace(remarks=("N704",)), "APPEAL-RESUBMIT"),
        (Step.APPEAL, PLAIN._replace(is_rejected=True), "APPEAL-REJECTED"),
        (Step.APPEAL, PLAIN._replace(is_denied=False), "APPEAL-NOTHING-DENIED"),
        (Step.APPEAL, Case(category="timely-filing", payer_kind="medicare"), "APPEAL-MEDICARE-LATE-FILING"),
        (Step.APPEAL, PLAIN._replace(last_day=date(2026, 11, 22)), "APPEAL-LATE"),
        (Step.APPEAL, PLAIN._replace(amount_cents=19_999, minimum_cents=20_000), "APPEAL-MINIMUM"),
        (Step.APPEAL, PLAIN._replace(under_way=(Step.REFILE,)), "APPEAL-WHILE-REFILED"),
        (Step.REFILE, PLAIN._replace(remarks=("N522",)), "REFILE-FORBIDDEN"),
        (Step.REFILE, PLAIN._replace(under_way=(Step.APPEAL,)), "REFILE-WHILE-APPEALED"),
        (Step.REFILE, PLAIN._replace(last_day=date(2026, 1, 1)), "REFILE-LATE"),
        (Step.BILL_PATIENT, PLAIN, "PATIENT-CO"),
        (Step.BILL_PATIENT, Case(group="PR", payer_kind="medicaid"), "PATIENT-PROTECTED"),
        (Step.BILL_PATIENT, Case(group="PR", remarks=("N830",)), "PATIENT-REMARK"),
        (Step.BILL_PATIENT, Case(group="PR", under_way=(Step.APPEAL,)), "PATIENT-UNDER-APPEAL"),
        (Step.WRITE_OFF, PLAIN, "WRITE-OFF-FIXABLE"),
        (Step.WRITE_OFF, PLAIN._replace(is_approved=True, under_way=(Step.APPEAL,)), "WRITE-OFF-UNDER-WAY"),
    ],
)
def test_a_mistaken_step_is_refused_by_its_rule(step: Step, case: Case, rule: str) -> None:
    assert rules(step, case) == [rule]


@pytest.mark.parametrize(
    ("step", "case"),
    [
        (Step.APPEAL, PLAIN),
        (Step.APPEAL, PLAIN._replace(last_day=TODAY)),  # the last day counts
        (Step.APPEAL, PLAIN._replace(last_day=date(2026, 1, 1), good_cause="The clinic burned down")),
        (Step.APPEAL, PLAIN._replace(remarks=("MA01", "N130"))),  # an alert forbids nothing
        (Step.APPEAL, Case(category="timely-filing", payer_kind="commercial")),
        (Step.REFILE, PLAIN._replace(remarks=("MA130",))),  # MA130 asks for exactly that
        (Step.BILL_PATIENT, Case(group="PR", reason="1", category="patient-responsibility")),
        (Step.BILL_PATIENT, PLAIN._replace(has_signed_notice=True)),
        (Step.WRITE_OFF, PLAIN._replace(is_approved=True)),
        (Step.WRITE_OFF, Case(category="non-covered", carc_action="write-off")),
    ],
)
def test_a_sound_step_is_let_through(step: Step, case: Case) -> None:
    assert rules(step, case) == []


def test_a_refusal_says_the_code_the_rule_and_its_source() -> None:
    (refusal,) = refusals(Step.APPEAL, PLAIN._replace(remarks=("N130", "MA130")), TODAY)

    assert refusal.text.startswith("MA130 says that the claim could not be processed")
    assert refusal.sentence.endswith("(Rule APPEAL-UNPROCESSABLE: RARC MA130; 42 CFR 405.926.)")


def test_every_rule_has_a_name_of_its_own_and_a_source() -> None:
    assert len({check.rule for check in CHECKS}) == len(CHECKS)
    assert all(check.source and check.text for check in CHECKS)

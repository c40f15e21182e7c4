"""The playbook, row by row: for each rule a claim that only this rule is meant for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from tests.workqueues.made import TODAY, claim
from workqueues import playbook
from workqueues.facts import Facts, day_number
from workqueues.playbook import Condition, Playbook, PlaybookError, Rule, holds, read_playbook, standard_playbook
from workqueues.queues import queues
from workqueues.vocabulary import ACTIONS


def days_ago(days: int) -> Any:
    return TODAY - timedelta(days)


BILLED = {"first_billed_on": days_ago(60), "last_billed_on": days_ago(60)}
FRESH = {"first_billed_on": days_ago(5), "last_billed_on": days_ago(5)}
PAID: dict[str, Any] = {"status": "paid", "category": "other", "carc": "", "insurance_open_cents": 0}
OWED: dict[str, Any] = {**PAID, "status": "zero_pay_patient", "patient_open_cents": 4_000, "open_cents": 4_000}
NEXT: dict[str, Any] = {"has_other_coverage": True, "other_coverage_billed": False}
LEFT: dict[str, Any] = {"category": "non-covered", "carc": "204", "group": "PR"}

CASES: dict[str, dict[str, Any]] = {
    "unmatched": {"is_unmatched": True},
    "credit": {"credit_cents": 2_500},
    "sent-awaits-answer": {"submission": "appeal", "submitted_on": days_ago(50)},
    "found-dead": {"route": "dead"},
    "found-in-process-wait": {"route": "in_process", "last_touch_on": days_ago(3)},
    "found-in-process-check": {"route": "in_process", "last_touch_on": days_ago(40)},
    "found-second-appeal": {"route": "second_appeal"},
    "found-appeal": {"route": "appeal"},
    "found-refile-medicare-b": {"route": "refile", "payer_kind": "medicare"},
    "found-refile-new": {"route": "refile", "remarks": ("MA130",)},
    "found-refile-never-decided": {"route": "refile", "status": "no_answer"},
    "found-refile": {"route": "refile"},
    "rejected": {"status": "rejected"},
    "rejected-by-payer-answer": {"status": "submitted", "payer_answer": "rejected"},
    "never-sent": {"status": "draft"},
    "not-forwarded": {"remarks": ("MA08",), **NEXT},
    "not-forwarded-status": {"payer_answer": "not_forwarded", **NEXT},
    "forwarded-wait": {"status": "forwarded", "last_answer_on": days_ago(10)},
    "forwarded-silent": {"status": "forwarded", "last_answer_on": days_ago(40)},
    "forwarded-remark-wait": {**PAID, "remarks": ("MA18",), "last_answer_on": days_ago(3)},
    "split-wait": {"remarks": ("MA15",), "last_answer_on": days_ago(3)},
    "sibling-open": {"category": "duplicate", "carc": "18", "is_sibling_open": True},
    "grace-period-wait": {"remarks": ("N616",), "last_answer_on": days_ago(30)},
    "replace-too-early": {"remarks": ("N779",), "last_answer_on": days_ago(3)},
    "replace-now": {"remarks": ("N779",), "last_answer_on": days_ago(40)},
    "letter-wait": {"remarks": ("N202",), "last_answer_on": days_ago(3)},
    "records-asked": {"status": "info_requested"},
    "records-asked-by-status": {"status": "pending", "payer_answer": "wants_provider_information"},
    "patient-asked-wait": {"status": "patient_info_requested", "touches": 1, "last_touch_on": days_ago(5)},
    "patient-asked": {"status": "patient_info_requested"},
    "patient-asked-by-status": {"status": "accepted", "payer_answer": "wants_patient_information"},
    "pending-late": {"status": "pending", **BILLED},
    "pending-wait": {"status": "pending", "last_billed_on": days_ago(30), "last_answer_on": days_ago(5)},
    "pending-check": {"status": "pending", "last_billed_on": days_ago(30), "last_answer_on": days_ago(20)},
    "final-wait": {"status": "finalized_unmatched", "last_answer_on": days_ago(2)},
    "final-trace": {"status": "remit_missing", "last_answer_on": days_ago(9)},
    "not-found": {"status": "not_found"},
    "inquiry-error": {"status": "inquiry_error"},
    "silent-not-found": {"status": "no_answer", "payer_answer": "not_found"},
    "silent": {"status": "no_answer"},
    "turnaround-medicare": {"status": "submitted", "payer_kind": "medicare", **FRESH},
    "turnaround-medicaid": {"status": "accepted", "payer_kind": "medicaid", "last_billed_on": days_ago(25)},
    "turnaround": {"status": "submitted", "last_billed_on": days_ago(18)},
    "turnaround-passed": {"status": "accepted", **BILLED},
    "insurer-done-next-payer": {**OWED, **NEXT},
    "underpaid": {**PAID, "underpaid_cents": 3_000},
    "capitated": {"status": "capitated"},
    "prior-payer-covered": {"status": "prior_payer_covered"},
    "patient-next-payer-billed": {**OWED, "other_coverage_billed": True, "last_billed_on": days_ago(9)},
    "patient-protected": {**OWED, "patient_protected": True},
    "patient-no-bill-remark": {**OWED, "remarks": ("N781",)},
    "patient-on-hold": {**OWED, "patient_on_hold": True},
    "patient-owes": OWED,
    "zero-pay-review": {"status": "zero_pay_review"},
    "unprocessable": {"carc": "16", "category": "missing-info", "remarks": ("MA130",)},
    "void-then-new": {"remarks": ("N798",)},
    "new-claim": {"remarks": ("N517",)},
    "replacement": {"remarks": ("N380",)},
    "original-reference": {"remarks": ("M47",)},
    "appeal-instead": {"remarks": ("N368",)},
    "do-not-resubmit": {"remarks": ("N185",)},
    "resubmit-no-appeal": {"remarks": ("N704",)},
    "no-appeal": {"remarks": ("N211",)},
    "peer-to-peer": {"remarks": ("N939",)},
    "needs-document": {"remarks": ("M127",)},
    "patient-information": {"remarks": ("N197",)},
    "no-surprises": {"remarks": ("N876",)},
    "recoupment": {"remarks": ("N432",)},
    "reopen-within-a-year": {"remarks": ("N366",)},
    "reason-without-remark": {"carc": "16", "category": "missing-info", "remarks": ()},
    "records-missing": {"carc": "252", "category": "missing-info"},
    "late-filing": {"carc": "29", "category": "timely-filing"},
    "wrong-payer-known": {"carc": "109", "category": "COB", **NEXT},
    "wrong-payer": {"carc": "109", "category": "COB"},
    "duplicate": {"carc": "18", "category": "duplicate"},
    "other-payer-first": {"carc": "22", "category": "COB", "carc_action": "bill-other-payer", **NEXT},
    "coordination": {"carc": "22", "category": "COB", "carc_action": "bill-other-payer"},
    "eligibility-fix": {
        "carc": "31", "category": "eligibility", "carc_action": "correct-refile", "payer_kind": "medicare",
    },
    "eligibility-refile": {"carc": "31", "category": "eligibility", "carc_action": "correct-refile"},
    "eligibility": {"carc": "27", "category": "eligibility", "carc_action": "research"},
    "authorization-refile": {"carc": "198", "category": "authorization", "carc_action": "correct-refile"},
    "authorization": {"carc": "197", "category": "authorization", "carc_action": "appeal"},
    "medical-necessity": {"carc": "50", "category": "medical-necessity", "carc_action": "appeal"},
    "medical-necessity-codes": {"carc": "11", "category": "medical-necessity", "carc_action": "correct-refile"},
    "clerical-error-medicare-b": {"carc_action": "correct-refile", "payer_kind": "medicare"},
    "coding": {"carc_action": "correct-refile"},
    "bundling": {"carc": "97", "category": "bundling"},
    "missing-information": {"carc": "16", "category": "missing-info", "remarks": ("N290",)},
    "enrolment": {"carc": "B7", "category": "provider-enrolment"},
    "documentation": {"category": "documentation", "carc": "X1"},
    "non-covered-next-payer": {**LEFT, **NEXT},
    "non-covered-protected": {**LEFT, "patient_protected": True},
    "non-covered-no-bill-remark": {**LEFT, "remarks": ("M27",)},
    "non-covered-medicare-no-notice": {**LEFT, "payer_kind": "medicare"},
    "non-covered-on-hold": {**LEFT, "patient_on_hold": True},
    "non-covered-patient": {**LEFT, "payer_kind": "medicare", "has_signed_notice": True},
    "non-covered": {**LEFT, "group": "CO"},
    "contract": {"carc": "45", "category": "contractual"},
    "payer-processing": {"carc": "A8", "category": "payer-processing"},
    "code-table-appeal": {"category": "other", "carc": "B1", "carc_action": "appeal"},
    "code-table-refile": {"category": "other", "carc": "B1", "carc_action": "correct-refile"},
    "code-table-write-off": {"category": "other", "carc": "B1", "carc_action": "write-off"},
    "denied": {"category": "other", "carc": "B1"},
    "patient-only": {"status": "unknown", "payer_kind": "patient", "patient_open_cents": 5_000},
    "paid-remainder": PAID,
    "old-unknown": {"status": "unknown", "payer_answer": "none", **BILLED},
    "anything-else": {"status": "unknown", "payer_answer": "none", **FRESH},
}  # fmt: skip


@pytest.mark.parametrize("rule_id", [rule.id for rule in standard_playbook().rules])
def test_each_rule_is_reached_by_the_claim_it_is_meant_for(rule_id: str) -> None:
    assert rule_id in CASES, "every row of the playbook needs its claim here"
    facts = Facts.from_rows([claim(**CASES[rule_id])])

    number = standard_playbook().match(facts, day_number(TODAY))

    assert standard_playbook().rules[int(number[0])].id == rule_id


def test_no_case_is_left_over_from_a_rule_that_is_gone() -> None:
    assert set(CASES) == {rule.id for rule in standard_playbook().rules}


def test_every_action_that_the_playbook_knows_is_used_by_some_rule() -> None:
    used = {rule.action for rule in standard_playbook().rules}

    assert set(ACTIONS) - used == {"none"}


def test_every_queue_is_fed_by_a_rule_or_by_the_waterfall_itself() -> None:
    fed = {rule.queue for rule in standard_playbook().rules}

    assert {queue.key for queue in queues()} - fed == {"over-180", "snoozed"}


def test_an_unprocessable_claim_is_never_appealed() -> None:
    rule = standard_playbook().rules[standard_playbook().number("unprocessable")]

    assert not rule.appeal_allowed
    assert rule.action == "refile-new"


def test_a_part_b_correction_is_never_a_replacement_claim() -> None:
    rows = [
        claim(payer_kind="medicare", claim_kind="P", category=category, carc_action="correct-refile", carc=carc)
        for category, carc in (("coding", "4"), ("missing-info", "31"), ("eligibility", "31"))
    ]

    numbers = standard_playbook().match(Facts.from_rows(rows), day_number(TODAY))

    assert {standard_playbook().rules[int(n)].action for n in numbers} == {"reopening"}


FALLBACK = '[[rule]]\nid = "rest"\nwhen = {}\naction = "review"\nqueue = "review"\nreason = "The rest."\n'


def test_a_payers_own_rule_goes_ahead_of_the_common_ones() -> None:
    own = read_playbook(
        '[[rule]]\nid = "acme-always-calls"\nwhen = { payer_id = [1], in = { category = ["coding"] } }\n'
        'action = "call"\nqueue = "coding"\nreason = "Acme corrects codes by phone."\n' + FALLBACK
    ).rules[0]
    with_own = standard_playbook().__class__(2, (own, *standard_playbook().rules))

    numbers = with_own.match(Facts.from_rows([claim(payer_id=1), claim(payer_id=2)]), day_number(TODAY))

    assert [with_own.rules[int(n)].id for n in numbers] == ["acme-always-calls", "coding"]


def rule(when: str = "{}", action: str = "call", queue: str = "review") -> str:
    return f'[[rule]]\nid = "a"\nwhen = {when}\naction = "{action}"\nqueue = "{queue}"\nreason = "r"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (rule(action="pray"), "pray"),
        (rule(queue="nowhere"), "nowhere"),
        (rule("{ in = { status = ['lost'] } }"), "lost"),
        (rule("{ maybe = 1 }"), "maybe"),
        (rule("{ is = ['tall'] }"), "tall"),
        (rule("{ is = ['is_unmatched'] }"), "last rule"),
        (rule() + 'remark = "typo"\n', "remark"),
        ('[[rule]]\nid = "a"\naction = "call"\nqueue = "review"\nreason = "r"\n', "when"),
        (FALLBACK + FALLBACK, "two rules"),
    ],
)
def test_a_playbook_that_cannot_be_followed_says_which_word_is_wrong(text: str, says: str) -> None:
    with pytest.raises(PlaybookError, match=says):
        read_playbook(text)


def test_what_is_not_known_never_matches_a_day_condition() -> None:
    facts = Facts.from_rows([claim(status="unknown", payer_answer="none", last_billed_on=None)])

    number = standard_playbook().match(facts, day_number(TODAY))

    assert standard_playbook().rules[int(number[0])].id == "anything-else"
    assert np.isnan(facts.last_billed_on[0])


@pytest.mark.parametrize(("days", "meets"), [(29, (False, True)), (30, (True, True)), (31, (True, False))])
def test_a_day_count_is_met_on_the_day_itself(days: int, meets: tuple[bool, bool]) -> None:
    facts = Facts.from_rows([claim(denied_on=TODAY - timedelta(days))])

    found = tuple(
        bool(holds(Condition(kind, "denied_on", 30), facts, day_number(TODAY))[0])
        for kind in ("days_at_least", "days_at_most")
    )

    assert found == meets


def test_claims_match_the_same_rules_together_as_one_by_one() -> None:
    facts = Facts.from_rows([claim(**changes) for changes in CASES.values()])
    book, today = standard_playbook(), day_number(TODAY)

    together = book.match(facts, today)

    alone = [int(book.match(facts.take(slice(at, at + 1)), today)[0]) for at in range(len(facts))]
    assert together.tolist() == alone
    assert len(set(alone)) == len(CASES)
    assert book.match(facts.take(slice(0, 0)), today).tolist() == []


def test_whoever_asks_while_the_rules_are_made_ready_sees_all_of_them_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two requests may be the first at the same moment; one that saw half of the rules would decide by those."""
    book = Playbook(1, standard_playbook().rules)
    prepare, seen = playbook.conditions_of, list[int]()

    def meanwhile(rule: Rule) -> list[playbook.Condition]:
        if rule is book.rules[5] and not seen:
            seen.append(0)
            seen[0] = len(book._conditions())
        return prepare(rule)

    monkeypatch.setattr(playbook, "conditions_of", meanwhile)
    assert len(book._conditions()) == len(book.rules)
    assert seen == [len(book.rules)]

"""The playbook as a person would say it: each condition, each outcome and what a claim has there, in plain words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

from app.core.money import format_cents
from app.followup.words import ACTION_LABELS
from app.web.show import day
from workqueues.playbook import Condition, Rule, conditions_of
from workqueues.queues import queues

PayerNames = Mapping[int, str]

STATUS_WORDS: Final = {
    "unknown": "of unknown state",
    "draft": "never sent",
    "submitted": "sent, no answer yet",
    "rejected": "rejected before adjudication",
    "accepted": "accepted by the payer",
    "pending": "in process",
    "info_requested": "waiting for records from us",
    "denied": "denied",
    "partially_denied": "partly denied",
    "paid": "paid",
    "zero_pay_patient": "left to the patient",
    "forwarded": "forwarded to the next payer",
    "capitated": "capitated",
    "finalized_unmatched": "final, no remittance found",
    "no_answer": "unanswered past the payer’s turnaround",
    "not_found": "not on the payer’s file",
    "prior_payer_covered": "covered by the earlier payer",
    "zero_pay_review": "unpaid without a reason",
    "patient_info_requested": "waiting for the patient’s answer",
    "inquiry_error": "asked about with a faulty inquiry",
    "remit_missing": "paid by its status, no remittance here",
}
PAYER_KIND_WORDS: Final = {
    "other": "of no known kind",
    "medicare": "Medicare",
    "medicare_advantage": "Medicare Advantage",
    "medicaid": "Medicaid",
    "commercial": "commercial",
    "bcbs": "Blue Cross Blue Shield",
    "tricare": "TRICARE",
    "workers_comp": "workers’ compensation",
    "patient": "the patient",
}
WORDS_OF: Final[dict[str, dict[str, str]]] = {
    "status": STATUS_WORDS,
    "payer_kind": PAYER_KIND_WORDS,
    "claim_kind": {"": "not known", "P": "professional", "I": "institutional", "D": "dental"},
    "payer_answer": {
        "none": "nothing",
        "received": "received",
        "in_process": "in process",
        "not_found": "not found",
        "wants_provider_information": "wants information from us",
        "wants_patient_information": "wants information from the patient",
        "finalized_paid": "final, paid",
        "finalized_denied": "final, denied",
        "finalized_no_payment": "final, no payment",
        "forwarded": "forwarded",
        "not_forwarded": "not forwarded",
        "rejected": "rejected",
        "final": "final",
    },
    "group": {"": "none"},
    "category": {
        "other": "something else",
        "medical-necessity": "medical necessity",
        "timely-filing": "timely filing",
        "COB": "coordination of benefits",
        "missing-info": "missing information",
        "non-covered": "services not covered",
        "contractual": "the contract",
        "patient-responsibility": "the patient’s share",
        "provider-enrolment": "provider enrolment",
        "payer-processing": "the payer’s processing",
        "no-answer": "no answer",
        "next-payer": "the next payer",
    },
    "carc_action": {
        "": "nothing",
        "correct-refile": "correct and refile",
        "bill-patient": "bill the patient",
        "write-off": "write off",
        "bill-other-payer": "bill the other payer",
        "call-payer": "call the payer",
        "none": "no action",
    },
    "carc_overturn": {"": "not said", "na": "not applicable", "low": "low", "med": "medium", "high": "high"},
    "route": {
        "unknown": "nothing yet",
        "dead": "nothing to collect",
        "in_process": "in process",
        "refile": "correct and refile",
        "appeal": "appeal",
        "second_appeal": "appeal again",
    },
    "submission": {
        "none": "nothing",
        "refile": "a corrected claim",
        "appeal": "an appeal",
        "second_appeal": "a second appeal",
    },
}
EFFECT_WORDS: Final = {
    "new-claim-no-appeal": "send a new claim, no appeal (MA130)",
    "new-claim": "send a new claim",
    "replacement": "send a replacement",
    "void-then-new": "void, then send new",
    "fix-ref-f8": "put the payer’s claim number right",
    "wait-then-replace": "wait, then replace",
    "do-not-resubmit": "do not resubmit",
    "resubmit-no-appeal": "resubmit, no appeal",
    "no-appeal": "no appeal",
    "appeal-allowed": "appeal allowed",
    "peer-to-peer": "peer-to-peer offered",
    "reopen-1y": "reopened within a year",
    "needs-document": "a document is needed",
    "patient-info": "the member was asked",
    "forwarded": "forwarded",
    "not-forwarded": "not forwarded",
    "split-claim": "the claim was split",
    "correction": "a correction",
    "recoupment": "money taken back",
    "appeal-result": "the result of an appeal",
    "reissue": "payment reissued",
    "no-bill-patient": "do not bill the patient",
    "refund-patient": "refund the patient",
    "bill-patient-ok": "the patient may be billed",
    "nsa": "No Surprises Act",
    "grace-period": "premium grace period",
    "track-recoupment": "a recoupment to follow",
    "recoded": "recoded by the payer",
    "letter-coming": "a letter follows",
}
LEADS: Final = {  # column → how the sentence leads to its words
    "status": "it is",
    "payer_kind": "the payer is",
    "claim_kind": "the claim is",
    "payer_answer": "the payer’s last status says",
    "group": "the adjustment group is",
    "category": "it is about",
    "carc_action": "the code table suggests",
    "carc_overturn": "the code table’s odds are",
    "route": "research says:",
    "submission": "we have sent",
    "carc": "the reason code is",
    "remark": "the leading remark is",
}
FLAG_WORDS: Final = {  # column → when it holds, when it does not
    "is_unmatched": ("no claim of ours answers to it", "it has found its claim"),
    "is_sibling_open": ("its original is still being decided", "no original of it is being decided"),
    "is_repeat_denial": ("it was denied before", "it is the first denial"),
    "is_known_from_837": ("we have the claim as sent", "it is known only from the payer"),
    "is_institutional_part_a": ("it is Medicare Part A", "it is not Medicare Part A"),
    "is_after_refile": ("a corrected claim was denied again", "no corrected claim was denied"),
    "has_other_coverage": ("another payer comes after this one", "no other payer comes after this one"),
    "other_coverage_billed": ("the next payer has been billed", "the next payer has not been billed"),
    "has_payer_claim_number": ("the payer’s claim number is known", "the payer’s claim number is not known"),
    "has_signed_notice": ("a signed notice is on file", "no signed notice is on file"),
    "patient_protected": ("the patient may not be billed", "the patient is not protected"),
    "patient_on_hold": ("a hold stops patient billing", "no hold stops patient billing"),
}
NUMBER_WORDS: Final = {
    "open_cents": "the open balance",
    "billed_cents": "the charge",
    "insurance_open_cents": "what is open with the payer",
    "patient_open_cents": "what is open with the patient",
    "credit_cents": "the credit",
    "denied_cents": "what was denied",
    "underpaid_cents": "what was underpaid",
    "touches": "the number of touches",
    "followups": "the number of checks since it was sent",
}
DAY_WORDS: Final = {
    "service_on": "the service",
    "first_billed_on": "the first bill",
    "last_billed_on": "the last bill",
    "last_answer_on": "the last answer",
    "denied_on": "the denial",
    "primary_paid_on": "the earlier payer’s remittance",
    "crossover_on": "the crossover",
    "arrived_on": "it became work",
    "submitted_on": "our submission",
    "last_touch_on": "the last touch",
}
CLOCK_NAMES: Final = {
    "": "",
    "filing": "first filing",
    "corrected": "corrected claim",
    "reconsideration": "reconsideration",
    "appeal": "first appeal",
    "second-appeal": "second appeal",
    "next-payer": "next payer",
    "records": "records",
    "refund": "refund",
    "negotiation": "open negotiation",
    "prompt-pay": "prompt pay",
    "decision": "the payer’s decision",
}


class Said(NamedTuple):
    """A rule as a sentence in two halves, and the columns beside it."""

    when: str
    then: str
    queue: str
    clock: str
    shut: str  # which way the rule shuts; "" none


def said(rule: Rule, payers: PayerNames) -> Said:
    """The rule in words."""
    phrases = [condition_words(condition, payers) for condition in conditions_of(rule)]
    when = "; ".join(phrases) if phrases else "no other rule fits"
    shut = [word for word, open_ in (("refile", rule.refile_allowed), ("appeal", rule.appeal_allowed)) if not open_]
    then = ACTION_LABELS[rule.action]
    if rule.wait_days:
        then += f" until {rule.wait_days} days after {DAY_WORDS[rule.wait_from]}"
    return Said(
        when[:1].upper() + when[1:],
        then,
        queue_label(rule.queue),
        CLOCK_NAMES[rule.clock],
        f"no {' and no '.join(shut)}" if shut else "",
    )


def condition_words(condition: Condition, payers: PayerNames) -> str:
    """One condition as a half-sentence that is true of the claims that meet it."""
    kind, column, wanted = condition
    if kind == "effects":
        return "a remark says: " + _either([EFFECT_WORDS[effect] for effect in wanted])
    if kind == "payer_id":
        return "the payer is " + _either([payer_name(each, payers) for each in wanted])
    if kind == "not_payer_id":
        return "the payer is not " + _either([payer_name(each, payers) for each in wanted])
    if kind in ("is", "is_not"):
        return FLAG_WORDS[column][kind == "is_not"]
    if kind == "in":
        return f"{LEADS[column]} {_either([word_of(column, word) for word in wanted])}"
    if kind == "at_least":
        return f"{NUMBER_WORDS[column]} is {_amount(column, wanted)} or more"
    if kind == "days_at_least":
        return f"{_days(wanted)} or more have passed since {DAY_WORDS[column]}"
    return f"at most {_days(wanted)} have passed since {DAY_WORDS[column]}"


def found_words(condition: Condition, found: Any, payers: PayerNames, today: date) -> str:
    """What the claim has where a condition looks."""
    kind, column, _ = condition
    if kind == "effects":
        return _either([EFFECT_WORDS[effect] for effect in found], "and") if found else "no such remark"
    if kind in ("payer_id", "not_payer_id"):
        return payer_name(found, payers)
    if kind in ("is", "is_not"):
        return FLAG_WORDS[column][not found]
    if kind == "in":
        return word_of(column, found)
    if kind == "at_least":
        return _amount(column, found)
    return f"{_days((today - found).days)} ({day(found)})" if found is not None else "no such day is known"


def word_of(column: str, word: str) -> str:
    """A coded word as people say it; codes stand for themselves."""
    if column in ("carc", "remark"):
        return word.upper() or ("none" if column == "remark" else "not given")
    return WORDS_OF[column].get(word, word)


def payer_name(payer_id: int, payers: PayerNames) -> str:
    return payers.get(payer_id, f"payer {payer_id}, of other practices")


def queue_label(key: str) -> str:
    return next(queue.label for queue in queues() if queue.key == key)


def _amount(column: str, number: int) -> str:
    if not column.endswith("_cents"):
        return f"{number:,}"
    return format_cents(number)


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days:,} days"


def _either(words: Sequence[str], last: str = "or") -> str:
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"

"""A site's own way with the playbook: laid over the standard one, written and read back, refused with the word."""

from __future__ import annotations

import pytest

from tests.workqueues.made import TODAY, claim
from workqueues.facts import Facts, day_number
from workqueues.own_rules import (
    OwnRules,
    Placed,
    compose,
    drop_rule,
    keep_rule,
    move_rule,
    read_own,
    switch_rule,
    write_own,
)
from workqueues.playbook import PlaybookError, Rule, read_rule, standard_playbook

STANDARD = standard_playbook()


def rule(name: str = "our-acme-calls", **given: object) -> Rule:
    row = {"when": {"payer_id": [1]}, "action": "call", "queue": "coding", "reason": "Acme corrects by phone."}
    return read_rule({"id": name, **row, **given})


def decides(own: OwnRules, **facts: object) -> str:
    book = compose(STANDARD, own)
    number = int(book.match(Facts.from_rows([claim(**facts)]), day_number(TODAY))[0])
    return book.rules[number].id


def order(own: OwnRules) -> list[str]:
    return [each.id for each in compose(STANDARD, own).rules]


def test_without_own_rules_the_standard_playbook_is_followed() -> None:
    assert compose(STANDARD, OwnRules()).rules == STANDARD.rules


def test_a_payers_own_rule_decides_its_claims_and_nobody_elses() -> None:
    own = keep_rule(OwnRules(), rule(), "coding")

    assert decides(own, payer_id=1) == "our-acme-calls"
    assert decides(own, payer_id=2) != "our-acme-calls"


def test_a_rule_stands_just_before_the_one_that_it_names_and_under_its_heading() -> None:
    own = OwnRules((Placed(rule("our-b"), "coding"), Placed(rule("our-a"), "our-b"), Placed(rule("our-c"), "coding")))
    names = order(own)
    place = names.index("coding")

    assert names[place - 3 : place + 1] == ["our-a", "our-b", "our-c", "coding"]
    parts = {each.id: each.part for each in compose(STANDARD, own).rules}
    assert parts["our-a"] == parts["coding"]


def test_a_rule_without_a_place_goes_ahead_of_everything() -> None:
    assert order(keep_rule(OwnRules(), rule(), ""))[0] == "our-acme-calls"


def test_a_rule_with_a_standard_rules_id_stands_in_its_place() -> None:
    changed = rule("coding", when={"in": {"category": ["coding"]}})
    own = keep_rule(OwnRules(), changed, "")

    assert order(own) == order(OwnRules())
    assert compose(STANDARD, own).rules[STANDARD.number("coding")].action == "call"
    assert order(drop_rule(own, "coding")) == order(OwnRules())


def test_a_rule_off_for_one_payer_still_decides_the_others() -> None:
    own = switch_rule(OwnRules(), "coding", payer_id=1, on=False)

    assert decides(own, payer_id=1, category="coding") != "coding"
    assert decides(own, payer_id=2, category="coding") == "coding"
    assert switch_rule(own, "coding", payer_id=1, on=True) == OwnRules()


def test_a_rule_off_for_all_is_tried_on_nobody_until_it_is_used_again() -> None:
    own = switch_rule(OwnRules(), "coding", payer_id=None, on=False)

    assert "coding" not in order(own)
    assert order(switch_rule(own, "coding", payer_id=None, on=True)) == order(OwnRules())


def test_a_standard_rule_can_be_tried_earlier_and_first_of_all() -> None:
    earlier = order(move_rule(OwnRules(), "late-filing", "credit", STANDARD))
    first = order(move_rule(OwnRules(), "late-filing", "", STANDARD))

    assert earlier.index("late-filing") + 1 == earlier.index("credit")
    assert first[0] == "late-filing"
    assert sorted(first) == sorted(order(OwnRules()))


def test_an_own_rule_can_be_moved_behind_another_own_rule() -> None:
    own = OwnRules((Placed(rule("our-a"), "coding"), Placed(rule("our-b"), "coding")))
    names = order(move_rule(own, "our-a", "coding", STANDARD))

    assert names.index("our-b") < names.index("our-a") < names.index("coding")


def test_dropping_a_rule_leaves_what_was_tried_before_it_in_use() -> None:
    own = OwnRules((Placed(rule("our-b"), "coding"), Placed(rule("our-a"), "our-b")))

    assert "our-a" in order(drop_rule(own, "our-b"))


def test_what_is_written_reads_back_the_same() -> None:
    made = rule(
        when={
            "payer_id": [1, 7],
            "in": {"carc": ["50", "A1"], "remark": [""], "status": ["denied"]},
            "effects": ["no-appeal"],
            "is": ["has_other_coverage"],
            "is_not": ["patient_on_hold"],
            "at_least": {"open_cents": 10_000},
            "days_at_least": {"denied_on": 3},
            "days_at_most": {"denied_on": 30},
        },
        reason='Say "no" to a back\\slash, a tab? and an é.',
        refile="no",
        clock="appeal",
        proof="Notes",
        source="Manual, page 4",
    )
    own = keep_rule(OwnRules(), made, "coding")
    own = move_rule(switch_rule(own, "bundling", payer_id=4, on=False), "late-filing", "credit", STANDARD)
    own = switch_rule(own, "enrolment", payer_id=None, on=False)

    assert read_own(write_own(own), STANDARD) == own


def test_a_rule_that_a_new_release_no_longer_has_does_not_stop_the_ranking() -> None:
    own = switch_rule(keep_rule(OwnRules(), rule(), "gone"), "gone-too", payer_id=None, on=False)
    own = move_rule(own, "gone-three", "coding", STANDARD)

    assert order(own) == ["our-acme-calls", *order(OwnRules())]


RULE = '[[rule]]\nid = "our-a"\nwhen = { payer_id = [1] }\naction = "call"\nqueue = "coding"\nreason = "r"\n'


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("rule = ", "not TOML"),
        ("rules = 1", "'rules' is not known here"),
        ("rule = 1", "write each as a table of its own"),
        ("[rule]\nid = 'x'", "write each as a table"),
        (RULE + RULE, "two rules are called 'our-a'"),
        (RULE.replace("our-a", "Our A"), "small letters, digits and dashes"),
        (RULE.replace("{ payer_id = [1] }", "{}"), "it fits every claim"),
        (RULE + 'before = "nothing"\n', "`before` names 'nothing'"),
        (RULE + "before = 3\n", "`before` is the id of a rule"),
        (RULE.replace("our-a", "anything-else"), "the last rule takes what no other fits"),
        (RULE.replace("call", "pray"), "rule our-a: action 'pray' is not one of"),
        (RULE.replace('action = "call"', 'action = ["call"]'), "rule our-a: action"),
        (RULE.replace('action = "call"', 'action = "wait"'), "to wait needs `wait_days`"),
        (RULE.replace("[1]", "1"), "payer_id must be a list of numbers"),
        (RULE.replace("[1]", "[true]"), "payer_id must be a list of numbers"),
        (RULE.replace("[1]", "[99999999999]"), "payer_id must be a whole number"),
        (RULE.replace("payer_id = [1]", "in = { status = 'denied' }"), "status must be a list of words"),
        (RULE.replace("payer_id = [1]", "in = { carc = ['5 0'] }"), "carc '5 0' is not a code"),
        (RULE.replace("payer_id = [1]", "at_least = { open_cents = 'x' }"), "open_cents must be a whole number"),
        (RULE.replace("payer_id = [1]", "days_at_least = { denied_on = -1 }"), "denied_on must be a whole number"),
        (RULE.replace("payer_id = [1]", "in = 'denied'"), "in must be a table"),
        (RULE.replace("{ payer_id = [1] }", "1"), "when must be a table"),
        (RULE.replace('"r"', f'"{"r" * 201}"'), "reason must be one line of text"),
        (RULE.replace('"r"', '"a\\nb"'), "reason must be one line of text"),
        ('[[switch]]\nrule = "nobody"\noff = true\n', "switch nobody: no rule is called so"),
        ('[[switch]]\nrule = "coding"\noff = 1\n', "switch coding: needs `rule`"),
        ('[[switch]]\nrule = "coding"\nfor = [1]\n', "unknown key 'for'"),
        ('[[switch]]\nrule = "anything-else"\noff = true\n', "stays as it is"),
        ('[[switch]]\nrule = "coding"\noff = true\n' * 2, "stands twice"),
        ('[[move]]\nrule = "coding"\nbefore = "coding"\n', "must be another standard rule"),
        ('[[move]]\nrule = "coding"\n', "needs `rule` and `before`"),
        ("x" * 200_001, "at most 200,000 are read"),
    ],
)
def test_what_cannot_be_followed_is_refused_with_the_rule_and_the_word(text: str, says: str) -> None:
    with pytest.raises(PlaybookError) as refused:
        read_own(text, STANDARD)

    assert says in str(refused.value)


def test_a_standard_rule_cannot_be_dropped() -> None:
    with pytest.raises(PlaybookError, match="it can only be switched off"):
        drop_rule(OwnRules(), "coding")

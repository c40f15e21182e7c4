"""Which of our claims a payer's answer is about (fact book 835.md §8).

A rung accepts only when exactly one claim is found there and something beside the key agrees; the evidence is kept in
words. When a rung finds claims that it may not accept, the answer is a suspect: a person decides, and the ladder does
not go on to create a claim.

The ladder is climbed twice: first among the claims that we sent, then, when nothing there resembles the answer, among
those known only from other answers. So what an answer is about does not depend on which answers came before it.
Rungs:

1. control number   CLP01 is the number we sent, forgiving case, blanks and leading zeros
2. payer number     CLP07 or REF*F8 is a number this payer gave one of our claims before
3. suffix           CLP01 is our number with a suffix added, dropped, or cut at twenty characters
4. member           payer, member id, first date of service and charge
5. name             patient's name, first date of service and charge
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from app.claims.identity import control_key, member_key, name_key
from app.claims.register import KnownClaim, Register
from app.core.money import format_cents
from edi.x835.model import ClaimPayment

SUFFIX = re.compile(r"^(?P<stem>.{4,}?)(?:[-_./*#+ ][0-9a-z]{1,3}|(?<=[0-9])[a-z])$")
PAYER_CUTS_AT = 20  # 835.md §8: a payer must return twenty characters of CLM01, and may cut the rest
CONFIRMATIONS_FOR_SUFFIX = 2  # a shortened number alone says little
MEMBER_ROLES = ("QC", "IL", "74")


class Described(NamedTuple):
    """What an answer says about the claim it answers."""

    number: str  # as written
    key: str
    payer_numbers: tuple[str, ...]
    member_ids: tuple[str, ...]
    name_key: str
    first_service: date | None
    charge_cents: int  # positive, also of a reversal


class Match(NamedTuple):
    claim: KnownClaim | None
    rule: str = ""
    evidence: str = ""
    suspects: tuple[int, ...] = ()  # claims that resemble but may not be accepted

    @property
    def resembles_nothing(self) -> bool:
        return self.claim is None and not self.suspects


def described(answer: ClaimPayment) -> Described:
    """An 835 claim payment, as the ladder looks at it."""
    patient = answer.name("QC") or answer.name("IL")
    members = {member_key(name.id) for name in answer.names if name.role in MEMBER_ROLES and name.id}
    members |= {member_key(reference.value) for reference in answer.references if reference.qualifier == "1W"}
    return Described(
        answer.patient_control_number,
        control_key(answer.patient_control_number),
        payer_numbers(answer),
        tuple(sorted(member for member in members if member)),
        name_key(patient.last, patient.first) if patient else "",
        first_service(answer),
        abs(answer.charge_cents),
    )


def payer_numbers(answer: ClaimPayment) -> tuple[str, ...]:
    """CLP07 and, on a correction, the number it had before (REF*F8)."""
    numbers = (answer.payer_claim_control_number, answer.reference("F8"))
    return tuple(number for number in numbers if number)


def first_service(answer: ClaimPayment) -> date | None:
    """DTM*232, else the earliest line."""
    for dated in answer.dates:
        if dated.qualifier == "232" and dated.first:
            return dated.first
    dates = [line.first_date for line in answer.lines if line.first_date]
    return min(dates) if dates else None


class Ladder:
    """Matches one batch of answers of one payer against one practice's claims."""

    def __init__(self, register: Register, payer_id: int) -> None:
        self._register = register
        self._payer_id = payer_id
        self._is_sent = True  # which claims are looked at now
        self._but_for: int | None = None  # a claim that is left out

    def load(self, wanted: Iterable[Described]) -> None:
        """Have at hand whatever any rung may need, in a few queries."""
        batch = list(wanted)
        self._register.load_control_keys(fact.key for fact in batch)
        lost = [fact for fact in batch if not any(each.submissions for each in self._register.with_key(fact.key))]
        uncertain = [fact for fact in batch if not self._by_control_number(fact).claim]  # among those we sent
        self._register.load_payer_numbers(number for fact in uncertain for number in fact.payer_numbers)
        self._register.load_control_keys(key for fact in lost for key in shorter_keys(fact.key))
        for numbered in (True, False):  # see `_composite`: a claim under another number must be one that we sent
            some = [(fact, fact.first_service) for fact in lost if bool(fact.key) is numbered]
            members = [(member, on) for fact, on in some if on is not None for member in fact.member_ids]
            self._register.load_members(members, sent_only=numbered)
            self._register.load_names([(fact.name_key, on) for fact, on in some if on], sent_only=numbered)

    def match(self, fact: Described, *, but_for: int | None = None) -> Match:
        """The claim, or those that resemble it. `but_for`: a claim made from this very answer."""
        self._but_for = but_for
        self._is_sent = True
        found = self._climb(fact)
        if found.resembles_nothing:
            self._is_sent = False
            found = self._climb(fact)
        return found

    def _climb(self, fact: Described) -> Match:
        by_key = self._by_control_number(fact)
        if by_key.claim is not None:
            return by_key
        suspects = set(by_key.suspects)
        for rung in (self._by_payer_number, self._by_suffix, self._by_member, self._by_name):
            found = rung(fact)
            if found.claim is not None and (
                not suspects or found.claim.id in suspects or rung == self._by_payer_number
            ):
                return found
            suspects.update(found.suspects)
            if found.claim is not None:
                suspects.add(found.claim.id)
        return Match(None, suspects=tuple(sorted(suspects)))

    def _by_control_number(self, fact: Described) -> Match:
        return self._best(self._register.with_key(fact.key), fact, "control_number", f"control number {fact.number}")

    def _by_payer_number(self, fact: Described) -> Match:
        for number in fact.payer_numbers:
            found = self._best(
                self._register.with_payer_number(number), fact, "payer_number", f"payer claim number {number}"
            )
            if not found.resembles_nothing:
                return found
        return Match(None)

    def _by_suffix(self, fact: Described) -> Match:
        if not fact.key:
            return Match(None)
        found: list[KnownClaim] = []
        for key in shorter_keys(fact.key):
            found += self._register.with_key(key)
        if not found and len(fact.key) >= PAYER_CUTS_AT:
            found = self._register.load_key_range(fact.key, fact.key)
        confirmed = [claim for claim in found if len(agreements(claim, fact)) >= CONFIRMATIONS_FOR_SUFFIX]
        return self._best(confirmed, fact, "control_number_suffix", f"control number {fact.number} but for its end")

    def _by_member(self, fact: Described) -> Match:
        found: list[KnownClaim] = []
        for member in fact.member_ids:
            found += self._register.with_member(member, fact.first_service)
        return self._composite(found, fact, "member", "member id, date of service and charge")

    def _by_name(self, fact: Described) -> Match:
        found = self._register.with_name(fact.name_key, fact.first_service)
        return self._composite(found, fact, "name", "patient's name, date of service and charge")

    def _composite(self, found: Sequence[KnownClaim], fact: Described, rule: str, words: str) -> Match:
        """Without any number in common: all three must agree, and the claim must be one that we sent.

        A claim known only from an answer carries the number that the payer itself used; another number then means
        another claim.
        """
        if fact.key and not self._is_sent:
            return Match(None)
        same = {claim.id: claim for claim in self._in_view(found) if claim.charge_cents == fact.charge_cents}
        if len(same) != 1:
            return Match(None, suspects=tuple(sorted(same)))
        claim = next(iter(same.values()))
        if claim.payer_id != self._payer_id and rule == "member":
            return Match(None, suspects=(claim.id,))
        return Match(claim, rule, f"{words} agree")

    def _in_view(self, found: Iterable[KnownClaim]) -> list[KnownClaim]:
        return [claim for claim in found if (claim.submissions > 0) is self._is_sent and claim.id != self._but_for]

    def _best(self, candidates: Iterable[KnownClaim], fact: Described, rule: str, words: str) -> Match:
        in_view = self._in_view(candidates)
        if not self._is_sent:  # both numbers may be garbled alike: that the charge agrees too says little
            certain = [
                claim for claim in in_view if any(not each.startswith("charge") for each in agreements(claim, fact))
            ]
            if in_view and not certain:
                return Match(None, suspects=tuple(sorted(claim.id for claim in in_view)))
            in_view = certain
        return _best(in_view, fact, rule, words)


def agreements(claim: KnownClaim, fact: Described) -> list[str]:
    """What the answer and the claim have in common beside a number, in words."""
    found = []
    if claim.member_id and claim.member_id in fact.member_ids:
        found.append("member id")
    if claim.name_key and fact.name_key and claim.name_key.partition("|")[0] == fact.name_key.partition("|")[0]:
        found.append("last name")
    if claim.charge_cents == fact.charge_cents:
        found.append(f"charge {format_cents(fact.charge_cents)}")
    if claim.first_service is not None and claim.first_service == fact.first_service:
        found.append(f"date of service {fact.first_service:%Y-%m-%d}")
    return found


def why_unmatched(match: Match, fact: Described) -> str:
    """What to tell the person who is to find the claim."""
    if match.suspects:
        count = len(match.suspects)
        return f"{count} claim{'s resemble' if count > 1 else ' resembles'} it, but not surely enough: pick one."
    if not fact.key:
        return "The payer did not send our control number and nothing else identifies the claim."
    return "No claim was found."


def _best(candidates: Sequence[KnownClaim], fact: Described, rule: str, words: str) -> Match:
    """The one candidate with most in common; none when two are equally good or nothing agrees."""
    if not candidates:
        return Match(None)
    scored = [(agreements(claim, fact), claim) for claim in {claim.id: claim for claim in candidates}.values()]
    most = max(len(agreed) for agreed, _ in scored)
    best = [(agreed, claim) for agreed, claim in scored if len(agreed) == most]
    if most == 0 or len(best) > 1:
        return Match(None, suspects=tuple(sorted(claim.id for _, claim in scored)))
    agreed, claim = best[0]
    return Match(claim, rule, f"{words}; {', '.join(agreed)} agree")


def shorter_keys(key: str) -> list[str]:
    """The key without what looks like a suffix."""
    match = SUFFIX.match(key)
    return [match["stem"]] if match else []

"""What the payers page asks: open work by payer, the running account with each, its clocks and its telephone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from statistics import median
from typing import NamedTuple

from sqlalchemy import exists
from sqlmodel import Session, col, func, select

from app.claims.payer_filing import filing_of
from app.claims.payer_merge import merges_into
from app.claims.tables import Claim, Payer, PayerFiling, PayerIdentifier, PayerMerge, PayerTerm
from app.claims.terms import terms_in_force
from app.followup.tables import WorkScore
from app.followup.totals import standings_of_payers
from app.followup.why import rule_words
from app.matching.provider_balance import ProviderBalance, ProviderEntry, provider_balances, provider_ledger
from app.matching.remittance_words import Contact, contacts_of
from app.matching.tables import Remittance
from workqueues.facts import FactRow, Facts
from workqueues.playbook import CLOCKS

NEWEST_DECISIONS = 500
FEWEST_DECISIONS = 8


class PayerLine(NamedTuple):
    """One payer in the list."""

    payer: Payer
    claims: int
    open_cents: int
    balances: list[ProviderBalance]  # one for each practice with a running account
    terms: int  # clocks that are set

    @property
    def holds_cents(self) -> int:
        return sum(each.cents for each in self.balances if each.cents > 0)

    @property
    def owed_cents(self) -> int:
        return -sum(each.cents for each in self.balances if each.cents < 0)


class QueueLine(NamedTuple):
    queue: str
    claims: int
    open_cents: int


class ClockLine(NamedTuple):
    """One clock of a payer: by its own contract, by the law, or set by nobody."""

    clock: str
    term: PayerTerm | None  # what somebody entered
    words: str  # "120 days from the remittance"; "" not configured
    authority: str
    confidence: str
    needs_check: bool  # nobody has confirmed it against the contract


class PayerView(NamedTuple):
    """One payer by itself."""

    line: PayerLine
    queues: list[QueueLine]
    accounts: list[tuple[ProviderBalance, list[ProviderEntry]]]  # newest entry first
    terms: list[PayerTerm]
    clocks: list[ClockLine]  # every clock that there is
    contacts: list[Contact]  # as the payer's newest remittance names them
    filing: PayerFiling | None  # how it takes corrections, appeals and records
    identifiers: list[PayerIdentifier]  # by what files name it
    merges: list[tuple[PayerMerge, str]]  # payers that proved to be this one, with their old names
    usual_days: int | None  # from sending to its decision, as it was lately; None: too few to say


def payer_lines(session: Session, practice_ids: Sequence[int]) -> list[PayerLine]:
    """Payers of these practices' claims and remittances, most open dollars first."""
    balances: dict[int, list[ProviderBalance]] = defaultdict(list)
    for balance in provider_balances(session, practice_ids):
        balances[balance.payer_id].append(balance)
    work = _open_work(session, practice_ids)
    terms = dict(session.exec(select(PayerTerm.payer_id, func.count()).group_by(col(PayerTerm.payer_id))).all())
    lines = [
        PayerLine(payer, *work.get(payer.id or 0, (0, 0)), balances[payer.id or 0], terms.get(payer.id or 0, 0))
        for payer in payers_of(session, practice_ids)
    ]
    return sorted(lines, key=lambda line: (-line.open_cents, line.payer.name))


def payer_view(session: Session, practice_ids: Sequence[int], payer_id: int) -> PayerView | None:
    """None when no claim or remittance of these practices is the payer's."""
    line = next((line for line in payer_lines(session, practice_ids) if line.payer.id == payer_id), None)
    if line is None:
        return None
    queues = [
        QueueLine(queue, standing.claims, standing.open_cents)
        for (_, queue), standing in standings_of_payers(session, practice_ids, payer_id).items()
    ]
    accounts = [
        (balance, provider_ledger(session, (balance.practice_id,), payer_id)[::-1]) for balance in line.balances
    ]
    newest = session.exec(
        select(Remittance)
        .where(Remittance.payer_id == payer_id, col(Remittance.practice_id).in_(practice_ids))
        .order_by(col(Remittance.id).desc())
        .limit(1)
    ).first()
    return PayerView(
        line=line,
        queues=sorted(queues, key=lambda each: (-each.open_cents, each.queue)),
        accounts=accounts,
        terms=terms_of(session, payer_id),
        clocks=clock_lines(session, line.payer),
        filing=filing_of(session, payer_id),
        identifiers=list(
            session.exec(
                select(PayerIdentifier)
                .where(PayerIdentifier.payer_id == payer_id)
                .order_by(PayerIdentifier.kind, PayerIdentifier.value)
            )
        ),
        merges=merges_into(session, payer_id),
        usual_days=usual_answer_days(session, practice_ids, payer_id),
        contacts=contacts_of(newest) if newest is not None else [],
    )


def all_payers(session: Session) -> list[Payer]:
    """For whoever manages the tables: payers belong to no practice."""
    return list(session.exec(select(Payer).where(col(Payer.merged_into_id).is_(None)).order_by(Payer.name)))


def terms_of(session: Session, payer_id: int) -> list[PayerTerm]:
    return list(session.exec(select(PayerTerm).where(PayerTerm.payer_id == payer_id).order_by(PayerTerm.clock)))


def clock_lines(session: Session, payer: Payer) -> list[ClockLine]:
    """Every clock with the rule that runs it for this payer: what was entered, else the law for its kind."""
    entered = {term.clock: term for term in terms_of(session, payer.id or 0)}
    terms = terms_in_force(session)
    facts = Facts.from_rows([FactRow(0, 0, payer.id or 0, 0, payer_kind=payer.kind)])
    lines = []
    for clock in CLOCKS:
        number = int(terms.rule_numbers(facts, clock)[0]) if clock else -1
        if not clock:
            continue
        if number < 0 or terms.rules[number].unit == "none":
            lines.append(ClockLine(clock, entered.get(clock), "", "", "", needs_check=False))
            continue
        rule = terms.rules[number]
        lines.append(
            ClockLine(
                clock, entered.get(clock), rule_words(rule), rule.authority, rule.confidence, needs_check=rule.verify
            )
        )
    return lines


def usual_answer_days(session: Session, practice_ids: Sequence[int], payer_id: int) -> int | None:
    """The middle of its newest decisions on claims that were sent once."""
    statement = (
        select(col(Claim.first_billed_on), col(Claim.adjudicated_on))
        .where(
            Claim.payer_id == payer_id,
            col(Claim.practice_id).in_(practice_ids),
            Claim.submissions == 1,
            col(Claim.first_billed_on).is_not(None),
            col(Claim.adjudicated_on).is_not(None),
        )
        .order_by(col(Claim.adjudicated_on).desc())
        .limit(NEWEST_DECISIONS)
    )
    days = [(decided - sent).days for sent, decided in session.exec(statement) if decided and sent]
    return round(median(days)) if len(days) >= FEWEST_DECISIONS else None


def all_terms(session: Session) -> list[tuple[PayerTerm, Payer]]:
    statement = select(PayerTerm, Payer).join(Payer, col(Payer.id) == PayerTerm.payer_id)
    statement = statement.where(col(Payer.merged_into_id).is_(None))
    return [(term, payer) for term, payer in session.exec(statement.order_by(Payer.name, PayerTerm.clock))]


def open_claims_of(session: Session, payer_id: int) -> list[int]:
    """Every ranked claim of the payer, in whatever practice: a term moves all of them."""
    return list(session.exec(select(WorkScore.claim_id).where(WorkScore.payer_id == payer_id)))


def payers_of(session: Session, practice_ids: Sequence[int]) -> list[Payer]:
    """Those that these practices bill, or are paid by: asked of each payer, of whom there are few."""
    billed = exists().where(col(Claim.payer_id) == col(Payer.id), col(Claim.practice_id).in_(practice_ids))
    paying = exists().where(col(Remittance.payer_id) == col(Payer.id), col(Remittance.practice_id).in_(practice_ids))
    return list(session.exec(select(Payer).where(billed | paying).order_by(col(Payer.id))))


def _open_work(session: Session, practice_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    for (payer_id, _), standing in standings_of_payers(session, practice_ids).items():
        claims, cents = found.get(payer_id, (0, 0))
        found[payer_id] = (claims + standing.claims, cents + standing.open_cents)
    return found

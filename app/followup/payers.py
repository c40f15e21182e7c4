"""What the payers page asks: open work by payer, the running account with each, its clocks and its telephone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from sqlmodel import Session, col, func, select

from app.claims.tables import Claim, Payer, PayerTerm
from app.followup.tables import WorkScore
from app.matching.provider_balance import ProviderBalance, ProviderEntry, provider_balances, provider_ledger
from app.matching.remittance_words import Contact, contacts_of
from app.matching.tables import Remittance


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


class PayerView(NamedTuple):
    """One payer by itself."""

    line: PayerLine
    queues: list[QueueLine]
    accounts: list[tuple[ProviderBalance, list[ProviderEntry]]]  # newest entry first
    terms: list[PayerTerm]
    contacts: list[Contact]  # as the payer's newest remittance names them


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
    queues = session.exec(
        select(WorkScore.queue, func.count(), func.sum(WorkScore.open_cents))
        .where(col(WorkScore.practice_id).in_(practice_ids), WorkScore.payer_id == payer_id)
        .group_by(WorkScore.queue)
        .order_by(func.sum(WorkScore.open_cents).desc())
    )
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
        queues=[QueueLine(queue, int(claims), int(cents)) for queue, claims, cents in queues],
        accounts=accounts,
        terms=terms_of(session, payer_id),
        contacts=contacts_of(newest) if newest is not None else [],
    )


def all_payers(session: Session) -> list[Payer]:
    """For whoever manages the tables: payers belong to no practice."""
    return list(session.exec(select(Payer).order_by(Payer.name)))


def terms_of(session: Session, payer_id: int) -> list[PayerTerm]:
    return list(session.exec(select(PayerTerm).where(PayerTerm.payer_id == payer_id).order_by(PayerTerm.clock)))


def all_terms(session: Session) -> list[tuple[PayerTerm, Payer]]:
    statement = select(PayerTerm, Payer).join(Payer, col(Payer.id) == PayerTerm.payer_id)
    return [(term, payer) for term, payer in session.exec(statement.order_by(Payer.name, PayerTerm.clock))]


def open_claims_of(session: Session, payer_id: int) -> list[int]:
    """Every ranked claim of the payer, in whatever practice: a term moves all of them."""
    return list(session.exec(select(WorkScore.claim_id).where(WorkScore.payer_id == payer_id)))


def payers_of(session: Session, practice_ids: Sequence[int]) -> list[Payer]:
    """Those that these practices bill, or are paid by."""
    billed = select(Claim.payer_id).where(col(Claim.practice_id).in_(practice_ids)).distinct()
    paying = select(Remittance.payer_id).where(col(Remittance.practice_id).in_(practice_ids)).distinct()
    return list(session.exec(select(Payer).where(col(Payer.id).in_(billed) | col(Payer.id).in_(paying))))


def _open_work(session: Session, practice_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    statement = (
        select(WorkScore.payer_id, func.count(), func.sum(WorkScore.open_cents))
        .where(col(WorkScore.practice_id).in_(practice_ids))
        .group_by(col(WorkScore.payer_id))
    )
    return {payer_id: (int(claims), int(cents)) for payer_id, claims, cents in session.exec(statement)}

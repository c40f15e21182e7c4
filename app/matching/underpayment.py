"""What a payer allowed, held against what its contract says, line by line.

Only lines that were paid are compared, each with the fee of its procedure, modifiers, practice and day of service; a
line whose modifier changes the price and has no fee of its own is left alone. What a claim falls short of beyond the
tolerance was written off without right: it is open again, in an entry of its own, until the answer is taken back, the
schedule changes, or a person gives it up. The outcome depends on what stands, not on what came first.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, delete, exists, func, or_, select, update

from app.claims.among import among
from app.claims.tables import Claim
from app.core.bulk import insert_many, table_of
from app.ledger.journal import Cause, Journal, Leg
from app.ledger.tables import Account, CauseKind, EntryKind, JournalEntry, Posting
from app.matching.tables import (
    AdjustmentRow,
    ClaimPayment,
    ContractFee,
    PaymentState,
    Remittance,
    ServicePayment,
    Underpayment,
    UnderpaymentTolerance,
)
from edi.x835.model import Classification

TOLERANCE_CENTS = 500
TOLERANCE_PERMILLE = 10
PRIMARY_STATUS = ("1", "19")  # a later payer owes what the first left, not the contract's fee
COMPARED = (Classification.PAID, Classification.PARTIAL_DENIAL, Classification.ZERO_PAY_PATIENT)
SEQUESTRATION = "253"  # by law, after the contract's price (835.md §7)

# Modifiers that change the price: parts of a service, several or two-sided procedures, assistants, unfinished ones.
PRICING_MODIFIERS = frozenset("26 TC 50 51 52 53 54 55 56 62 66 73 74 78 80 81 82 AS".split())

claim = table_of(Claim)
fee = table_of(ContractFee)
tolerance = table_of(UnderpaymentTolerance)
underpayment = table_of(Underpayment)
service = table_of(ServicePayment)
payment = table_of(ClaimPayment)
remittance = table_of(Remittance)
adjustment = table_of(AdjustmentRow)
entry = table_of(JournalEntry)
posting = table_of(Posting)
COLUMNS = tuple(column.name for column in underpayment.c)


class Short(NamedTuple):
    """One line below its contract."""

    service_payment_id: int
    procedure: str
    modifiers: str
    units: str
    contracted_cents: int
    allowed_cents: int
    short_cents: int  # never more than was written off on the line


class Found(NamedTuple):
    practice_id: int
    lines: list[Short]


def settle_underpayments(
    connection: Connection, journal: Journal, claim_ids: Collection[int] | None, *, payer_id: int, on: date
) -> int:
    """Bring these claims (None: all that this payer answered) to what the fees now say; returns how many fall short.

    Everything else of the batch must be written already; this writes its own entries.
    """
    if claim_ids is not None and not claim_ids:
        return 0
    if not _has_anything(connection, payer_id):
        return 0
    found = _beyond_tolerance(connection, _found(connection, claim_ids, payer_id), payer_id)
    scope = set(claim_ids) if claim_ids is not None else {*found, *_standing(connection, payer_id)}
    _rewrite(connection, scope, found, payer_id, journal)
    _reopen(connection, journal, scope, on)
    return len(found)


def _has_anything(connection: Connection, payer_id: int) -> bool:
    """Most payers have no schedule loaded: one look, and nothing more to do."""
    for table in (fee, underpayment):
        if connection.execute(select(table.c.payer_id).where(table.c.payer_id == payer_id).limit(1)).first():
            return True
    return False


def _found(connection: Connection, claim_ids: Collection[int] | None, payer_id: int) -> dict[int, Found]:
    """The lines below contract by claim, before any tolerance."""
    found: dict[int, Found] = {}
    for row in _with_best_fee(connection, claim_ids, payer_id):
        short = _short(row)
        if short is not None:
            found.setdefault(row.claim_id, Found(row.practice_id, [])).lines.append(short)
    return found


def fees_behind(connection: Connection, claim_id: int, payer_id: int) -> dict[int, int]:
    """The fee that each line of a claim is held against: contract fee by service payment."""
    return {row.id: row.fee_id for row in _with_best_fee(connection, (claim_id,), payer_id)}


def _with_best_fee(connection: Connection, claim_ids: Collection[int] | None, payer_id: int) -> list[Any]:
    best: dict[int, tuple[tuple[Any, ...], Any]] = {}
    for row in connection.execute(_lines_and_fees(connection, claim_ids, payer_id)):
        rank = _fits(row)
        if rank is not None and (row.id not in best or rank > best[row.id][0]):
            best[row.id] = (rank, row)
    return [row for _, row in best.values()]


def _lines_and_fees(connection: Connection, claim_ids: Collection[int] | None, payer_id: int) -> Any:
    """Paid lines of answers that stand, each beside every fee of its procedure."""
    on_line = and_(adjustment.c.claim_payment_id == payment.c.id, adjustment.c.service_payment_id == service.c.id)
    is_contractual = and_(on_line, adjustment.c.nature == "contractual", adjustment.c.reason != SEQUESTRATION)
    written_off = select(func.coalesce(func.sum(adjustment.c.cents), 0)).where(is_contractual).scalar_subquery()
    is_denied = exists().where(and_(on_line, adjustment.c.nature == "denial", adjustment.c.cents > 0))
    statement = (
        select(
            *(service.c.id, payment.c.claim_id, payment.c.practice_id, service.c.procedure, service.c.modifiers),
            *(service.c.units, service.c.charge_cents, service.c.allowed_cents, written_off.label("written_off")),
            func.coalesce(service.c.first_service, payment.c.first_service).label("served_on"),
            *(fee.c.practice_id.label("fee_practice"), fee.c.modifiers.label("fee_modifiers"), fee.c.fee_cents),
            *(fee.c.valid_from, fee.c.valid_through, fee.c.id.label("fee_id")),
        )
        .select_from(service)
        .join(payment, payment.c.id == service.c.claim_payment_id)
        .join(remittance, remittance.c.id == payment.c.remittance_id)
        .join(fee, and_(fee.c.payer_id == remittance.c.payer_id, fee.c.procedure == service.c.procedure))
        .where(
            remittance.c.payer_id == payer_id,
            payment.c.state == PaymentState.POSTED.value,
            payment.c.reversed_by_id.is_(None),
            payment.c.status.in_(PRIMARY_STATUS),
            payment.c.classification.in_([each.value for each in COMPARED]),
            payment.c.claim_id.is_not(None),
            or_(fee.c.practice_id.is_(None), fee.c.practice_id == payment.c.practice_id),
            ~is_denied,
        )
    )
    return statement if claim_ids is None else statement.where(among(connection, payment.c.claim_id, claim_ids))


def _fits(row: Any) -> tuple[Any, ...] | None:
    """How well a fee fits a line, more is better; None: it does not."""
    if row.served_on is None or row.served_on < row.valid_from:
        return None
    if row.valid_through is not None and row.served_on > row.valid_through:
        return None
    modifiers = modifiers_key(row.modifiers.split(":"))
    if row.fee_modifiers and row.fee_modifiers != modifiers:
        return None
    if not row.fee_modifiers and PRICING_MODIFIERS & set(modifiers.split(":")):
        return None
    return (row.fee_practice is not None, row.fee_modifiers != "", row.valid_from)


def _short(row: Any) -> Short | None:
    units = Decimal(row.units)
    promised = int((row.fee_cents * units).quantize(Decimal(1), ROUND_HALF_UP))
    contracted = min(promised, row.charge_cents)  # nobody is owed more than was charged
    allowed = row.allowed_cents if row.allowed_cents is not None else row.charge_cents - int(row.written_off)
    short = min(contracted - allowed, int(row.written_off))
    if short <= 0:
        return None
    return Short(row.id, row.procedure, row.modifiers, row.units, contracted, allowed, short)


def _beyond_tolerance(connection: Connection, found: dict[int, Found], payer_id: int) -> dict[int, Found]:
    row = connection.execute(
        select(tolerance.c.cents, tolerance.c.permille).where(tolerance.c.payer_id == payer_id)
    ).first()
    cents, permille = (row.cents, row.permille) if row else (TOLERANCE_CENTS, TOLERANCE_PERMILLE)
    kept = {}
    for number, each in found.items():
        contracted = sum(line.contracted_cents for line in each.lines)
        if _short_cents(each.lines) > max(cents, contracted * permille // 1000):
            kept[number] = each
    return kept


def _standing(connection: Connection, payer_id: int) -> set[int]:
    return set(
        connection.execute(select(underpayment.c.claim_id).where(underpayment.c.payer_id == payer_id)).scalars()
    )


def _rewrite(
    connection: Connection, scope: Collection[int], found: dict[int, Found], payer_id: int, journal: Journal
) -> None:
    is_ours = and_(underpayment.c.payer_id == payer_id, among(connection, underpayment.c.claim_id, sorted(scope)))
    accepted = {
        row.claim_id: row
        for row in connection.execute(
            select(underpayment.c.claim_id, underpayment.c.short_cents, underpayment.c.accepted_entry_id).where(
                is_ours, underpayment.c.accepted_entry_id.is_not(None)
            )
        )
    }
    connection.execute(delete(underpayment).where(is_ours))
    others = set(_wanted(connection, scope))  # another payer's shortfall on the same claim stands
    rows = []
    for number, each in sorted(found.items()):
        if number in others:
            continue
        short, given_up = _short_cents(each.lines), accepted.get(number)
        entry_id = None
        if given_up is not None and given_up.short_cents == short:
            entry_id = accepted.pop(number).accepted_entry_id
        rows.append(
            (
                *(number, each.practice_id, payer_id, sum(line.contracted_cents for line in each.lines)),
                *(sum(line.allowed_cents for line in each.lines), short),
                *([line._asdict() for line in each.lines], journal.now, entry_id),
            )
        )
    insert_many(connection, underpayment, COLUMNS, rows)
    _take_back(connection, journal, [row.accepted_entry_id for row in accepted.values()])


def _take_back(connection: Connection, journal: Journal, entry_ids: Collection[int]) -> None:
    """What was given up for a shortfall that is another one now is open again: somebody decides anew."""
    if not entry_ids:
        return
    legs: dict[int, list[Leg]] = defaultdict(list)
    statement = select(posting).where(among(connection, posting.c.entry_id, sorted(entry_ids)))
    for row in connection.execute(statement.order_by(posting.c.id)):
        legs[row.entry_id].append(Leg(Account(row.account), -row.amount_cents, row.claim_id))
    for entry_id, own in legs.items():
        claim_id = own[0].claim_id
        assert claim_id is not None
        cause = Cause(CauseKind.CLAIM, claim_id)
        practice_id = journal.balance(claim_id).practice_id
        memo = "accepted before; the shortfall is another one now"
        journal.post(practice_id, EntryKind.PERSON, journal.now.date(), cause, own, reverses_id=entry_id, memo=memo)


def _wanted(connection: Connection, scope: Collection[int]) -> dict[int, int]:
    statement = select(underpayment.c.claim_id, underpayment.c.short_cents)
    is_ours = among(connection, underpayment.c.claim_id, sorted(scope))
    return {row.claim_id: row.short_cents for row in connection.execute(statement.where(is_ours))}


def _reopen(connection: Connection, journal: Journal, scope: Collection[int], on: date) -> None:
    """Post the difference to what was reopened before; a claim with something open is not closed."""
    wanted, before = _wanted(connection, scope), _reopened(connection, scope)
    changed = [number for number in sorted(scope) if wanted.get(number, 0) != before.get(number, 0)]
    journal.load_balances(changed)
    for number in changed:
        change = wanted.get(number, 0) - before.get(number, 0)
        legs = [Leg(Account.INSURANCE_AR, change, number), Leg(Account.CONTRACTUAL, -change, number)]
        memo = "allowed less than the contract says" if change > 0 else "the contract's price was met after all"
        practice_id = journal.balance(number).practice_id
        journal.post(practice_id, EntryKind.UNDERPAYMENT, on, Cause(CauseKind.CLAIM, number), legs, memo=memo)
        balance = journal.balance(number)
        is_settled = balance.insurance_cents == 0 and balance.patient_cents == 0
        connection.execute(update(claim).where(claim.c.id == number).values(closed_on=on if is_settled else None))
    journal.flush()


def _reopened(connection: Connection, scope: Collection[int]) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    statement = (
        select(posting.c.claim_id, func.sum(posting.c.amount_cents).label("cents"))
        .join(entry, entry.c.id == posting.c.entry_id)
        .where(
            among(connection, posting.c.claim_id, sorted(scope)),
            posting.c.account == Account.INSURANCE_AR.value,
            entry.c.kind == EntryKind.UNDERPAYMENT.value,
        )
        .group_by(posting.c.claim_id)
    )
    for row in connection.execute(statement):
        found[row.claim_id] = int(row.cents)
    return found


def _short_cents(lines: Iterable[Short]) -> int:
    return sum(line.short_cents for line in lines)


def modifiers_key(modifiers: Iterable[str]) -> str:
    """Modifiers as fees keep them: capitals, sorted, colon-separated."""
    return ":".join(sorted(each.strip().upper() for each in modifiers if each.strip()))

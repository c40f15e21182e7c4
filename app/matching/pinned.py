"""Claims known only from an answer that people have staked something on: money by hand, an appeal, something sent."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from app.claims.among import among
from app.claims.follow import naming_tables
from app.claims.tables import StepUnderWay
from app.core.bulk import table_of
from app.ledger.tables import EntryKind, JournalEntry, Posting
from app.matching.tables import ClaimPayment, Denial

entry = table_of(JournalEntry)
posting = table_of(Posting)
claim_payment = table_of(ClaimPayment)
denial = table_of(Denial)
step = table_of(StepUnderWay)

OWN = frozenset({"servicepayment", "adjustmentrow", "remarkrow", "denial"})  # rows of the answer itself


def pinned(connection: Connection, claim_ids: Collection[int]) -> set[int]:
    """Those of these claims."""
    if not claim_ids:
        return set()
    wanted = sorted(claim_ids)
    by_hand = (
        select(posting.c.claim_id)
        .join(entry, entry.c.id == posting.c.entry_id)
        .where(among(connection, posting.c.claim_id, wanted), entry.c.kind == EntryKind.PERSON.value)
    )
    under_way = select(step.c.claim_id).where(among(connection, step.c.claim_id, wanted))
    found = set(connection.execute(by_hand).scalars()) | set(connection.execute(under_way).scalars())
    for parent in (claim_payment, denial):
        for table, column in naming_tables(parent):
            if table.name not in OWN:
                disputed = select(parent.c.claim_id).join(table, column == parent.c.id)
                found |= set(
                    connection.execute(disputed.where(among(connection, parent.c.claim_id, wanted))).scalars()
                )
    return found


def disputed(connection: Connection, claim_payment_ids: Collection[int]) -> set[int]:
    """Those of these answers that something outside the books names: an appeal against one of them."""
    found: set[int] = set()
    for parent, answer in ((claim_payment, claim_payment.c.id), (denial, denial.c.claim_payment_id)):
        for table, column in naming_tables(parent):
            if table.name not in OWN:
                statement = select(answer).join(table, column == parent.c.id)
                found |= set(
                    connection.execute(
                        statement.where(among(connection, answer, sorted(claim_payment_ids)))
                    ).scalars()
                )
    return found

"""Credit balances keep the day on which they were identified."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection, Engine, insert, select, update

from app.claims.directory import Directory
from app.claims.tables import Claim, Patient, PayerKind
from app.core.bulk import table_of
from app.core.db import connection_scope, read_scope
from app.ledger.credits import note_credits, return_by
from app.ledger.tables import ClaimBalance, CreditBalance
from tests.conftest import MORNING

FOUND, LATER = date(2026, 11, 2), date(2026, 11, 20)
balance = table_of(ClaimBalance)


def claim_with(connection: Connection, *, insurance_cents: int) -> int:
    directory = Directory(connection, MORNING)
    practice_id, payer_id = directory.practice(npi="1234567893"), directory.payer(name="Testpayer").id
    made = connection.execute(
        insert(table_of(Patient)).values(practice_id=practice_id, identity="doe|jane", last_name="DOE")
    )
    claim = connection.execute(
        insert(table_of(Claim)).values(
            practice_id=practice_id,
            patient_id=(made.inserted_primary_key or (0,))[0],
            payer_id=payer_id,
            patient_control_number="PCN1",
            control_key="pcn1",
            charge_cents=10000,
            created_at=MORNING,
        )
    )
    number = int((claim.inserted_primary_key or (0,))[0])
    connection.execute(
        insert(balance).values(claim_id=number, practice_id=practice_id, insurance_cents=insurance_cents)
    )
    return number


def dates(connection: Connection) -> list[date]:
    return list(connection.execute(select(table_of(CreditBalance).c.identified_on)).scalars())


def test_the_first_day_of_a_credit_stays_however_often_it_is_looked_at(any_engine: Engine) -> None:
    with connection_scope(any_engine) as connection:
        claim_id = claim_with(connection, insurance_cents=-2500)

        assert note_credits(connection, FOUND, [claim_id]) == 1
        assert note_credits(connection, LATER) == 0
        assert dates(connection) == [FOUND]


def test_a_settled_credit_is_forgotten_and_a_new_one_dated_anew(any_engine: Engine) -> None:
    with connection_scope(any_engine) as connection:
        claim_id = claim_with(connection, insurance_cents=-2500)
        note_credits(connection, FOUND)
        connection.execute(update(balance).values(insurance_cents=0))
        note_credits(connection, FOUND)
        assert dates(connection) == []

        connection.execute(update(balance).values(insurance_cents=-100))
        note_credits(connection, LATER, [claim_id])
        assert dates(connection) == [LATER]


def test_a_claim_without_a_credit_has_no_such_clock(engine: Engine) -> None:
    with connection_scope(engine) as connection:
        claim_id = claim_with(connection, insurance_cents=2500)
        note_credits(connection, FOUND)

    with read_scope(engine) as session:
        assert return_by(session, claim_id, PayerKind.MEDICARE) is None


def test_medicare_gets_its_money_back_within_sixty_days_and_others_by_contract(engine: Engine) -> None:
    with connection_scope(engine) as connection:
        claim_id = claim_with(connection, insurance_cents=-2500)
        note_credits(connection, FOUND)

    with read_scope(engine) as session:
        assert return_by(session, claim_id, PayerKind.MEDICARE) == (FOUND, date(2027, 1, 1))
        assert return_by(session, claim_id, PayerKind.COMMERCIAL) == (FOUND, None)

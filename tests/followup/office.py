"""An office that gets denials day by day: what tests of many days stand on. Its claims are equal, so that sums can be
foretold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.claims.tables import Claim, Patient, Payer, Practice
from app.core.clock import FixedClock
from app.core.db import session_scope
from app.followup.rank import rerank_all
from app.followup.strategies import put_in_force, strategy_in_force
from app.followup.tables import Touch, WorkScore
from app.ledger.tables import ClaimBalance
from app.matching.tables import ClaimPayment, Denial, Remittance
from workqueues.strategy import read_strategy

CENTS = 100_000  # each claim's charge
SERVED_DAYS = 30  # from the service to the denial


def noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 17, tzinfo=UTC)


@dataclass
class Office:
    engine: Engine
    clock: FixedClock
    practice_id: int = 0
    patient_id: int = 0
    payer_id: int = 0
    claim_ids: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        with session_scope(self.engine) as session:
            practice = Practice(name="LOT PRACTICE", npi="1999999984", created_at=self.clock.now())
            payer = Payer(name="EVENHAND HEALTH", kind="commercial", created_at=self.clock.now())
            session.add_all([practice, payer])
            session.flush()
            assert practice.id is not None
            assert payer.id is not None
            patient = Patient(practice_id=practice.id, identity="x", last_name="DOE")
            session.add(patient)
            session.flush()
            assert patient.id is not None
            self.practice_id, self.patient_id, self.payer_id = practice.id, patient.id, payer.id

    @property
    def today(self) -> date:
        return self.clock.today()

    def set_strategy(self, text: str) -> None:
        with session_scope(self.engine) as session:
            put_in_force(
                session,
                read_strategy(text, base=strategy_in_force(session)),
                why="x",
                person_id=None,
                person_name="Sam",
                clock=self.clock,
            )

    def billed(self, on: date, *, state: str = "submitted") -> int:
        """A claim that waits for its answer."""
        with session_scope(self.engine) as session:
            claim = self._claim(on)
            claim.state = state
            session.add(claim)
            session.flush()
            self._owed(session, [claim])
            assert claim.id is not None
            return claim.id

    def denied(self, on: date, count: int) -> list[int]:
        """So many claims denied on that day by one remittance."""
        with session_scope(self.engine) as session:
            remittance = self._remittance(on)
            claims = [self._claim(on - timedelta(days=SERVED_DAYS - 5)) for _ in range(count)]
            for claim in claims:
                claim.state, claim.denied_on, claim.last_answer_on = "denied", on, on
            session.add_all([remittance, *claims])
            session.flush()
            self._owed(session, claims)
            for claim in claims:
                self._deny(session, claim, remittance, on)
            made = [claim.id for claim in claims if claim.id is not None]
        self.claim_ids += made
        return made

    def denied_again(self, claim_id: int, on: date) -> None:
        with session_scope(self.engine) as session:
            remittance = self._remittance(on)
            session.add(remittance)
            session.flush()
            claim = session.get_one(Claim, claim_id)
            claim.denied_on = on
            self._deny(session, claim, remittance, on, is_repeat=True)

    def worked(self, claim_ids: Sequence[int], on: date | None = None) -> None:
        """An appeal left."""
        day = on or self.today
        with session_scope(self.engine) as session:
            for claim_id in claim_ids:
                touch = Touch(
                    practice_id=self.practice_id, claim_id=claim_id, person_id=1, at=noon(day), kind="appeal_sent"
                )
                touch.minutes = 20.0
                session.add(touch)

    def paid(self, claim_ids: Sequence[int], on: date, cents: int = CENTS) -> None:
        """The payer pays, and the claim is done."""
        with session_scope(self.engine) as session:
            remittance = self._remittance(on)
            session.add(remittance)
            session.flush()
            for claim_id in claim_ids:
                session.add(self._answer(claim_id, remittance, paid_cents=cents))
                balance = session.get_one(ClaimBalance, claim_id)
                balance.insurance_cents = max(balance.insurance_cents - cents, 0)
            for denial in session.exec(select(Denial).where(col(Denial.claim_id).in_(claim_ids), Denial.is_open)):
                denial.is_open, denial.closed_on, denial.closed_as = False, on, "overturned"

    def ranked(self) -> None:
        rerank_all(self.engine, self.clock, trigger="test")

    def standing_by_lot(self) -> list[int]:
        with Session(self.engine) as session:
            return list(
                session.exec(select(WorkScore.claim_id).where(WorkScore.tier == 2).order_by(col(WorkScore.claim_id)))
            )

    def _claim(self, billed_on: date) -> Claim:
        served = billed_on - timedelta(days=5)
        return Claim(
            practice_id=self.practice_id,
            patient_id=self.patient_id,
            payer_id=self.payer_id,
            patient_control_number="L",
            control_key="l",
            kind="P",
            charge_cents=CENTS,
            first_service=served,
            last_service=served,
            first_billed_on=billed_on,
            last_billed_on=billed_on,
            submissions=1,
            created_at=self.clock.now(),
        )

    def _owed(self, session: Session, claims: Sequence[Claim]) -> None:
        for claim in claims:
            assert claim.id is not None
            session.add(ClaimBalance(claim_id=claim.id, practice_id=self.practice_id, insurance_cents=CENTS))

    def _deny(
        self, session: Session, claim: Claim, remittance: Remittance, on: date, *, is_repeat: bool = False
    ) -> None:
        assert claim.id is not None
        answer = self._answer(claim.id, remittance, paid_cents=0)
        session.add(answer)
        session.flush()
        assert answer.id is not None
        session.add(
            Denial(
                practice_id=self.practice_id,
                claim_id=claim.id,
                claim_payment_id=answer.id,
                category="coding",
                group="CO",
                reason="4",
                denied_cents=CENTS,
                denied_on=on,
                is_full=True,
                is_repeat=is_repeat,
            )
        )

    def _remittance(self, on: date) -> Remittance:
        return Remittance(
            practice_id=self.practice_id,
            payer_id=self.payer_id,
            loaded_set_id=0,
            file_id=0,
            trace="L",
            originator="1",
            method="ACH",
            handling="I",
            payment_date=on,
            paid_cents=0,
            received_at=noon(on),
        )

    def _answer(self, claim_id: int, remittance: Remittance, *, paid_cents: int) -> ClaimPayment:
        assert remittance.id is not None
        return ClaimPayment(
            practice_id=self.practice_id,
            remittance_id=remittance.id,
            claim_id=claim_id,
            state="posted",
            classification="paid" if paid_cents else "full_denial",
            status="1" if paid_cents else "4",
            patient_control_number="L",
            payer_control_number="",
            charge_cents=CENTS,
            paid_cents=paid_cents,
        )

"""Open denials judged anew, after somebody changed what a code is about. Closed ones keep what they were then."""

from __future__ import annotations

from sqlmodel import Session, col, select

from app.claims.code_ways import CARC, code_ways
from app.matching.tables import ClaimPayment, Denial, Remittance


def rejudge(session: Session, list_name: str, code: str, payer_id: int | None) -> list[int]:
    """The claims whose open denials name the code, their category as it is judged now. None: every payer's."""
    statement = (
        select(Denial, Remittance.payer_id)
        .join(ClaimPayment, col(ClaimPayment.id) == Denial.claim_payment_id)
        .join(Remittance, col(Remittance.id) == ClaimPayment.remittance_id)
        .where(col(Denial.is_open))
    )
    if payer_id is not None:
        statement = statement.where(Remittance.payer_id == payer_id)
    named = Denial.reason == code if list_name == CARC else col(Denial.remarks).contains(code, autoescape=True)
    ways = code_ways(session.connection())
    moved: list[int] = []
    for denial, by_payer in session.exec(statement.where(named)).all():
        if list_name == CARC:
            denial.category = ways.category(code, by_payer, denial.denied_on)
            session.add(denial)
        elif code not in denial.remarks.split():
            continue
        moved.append(denial.claim_id)
    session.flush()
    return sorted(set(moved))

"""A desk whose loaders only note what they were given, so that intake is tried by itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine

from app.core.clock import FixedClock
from app.core.config import Settings
from app.intake.desk import Desk
from app.intake.loading_contract import LoadContext, SetOutcome
from app.intake.tables import SetState
from edi.values import SetEnd


@dataclass
class Noting:
    """What the fake loaders saw, and what they shall answer."""

    posted: list[str] = field(default_factory=list)  # control numbers of claims given to a posting loader
    kept: list[str] = field(default_factory=list)  # … to a loader that posts nothing
    answers: dict[int, SetOutcome] = field(default_factory=dict)  # by set number
    break_on: str = ""  # a control number at which the loader fails


class NotingLoader:
    def __init__(self, context: LoadContext, noting: Noting) -> None:
        self.context = context
        self.noting = noting

    def take(self, value: Any) -> None:
        number = getattr(value, "patient_control_number", None)
        if number is None:
            return
        if number and number == self.noting.break_on:
            raise ZeroDivisionError("a fault of our own")
        (self.noting.posted if self.context.posting else self.noting.kept).append(number)

    def end(self, end: SetEnd) -> SetOutcome:
        answer = self.noting.answers.get(end.set_number)
        return answer or SetOutcome(SetState.LOADED, claims=end.claim_count)


@pytest.fixture
def noting() -> Noting:
    return Noting()


@pytest.fixture
def desk(engine: Engine, settings: Settings, clock: FixedClock, noting: Noting) -> Desk:
    loaders = {kind: lambda context: NotingLoader(context, noting) for kind in ("835", "999", "TA1")}
    return Desk(engine, settings, clock, loaders)


def remittance(*claims: str, control: str = "0001", usage: str = "P", interchange: str = "000000101") -> str:
    """A balanced 835 in which each claim is paid 100."""
    paid = len(claims) * 100
    body = "".join(
        f"CLP*{number}*1*100*100**12*ICN{number}*11*1~\nNM1*QC*1*DOE*JANE****MI*W100~\n"
        f"SVC*HC:99213*100*100**1~\nDTM*472*20261005~\n"
        for number in claims
    )
    segments = 8 + 4 * len(claims)
    return (
        f"ISA*00*          *00*          *ZZ*PAYER01        *ZZ*CLINIC01       *261120*1200*^*00501*{interchange}*0"
        f"*{usage}*:~\nGS*HP*PAYER01*CLINIC01*20261120*1200*101*X*005010X221A1~\n"
        f"ST*835*{control}~\nBPR*I*{paid}*C*CHK************20261118~\nTRN*1*CHK{control}*1351840597~\n"
        "N1*PR*TESTPAYER HEALTH~\nN1*PE*SAMPLE CLINIC*XX*1234567893~\nDTM*405*20261117~\nLX*1~\n"
        f"{body}SE*{segments}*{control}~\nGE*1*101~\nIEA*1*{interchange}~\n"
    )

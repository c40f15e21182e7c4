"""axe reads every page that the product serves, in light and in dark, and every page fits a telephone.

The list is compared with the routes: a page added tomorrow fails here until it has an address that shows it filled.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from sqlalchemy import Engine
from sqlmodel import col, select

from app.auth.permissions import Role
from app.claims.tables import Claim
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import session_scope
from app.core.tables import Destination
from app.ledger.tables import ClaimBalance, CreditBalance
from app.main import ROUTERS
from app.matching.tables import ClaimPayment, PaymentState, Remittance, Underpayment
from tests.browser.conftest import Window
from tests.browser.test_accessible import faults
from tests.browser_double import Browser, sign_in_as
from tests.conftest import MORNING
from tests.practice import CHOSEN, claim_numbered, copy_practice, make_practice

pytestmark = pytest.mark.browser

# What answers a GET with something else than a page: a file, a picture, a part of a page, or a way to another page.
NOT_PAGES = {
    "/static/{version}/{path:path}",
    "/",
    "/session",
    "/claims/{claim_id}/touches",
    "/claims/{claim_id}/write-off",
    "/claims/{claim_id}/edi",  # the drawer of a claim: test_what_opens_on_a_claim_has_no_fault
    "/views",
    "/views/{view_id}",
    "/strategy/file",
    "/practices/{practice_id}/logo",
    "/outbox/{item_id}/content",
    "/claims/{claim_id}/refile/worksheet.pdf",
    "/claims/{claim_id}/refile/cms1500.pdf",
    "/appeals/{appeal_id}/preview.pdf",
    "/appeals/{appeal_id}/packets/{version}",
    "/reports/{key}/csv",
}
SIGNED_OUT = "/sign-in"
ADMINISTRATOR = {
    "/people": "/people",
    "/people/new": "/people/new",
    "/people/{person_id}": "/people/1",
    "/audit": "/audit",
    "/account": "/account",
    "/design": "/design",
    "/practices": "/practices",
    "/practices/{practice_id}": "/practices/{practice}",
    "/destinations": "/destinations",
    "/destinations/new": "/destinations/new",
    "/destinations/{destination_id}": "/destinations/{destination}",
}
CLAIM = {
    "/work": "/work?queue=authorization&claim={claim}",
    "/work/print": "/work/print?all=1",
    "/work/bulk": "/work/bulk?claims={claim}&claims={other}",
    "/claims/{claim_id}": "/claims/{claim}",
    "/claims/{claim_id}/refile": "/claims/{claim}/refile",
    "/claims/{claim_id}/appeal": "/claims/{claim}/appeal",
    "/find": "/find?q=1840.00",
    "/calls": "/calls",
    "/calls/{payer_id}": "/calls/{payer}",
    "/inquiries": "/inquiries?claims={sent}&claims={claim}",
    "/research": "/research",
    "/research/{batch_id}": "/research/1",
    "/appeals": "/appeals",
    "/appeals/batch": "/appeals/batch?claims={claim}&claims={other}",
    "/appeals/batches/{batch_id}": "/appeals/batches/1",
    "/appeals/templates": "/appeals/templates",
    "/appeals/templates/{key}": "/appeals/templates/duplicate",
    "/appeals/{appeal_id}": "/appeals/1",
}
LEADING = {
    "/team": "/team",
    "/strategy": "/strategy",
    "/strategy/calibration": "/strategy/calibration",
    "/strategy/lot": "/strategy/lot",
    "/codes": "/codes",
    "/codes/texts": "/codes/texts",
    "/codes/{of}/{code}": "/codes/carc/197?payer={payer}",
    "/playbook": "/playbook",
    "/playbook/edit": "/playbook/edit?like=coding&payer={payer}",
    "/playbook/claims": "/playbook/claims?number=nothing&rule=coding",
    "/playbook/claims/{claim_id}": "/playbook/claims/{claim}?rule=coding",
    "/playbook/rules/{rule_id}": "/playbook/rules/coding",
    "/playbook/text": "/playbook/text",
    "/playbook/history": "/playbook/history",
    "/payers": "/payers",
    "/payers/terms": "/payers/terms",
    "/payers/{payer_id}": "/payers/{payer}",
    "/payers/{payer_id}/same": "/payers/{payer}/same?other={other_payer}",
    "/reports": "/reports",
    "/reports/aging/claims": "/reports/aging/claims",
    "/reports/denials/claims": "/reports/denials/claims?which=open",
    "/reports/{key}": "/reports/aging",
    "/jobs": "/jobs",
}
MONEY = {
    "/payments": "/payments",
    "/remittances": "/remittances",
    "/remittances/paper": "/remittances/paper",
    "/remittances/{remittance_id}": "/remittances/{held}",
    "/remittances/{remittance_id}/edi": "/remittances/{held}/edi",
    "/remittances/{remittance_id}/post": "/remittances/{held}/post",
    "/unmatched": "/unmatched",
    "/unmatched/{payment_id}": "/unmatched/{unmatched}",
    "/money": "/money",
    "/money/underpaid": "/money/underpaid",
    "/money/underpaid/{claim_id}": "/money/underpaid/{other}",
    "/money/credits": "/money/credits",
    "/money/credits/{claim_id}/{side}": "/money/credits/{sent}/payer",
    "/money/held": "/money/held",
    "/money/held/{payment_id}": "/money/held/{answer}",
    "/money/fees": "/money/fees",
    "/files": "/files",
    "/files/{file_id}": "/files/1",
    "/outbox": "/outbox",
}
BY_ROLE = [
    (Role.ADMINISTRATOR, ADMINISTRATOR),
    (Role.SUPERVISOR, CLAIM),
    (Role.SUPERVISOR, LEADING),
    (Role.SUPERVISOR, MONEY),
]


@pytest.fixture(scope="session")
def full_practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The practice of the other tests, with a payment that is held because it does not add up."""
    home = tmp_path_factory.mktemp("full") / "home"
    make_practice(home, FixedClock(MORNING), stories=(*CHOSEN, "835-out-of-balance-payment.edi"))
    return home


@pytest.fixture
def engine(full_practice: Path, settings: Settings) -> Iterator[Engine]:
    made = copy_practice(full_practice, settings.home)
    yield made
    made.dispose()


@pytest.fixture
def named(app: FastAPI, engine: Engine, practice_ids: tuple[int, ...], clock: FixedClock) -> dict[str, object]:
    """What the addresses name, in a practice where every page has something to show."""
    claim, sent = claim_numbered(engine, "ST1003"), claim_numbered(engine, "ST2001")
    work(sign_in_as(app, Role.SUPERVISOR, practice_ids=practice_ids, name="Max Ahmadi"), claim, sent)
    with session_scope(engine) as session:
        others = col(ClaimPayment.claim_id).not_in([claim.id, sent.id])
        posted = select(ClaimPayment).where(ClaimPayment.state == PaymentState.POSTED, others)
        answer = session.exec(posted.order_by(col(ClaimPayment.id))).first()
        assert answer is not None
        assert answer.claim_id is not None
        answer.held_cents = 1_000
        session.get_one(ClaimBalance, answer.claim_id).insurance_cents = 1_000
        short = Underpayment(
            claim_id=answer.claim_id,
            practice_id=answer.practice_id,
            payer_id=claim.payer_id,
            contracted_cents=9_000,
            allowed_cents=8_000,
            short_cents=1_000,
            found_at=clock.now(),
        )
        credit = session.get_one(ClaimBalance, sent.id)
        credit.insurance_cents = -2_500
        noted = CreditBalance(claim_id=credit.claim_id, practice_id=credit.practice_id, identified_on=clock.today())
        to = Destination(practice_id=credit.practice_id, name="Clearinghouse", changed_at=clock.now())
        session.add_all([answer, short, credit, noted, to])
        session.flush()
        unmatched = select(ClaimPayment.id).where(ClaimPayment.state == PaymentState.UNMATCHED)
        return {
            "practice": claim.practice_id,
            "claim": claim.id,
            "sent": sent.id,
            "other": answer.claim_id,
            "answer": answer.id,
            "destination": to.id,
            "payer": claim.payer_id,
            "other_payer": session.exec(select(Claim.payer_id).where(Claim.payer_id != claim.payer_id)).first(),
            "held": session.exec(select(Remittance.id).where(Remittance.state == "held")).first(),
            "unmatched": session.exec(unmatched).first(),
        }


def work(sam: Browser, claim: Claim, sent: Claim) -> None:
    """A day's work: payers asked, an appeal drafted, a write-off asked for, a claim given away, something parked."""
    sam.submit("/inquiries", {"claims": [sent.id]})
    batch = {"practice": claim.practice_id, "payer": claim.payer_id, "reason": "197", "claims": [claim.id]}
    sam.submit("/appeals/batch", {**batch, "claim": [claim.id], "argument": "Authorized by phone."})
    sam.submit("/work/bulk", {"act": "write_off", "claims": [claim.id], "reason": "Too small to pursue"})
    sam.submit("/work/bulk", {"act": "assign", "claims": [claim.id], "owner": str(sam.person_id)})
    sam.submit(f"/claims/{claim.id}/touches", {"kind": "call", "note": "They will look", "outcome": "nothing_new"})


def test_every_page_that_the_product_serves_has_an_address_here() -> None:
    served = {
        route.path
        for router in ROUTERS
        for route in router.routes
        if isinstance(route, APIRoute) and "GET" in (route.methods or ())
    }
    listed = {SIGNED_OUT, *(path for _, pages in BY_ROLE for path in pages)}
    assert listed | NOT_PAGES == served
    assert listed & NOT_PAGES == set()


@pytest.mark.parametrize(("role", "pages"), BY_ROLE, ids=["administration", "claims", "leading", "money"])
def test_no_page_has_a_fault_in_light_or_in_dark(
    window: Window, named: dict[str, object], practice_ids: tuple[int, ...], role: Role, pages: dict[str, str]
) -> None:
    page = window(role, practice_ids=practice_ids, bypass_csp=True)
    found = {}
    for address in pages.values():
        answer = page.goto(address.format_map(named))
        assert answer is not None
        assert answer.status == 200, address
        page.evaluate("document.querySelectorAll('main details').forEach(part => { part.open = true; })")
        page.evaluate("document.querySelectorAll('tbody tr:nth-child(n + 25)').forEach(alike => alike.remove())")
        found[address] = faults(page)
    assert {address: each for address, each in found.items() if each} == {}


@pytest.mark.parametrize(("role", "pages"), BY_ROLE, ids=["administration", "claims", "leading", "money"])
def test_no_page_runs_off_a_telephone(
    window: Window, named: dict[str, object], practice_ids: tuple[int, ...], role: Role, pages: dict[str, str]
) -> None:
    page = window(role, practice_ids=practice_ids, viewport={"width": 390, "height": 844})
    too_wide = {}
    for address in pages.values():
        page.goto(address.format_map(named))
        too_wide[address] = page.evaluate("document.documentElement.scrollWidth") - 390
    assert {address: by for address, by in too_wide.items() if by > 0} == {}

"""The books on screen: what each person sees and may do, on both sides of the wall."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.audit.tables import Event
from app.auth.permissions import Role
from app.claims.tables import Claim, Practice
from app.core.clock import FixedClock
from app.core.config import Settings
from app.core.db import read_scope
from app.followup.verify import verify_queues
from app.ledger.verify import verify_books
from app.main import create_app
from app.matching.tables import ClaimPayment, PaymentState, Remittance
from app.matching.verify import verify_answers
from tests.browser_double import Browser, sign_in_as
from tests.conftest import MORNING
from tests.practice import copy_practice, make_practice

STORIES = (
    "837p-original.edi",
    "835-paid.edi",
    "835-out-of-balance-payment.edi",
    "835-out-of-balance-claim.edi",
    "835-suspect-match.edi",
    "835-conflict-1-first.edi",
    "835-conflict-2-same-trace-other-claim.edi",
    "835-plb-several-kinds.edi",
    "835-plb-balance-forward.edi",
    "835-reversal-first-1-taken-back.edi",
)


@pytest.fixture(scope="session")
def made_books(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("books") / "home"
    make_practice(home, FixedClock(MORNING), stories=STORIES)
    return home


@pytest.fixture
def engine(made_books: Path, settings: Settings) -> Iterator[Engine]:
    made = copy_practice(made_books, settings.home)
    yield made
    made.dispose()


@pytest.fixture
def practice_ids(engine: Engine) -> tuple[int, ...]:
    with Session(engine) as session:
        return tuple(number for number in session.exec(select(Practice.id)) if number is not None)


@pytest.fixture
def app(settings: Settings, engine: Engine, clock: FixedClock) -> FastAPI:
    return create_app(settings, engine=engine, clock=clock)


@pytest.fixture
def dana(app: FastAPI, practice_ids: tuple[int, ...]) -> Browser:
    return sign_in_as(app, Role.BILLER, practice_ids=practice_ids)


@pytest.fixture
def sam(app: FastAPI, practice_ids: tuple[int, ...]) -> Browser:
    return sign_in_as(app, Role.SUPERVISOR, practice_ids=practice_ids)


@pytest.fixture
def stranger(app: FastAPI) -> Browser:
    return sign_in_as(app, Role.SUPERVISOR, practice_ids=(4711,))


def held(engine: Engine, trace: str) -> int:
    with Session(engine) as session:
        found = session.exec(select(Remittance).where(Remittance.trace == trace, Remittance.state == "held")).one()
    assert found.id is not None
    return found.id


def posted(engine: Engine, trace: str) -> int:
    with Session(engine) as session:
        found = session.exec(
            select(Remittance).where(Remittance.trace == trace, Remittance.state == "posted")
        ).first()
    assert found is not None
    assert found.id is not None
    return found.id


def waiting(engine: Engine) -> ClaimPayment:
    """The answer of the story whose number is one of ours and nothing else is."""
    with Session(engine) as session:
        statement = select(ClaimPayment).where(
            ClaimPayment.state == PaymentState.UNMATCHED, ClaimPayment.patient_last == "VANCE"
        )
        return session.exec(statement).one()


def events(engine: Engine, action: str) -> list[Event]:
    with Session(engine) as session:
        return list(session.exec(select(Event).where(Event.action == action)))


def books_are_whole(engine: Engine) -> None:
    with read_scope(engine) as session:
        assert verify_books(session).faults + verify_answers(session).faults == []
        assert verify_queues(session).faults == []


# -- remittances ---------------------------------------------------------------------------------------------------


def test_held_payments_stand_first_with_their_count_and_dollars(dana: Browser) -> None:
    page = dana.get("/remittances").text

    top = page[page.index('id="held-title"') : page.index('id="all-title"')]
    assert re.search(r"Held: 3 payments, \$[\d,]+\.\d\d", top)
    assert "HGEFT90000035" in top
    assert "a difference of $28.28" in top


@pytest.mark.parametrize(
    ("query", "there", "absent"),
    [
        ("state=held", "HGEFT90000035", "HGEFT90000033"),
        ("state=posted", "HGEFT90000033", "HGEFT90000035"),
        ("text=90000033", "HGEFT90000033", "HGEFT90000039"),
        ("text=1,188.61", "HGEFT90000033", "HGEFT90000039"),
    ],
)
def test_the_list_narrows_by_state_trace_and_amount(dana: Browser, query: str, there: str, absent: str) -> None:
    page = dana.get(f"/remittances?{query}").text
    listed = page[page.index('id="all-title"') :]

    assert there in listed
    assert absent not in listed


def test_the_list_narrows_by_payer(dana: Browser, engine: Engine) -> None:
    with Session(engine) as session:
        payer_id = session.exec(select(Remittance.payer_id).where(Remittance.trace == "PNCHK90000011")).one()
    page = dana.get(f"/remittances?payer={payer_id}").text
    listed = page[page.index('id="all-title"') :]

    assert "PNCHK90000011" in listed
    assert "HGEFT90000033" not in listed


def test_the_balance_of_a_payment_foots_on_the_page(dana: Browser, engine: Engine) -> None:
    page = dana.get(f"/remittances/{posted(engine, 'HGEFT90000033')}").text

    assert figures(page) == [20361, -98500, 118861, 118861, 0]


def test_a_payment_out_of_balance_shows_expected_actual_and_difference(dana: Browser, engine: Engine) -> None:
    page = dana.get(f"/remittances/{held(engine, 'HGEFT90000035')}").text

    assert figures(page) == [7172, 0, 7172, 10000, 2828]
    assert "does not foot" in page


def figures(page: str) -> list[int]:
    found = re.findall(r'strip-value">(−?)\$([\d,.]+)<', page)
    return [(-1 if minus else 1) * int(re.sub(r"\D", "", text)) for minus, text in found]


def test_provider_adjustments_stand_in_plain_words_with_where_they_went(dana: Browser, engine: Engine) -> None:
    page = dana.get(f"/remittances/{posted(engine, 'HGEFT90000033')}").text

    assert "Capitation payment" in page
    assert "raised this payment by $1,000.00" in page
    assert "lowered this payment by $50.00" in page
    assert "Posted to capitation" in page
    assert "finance review" in page


def test_header_and_plb_open_as_received_and_the_claims_are_left_out(dana: Browser, engine: Engine) -> None:
    number = posted(engine, "HGEFT90000033")
    page = dana.get(f"/remittances/{number}").text
    link = re.search(rf'href="(/remittances/{number}/edi\?segment=\d+&amp;element=6#s\d+)"', page)
    assert link is not None
    wire = dana.get(link[1].replace("&amp;", "&").split("#")[0]).text

    assert "CT:CAP202611" in wire
    assert wire.count("edi-lit") == 1
    assert '<span class="edi-element">-1000</span>' not in wire  # element 6 is the second pair's
    assert '<span class="edi-element">50</span>' in wire
    assert "ESPINOZA" not in wire


def test_claims_of_a_payment_link_to_ours(dana: Browser, engine: Engine) -> None:
    page = dana.get(f"/remittances/{posted(engine, 'HGEFT90000033')}").text
    with Session(engine) as session:
        claim = session.exec(select(Claim).where(Claim.patient_control_number == "ST1038")).one()

    assert f'href="/claims/{claim.id}"' in page


def test_a_biller_reads_why_it_is_held_and_what_to_ask(dana: Browser, engine: Engine) -> None:
    number = held(engine, "HGEFT90000035")
    page = dana.get(f"/remittances/{number}").text

    assert "To ask the payer" in page
    assert "614-555-0133" in page
    assert "Post it all the same" not in page
    assert dana.get(f"/remittances/{number}/post").status_code == 403
    assert dana.submit(f"/remittances/{number}/post", {"reason": "x"}).status_code == 403


def test_a_supervisor_confirms_exact_counts_and_dollars_then_it_posts(sam: Browser, engine: Engine) -> None:
    number = held(engine, "HGEFT90000035")
    asked = sam.get(f"/remittances/{number}/post").text
    assert "Post 1 claim and $100.00 all the same?" in asked
    assert "The difference of <strong>$28.28</strong> to finance review" in asked

    answer = sam.submit(f"/remittances/{number}/post", {"reason": "payer confirmed", "counted": counted(asked)})

    assert answer.headers["location"] == f"/remittances/{number}"
    shown = sam.get(f"/remittances/{number}").text
    assert "Posted, out of balance" in shown
    assert "payer confirmed" in shown
    assert len(events(engine, "remittance.post_held")) == 1
    books_are_whole(engine)


def counted(page: str) -> str:
    found = re.search(r'name="counted" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_posting_a_held_payment_without_a_reason_keeps_it_held(sam: Browser, engine: Engine) -> None:
    number = held(engine, "HGEFT90000035")
    figures_shown = counted(sam.get(f"/remittances/{number}/post").text)
    answer = sam.submit(f"/remittances/{number}/post", {"reason": "  ", "counted": figures_shown})

    assert answer.status_code == 422
    assert "why it may be posted" in answer.text
    assert held(engine, "HGEFT90000035") == number


def test_what_was_not_confirmed_is_not_posted(sam: Browser, engine: Engine) -> None:
    number = held(engine, "HGEFT90000035")
    answer = sam.submit(f"/remittances/{number}/post", {"reason": "sure", "counted": "1.1.1.1"})

    assert answer.status_code == 409
    assert held(engine, "HGEFT90000035") == number


def test_a_held_payment_is_posted_once(sam: Browser, engine: Engine) -> None:
    number = held(engine, "HGEFT90000035")
    form = {"reason": "confirmed", "counted": counted(sam.get(f"/remittances/{number}/post").text)}
    sam.submit(f"/remittances/{number}/post", form)

    assert sam.submit(f"/remittances/{number}/post", form).status_code == 409
    assert len(events(engine, "remittance.post_held")) == 1


def test_a_conflict_names_the_payment_it_conflicts_with(sam: Browser, engine: Engine) -> None:
    with Session(engine) as session:
        both = session.exec(select(Remittance).order_by(Remittance.trace, Remittance.id)).all()  # type: ignore[arg-type]
    traces = [each.trace for each in both]
    (trace,) = {each for each in traces if traces.count(each) > 1}
    number = held(engine, trace)
    page = sam.get(f"/remittances/{number}/post").text

    assert "a second time" in page or "the bank received both" in page


# -- unmatched -----------------------------------------------------------------------------------------------------


def test_unmatched_answers_stand_with_their_count_and_dollars(dana: Browser) -> None:
    page = dana.get("/unmatched").text

    assert re.search(r"Unmatched payments: \d+, −?\$[\d.,]+", page)
    assert "VANCE" in page


def test_a_candidate_shows_what_agrees_and_what_does_not(dana: Browser, engine: Engine) -> None:
    page = dana.get(f"/unmatched/{waiting(engine).id}?number=ST1047").text

    assert "This is the claim" in page
    assert "ESPINOZA" in page
    assert ">agrees<" in page
    assert ">differs<" in page
    assert "HG263000104799" in page  # the wire text


def test_picking_the_claim_moves_the_money_and_leads_to_it(dana: Browser, engine: Engine) -> None:
    answer = waiting(engine)
    with Session(engine) as session:
        claim = session.exec(select(Claim).where(Claim.patient_control_number == "ST1047")).first()
    assert claim is not None
    sent = dana.submit(f"/unmatched/{answer.id}/apply", {"claim_id": str(claim.id)})

    assert sent.headers["location"] == f"/claims/{claim.id}"
    (event,) = events(engine, "remittance.apply")
    assert event.actor_id == dana.person_id
    books_are_whole(engine)
    again = dana.submit(f"/unmatched/{answer.id}/apply", {"claim_id": str(claim.id)})
    assert again.status_code == 409


def test_a_claim_made_of_the_answer_stands_in_a_queue_at_once(dana: Browser, engine: Engine) -> None:
    answer = waiting(engine)
    sent = dana.submit(f"/unmatched/{answer.id}/create")

    assert sent.headers["location"].startswith("/claims/")
    assert "Known only from 835" in dana.get(sent.headers["location"]).text
    assert len(events(engine, "remittance.create_claim")) == 1
    books_are_whole(engine)


def test_an_auditor_sees_the_candidates_and_has_no_button(
    app: FastAPI, engine: Engine, practice_ids: tuple[int, ...]
) -> None:
    otis = sign_in_as(app, Role.AUDITOR, practice_ids=practice_ids)
    page = otis.get(f"/unmatched/{waiting(engine).id}").text

    assert "This is the claim" not in page
    assert otis.submit(f"/unmatched/{waiting(engine).id}/create").status_code == 403


def test_a_stranger_finds_nothing_of_the_books(stranger: Browser, engine: Engine) -> None:
    number, answer = held(engine, "HGEFT90000035"), waiting(engine).id

    assert "HGEFT" not in stranger.get("/remittances").text
    assert "VANCE" not in stranger.get("/unmatched").text
    for path in (f"/remittances/{number}", f"/remittances/{number}/edi", f"/remittances/{number}/post"):
        assert stranger.get(path).status_code == 404
    assert stranger.get(f"/unmatched/{answer}").status_code == 404
    assert stranger.submit(f"/remittances/{number}/post", {"reason": "mine"}).status_code == 404
    assert stranger.submit(f"/unmatched/{answer}/apply", {"claim_id": "1"}).status_code == 404
    assert stranger.submit(f"/unmatched/{answer}/create").status_code == 404


def test_looking_at_a_payment_is_written_down(dana: Browser, engine: Engine) -> None:
    number = held(engine, "HGEFT90000035")
    dana.get(f"/remittances/{number}")

    (seen,) = events(engine, "remittance.view")
    assert seen.object_id == str(number)


@pytest.mark.parametrize("query", ["state=zz", "payer=x", "after=nonsense", "after=2026-99-01.3", "text=%25"])
def test_an_address_that_makes_no_sense_still_opens(dana: Browser, query: str) -> None:
    assert dana.get(f"/remittances?{query}").status_code == 200


# -- the running account with a payer ------------------------------------------------------------------------------


def test_the_running_account_says_who_holds_and_who_is_owed(dana: Browser, engine: Engine) -> None:
    with Session(engine) as session:
        owed = session.exec(select(Remittance.payer_id).where(Remittance.trace == "PNCHK90000011")).one()
        even = session.exec(select(Remittance.payer_id).where(Remittance.trace == "HGEFT90000028")).one()

    assert "Payer is owed $60.91" in dana.get(f"/payers/{owed}").text
    page = dana.get(f"/payers/{even}").text
    assert "Payer is owed $117.85" in page  # after the first of the two, before it was collected
    assert "HGEFT90000028" in page


def test_an_answer_put_on_the_wrong_claim_is_taken_off_from_its_page_with_a_reason(
    app: FastAPI, practice_ids: tuple[int, ...], dana: Browser, engine: Engine
) -> None:
    otis, answer = sign_in_as(app, Role.AUDITOR, practice_ids=practice_ids), waiting(engine)
    dana.submit(f"/unmatched/{answer.id}/create")
    assert f'href="/unmatched/{answer.id}">Take it off' in dana.get("/unmatched").text
    assert "Was it the wrong claim?" in dana.get(f"/unmatched/{answer.id}").text
    assert "Was it the wrong claim?" not in otis.get(f"/unmatched/{answer.id}").text
    assert otis.submit(f"/unmatched/{answer.id}/take-off", {"reason": "no"}).status_code == 403

    dana.submit(f"/unmatched/{answer.id}/take-off", {"reason": ""})
    assert "Was it the wrong claim?" in dana.get(f"/unmatched/{answer.id}").text
    dana.submit(f"/unmatched/{answer.id}/take-off", {"reason": "another patient of that name"})

    page = dana.get(f"/unmatched/{answer.id}").text
    assert "Which claim is it about?" in page
    assert "another patient of that name" in page
    assert waiting(engine).id == answer.id


def test_nobody_takes_an_answer_off_behind_the_wall(dana: Browser, stranger: Browser, engine: Engine) -> None:
    answer = waiting(engine)
    dana.submit(f"/unmatched/{answer.id}/create")

    assert stranger.submit(f"/unmatched/{answer.id}/take-off", {"reason": "mine"}).status_code == 404

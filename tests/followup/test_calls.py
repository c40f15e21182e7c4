"""The call sheet: one call, one reference, an outcome for each claim, one undo."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, col, select

from app.audit.tables import Event
from app.claims.queries import heads_by_ids
from app.claims.tables import Payer
from app.core.clock import FixedClock
from app.followup.calls import call_payers, call_rows
from app.followup.narrow import CALL_ACTIONS
from app.followup.tables import Touch, WorkScore
from app.web.show import day, time_needed
from tests.browser_double import Browser


@pytest.fixture
def payer_id(engine: Engine, practice_ids: tuple[int, ...]) -> int:
    """The payer with the most claims worth a call."""
    with Session(engine) as session:
        return max(call_payers(session, practice_ids), key=lambda each: each.claims).payer_id


def asked(engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...], payer_id: int) -> list[int]:
    with Session(engine) as session:
        return [row.claim_id for row in call_rows(session, practice_ids, payer_id, clock, 1)]


def test_a_sheet_holds_everything_worth_asking_that_payer_in_rank(
    engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...], payer_id: int
) -> None:
    sheet = asked(engine, clock, practice_ids, payer_id)

    with Session(engine) as session:
        rows = session.exec(
            select(WorkScore)
            .where(WorkScore.payer_id == payer_id, col(WorkScore.action).in_(CALL_ACTIONS))
            .order_by(col(WorkScore.rank_key).desc(), col(WorkScore.claim_id))
        ).all()
    assert sheet == [row.claim_id for row in rows]
    assert len(sheet) >= 2


def test_one_call_keeps_a_touch_for_each_claim_and_leaves_the_rest_on_the_sheet(
    dana: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...], payer_id: int
) -> None:
    first, second, *rest = asked(engine, clock, practice_ids, payer_id)
    typed = {f"outcome-{each}": "" for each in rest}
    answer = dana.submit(
        f"/calls/{payer_id}",
        {
            **typed,
            "call_reference": "C-4711",
            "representative": "Ines",
            "minutes": "20",
            f"outcome-{first}": "will_pay",
            f"outcome-{second}": "needs_records",
            f"note-{second}": "Op note",
        },
    )

    assert answer.status_code == 303
    with Session(engine) as session:
        touches = session.exec(select(Touch).order_by(col(Touch.claim_id))).all()
    assert {each.claim_id for each in touches} == {first, second}
    assert {each.call_reference for each in touches} == {"C-4711"}
    assert [each.minutes for each in touches] == [10, 10]
    assert all(each.next_on for each in touches)
    assert asked(engine, clock, practice_ids, payer_id) == rest

    undo = re.search(r'action="(/bulk/\d+/undo[^"]*)"', dana.get(f"/calls/{payer_id}").text)
    assert undo is not None
    dana.submit(undo[1])
    assert asked(engine, clock, practice_ids, payer_id) == [first, second, *rest]


def test_what_cannot_be_kept_keeps_nothing_and_loses_nothing(
    dana: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...], payer_id: int
) -> None:
    first, second, *_ = asked(engine, clock, practice_ids, payer_id)
    answer = dana.submit(
        f"/calls/{payer_id}",
        {
            f"outcome-{first}": "will_pay",
            f"note-{first}": "Typed on the phone",
            f"outcome-{second}": "will_pay",
            f"next_on-{second}": "2020-01-01",
        },
    )

    assert answer.status_code == 422
    assert "Typed on the phone" in answer.text
    assert dana.submit(f"/calls/{payer_id}", {f"outcome-{first}": ""}).status_code == 422
    with Session(engine) as session:
        assert session.exec(select(Touch)).all() == []


def test_a_call_sent_twice_is_kept_once(
    dana: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...], payer_id: int
) -> None:
    first, *_ = asked(engine, clock, practice_ids, payer_id)
    heard = {"call_reference": "C-4711", "minutes": "6", f"outcome-{first}": "will_pay"}
    answers = [dana.submit(f"/calls/{payer_id}", heard) for _ in range(2)]

    assert [each.status_code for each in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    with Session(engine) as session:
        assert len(session.exec(select(Touch)).all()) == 1


def test_a_claim_that_a_colleague_has_open_stops_the_call_with_their_name(
    dana: Browser, lee: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...], payer_id: int
) -> None:
    first, *_ = asked(engine, clock, practice_ids, payer_id)
    lee.submit(f"/claims/{first}/lease")

    answer = dana.submit(f"/calls/{payer_id}", {f"outcome-{first}": "will_pay"})

    assert "Lee Okafor has" in answer.text


def test_nobody_calls_about_claims_behind_a_wall(stranger: Browser, engine: Engine, payer_id: int) -> None:
    with Session(engine) as session:
        name = session.get_one(Payer, payer_id).name

    assert name not in stranger.get("/calls").text
    assert stranger.get(f"/calls/{payer_id}").status_code == 404


def test_the_sheet_has_what_the_payer_asks_for_before_it_answers(
    dana: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...], payer_id: int
) -> None:
    first = asked(engine, clock, practice_ids, payer_id)[0]
    with Session(engine) as session:
        (head,) = heads_by_ids(session, [first]).values()
    born = head.patient.birth_date
    assert born is not None
    page = dana.get(f"/calls/{payer_id}").text
    row = page.partition(f'href="/claims/{first}"')[2].partition("</tr>")[0]
    for copied in (head.claim.member_id, head.claim.payer_control_number):
        assert not copied or f'data-copy="{copied}"' in row
    assert day(born) in row
    assert f"${head.claim.charge_cents / 100:,.2f}" in row
    assert f'data-copy="{head.claim.billing_npi or head.practice.npi}"' in page
    assert f'data-copy="{head.practice.tax_id}"' in page
    with Session(engine) as session:
        seen = session.exec(select(Event).where(Event.action == "calls.view")).all()
    assert first in seen[-1].detail["claims"]  # who saw whose birth date is in the log


def test_a_sheet_says_how_many_more_are_worth_a_call(
    dana: Browser, payer_id: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = dana.get(f"/calls/{payer_id}").text
    claims = whole.count('name="outcome-')
    assert claims > 1
    assert "The best of" not in whole

    for module in ("calls", "call_routes"):
        monkeypatch.setattr(f"app.followup.{module}.SHEET_CLAIMS", 1)

    assert f"The best of {claims}:" in dana.get(f"/calls/{payer_id}").text


def test_the_time_for_all_calls_to_a_payer_is_said_with_its_unit(
    dana: Browser, engine: Engine, practice_ids: tuple[int, ...], payer_id: int
) -> None:
    with Session(engine) as session:
        minutes = next(each.minutes for each in call_payers(session, practice_ids) if each.payer_id == payer_id)
    row = dana.get("/calls").text.partition(f'href="/calls/{payer_id}"')[2].partition("</tr>")[0]

    assert f">{time_needed(minutes)}</td>" in row


def test_a_sheet_without_a_telephone_number_leads_to_where_it_is_entered(
    dana: Browser, engine: Engine, payer_id: int
) -> None:
    with Session(engine) as session:
        assert session.get_one(Payer, payer_id).phone == ""

    assert f'<a href="/payers/{payer_id}">No telephone number entered yet</a>' in dana.get(f"/calls/{payer_id}").text

"""Filters, chips and saved views: the address holds everything; a view is private, shared, or a role's first list."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Engine
from sqlmodel import Session, select

from app.core.clock import FixedClock
from app.core.db import session_scope
from app.followup.filters import Filters
from app.followup.tables import ComeBack, SavedView, WorkScore
from app.followup.worklist import page
from tests.browser_double import Browser
from tests.practice import TODAY, claim_numbered


def found(engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...], **narrowed: object) -> set[int]:
    with Session(engine) as session:
        filters = Filters.of({name: str(value) for name, value in narrowed.items()})
        return {row.claim_id for row in page(session, practice_ids, filters, clock, person_id=1).rows}


@pytest.mark.parametrize(
    ("narrowed", "is_in"),
    [
        ({"queue": "authorization"}, True),
        ({"queue": "coding"}, False),
        ({"carc": "197"}, True),
        ({"carc": "45"}, False),
        ({"category": "authorization"}, True),
        ({"state": "denied"}, True),
        ({"state": "paid"}, False),
        ({"least": 1800}, True),
        ({"least": 1900}, False),
        ({"most": 1900}, True),
        ({"most": 100}, False),
        ({"owner": "nobody"}, True),
        ({"owner": "me"}, False),
        ({"tickler": "parked"}, False),
        ({"tickler": "back"}, False),
        ({"rarc": "N999"}, False),
    ],
)
def test_each_filter_keeps_and_leaves_out(
    engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...], narrowed: dict[str, object], is_in: bool
) -> None:
    claim = claim_numbered(engine, "ST1003")  # denied 197, $1,840.00 open

    assert (claim.id in found(engine, clock, practice_ids, **narrowed)) is is_in


def test_a_remark_finds_the_claims_that_carry_it(
    engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    from app.matching.tables import ClaimPayment, RemarkRow

    with Session(engine) as session:
        remark, payment = session.exec(
            select(RemarkRow, ClaimPayment)
            .join(ClaimPayment, ClaimPayment.id == RemarkRow.claim_payment_id)  # type: ignore[arg-type]
            .where(ClaimPayment.claim_id != None)  # noqa: E711
        ).first() or pytest.fail("the stories carry no remark")

    assert payment.claim_id in found(engine, clock, practice_ids, rarc=remark.code, text="")


def test_a_chip_takes_away_its_own_filter_and_no_other(dana: Browser) -> None:
    text = dana.get("/work?queue=authorization&carc=197&least=10&sort=age").text

    assert 'href="/work?queue=authorization&amp;least=10&amp;sort=age" aria-label="Remove filter Reason 197"' in text
    assert (
        'href="/work?queue=authorization&amp;carc=197&amp;sort=age" aria-label="Remove filter Open from $10.00"'
        in text
    )


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ({"carc": "CO-197"}, "carc=197"),  # as the claim's page writes it
        ({"carc": "pr 242"}, "carc=242"),
        ({"carc": "COA1"}, "carc=A1"),
        ({"carc": "P14"}, "carc=P14"),  # a reason of its own, not a group
        ({"category": "Missing info"}, "category=missing-info"),
        ({"category": "cob"}, "category=COB"),
        ({"least": "$1,840.50"}, "least=1840"),
        ({"owner": "bogus"}, ""),
        ({"owner": "7"}, "owner=7"),
    ],
)
def test_a_filter_is_understood_as_people_write_it(typed: dict[str, str], meant: str) -> None:
    assert Filters.of(typed).query() == meant


def test_an_order_that_is_not_the_usual_one_is_said_and_taken_back_by_its_chip(dana: Browser) -> None:
    text = dana.get("/work?queue=authorization&sort=deadline").text

    assert 'href="/work?queue=authorization" aria-label="Remove filter Order: nearest deadline"' in text
    assert "Order:" not in dana.get("/work?queue=authorization").text


def test_parked_claims_can_be_narrowed_to_the_queue_that_they_were_parked_out_of(
    dana: Browser, engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    claim = claim_numbered(engine, "ST1003")  # of the authorization queue
    dana.submit(f"/claims/{claim.id}/touches", {"kind": "note", "park": "7"})

    assert found(engine, clock, practice_ids, tickler="parked", queue="authorization") == {claim.id}
    assert found(engine, clock, practice_ids, tickler="parked", queue="coding") == set()
    assert claim.id in found(engine, clock, practice_ids, tickler="parked")
    text = dana.get("/work?queue=authorization&tickler=parked").text
    assert "<h1>Authorization</h1>" in text
    assert 'href="/work?queue=authorization" aria-label="Remove filter Parked"' in text
    assert "<h1>Parked</h1>" in dana.get("/work?tickler=parked").text


def test_the_queue_of_a_narrowed_list_is_a_chip_and_a_choice_beside_the_others(dana: Browser) -> None:
    text = dana.get("/work?queue=authorization&carc=197&loose=idle").text

    assert 'href="/work?carc=197&amp;loose=idle" aria-label="Remove filter Authorization"' in text
    assert '<option value="authorization" selected>' in text
    assert '<option value="idle" selected>' in text  # what the team page narrows by is not lost by another filter
    assert 'href="/work?queue=authorization">Clear</a>' in text
    assert "Remove filter Authorization" not in dana.get("/work?queue=authorization").text


def test_what_a_form_leaves_open_does_not_stay_in_the_address(dana: Browser) -> None:
    sent = "/work?queue=coding&text=&payer=&least=&most=%24100&carc=co+197&claim=12&sort=rank"

    assert dana.get(sent).headers["location"] == "/work?queue=coding&carc=197&most=100&claim=12"
    assert dana.get("/work?queue=&carc=").headers["location"] == "/work?all=1"


def test_the_list_wears_the_name_of_the_view_that_it_is(dana: Browser) -> None:
    dana.submit("/views", {"name": "No auth", "query": "carc=197&sort=balance"})

    assert ">No auth</h1>" in dana.get("/work?carc=197&sort=balance").text
    assert ">No auth</h1>" not in dana.get("/work?carc=197").text


def test_a_queue_that_does_not_exist_is_not_an_empty_one(dana: Browser) -> None:
    text = dana.get("/work?queue=underpaid").text

    assert "There is no queue called underpaid" in text
    assert "This queue is empty" not in text


def test_a_view_shows_its_count_and_dollars_and_leads_back_to_the_list(dana: Browser) -> None:
    dana.submit("/views", {"name": "No auth", "query": "carc=197&sort=balance"})

    text = dana.get("/work?all=1").text

    assert 'href="/work?carc=197&amp;sort=balance&amp;view=1"' in text
    assert ">No auth</span>" in text
    assert "$1.8K" in text.split(">No auth</span>")[1][:300]


def test_a_private_view_is_ones_own_and_a_shared_one_is_the_teams(
    dana: Browser, lee: Browser, stranger: Browser
) -> None:
    dana.submit("/views", {"name": "Mine alone", "query": "carc=197"})
    dana.submit("/views", {"name": "For us all", "query": "carc=197", "share": "team"})

    assert "Mine alone" not in lee.get("/work?all=1").text
    assert "For us all" in lee.get("/work?all=1").text
    assert "For us all" not in stranger.get("/work?all=1").text


def test_nobody_removes_anothers_view(dana: Browser, lee: Browser, sam: Browser, engine: Engine) -> None:
    dana.submit("/views", {"name": "For us all", "query": "carc=197", "share": "team"})
    with Session(engine) as session:
        number = session.exec(select(SavedView.id)).one()

    assert lee.submit(f"/views/{number}/remove").status_code == 404
    assert sam.submit(f"/views/{number}/remove").status_code == 303


def test_a_role_starts_with_the_list_that_its_supervisor_set(dana: Browser, sam: Browser) -> None:
    sam.submit("/views", {"name": "Start", "query": "queue=authorization", "share": "biller"})

    assert dana.get("/work").headers["location"] == "/work?queue=authorization&view=1"
    assert sam.get("/work").status_code == 200
    assert dana.get("/work?all=1").status_code == 200


def test_a_biller_sets_no_first_list_and_a_search_for_a_person_is_not_shared(dana: Browser, engine: Engine) -> None:
    dana.submit("/views", {"name": "Start", "query": "queue=authorization", "share": "biller"})
    dana.submit("/views", {"name": "Her", "query": "text=kowalczyk", "share": "team"})
    dana.submit("/views", {"name": "  ", "query": "carc=197"})

    with Session(engine) as session:
        assert session.exec(select(SavedView)).all() == []


def test_what_came_back_wears_its_reason_until_it_is_touched(dana: Browser, engine: Engine) -> None:
    claim = claim_numbered(engine, "ST1003")
    with Session(engine) as session:
        session.add(
            ComeBack(
                claim_id=claim.id or 0,
                practice_id=claim.practice_id,
                person_id=dana.person_id,
                reason="Chart promised",
                back_on=TODAY,
            )
        )
        session.commit()
    listed = dana.get("/work?tickler=back").text
    assert "Back: Chart promised" in listed
    assert ">Chart promised · </span>" in listed  # in the row itself, not in a tooltip only
    assert "Back: Chart promised" in dana.get(f"/claims/{claim.id}").text

    dana.submit(f"/claims/{claim.id}/touches", {"kind": "note", "note": "Chart is here"})
    assert "Chart promised" not in dana.get("/work?all=1").text
    with Session(engine) as session:
        touch = session.exec(select(ComeBack.touch_id)).one()
    dana.submit(f"/touches/{touch}/undo")

    assert "Back: Chart promised" in dana.get("/work?tickler=today").text


def test_the_list_prints_as_a_table(dana: Browser) -> None:
    text = dana.get("/work/print?queue=authorization").text

    assert "KOWALCZYK, THEO" in text
    assert "data-row" not in text


def test_ones_own_claims_are_counted_with_their_dollars(dana: Browser, engine: Engine) -> None:
    with session_scope(engine) as session:
        row = session.exec(select(WorkScore).where(WorkScore.queue == "authorization")).first()
        assert row is not None
        row.owner_id = dana.person_id
        session.add(row)

    line = re.search(r'data-label="Mine".*?</a>', dana.get("/work?all=1").text, re.S)
    assert line is not None
    assert ">, </span>1<span" in line[0]


def test_a_removed_view_is_back_after_its_makers_undo(dana: Browser, lee: Browser, engine: Engine) -> None:
    dana.submit("/views", {"name": "Coding at Harrowgate", "query": "queue=coding&least=100", "share": "team"})
    with Session(engine) as session:
        before = session.exec(select(SavedView)).one()
    dana.submit(f"/views/{before.id}/remove")
    assert "Coding at Harrowgate" in dana.get("/work?all=1").text  # the word that it is gone, with its undo
    assert lee.submit(f"/views/{before.id}/restore").status_code == 404

    assert dana.submit(f"/views/{before.id}/restore").status_code == 303

    with Session(engine) as session:
        after = session.exec(select(SavedView)).one()
    assert (after.name, after.query, after.is_shared) == (before.name, before.query, True)
    assert dana.submit(f"/views/{before.id}/restore").status_code == 404  # it is back already


def only_view(engine: Engine) -> SavedView:
    with Session(engine) as session:
        return session.exec(select(SavedView)).one()


def test_a_view_whose_filters_were_changed_is_saved_again_in_place(dana: Browser, engine: Engine) -> None:
    dana.submit("/views", {"name": "No auth", "query": "carc=197"})
    opened = "/work?carc=197&view=1"
    assert "Save changes" not in dana.get(opened).text

    changed = dana.get("/work?carc=197&least=100&sort=age&view=1").text
    assert ">No auth</h1>" in changed  # it is still the view that was opened
    assert "Save changes" in changed
    assert f'href="{opened.replace("&", "&amp;")}"' in changed  # and back to it as it was

    dana.submit("/views/1", {"query": "carc=197&least=100&sort=age&view=1"})

    assert (only_view(engine).name, only_view(engine).query) == ("No auth", "carc=197&least=100&sort=age")
    assert dana.submit("/views/1/undo").headers["location"] == "/work?carc=197&view=1"
    assert only_view(engine).query == "carc=197"


def test_a_view_gets_another_name_and_other_readers_and_the_list_stays_open(
    dana: Browser, lee: Browser, engine: Engine
) -> None:
    dana.submit("/views", {"name": "No auth", "query": "carc=197"})

    answer = dana.submit(
        "/views/1", {"name": "Authorization lost", "share": "team", "back": "carc=197&least=5&view=1"}
    )

    assert answer.headers["location"] == "/work?carc=197&least=5&view=1"
    assert (only_view(engine).name, only_view(engine).query) == ("Authorization lost", "carc=197")
    assert "Authorization lost" in lee.get("/work?all=1").text
    dana.submit("/views/1/undo")
    assert "Authorization lost" not in lee.get("/work?all=1").text


def test_a_change_that_a_colleague_changed_since_is_not_taken_back(
    dana: Browser, sam: Browser, engine: Engine
) -> None:
    dana.submit("/views", {"name": "No auth", "query": "carc=197", "share": "team"})
    dana.submit("/views/1", {"name": "Authorization"})
    sam.submit("/views/1", {"name": "Authorization, all payers"})

    assert dana.submit("/views/1/undo").status_code == 404
    assert only_view(engine).name == "Authorization, all payers"


def test_nobody_changes_anothers_view_but_a_supervisor(dana: Browser, lee: Browser, sam: Browser) -> None:
    dana.submit("/views", {"name": "For us all", "query": "carc=197", "share": "team"})

    assert lee.submit("/views/1", {"name": "Lee's"}).status_code == 404
    assert "Rename, share or remove this view" not in lee.get("/work?carc=197&view=1").text
    assert sam.submit("/views/1", {"name": "Sam's"}).status_code == 303


def test_a_name_that_is_taken_keeps_what_was_typed_and_offers_to_replace(dana: Browser, engine: Engine) -> None:
    dana.submit("/views", {"name": "No auth", "query": "carc=197"})

    refused = dana.submit("/views", {"name": "no auth", "query": "carc=198", "share": "team"})

    assert refused.status_code == 422
    form = refused.text.partition('action="/views"')[2].partition("</form>")[0]
    assert 'value="no auth"' in form
    assert "There is a view called No auth already." in form
    assert '<option value="team" selected>' in form
    assert 'name="over" value="1"' in form
    assert ">Reason 198<" in refused.text  # the list that was to be saved

    dana.submit("/views", {"name": "no auth", "query": "carc=198", "share": "team", "over": "1"})

    kept = only_view(engine)
    assert (kept.name, kept.query, kept.is_shared) == ("No auth", "carc=198", True)


def test_a_rename_to_a_taken_name_keeps_what_was_typed(dana: Browser) -> None:
    dana.submit("/views", {"name": "No auth", "query": "carc=197"})
    dana.submit("/views", {"name": "Coding", "query": "carc=4"})

    refused = dana.submit("/views/2", {"name": "No auth", "share": "", "back": "carc=4&view=2"})

    assert refused.status_code == 422
    form = refused.text.partition('action="/views/2"')[2].partition("</form>")[0]
    assert 'value="No auth"' in form
    assert "There is a view called No auth already." in form


def test_only_the_view_is_marked_where_its_list_is_a_queue(dana: Browser) -> None:
    dana.submit("/views", {"name": "Mine to do", "query": "queue=authorization"})

    text = dana.get("/work?queue=authorization&view=1").text

    marked = re.findall(r'<a class="queue"[^>]*aria-current="page"[^>]*data-label="([^"]+)"', text)
    assert marked == ["Mine to do"]
    assert "<title>" in text
    assert "Mine to do · Overturn</title>" in text


def test_a_view_that_is_gone_leaves_the_list_as_the_address_names_it(dana: Browser) -> None:
    assert "<h1>Authorization</h1>" in dana.get("/work?queue=authorization&view=99").text


def test_every_standing_list_has_its_count_and_dollars(dana: Browser) -> None:
    page = dana.get("/work?all=1").text
    for label in ("Due within 14 days", "Mine", "Back from parking"):
        line = page.partition(f'data-label="{label}"')[2].partition("</a>")[0]
        said = re.sub(r"<[^>]+>", "", line)
        assert re.search(r", \d[\d,]*\+? claims?, \$[\d.]+", said), label


def test_an_empty_list_says_what_would_stand_in_it(dana: Browser) -> None:
    assert "You own no claim" in dana.get("/work?owner=me").text
    assert "Nothing is back" in dana.get("/work?tickler=back").text
    nothing = dana.get("/work?owner=me&least=999999").text
    assert "Nothing fits" in nothing
    assert "The list is empty: take a filter away" in nothing  # where a claim would stand, nothing is to be chosen
    assert "Choose one from the list" not in nothing

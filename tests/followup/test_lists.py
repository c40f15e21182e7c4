"""A list on the screen: its rows, their addresses and its count."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import Engine, func, select
from sqlmodel import Session

from app.core.clock import FixedClock
from app.followup.filters import Filters
from app.followup.list_total import ListTotal, count_list
from app.followup.narrow import Listed, conditions, score
from app.followup.next_best import next_to_hold
from app.followup.worklist import page
from tests.browser_double import Browser
from workqueues.vocabulary import CATEGORIES


def test_the_same_claim_leads_back_to_whichever_list_it_was_opened_from(dana: Browser) -> None:
    for query in ("queue=authorization", "queue=authorization&least=1", "text=ST1003&sort=age"):
        shown = dana.get(f"/work?{query}").text
        addresses = set(re.findall(r'data-row href="([^"]*)claim=\d+"', shown))
        assert addresses == {f"/work?{query}&".replace("&", "&amp;")}
        assert set(re.findall(r'data-row [^>]*hx-get="([^"]*)claim=\d+"', shown)) == addresses
        assert "\ue000" not in shown


def test_a_list_that_fits_its_page_is_counted_as_any_other(
    engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    with Session(engine) as session:
        for filters in (Filters(), Filters(queue="authorization"), Filters(text="ST1003"), Filters(least=9_999_999)):
            whole = page(session, practice_ids, filters, clock, person_id=1, limit=500)
            counted = count_list(session, practice_ids, filters, clock, 1)
            assert whole.total == counted
            assert not whole.total.is_capped
        first = page(session, practice_ids, Filters(), clock, person_id=1, limit=2)
        rest = page(session, practice_ids, Filters(), clock, person_id=1, after=first.after, limit=500)

    assert first.total.claims == rest.total.claims == len(first.rows) + len(rest.rows) > 5


def asked_anew(session: Session, seen: tuple[int, ...], filters: Filters, clock: FixedClock) -> ListTotal:
    """By a statement of its own, with its own values in it."""
    narrowed = conditions(seen, filters, clock.today(), 1)
    claims, cents = session.execute(
        select(func.count(), func.coalesce(func.sum(score.c.open_cents), 0)).where(*narrowed)
    ).one()
    return ListTotal(int(claims), int(cents))


SAME_SHAPE = (
    ({"queue": "authorization"}, {"queue": "coding"}),
    ({"payer": "1"}, {"payer": "2"}),
    ({"practice": "1"}, {"practice": "2"}),
    ({"carc": "197", "least": "1"}, {"carc": "16", "least": "300"}),
    ({"category": "authorization"}, {"category": "coding"}),
    ({"age": "0-30"}, {"age": "121-180"}),
    ({"owner": "1"}, {"owner": "2"}),
    ({"state": "denied"}, {"state": "paid"}),
    ({"rarc": "N130"}, {"rarc": "MA130"}),
    ({"due": "14"}, {"due": "400"}),
    ({"due": "14", "queue": "authorization"}, {"due": "400", "queue": "coding"}),
    ({"most": "100"}, {"most": "100000"}),
    ({"text": "ST1003"}, {"text": "ST1004"}),
    ({"text": "KOWALCZYK, T"}, {"text": "MARCHETTI, L"}),
    ({"text": "10/05/2026 250.00"}, {"text": "09/15/2026 180.00"}),
    ({"text": "250.00 180.00"}, {"text": "412.50"}),
)


@pytest.mark.parametrize(("first", "second"), SAME_SHAPE)
def test_a_statement_kept_for_one_list_answers_for_the_next(
    engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...], first: dict[str, str], second: dict[str, str]
) -> None:
    both = [Filters.of(query) for query in (first, second)]
    same = {Listed.of(practice_ids, filters, clock.today(), 1) for filters in both}
    assert len(same) == (2 if "practice" in first else 1)  # other walls are another statement
    with Session(engine) as session:
        for filters in (*both, *reversed(both)):
            found = page(session, practice_ids, filters, clock, person_id=1, limit=500)
            assert found.total == asked_anew(session, practice_ids, filters, clock)
            best = next_to_hold(session, practice_ids, filters, clock, person_id=1, for_keeps=False)
            free = [row.claim_id for row in found.rows if row.owner_id in (None, 1) or filters.owner]
            assert (best.claim_id if best else None) == (free[0] if free else None)


def test_a_list_of_another_shape_is_another_statement(clock: FixedClock, practice_ids: tuple[int, ...]) -> None:
    queries: list[dict[str, str]] = [
        *({}, {"queue": "coding"}, {"payer": "1"}, {"age": "0-30"}, {"age": "181"}, {"owner": "me"}, {"owner": "7"}),
        *({"owner": "nobody"}, {"tickler": "back"}, {"tickler": "today"}, {"queue": "coding", "tickler": "parked"}),
        {"loose": "late"},
        *({"loose": "idle"}, {"loose": "dateless"}, {"text": "abc"}, {"text": "ABC"}, {"text": "abc, d"}),
        *(
            {"text": "000"},
            {"text": "1.00"},
            {"text": "1.00 10/05/2026"},
            {"text": "abc 1.00"},
            {"text": "10/05/2026"},
        ),
        *({"sort": "age"}, {"least": "1"}, {"most": "1"}, {"due": "1"}, {"state": "denied"}, {"rarc": "N1"}),
    ]
    made = [Listed.of(practice_ids, Filters.of(query), clock.today(), 1) for query in queries]
    assert len(set(made)) == len(made)


def test_whole_lists_are_counted_by_their_kept_totals_to_the_claim(
    engine: Engine, clock: FixedClock, practice_ids: tuple[int, ...]
) -> None:
    lists = [Filters(), Filters(queue="authorization"), Filters(queue="snoozed"), Filters(due=14)]
    lists += [replace(filters, practice=practice_ids[0]) for filters in lists]
    with Session(engine) as session:
        for filters in lists:
            counted = count_list(session, practice_ids, filters, clock, 1)
            assert counted == asked_anew(session, practice_ids, filters, clock)
            assert not counted.is_capped
        assert count_list(session, practice_ids, Filters(), clock, 1).claims > 5


def test_the_filter_form_offers_every_category_by_name(dana: Browser) -> None:
    form = dana.get("/work?category=missing-info").text.partition('id="field-category"')[2].partition("</select>")[0]
    assert '<option value="missing-info" selected>Missing info</option>' in form
    assert '<option value="COB">COB</option>' in form
    assert form.count("<option") == len(CATEGORIES) + 1

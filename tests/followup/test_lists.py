"""A list on the screen: its rows, their addresses and its count."""

from __future__ import annotations

import re

from sqlalchemy import Engine
from sqlmodel import Session

from app.core.clock import FixedClock
from app.followup.filters import Filters
from app.followup.worklist import count_list, page
from tests.browser_double import Browser


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
            assert (whole.claims, whole.open_cents) == counted
            assert not whole.is_capped
        first = page(session, practice_ids, Filters(), clock, person_id=1, limit=2)
        rest = page(session, practice_ids, Filters(), clock, person_id=1, after=first.after, limit=500)

    assert first.claims == rest.claims == len(first.rows) + len(rest.rows) > 5

"""The rows of a list as they are printed. A row that was printed before, in whichever list, is not made again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup, escape

from app.followup.filters import Filters
from app.followup.words import ACTION_LABELS
from app.followup.work_row import WorkRow
from app.web.pages import kept
from workqueues.queues import queues

# A row is kept without the list's address, which is put in afterwards: the same claim stands in many lists.
LIST_ADDRESS = "\ue000"


def list_rows(rows: Sequence[WorkRow], filters: Filters, *, today: date, may_work: bool, shown: int) -> Markup:
    """`shown`: the claim that is open beside the list, 0 for none."""
    labels = {} if filters.queue else {queue.key: queue.label for queue in queues()}
    printed = [
        kept(
            *("work/row.html", "work_row", row, LIST_ADDRESS, ACTION_LABELS[row.action]),
            *(labels.get(row.queue, ""), today, may_work, row.claim_id == shown),
        )
        for row in rows
    ]
    return Markup("\n".join(printed).replace(LIST_ADDRESS, escape(row_address(filters))))


def row_address(filters: Filters) -> str:
    """The list's address, to which a row adds its claim and "Show more" the place of the next rows."""
    query = filters.query()
    return f"/work?{query}&" if query else "/work?"

"""What a touch made is found by it when it is taken back; undecided claims by payer and the day they were sent."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0031"
down_revision = "r0030"
branch_labels = None
depends_on = None

MADE_BY_TOUCH = ("snooze", "comeback")
UNDECIDED = (
    "state IN ('submitted', 'accepted', 'pending', 'not_found', 'info_requested', 'finalized_unmatched', 'pended')"
)


def upgrade() -> None:
    for table_name in MADE_BY_TOUCH:
        op.create_index(f"ix_{table_name}_touch_id", table_name, ["touch_id"])
    columns = ["payer_id", "last_billed_on", "id", "practice_id", "state"]
    on_sqlite = sa.text(f"+{UNDECIDED}")  # asked for "+state" it does not read the index of states instead
    op.create_index("claim_undecided", "claim", columns, sqlite_where=on_sqlite, postgresql_where=sa.text(UNDECIDED))


def downgrade() -> None:
    op.drop_index("claim_undecided", table_name="claim")
    for table_name in MADE_BY_TOUCH:
        op.drop_index(f"ix_{table_name}_touch_id", table_name=table_name)

"""Journal entries are found by the day on which they happened: a report of some days reads no other."""

from __future__ import annotations

from alembic import op

revision = "r0033"
down_revision = "r0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("journal_entry_day", "journalentry", ["event_date"])


def downgrade() -> None:
    op.drop_index("journal_entry_day", table_name="journalentry")

"""Whether a touch was an act on many is asked by every list."""

from __future__ import annotations

from alembic import op

revision = "r0021"
down_revision = "r0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("bulk_item_touch", "bulkitem", ["touch_id"])


def downgrade() -> None:
    op.drop_index("bulk_item_touch", table_name="bulkitem")

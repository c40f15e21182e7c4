"""An enclosure knows how many pages it brings to its packet; what was enclosed before counts as one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0003"
down_revision = "r0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("enclosure", schema=None) as table:
        table.add_column(sa.Column("pages", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    with op.batch_alter_table("enclosure", schema=None) as table:
        table.drop_column("pages")

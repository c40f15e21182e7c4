"""The chance with which the lot draws what comes, from each day on which it moved."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0018"
down_revision = "r0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lotchance",
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("chance", sa.Float(), nullable=False),
        sa.Column("began", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("from_day", name="pk_lotchance"),
    )


def downgrade() -> None:
    op.drop_table("lotchance")

"""Somebody is out until a day, and back by themselves after it; before, "out" stayed until it was taken away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0022"
down_revision = "r0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("workday", sa.Column("out_until", sa.Date(), nullable=True))
    op.execute("UPDATE workday SET out_until = CURRENT_DATE WHERE is_out")
    op.drop_column("workday", "is_out")


def downgrade() -> None:
    op.add_column("workday", sa.Column("is_out", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE workday SET is_out = (out_until >= CURRENT_DATE) WHERE out_until IS NOT NULL")
    op.drop_column("workday", "out_until")

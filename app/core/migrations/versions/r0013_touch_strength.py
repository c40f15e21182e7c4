"""A touch keeps how strong the person judged the case to be."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0013"
down_revision = "r0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("touch", sa.Column("strength", sa.Integer(), nullable=False, server_default="-1"))


def downgrade() -> None:
    op.drop_column("touch", "strength")

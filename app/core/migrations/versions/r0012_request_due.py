"""A payer's request keeps the day by which it wants an answer."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0012"
down_revision = "r0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("statusevent", sa.Column("due_on", sa.Date(), nullable=True))


def downgrade() -> None:
    op.drop_column("statusevent", "due_on")

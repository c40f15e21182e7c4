"""Claims that were ranked anew while a full run was reading."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.core.columns

revision = "r0027"
down_revision = "r0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rankedanew",
        sa.Column("id", app.core.columns.BigId(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rankedanew")),
    )


def downgrade() -> None:
    op.drop_table("rankedanew")

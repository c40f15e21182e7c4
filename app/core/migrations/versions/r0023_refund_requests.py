"""Refunds are asked for by one person and decided by another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.core.columns

revision = "r0023"
down_revision = "r0022"
branch_labels = None
depends_on = None

INDEXED = ("claim_id", "practice_id", "state")


def upgrade() -> None:
    op.create_table(
        "refundrequest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("cents", app.core.columns.Cents(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("requested_by_id", sa.Integer(), nullable=False),
        sa.Column("requested_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("first_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", app.core.columns.Instant(timezone=True), nullable=True),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("side", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_refundrequest_claim_id_claim")),
        sa.ForeignKeyConstraint(["practice_id"], ["practice.id"], name=op.f("fk_refundrequest_practice_id_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refundrequest")),
    )
    with op.batch_alter_table("refundrequest", schema=None) as table:
        for column in INDEXED:
            table.create_index(table.f(f"ix_refundrequest_{column}"), [column], unique=False)


def downgrade() -> None:
    op.drop_table("refundrequest")

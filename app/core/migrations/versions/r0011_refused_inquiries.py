"""Inquiries that were refused as a whole: what refused them, and which file it was."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.core.columns

revision = "r0011"
down_revision = "r0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "inquiry_refusal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("loaded_set_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("their_reference", sa.String(), nullable=False),
        sa.Column("control_number", sa.String(), nullable=False),
        sa.Column("interchange_on", sa.Date(), nullable=True),
        sa.Column("provider_id", sa.String(), nullable=False),
        sa.Column("category", sa.String(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("received_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("last_segment", sa.Integer(), nullable=False),
        sa.Column("start_offset", sa.BigInteger(), nullable=False),
        sa.Column("end_offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inquiry_refusal")),
    )
    with op.batch_alter_table("inquiry_refusal", schema=None) as table:
        for column in ("loaded_set_id", "reference", "control_number"):
            table.create_index(table.f(f"ix_inquiry_refusal_{column}"), [column], unique=False)
    with op.batch_alter_table("inquirybatch", schema=None) as table:
        table.add_column(sa.Column("refusal_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("refused_on", sa.Date(), nullable=True))
        table.add_column(sa.Column("refused_by", sa.String(), nullable=False, server_default=""))
        table.add_column(sa.Column("refused_words", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    with op.batch_alter_table("inquirybatch", schema=None) as table:
        for column in ("refused_words", "refused_by", "refused_on", "refusal_id"):
            table.drop_column(column)
    op.drop_table("inquiry_refusal")

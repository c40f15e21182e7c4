"""A payer's own way with its codes: overrides of the code tables, and a licensed site's official texts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.core.columns

revision = "r0007"
down_revision = "r0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "codeoverride",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=True),
        sa.Column("list_name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("changes", app.core.columns.Document(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("made_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("ended_at", app.core.columns.Instant(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("codeoverride", schema=None) as batch_op:
        batch_op.create_index("code_override_code", ["list_name", "code"], unique=False)
    op.create_table(
        "officialedition",
        sa.Column("list_name", sa.String(), nullable=False),
        sa.Column("list_date", sa.Date(), nullable=True),
        sa.Column("texts", sa.Integer(), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("loaded_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("list_name"),
    )
    op.create_table(
        "officialtext",
        sa.Column("list_name", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("list_name", "code"),
    )


def downgrade() -> None:
    op.drop_table("officialtext")
    op.drop_table("officialedition")
    with op.batch_alter_table("codeoverride", schema=None) as batch_op:
        batch_op.drop_index("code_override_code")
    op.drop_table("codeoverride")

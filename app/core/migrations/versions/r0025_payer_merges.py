"""A payer may prove to be another one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.core.columns

revision = "r0025"
down_revision = "r0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payermerge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("into_id", sa.Integer(), nullable=False),
        sa.Column("merged_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("undone_at", app.core.columns.Instant(timezone=True), nullable=True),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payermerge")),
    )
    with op.batch_alter_table("payermerge", schema=None) as table:
        for column in ("from_id", "into_id"):
            table.create_index(table.f(f"ix_payermerge_{column}"), [column], unique=False)
    op.add_column("payer", sa.Column("merged_into_id", sa.Integer(), nullable=True))
    op.add_column("payeridentifier", sa.Column("merged_from_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("payeridentifier", schema=None) as table:
        table.drop_column("merged_from_id")
    with op.batch_alter_table("payer", schema=None) as table:
        table.drop_column("merged_into_id")
    op.drop_table("payermerge")

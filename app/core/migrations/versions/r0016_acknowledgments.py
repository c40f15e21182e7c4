"""An acknowledgment is kept by the control numbers that it names, also before the 837 it answers is here."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.core.columns

revision = "r0016"
down_revision = "r0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "acknowledgment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("loaded_set_id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("group_control_number", sa.String(), nullable=False),
        sa.Column("set_control_number", sa.String(), nullable=False),
        sa.Column("interchange_control_number", sa.String(), nullable=False),
        sa.Column("batch_reference", sa.String(), nullable=False),
        sa.Column("is_rejected", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("receiver", sa.String(), nullable=False),
        sa.Column("sent_file_id", sa.Integer(), nullable=True),
        sa.Column("received_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.Column("segment", sa.Integer(), nullable=False),
        sa.Column("last_segment", sa.Integer(), nullable=False),
        sa.Column("start_offset", sa.BigInteger(), nullable=False),
        sa.Column("end_offset", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_acknowledgment")),
    )
    with op.batch_alter_table("acknowledgment", schema=None) as table:
        for column in (
            "batch_reference",
            "group_control_number",
            "interchange_control_number",
            "loaded_set_id",
            "sent_file_id",
        ):
            table.create_index(table.f(f"ix_acknowledgment_{column}"), [column], unique=False)


def downgrade() -> None:
    op.drop_table("acknowledgment")

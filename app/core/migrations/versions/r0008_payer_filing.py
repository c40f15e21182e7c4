"""How a payer takes corrected claims, appeals and records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.core.columns

revision = "r0008"
down_revision = "r0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "payerfiling",
        sa.Column("payer_id", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in (
                *("takes_replacement", "takes_void", "corrections_by", "portal", "appeal_address", "appeal_fax"),
                *("records_address", "records_fax"),
            )
        ),
        sa.Column("answer_days", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("person_name", sa.String(), nullable=False),
        sa.Column("changed_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"]),
        sa.PrimaryKeyConstraint("payer_id"),
    )


def downgrade() -> None:
    op.drop_table("payerfiling")

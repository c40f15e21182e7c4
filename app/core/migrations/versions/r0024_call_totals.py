"""Count and dollars of what is worth a call, by payer, kept beside the scores."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0024"
down_revision = "r0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calltotal",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("open_cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("practice_id", "payer_id", name="pk_calltotal"),
    )
    op.execute(
        "INSERT INTO calltotal (practice_id, payer_id, claims, open_cents) "
        "SELECT practice_id, payer_id, count(*), sum(open_cents) FROM workscore "
        "WHERE action IN ('call', 'check-status', 'research') AND queue NOT IN ('waiting', 'snoozed') "
        "GROUP BY practice_id, payer_id"
    )


def downgrade() -> None:
    op.drop_table("calltotal")

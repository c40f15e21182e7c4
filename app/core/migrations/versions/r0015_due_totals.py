"""Count and dollars of open work by its last day, kept beside the scores."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0015"
down_revision = "r0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "duetotal",
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("claims", sa.Integer(), nullable=False),
        sa.Column("open_cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("practice_id", "deadline", name="pk_duetotal"),
    )
    op.execute(
        "INSERT INTO duetotal (practice_id, deadline, claims, open_cents) "
        "SELECT practice_id, deadline, count(*), sum(open_cents) FROM workscore "
        "WHERE deadline IS NOT NULL AND queue NOT IN ('waiting', 'snoozed') GROUP BY practice_id, deadline"
    )


def downgrade() -> None:
    op.drop_table("duetotal")

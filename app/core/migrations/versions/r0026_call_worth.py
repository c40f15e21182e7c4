"""What the calls to a payer are expected to bring, and how long they take, kept beside their count and dollars."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0026"
down_revision = "r0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("expected_cents", "seconds"):
        op.add_column("calltotal", sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))
    op.execute("DELETE FROM calltotal")
    op.execute(
        "INSERT INTO calltotal (practice_id, payer_id, claims, open_cents, expected_cents, seconds) "
        "SELECT practice_id, payer_id, count(*), sum(open_cents), sum(expected_cents), "
        "sum(CAST(round(minutes * 60) AS BIGINT)) FROM workscore "
        "WHERE action IN ('call', 'check-status', 'research') AND queue NOT IN ('waiting', 'snoozed') "
        "GROUP BY practice_id, payer_id"
    )


def downgrade() -> None:
    for name in ("expected_cents", "seconds"):
        op.drop_column("calltotal", name)

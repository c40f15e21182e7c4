"""Claims that proved to be another one, and what a second look at an answer needs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0014"
down_revision = "r0013"
branch_labels = None
depends_on = None

BY_LIKENESS = sa.text("match_rule IN ('member', 'name')")


def upgrade() -> None:
    op.add_column("claim", sa.Column("superseded_on", sa.Date(), nullable=True))
    op.add_column("claim", sa.Column("successor_id", sa.Integer(), nullable=True))
    op.create_index(
        "claim_payment_by_likeness",
        "claimpayment",
        ["practice_id", "first_service"],
        sqlite_where=BY_LIKENESS,
        postgresql_where=BY_LIKENESS,
    )
    for name in ("name_key", "member_ids"):
        op.add_column("statusevent", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("statusevent", sa.Column("first_service", sa.Date(), nullable=True))


def downgrade() -> None:
    for name in ("first_service", "member_ids", "name_key"):
        op.drop_column("statusevent", name)
    op.drop_index("claim_payment_by_likeness", table_name="claimpayment")
    for name in ("successor_id", "superseded_on"):
        op.drop_column("claim", name)

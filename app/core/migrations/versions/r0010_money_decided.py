"""What a person decided about money: a shortfall accepted, a credit left until the payer takes it back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0010"
down_revision = "r0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("underpayment", sa.Column("accepted_entry_id", sa.Integer(), nullable=True))
    op.add_column("creditbalance", sa.Column("waits_since", sa.Date(), nullable=True))
    op.add_column("creditbalance", sa.Column("waits_note", sa.String(), nullable=True))
    op.add_column("creditbalance", sa.Column("waits_by_id", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("creditbalance", "waits_by_id")
    op.drop_column("creditbalance", "waits_note")
    op.drop_column("creditbalance", "waits_since")
    op.drop_column("underpayment", "accepted_entry_id")

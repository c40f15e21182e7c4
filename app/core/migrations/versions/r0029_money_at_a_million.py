"""What waits for a decision about money is few of many: each kind is found by an index of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "r0029"
down_revision = "r0028"
branch_labels = None
depends_on = None

FEW = {
    "claimbalance": ("claim_balance_credit", ["practice_id"], "insurance_cents < 0 OR patient_cents < 0"),
    "claimpayment": ("claim_payment_held_cents", ["practice_id", "state", "reversed_by_id"], "held_cents <> 0"),
}


def upgrade() -> None:
    for table_name, (name, columns, which) in FEW.items():
        where = sa.text(which)
        op.create_index(name, table_name, columns, sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for table_name, (name, _, _) in FEW.items():
        op.drop_index(name, table_name=table_name)

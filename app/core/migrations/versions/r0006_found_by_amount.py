"""Claims and payments are found by an amount on an EOB."""

from __future__ import annotations

from alembic import op

revision = "r0006"
down_revision = "r0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("claim_charge", "claim", ["charge_cents"])
    op.create_index("claim_payment_paid", "claimpayment", ["paid_cents"])
    op.create_index("ix_remittance_paid_cents", "remittance", ["paid_cents"])


def downgrade() -> None:
    op.drop_index("ix_remittance_paid_cents", "remittance")
    op.drop_index("claim_payment_paid", "claimpayment")
    op.drop_index("claim_charge", "claim")

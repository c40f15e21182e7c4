"""Steps of a denial's playbook are ticked off."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.core.columns

revision = "r0004"
down_revision = "r0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stepdone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("denial_id", sa.Integer(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("done_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_stepdone_claim_id_claim")),
        sa.ForeignKeyConstraint(["denial_id"], ["denial.id"], name=op.f("fk_stepdone_denial_id_denial")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stepdone")),
        sa.UniqueConstraint("denial_id", "step", name=op.f("uq_stepdone_denial_id_step")),
    )
    op.create_index("step_done_claim", "stepdone", ["claim_id"])


def downgrade() -> None:
    op.drop_index("step_done_claim", "stepdone")
    op.drop_table("stepdone")

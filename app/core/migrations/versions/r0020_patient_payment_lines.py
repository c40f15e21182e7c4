"""Lines of patients' payments from a file: each is posted once, and can be taken back by its reference."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.core.columns

revision = "r0020"
down_revision = "r0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "patientpaymentline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("practice_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("cents", app.core.columns.Cents(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("entries", app.core.columns.Document(), nullable=False),
        sa.Column("taken_back_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["practice_id"], ["practice.id"], name=op.f("fk_patientpaymentline_practice_id_practice")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_patientpaymentline")),
        sa.UniqueConstraint("practice_id", "digest", name=op.f("uq_patientpaymentline_practice_id_digest")),
    )
    with op.batch_alter_table("patientpaymentline", schema=None) as table:
        table.create_index(table.f("ix_patientpaymentline_reference"), ["reference"], unique=False)


def downgrade() -> None:
    op.drop_table("patientpaymentline")

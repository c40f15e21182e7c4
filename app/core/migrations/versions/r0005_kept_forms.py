"""What was typed when a sign-in ended is kept for a while."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import app.core.columns

revision = "r0005"
down_revision = "r0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "kept_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("visit_hash", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.String(length=500), nullable=False),
        sa.Column("fields", app.core.columns.Document(), nullable=False),
        sa.Column("kept_at", app.core.columns.Instant(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_kept_form_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_kept_form")),
    )
    op.create_index(op.f("ix_kept_form_kept_at"), "kept_form", ["kept_at"])
    op.create_index(op.f("ix_kept_form_visit_hash"), "kept_form", ["visit_hash"])


def downgrade() -> None:
    op.drop_index(op.f("ix_kept_form_visit_hash"), "kept_form")
    op.drop_index(op.f("ix_kept_form_kept_at"), "kept_form")
    op.drop_table("kept_form")
